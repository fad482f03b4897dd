"""Takes the README's picture from the app itself, on the demo's world: `make picture`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import profiles
from lambdatui.emulator.world.furnishing import furnish
from lambdatui.emulator.world.places import PROD
from lambdatui.settings import Profile, Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen
from tests.emulator.clients import client_of
from tests.tui.shop import shows, until

SIZE = (124, 34)
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")


async def take(path: Path) -> None:
    """The list of functions, with checkout-api under the cursor and a tenth of its traffic on version 43."""
    app = LambdatuiApp(Settings(profiles={name: Profile(regions=REGIONS) for name in profiles.PROFILES}))
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "all pages read")
        screen = app.screen
        assert isinstance(screen, FunctionsScreen)
        record = next(r for r in screen.table.rows if r.name == "checkout-api" and r.scope.region == "eu-west-1")
        screen.table.go_to(record.key)
        await until(pilot, lambda: all(row.key in screen.functions.facts for row in screen.table.visible_rows))
        await pilot.pause()
        path.write_text(app.export_screenshot(title="lambdatui"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Emulator(Cloud(seed=7)) as emulator:
        furnish(emulator.cloud, is_alive=False)
        profiles.write(Path(folder), emulator.endpoint)
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= {
            "AWS_CONFIG_FILE": f"{folder}/config",
            "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/credentials",
            "LAMBDATUI_CONFIG_DIR": folder,
            "LAMBDATUI_STATE_DIR": folder,
            "LAMBDATUI_CACHE_DIR": folder,
        }
        client_of(emulator, "lambda", PROD).update_alias(
            FunctionName="checkout-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"43": 0.1}}
        )
        asyncio.run(take(Path(__file__).parents[1] / "README.svg"))


if __name__ == "__main__":
    main()
