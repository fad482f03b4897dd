"""Steps that the tests of the invoke screen share."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input, Select

from lambdatui.aws.invocations import Invocation
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.invoke import InvokeScreen
from tests.tui.shop import home, text_of, until

BIG = (140, 45)


async def opened(pilot: Any, app: LambdatuiApp, qualifier: str | None = None, runs: str = "20") -> InvokeScreen:
    """Opens the invoke screen of checkout-api, with what can be invoked read."""
    await home(pilot)
    await pilot.press("i")
    screen = await until(pilot, lambda: app.screen if isinstance(app.screen, InvokeScreen) else None)
    await until(pilot, lambda: len(screen.query_one("#qualifier", Select)._options) > 1)
    if qualifier is not None:
        screen.query_one("#qualifier", Select).value = qualifier
    screen.query_one("#runs", Input).value = runs
    return screen  # type: ignore[no-any-return]


def over(screen: InvokeScreen) -> bool:
    """Whether a run has ended, and what came of it is drawn."""
    run = screen.run
    if run is None or not run.over or screen.running or len(screen.view.table.rows) != len(run.rows):
        return False
    # the counters are drawn with the next frame
    count, shown = f" {run.figures.count:,}", text_of(screen.app)
    return f"{count}/" in shown or f"{count}  ok" in shown


def results(screen: InvokeScreen) -> list[Invocation]:
    """The results that are in memory."""
    assert screen.run is not None
    return [row for row in screen.run.rows if isinstance(row, Invocation)]


async def invoked(pilot: Any, screen: InvokeScreen) -> None:
    """Invokes, and waits for the end."""
    before = screen.run
    await pilot.press("f5")
    await until(pilot, lambda: screen.run is not before and over(screen))
