"""The way from the list to a tab of a function."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.pilot import Pilot

from lambdatui.tui.screens.function import TABS, FunctionView
from lambdatui.tui.tabs.tab import FunctionTab
from tests.tui.shop import home, until

T = TypeVar("T", bound=FunctionTab[Any])


async def open_tab(pilot: Pilot[Any], kind: type[T], function: str = "checkout-api") -> T:
    """Opens a tab of a function of the shop, waits until it has read, and returns it."""
    app = pilot.app
    await home(pilot, function)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, FunctionView))
    view = app.screen
    assert isinstance(view, FunctionView)
    await view.action_open_tab(list(TABS.values()).index(kind.__name__))
    tab = view.tab
    assert isinstance(tab, kind)
    await until(pilot, lambda: tab.last is not None or tab.trouble is not None)
    return tab
