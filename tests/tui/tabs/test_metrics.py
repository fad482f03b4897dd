"""A function's metrics over time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.function import TABS, FunctionView
from lambdatui.tui.tabs.metrics import MetricsTab
from lambdatui.tui.widgets.plot_grid import PlotGrid
from lambdatui.tui.widgets.tab_bar import KEYS
from tests.conftest import Calls
from tests.emulator.clients import REGION
from tests.tui.shop import home, shows, text_of, until

Put = Callable[..., None]


@pytest.fixture
def put(connected: Emulator, account_id: str) -> Put:
    """Writes down what AWS would after invocations of `checkout-api`, so many minutes ago."""

    def put(metric: str, value: float, minutes_ago: float, qualifier: str = "", version: str = "") -> None:
        dimensions = {"FunctionName": "checkout-api"}
        if qualifier:
            dimensions["Resource"] = f"checkout-api:{qualifier}"
        if version:
            dimensions["ExecutedVersion"] = version
        metrics: Any = connected.cloud.metrics
        moment = time.time() - minutes_ago * 60
        metrics.put(account_id, REGION, "AWS/Lambda", metric, dimensions, value, moment, "Count")

    return put


async def opened(pilot: Any, app: LambdatuiApp) -> MetricsTab:
    await home(pilot)
    await pilot.press("v")
    await until(pilot, lambda: isinstance(app.screen, FunctionView))
    await pilot.press(KEYS[list(TABS).index("metrics")])
    screen = app.screen
    assert isinstance(screen, FunctionView)
    await until(pilot, lambda: isinstance(screen.tab, MetricsTab))
    tab = screen.tab
    assert isinstance(tab, MetricsTab)
    return tab


async def ready(pilot: Any, app: LambdatuiApp) -> MetricsTab:
    """The tab, with its first reading; the versions are marked in it."""
    tab = await opened(pilot, app)
    await shows(pilot, "▲")
    return tab


def titles(app: LambdatuiApp) -> list[str]:
    """The charts that are shown."""
    names = ("Invocations", "Errors", "Duration", "Error rate", "Throttles", "Concurrency", "Iterator age")
    return [name for name in names if any(name in line for line in text_of(app).splitlines())]


def reads(calls: Calls) -> int:
    return calls.operations().count("GetMetricData")


def under_way(app: LambdatuiApp, tab: MetricsTab) -> bool:
    """Whether the tab is reading."""
    return any(worker.node is tab and not worker.is_finished for worker in app.workers)


async def test_one_reading_shows_every_figure_and_says_what_it_cost(app: LambdatuiApp, put: Put, calls: Calls) -> None:
    for minute in range(5, 15):
        put("Invocations", 120, minute)
    put("Errors", 6, 7)
    put("Duration", 38, 7)
    async with app.run_test(size=(160, 45)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "1,200 in all")
        text = text_of(app)
        assert "Errors  6 in all" in text
        assert "Error rate  0.5 % of all" in text
        assert "■ p50 38.0 ms  ■ p95 38.0 ms  ■ p99 38.0 ms now" in text
        assert "█" in text
        assert titles(app) == ["Invocations", "Errors", "Duration", "Error rate", "Throttles", "Concurrency"]
        assert "5 metrics read, $0.0001" in text
        assert reads(calls) == 1


async def test_no_data_is_said_and_nothing_is_drawn(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await shows(pilot, "no data in the last 3 h")
        assert text_of(app).count("no data in the last 3 h") == 6
        assert "█" not in text_of(app)


async def test_longer_and_shorter_ranges(app: LambdatuiApp, put: Put) -> None:
    put("Invocations", 7, 20)
    put("Invocations", 30, 600)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "Invocations  7 in all")
        await pilot.press("w")
        await shows(pilot, "Invocations  37 in all")
        await pilot.press("W")
        await shows(pilot, "Invocations  7 in all")


async def test_split_by_alias_and_by_the_versions_behind_one(app: LambdatuiApp, put: Put, shop: Any) -> None:
    shop.update_alias(FunctionName="checkout-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}})
    put("Invocations", 100, 9, "live")
    put("Invocations", 90, 9, "live", "1")
    put("Invocations", 10, 9, "live", "3")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "whole function 1/3")
        await pilot.press("s")
        await shows(pilot, "by alias 2/3")
        await shows(pilot, "Invocations  live 100 in all")
        await pilot.press("s")
        await shows(pilot, "live by version 3/3")
        await shows(pilot, "■ 1 90  ■ 3 10 in all")
        await pilot.press("s")
        await shows(pilot, "whole function 1/3")


async def test_deployments_stand_on_the_axis_and_are_told(app: LambdatuiApp, put: Put) -> None:
    put("Invocations", 7, 20)
    async with app.run_test(size=(160, 45)) as pilot:
        tab = await ready(pilot, app)
        await shows(pilot, "deployments, the last just now:  ▲")
        await pilot.press("n")
        grid = tab.query_one(PlotGrid)
        labels = {"v1", "v2", "v3", "live 1"}
        await until(pilot, lambda: labels <= {mark.label for mark in grid.marks_looked_at})
        await shows(pilot, " by you  ▲")
        await pilot.press("escape")
        await shows(pilot, "deployments, the last")
        assert isinstance(app.screen, FunctionView)


async def test_a_moment_is_looked_at(app: LambdatuiApp, put: Put) -> None:
    # a period that is over is there for sure two minutes later
    for minute in range(1, 200):
        put("Invocations", minute, minute)
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await ready(pilot, app)
        await shows(pilot, "in all")
        grid = tab.query_one(PlotGrid)
        await pilot.press("comma", "comma", "comma")
        assert grid.frame is not None
        third = grid.frame.span.count - 1 - 2 * grid._step
        await until(pilot, lambda: grid.frame and grid.frame.cursor == third)
        assert tab.last is not None
        there = tab.last.value.history.panels[0].series[0].values[third]
        await shows(pilot, f"Invocations  {there:.0f} ")
        await shows(pilot, "nothing was deployed then")
        assert "in all" not in text_of(app)
        await pilot.press("home")
        await shows(pilot, "in all")


async def test_a_small_screen_has_pages(app: LambdatuiApp, put: Put) -> None:
    put("IteratorAge", 1500, 9)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await shows(pilot, "plots 1/4")
        assert titles(app) == ["Invocations", "Errors"]
        await pilot.press("space")
        await shows(pilot, "plots 2/4")
        assert titles(app) == ["Duration", "Error rate"]
        await pilot.press("pageup", "pageup")
        await shows(pilot, "plots 4/4")
        assert titles(app) == ["Iterator age"]
        await shows(pilot, "1.50 s at most")


async def test_where_no_chart_has_room_its_figure_stands(app: LambdatuiApp, put: Put) -> None:
    put("Invocations", 7, 20)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "7 in all")
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "└" not in text_of(app))
        await shows(pilot, "Invocations  7 in all")


async def test_cloudwatch_says_no(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    connected.cloud.faults.add("access-denied", operation="GetMetricData", account=account_id)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "✖")
        assert "is not authorized to perform" in text_of(app) or "may not" in text_of(app)
        connected.cloud.faults.clear()
        await pilot.press("r")
        await shows(pilot, "no data in the last 3 h")


async def test_cloudtrail_says_no(app: LambdatuiApp, connected: Emulator, account_id: str, put: Put) -> None:
    put("Invocations", 7, 20)
    connected.cloud.faults.add("access-denied", service="cloudtrail", account=account_id)
    try:
        async with app.run_test(size=(160, 45)) as pilot:
            await opened(pilot, app)
            await shows(pilot, "CloudTrail could not be read")
            # the versions tell themselves when they came
            await shows(pilot, "version 3 tax, again")
            await shows(pilot, "7 in all")
    finally:
        connected.cloud.faults.clear()


async def test_what_may_not_be_listed_is_not_needed(
    app: LambdatuiApp, connected: Emulator, account_id: str, put: Put
) -> None:
    put("Invocations", 7, 20)
    connected.cloud.faults.add("access-denied", operation="ListMetrics", account=account_id)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot, app)
            await shows(pilot, "7 in all")
    finally:
        connected.cloud.faults.clear()


async def test_auto_reads_again_until_another_tab_is_opened(
    app: LambdatuiApp, put: Put, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.tui.tabs.metrics.AUTO_SECONDS", 0.05)
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await ready(pilot, app)
        listed = calls.operations().count("ListMetrics")
        await pilot.press("a")
        await until(pilot, lambda: tab.asked >= 4 * 5)
        assert calls.operations().count("ListMetrics") == listed
        await pilot.press("1")
        await until(pilot, lambda: not tab.display and not under_way(app, tab))
        before = tab.asked
        await pilot.pause(0.3)
        assert tab.asked == before
        await pilot.press(KEYS[list(TABS).index("metrics")])
        await until(pilot, lambda: tab.asked > before)
        await pilot.press("a")
        await until(pilot, lambda: "auto 0.05 s" not in text_of(app))


async def test_figures_can_be_copied(app: LambdatuiApp, put: Put) -> None:
    put("Invocations", 7, 20)
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await opened(pilot, app)
        await shows(pilot, "7 in all")
        (one,) = tab.copies()
        assert '"key": "invocations"' in one.text
