"""The versions of a function."""

from __future__ import annotations

from typing import Any

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.function import FunctionView
from lambdatui.tui.screens.invoke import InvokeScreen
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.tabs.versions import VersionsTab
from tests.tui.shop import home, shows, text_of, until


async def opened(pilot: Any, app: LambdatuiApp) -> VersionsTab:
    await home(pilot)
    await pilot.press("v")
    screen = app.screen
    assert isinstance(screen, FunctionView)
    tab = screen.tab
    assert isinstance(tab, VersionsTab)
    await until(pilot, lambda: tab.published.versions)
    return tab


async def test_newest_first_with_who_points_at_them(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        lines = text_of(app).splitlines()
        rows = [line.split()[:2] for line in lines if "tax" in line or "rounding" in line]
        assert [row[0].strip("▸") or row[1] for row in rows] == ["3", "2", "1"]
        assert any("live" in line and "fix rounding" in line for line in lines)


async def test_prune_keeps_what_an_alias_serves_and_the_list_follows(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await opened(pilot, app)
        await pilot.press("p")
        await shows(pilot, "all 3 versions stay")
        await pilot.press("1", "enter")
        await shows(pilot, "DeleteFunction  checkout-api:2")
        await pilot.press(*"checkout-api", "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "all 2 versions stay")
        await pilot.press("escape")
        await until(pilot, lambda: len(tab.published.versions) == 2)


async def test_a_version_in_use_is_not_deleted(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("end", "x")
        await shows(pilot, "version 1 is in use (alias live)")


async def test_the_version_under_the_cursor_goes_along(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await opened(pilot, app)
        await pilot.press("down", "i")
        assert isinstance(app.screen, InvokeScreen)
        assert app.screen._asked_for == "2"
        await pilot.press("escape", "t")
        traffic = app.screen
        assert isinstance(traffic, TrafficScreen)
        await until(pilot, lambda: traffic.routing.versions)
        assert traffic._chosen("#canary") == "2"
        await pilot.press("escape", "escape")
        assert tab.published.versions
