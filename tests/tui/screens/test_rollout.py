"""A rollout that is watched: the fader, the steps, the gates, and what a person may ask of it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lambdatui.clock import Clock
from lambdatui.emulator.server import Emulator
from lambdatui.stages.route import Route
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.rollout import RolloutScreen
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.tui.shop import home, shows, text_of, until

STEPS = {"kind": "steps", "percents": [5, 25, 100], "bake": "20s"}


class SwiftClock(Clock):
    """Sleeping moves it on, and takes next to no time."""

    def __init__(self) -> None:
        super().__init__()
        self._slept = 0.0

    def now(self) -> float:
        return time.time() + self._slept

    def sleep(self, seconds: float) -> None:
        super().sleep(0.003)
        self._slept += seconds


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rollouts bake in no time."""
    monkeypatch.setattr("lambdatui.tui.screens.run.Clock", SwiftClock)


def gradual(*gates: Any, to: str = "3", schedule: Any = STEPS) -> Route:
    return Route(
        function="checkout-api",
        alias="live",
        strategy={"kind": "gradual", "to": to, "schedule": schedule, "gates": list(gates)},
    )


def routing(shop: Any) -> tuple[str, dict[str, float]]:
    alias = shop.get_alias(FunctionName="checkout-api", Name="live")
    return alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})


async def begun(pilot: Any, app: LambdatuiApp, stage: Route) -> RolloutScreen:
    """The screen of a rollout whose plan was agreed to."""
    await home(pilot)
    app.push_screen(ActScreen(app.session, stage))
    await shows(pilot, "do it")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, RolloutScreen))
    screen = app.screen
    assert isinstance(screen, RolloutScreen)
    return screen


async def test_it_waits_for_a_person_and_goes_on_to_the_end(app: LambdatuiApp, shop: Any, swift: None) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app, gradual({"kind": "approval", "steps": [25], "message": "the books?"}))
        await shows(pilot, "YOUR GO at 25 %: the books?")
        assert routing(shop) == ("1", {"3": 0.25})
        assert screen.query_one(WeightSlider).percent == 25
        text = text_of(app)
        assert "✔     5 %         20 s   done" in text
        assert "?    25 %         20 s   asking" in text
        assert "○   100 %            –   to come" in text
        assert "asked 75 % / 25 %" in text
        await pilot.press("g")
        await shows(pilot, "✔ Done: all traffic to 3")
        assert routing(shop) == ("3", {})
        await pilot.press("enter")
        await shows(pilot, "functions")


async def test_a_probe_that_fails_puts_back_and_can_be_read(app: LambdatuiApp, shop: Any, swift: None) -> None:
    probe = {"kind": "probe", "steps": [5], "probes": [{"runs": 2}]}
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app, gradual(probe, to="2"))
        await shows(pilot, "✖ Stopped at 5 % by probe: 0 of 2 answers were as expected")
        assert "✖ probe" in text_of(app)
        assert "◂     5 %         20 s   put back" in text_of(app)
        assert screen.query_one(WeightSlider).percent == 0
        assert routing(shop) == ("1", {})
        await pilot.press("v")
        await shows(pilot, "✖ not so")
        await pilot.press("enter")
        await shows(pilot, "KeyError")


async def test_paused_stepped_back_and_aborted(app: LambdatuiApp, shop: Any, swift: None) -> None:
    always = {"kind": "approval"}
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, app, gradual(always))
        await shows(pilot, "YOUR GO at 5 %")
        await pilot.press("g")
        await shows(pilot, "YOUR GO at 25 %")
        await pilot.press("b")
        await shows(pilot, "PAUSED at 5 %: stepped back; go on to try again")
        assert routing(shop) == ("1", {"3": 0.05})
        await pilot.press("a")
        await shows(pilot, "abort, and put back")
        await pilot.press("enter")
        await shows(pilot, "Aborted at 5 %. Put back: all traffic to 1.")
        assert routing(shop) == ("1", {})


async def test_leaving_it_asks_and_it_can_be_gone_on_with(app: LambdatuiApp, shop: Any, swift: None) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, app, gradual({"kind": "approval", "steps": [5]}))
        await shows(pilot, "YOUR GO at 5 %")
        await pilot.press("escape")
        await shows(pilot, "The rollout goes on only while lambdatui runs")
        await pilot.press("down", "enter")
        await shows(pilot, "live stays as it is: 95 % to 1, 5 % to 3")
        assert routing(shop) == ("1", {"3": 0.05})
        await pilot.press("d")
        await shows(pilot, "as the rollout left it")
        await pilot.press("g")
        await shows(pilot, "Go on with the rollout of checkout-api:live")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RolloutScreen) and "YOUR GO at 5 %" in text_of(app))
        await pilot.press("g")
        await shows(pilot, "✔ Done: all traffic to 3")
        assert routing(shop) == ("3", {})


async def test_leaving_the_app_asks_first_and_leaves_the_alias(app: LambdatuiApp, shop: Any, swift: None) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, app, gradual({"kind": "approval", "steps": [5]}))
        await shows(pilot, "YOUR GO at 5 %")
        await pilot.press("ctrl+c")
        await shows(pilot, "The rollout goes on only while lambdatui runs")
        assert app._exit is False
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app._exit)
    assert routing(shop) == ("1", {"3": 0.05})


async def test_somebody_else_s_change_ends_it_and_is_told(app: LambdatuiApp, shop: Any, swift: None) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, app, gradual({"kind": "approval", "steps": [5]}))
        await shows(pilot, "YOUR GO at 5 %")
        shop.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="2", RoutingConfig={})
        await shows(pilot, "live was changed by somebody else: it was 95 % to 1, 5 % to 3, and is all traffic to 2")
        assert routing(shop) == ("2", {})


async def test_while_aws_does_not_answer_it_stands_frozen_and_then_goes_on(
    app: LambdatuiApp, shop: Any, swift: None, connected: Emulator, account_id: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, app, gradual({"kind": "approval", "steps": [25]}))
        await shows(pilot, "YOUR GO at 25 %")
        fault = connected.cloud.faults.add("unavailable", account=account_id, operation="GetAlias")
        try:
            await shows(pilot, "FROZEN at 25 %")
            assert "nothing moves until AWS answers again" in text_of(app)
        finally:
            connected.cloud.faults.remove(fault)
        await shows(pilot, "AWS answers again")
        await shows(pilot, "YOUR GO at 25 %")
        await pilot.press("g")
        await shows(pilot, "✔ Done: all traffic to 3")
        assert routing(shop) == ("3", {})
