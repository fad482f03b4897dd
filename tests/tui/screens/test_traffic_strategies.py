"""The strategies of a route on the traffic screen: chosen by key and by mouse, filled in, from a file, carried out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.probing import ProbingScreen
from lambdatui.tui.screens.rollout import RolloutScreen
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.widgets.strategy_row import StrategyRow
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.conftest import Calls
from tests.tui.screens.test_rollout import SwiftClock, routing
from tests.tui.screens.test_traffic import opened
from tests.tui.shop import shows, text_of, until

SAMPLES = Path(__file__).parents[3] / "sample_configs"


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rollouts bake in no time."""
    monkeypatch.setattr("lambdatui.tui.screens.run.Clock", SwiftClock)


async def go_to(pilot: Any, screen: TrafficScreen, strategy: str) -> None:
    for _ in range(4):
        if screen.strategy == strategy:
            break
        await pilot.press("s")
    assert screen.strategy == strategy
    await pilot.pause()


async def from_file(pilot: Any, app: LambdatuiApp, path: Path) -> None:
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, AskPath))
    app.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
    await pilot.press("enter")


async def planned(pilot: Any, app: LambdatuiApp, key: str) -> None:
    """Plans it, and agrees to the plan."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, ActScreen))
    await shows(pilot, "do it")
    await pilot.press("enter")


async def test_the_fader_by_keys_mouse_and_typing_in_a_small_terminal(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        slider = screen.query_one(WeightSlider)
        await pilot.press("right", "right", "shift+right", "left")
        assert slider.percent == 11
        await shows(pilot, "1: 100 % → 89 %")
        middle = slider._bar_at + slider._bar_cells // 2
        await pilot.mouse_down(slider, offset=(middle, 1))
        await pilot.mouse_up(slider, offset=(middle, 1))
        assert 45 <= slider.percent <= 55
        await pilot.press("2", "5")
        await shows(pilot, "3: 0 % → 25 %")
        await planned(pilot, app, "enter")
        await shows(pilot, "✔ Done.")
        assert routing(shop) == ("1", {"3": 0.25})


async def test_the_row_is_clicked_and_simple_gives_all_traffic(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        row = screen.query_one(StrategyRow)
        await pilot.click(row, offset=(15, 0))
        await until(pilot, lambda: screen.strategy == "simple")
        await shows(pilot, "3: 0 % → 100 %")
        await pilot.click(row, offset=(60, 0))
        await until(pilot, lambda: screen.strategy == "gradual" and screen.panel is not None)
        await shows(pilot, "5 % 10 min → 25 % 10 min → 50 % 10 min → 100 % 5 min")
        await pilot.click(row, offset=(15, 0))
        await until(pilot, lambda: screen.strategy == "simple")
        screen.set_focus(screen.query_one(WeightSlider))
        await planned(pilot, app, "enter")
        await shows(pilot, "✔ Done.")
        assert routing(shop) == ("3", {})


async def test_a_fader_that_leaves_the_end_is_weighted_again(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await go_to(pilot, screen, "simple")
        screen.set_focus(screen.query_one(WeightSlider))
        await pilot.press("left")
        await until(pilot, lambda: screen.strategy == "weighted")
        await shows(pilot, "3: 0 % → 99 %")


async def test_probes_that_fail_leave_the_alias_and_open_with_their_log(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#canary").value = "2"  # type: ignore[attr-defined]
        await go_to(pilot, screen, "blue_green")
        await shows(pilot, "5 invocations of 2 in at most 1 min")
        await planned(pilot, app, "f5")
        await until(pilot, lambda: isinstance(app.screen, ProbingScreen))
        await shows(pilot, "0 of 5 answers were as expected")
        await until(pilot, lambda: app.screen.is_over)  # type: ignore[attr-defined]
        assert text_of(app).count("✖ not so") == 5
        await pilot.press("enter")
        await shows(pilot, "KeyError")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, TrafficScreen))
        assert routing(shop) == ("1", {})


async def test_probes_by_a_form_then_the_switch(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await go_to(pilot, screen, "blue_green")
        panel = await until(pilot, lambda: screen.panel)
        panel.form.edit(("probes", 0, "runs"))
        await pilot.pause()
        await pilot.press("backspace", "2", "enter")
        await shows(pilot, "2 invocations of 3")
        panel.form.edit(("probes", 0, "payload"))
        await pilot.pause()
        await pilot.press("ctrl+u", "ctrl+k", *'{"a', "enter")
        await shows(pilot, "JSON was expected, and this is not whole.")
        panel.form.edit(("probes", 0, "payload"))
        await pilot.pause()
        await pilot.press("end", *'": 1}', "enter")
        await shows(pilot, "2 invocations of 3")
        assert panel.draft.values["probes"] == [{"payload": {"a": 1}, "runs": 2}]
        await planned(pilot, app, "f5")
        await shows(pilot, "✔ Done: all traffic to 3")
        assert "2 of 2 answers were as expected" in text_of(app)
        assert routing(shop) == ("3", {})


async def test_the_samples_fill_the_forms(app: LambdatuiApp, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await go_to(pilot, screen, "blue_green")
        await from_file(pilot, app, SAMPLES / "gradual.yaml")
        await shows(pilot, "✖ ")
        await pilot.press("escape")
        await from_file(pilot, app, SAMPLES / "blue-green.yaml")
        await until(pilot, lambda: app.screen is screen)
        panel = screen.panel
        assert panel is not None
        assert panel.folder == SAMPLES
        assert panel.draft.values["probes"][0]["must_pass"] == 5
        await go_to(pilot, screen, "gradual")
        await from_file(pilot, app, SAMPLES / "gradual.yaml")
        await shows(pilot, "gates: alarms, metrics")
        whole = tmp_path / "route.yaml"
        whole.write_text(
            "function: checkout-api\nalias: live\nstrategy:\n  kind: gradual\n  to: newest\n"
            "  schedule: {kind: canary, percent: 7, bake: 90s}\n"
        )
        await from_file(pilot, app, whole)
        await shows(pilot, "7 % 90 s → 100 %")


async def test_a_gradual_route_by_the_form(app: LambdatuiApp, shop: Any, swift: None) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await go_to(pilot, screen, "gradual")
        panel = await until(pilot, lambda: screen.panel)
        panel.form.go_to(("schedule", "kind"))
        await pilot.press("enter")
        await shows(pilot, "a first share, then everything")
        await pilot.press("up", "enter")
        await shows(pilot, "the field 'schedule.percent' is missing")
        panel.form.edit(("schedule", "percent"))
        await pilot.pause()
        await pilot.press(*"30", "enter")
        panel.form.edit(("schedule", "bake"))
        await pilot.pause()
        await pilot.press("ctrl+u", "ctrl+k", *"1m", "enter")
        panel.form.edit(("schedule", "final_bake"))
        await pilot.pause()
        await pilot.press("ctrl+u", "ctrl+k", *"0", "enter")
        panel.form.go_to(("gates", 0))
        await pilot.press("x")
        await shows(pilot, "gates: no gate")
        await pilot.press("a")
        await shows(pilot, "What kind?")
        await pilot.press("end", "enter")
        await shows(pilot, "30 % 1 min → 100 %")
        await shows(pilot, "gates: approval")
        await planned(pilot, app, "f5")
        await until(pilot, lambda: isinstance(app.screen, RolloutScreen))
        await shows(pilot, "YOUR GO at 30 %")
        assert routing(shop) == ("1", {"3": 0.3})
        await pilot.press("g")
        await shows(pilot, "✔ Done: all traffic to 3")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        assert routing(shop) == ("3", {})


async def test_provisioned_concurrency_of_the_alias(app: LambdatuiApp, shop: Any, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("c")
        await shows(pilot, "How many environments are kept ready for checkout-api:live?")
        await pilot.press("backspace", "3", "enter")
        await shows(pilot, "PutProvisionedConcurrencyConfig")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "3 requested, 3 allocated, 3 available: ready")
        await pilot.press("5")
        await shows(pilot, "AWS refuses weights on such an alias")
        await pilot.press("end")
        await planned(pilot, app, "enter")
        await shows(pilot, "✔ Done.")
        assert routing(shop) == ("3", {}), "what is provisioned moved along"
        shop.delete_provisioned_concurrency_config(FunctionName="checkout-api", Qualifier="live")
        shop.update_alias(
            FunctionName="checkout-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"1": 0.1}}
        )
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("r")
        await shows(pilot, "10 % to 1")
        await pilot.press("c")
        await until(pilot, lambda: any("shares its traffic" in one.message for one in app._notifications))


async def test_the_routings_of_the_alias_lead_back(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("end")
        await planned(pilot, app, "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("o")
        await shows(pilot, "● now  all traffic to 3")
        await pilot.press("down", "enter")
        await shows(pilot, "do it")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert routing(shop) == ("1", {})
