"""The function view: its tabs read when they are opened, and say when they were read."""

from __future__ import annotations

from typing import Any

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.function import TABS, FunctionView
from tests.conftest import Calls
from tests.tui.shop import home, shows, text_of, until


async def test_each_tab_reads_when_it_is_opened_and_says_when(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await home(pilot)
        await shows(pilot, "● Active")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionView))
        view: Any = app.screen
        await until(pilot, lambda: view.tab.last is not None)
        assert len(view.query("#tabs > *")) == 1, "no other tab is there yet"
        assert "ListEventSourceMappings" not in calls.operations()
        assert "LookupEvents" not in calls.operations()
        for index, name in enumerate(TABS):
            await view.action_open_tab(index)
            tab = view.tab
            await until(pilot, lambda tab=tab: tab.read_at is not None)
            await until(pilot, lambda at=tab.read_at: f"read {at.astimezone():%H:%M:%S}" in text_of(app))
            assert len(view.query("#tabs > *")) == index + 1, name
        assert {"ListEventSourceMappings", "LookupEvents"} <= set(calls.operations())


async def test_a_tab_that_was_read_is_not_read_again_for_being_looked_at(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await home(pilot)
        screen: Any = app.screen
        await until(pilot, lambda: len(screen.functions.facts) == 3)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionView))
        view: Any = app.screen
        await until(pilot, lambda: view.tab.last is not None)
        await pilot.press("8")
        await until(pilot, lambda: view.tab.last is not None)
        first = view.tab.last
        calls.forget()
        await pilot.press("1", "8")
        await until(pilot, lambda: view.tab.last is first)
        assert "GetFunction" not in calls.operations()
        await pilot.press("r")
        await until(pilot, lambda: view.tab.last is not first)
        assert "GetFunction" in calls.operations()
