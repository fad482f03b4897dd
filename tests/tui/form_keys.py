"""Filling in a form with keys, as a person does."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.form.draft import Path
from lambdatui.tui.screens.form_screen import FormScreen
from tests.tui.shop import home, until


async def opened(pilot: Pilot[Any], app: LambdatuiApp, key: str = "d") -> Any:
    """The form that a key opens from the list, once it has read what stands there."""
    await home(pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, FormScreen))
    screen: Any = app.screen
    await until(pilot, lambda: screen.partition and (screen.now is not None or not screen.function))
    await pilot.pause()
    return screen


async def edit(pilot: Pilot[Any], screen: FormScreen, path: Path, text: str) -> None:
    """Types a value in the place of what stands there, without taking it."""
    screen.form.go_to(path)
    await pilot.pause()
    await pilot.press("enter")
    await until(pilot, lambda: screen.form.editor.is_open)
    await pilot.press("end", "ctrl+u", *text)


async def fill(pilot: Pilot[Any], screen: FormScreen, path: Path, text: str) -> None:
    """Types a value and takes it."""
    await edit(pilot, screen, path, text)
    await pilot.press("enter")
    await until(pilot, lambda: not screen.form.editor.is_open)
