"""The demo's checkout on the screens: 42 is stopped by its gate and put back, 43 goes through, both by the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Select

from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.rollout import RolloutScreen
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.journeys import shop_checkout
from tests.tui.shop import home, shows, text_of, until

GRADUAL = """
schedule: {kind: canary, percent: 50, bake: 4m}
gates:
  - {kind: metrics, max_error_increase: 0.4}
"""


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the shop's account, whose customers call `live` as a rollout's time goes, which takes no time."""
    with shop_checkout.running(monkeypatch) as emulator, shop_checkout.customers(emulator) as clock:
        monkeypatch.setattr("lambdatui.tui.screens.run.Clock", clock)
        yield shop_checkout.client_in(emulator)


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
