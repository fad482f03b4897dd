"""The demo's checkout on the screens: 42 is stopped by its gate and put back, 43 goes through, both by the form."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Select

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import functions
from lambdatui.emulator.world.places import PROD_IRELAND
from lambdatui.emulator.world.story import CHECKOUT
from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.rollout import RolloutScreen
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.emulator.clients import client_of
from tests.stages.rollout.conftest import MovedClock
from tests.tui.shop import home, shows, text_of, until

CALLS_AT_ONCE = 4
CALLS_EVERY_MINUTE = 240
GRADUAL = """
schedule: {kind: canary, percent: 50, bake: 4m}
gates:
  - {kind: metrics, max_error_increase: 0.4}
"""


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the shop's account, whose customers call `live` as a rollout's time goes, which takes no time."""
    with Emulator(Cloud(transition_seconds=0.0, seed=7)) as running, ThreadPoolExecutor(CALLS_AT_ONCE) as customers:
        cloud = running.cloud
        functions.make(cloud, CHECKOUT, cloud.clock.now())
        for name, value in {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": access_key_of(PROD_IRELAND.account),
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_REGION": PROD_IRELAND.region,
        }.items():
            monkeypatch.setenv(name, value)
        client = client_of(running, "lambda", PROD_IRELAND.account, PROD_IRELAND.region)

        def buy(_: int) -> None:
            client.invoke(FunctionName="checkout-api", Qualifier="live", Payload=b"{}")["Payload"].read()

        def clock() -> MovedClock:
            moved, due = MovedClock(cloud), 0.0

            def call(slept: float) -> None:
                nonlocal due
                while due <= slept:
                    due += 10
                    list(customers.map(buy, range(CALLS_EVERY_MINUTE // 6)))

            moved.as_time_goes.append(call)
            return moved

        monkeypatch.setattr("lambdatui.tui.screens.run.Clock", clock)
        yield client


async def rolled_out(pilot: Any, app: LambdatuiApp, screen: TrafficScreen, version: str, path: Path) -> RolloutScreen:
    """The live view of a rollout of a version, as a file says it."""
    screen.query_one("#canary", Select).value = version
    while screen.strategy != "gradual":
        await pilot.press("s")
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, AskPath))
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await shows(pilot, f"{version}: 50 % 4 min → 100 %")
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(app.screen, ActScreen))
    await shows(pilot, "do it")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, RolloutScreen))
    live = app.screen
    assert isinstance(live, RolloutScreen)
    await until(pilot, lambda: live.is_over, seconds=60)
    return live


async def test_the_version_that_loses_orders_is_put_back_and_the_one_that_mends_it_goes_through(
    checkout: Any, tmp_path: Path
) -> None:
    path = tmp_path / "gradual.yaml"
    path.write_text(GRADUAL)
    app = LambdatuiApp(Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("t")
        screen = app.screen
        assert isinstance(screen, TrafficScreen)
        await until(pilot, lambda: screen.routing.versions)
        live = await rolled_out(pilot, app, screen, "42", path)
        await shows(pilot, "✖ Stopped at 50 % by metrics: ")
        assert "◂    50 %        4 min   put back" in text_of(app)
        assert live.query_one(WeightSlider).percent == 0
        assert checkout.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "41"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await rolled_out(pilot, app, screen, "43", path)
        await shows(pilot, "✔ Done: all traffic to 43")
        assert checkout.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "43"
