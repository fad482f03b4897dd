"""Copying, selecting and exporting from the screens: what is said is what was done."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.copying import of_record
from lambdatui.tui.screens.choose import ChooseScreen
from lambdatui.tui.screens.export import ExportScreen
from lambdatui.tui.screens.select_text import SelectableText, SelectTextScreen, joined, wrapped
from tests.terminal import Terminal
from tests.tui.shop import home, open_shop, shows, text_of, until

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))


async def chosen(pilot: Any, app: LambdatuiApp, name: str) -> None:
    """Chooses what is to be copied by its name."""
    await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
    screen = app.screen
    assert isinstance(screen, ChooseScreen)
    labels = [option.label for option in screen._options]
    await pilot.press(*["down"] * labels.index(name), "enter")


async def test_what_was_sent_to_the_terminal_is_not_called_copied(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await home(pilot)
        await pilot.press("y")
        await chosen(pilot, app, "ARN")
        await shows(pilot, "(OSC 52)")
        [told] = [notification.message for notification in app._notifications]
        assert told.endswith("which does not answer. If nothing arrives, press Y to select it here.")
        assert app.clipboard.endswith(":function:checkout-api")
        # Y leads straight to what was just sent
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(app.screen, SelectTextScreen))
        assert text_of(app).splitlines()[0] == app.clipboard
        # nothing stands in the way of the selection
        assert "OSC 52" not in text_of(app)
        await pilot.press("escape", "down", "Y")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))


async def test_a_program_that_took_it_is_named(
    app: LambdatuiApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "xclip"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/taken\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await home(pilot)
        await pilot.press("y")
        await chosen(pilot, app, "name")
        await shows(pilot, "The name is in the clipboard (xclip).")
        assert (tmp_path / "taken").read_text() == "checkout-api"


async def test_what_is_too_long_for_a_terminal_is_told(app: LambdatuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.tui.clipboard.LIMIT", 20)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await home(pilot)
        await pilot.press("y")
        await chosen(pilot, app, "ARN")
        await shows(pilot, "Y shows it")
        assert app.clipboard == ""


async def test_what_is_exported_is_what_is_shown(
    app: LambdatuiApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.json").write_text("mine")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await home(pilot)
        await pilot.press("v")
        await shows(pilot, "fix rounding")
        await pilot.press("e")
        await shows(pilot, "3 rows, all there are.")
        screen = app.screen
        assert isinstance(screen, ExportScreen)
        field = screen.query_one(Input)
        field.value = "mine.txt"
        await pilot.press("enter")
        await shows(pilot, "a name that ends in .csv, .json or .jsonl was expected")
        field.value = "mine.json"
        await pilot.press("enter")
        await shows(pilot, "is there already: enter replaces it")
        assert (tmp_path / "mine.json").read_text() == "mine"
        field.value = "other.json"
        await pilot.press("enter")
        await shows(pilot, "3 rows written to")
        assert (tmp_path / "mine.json").read_text() == "mine"
        found = json.loads((tmp_path / "other.json").read_text())
        assert [row["description"] for row in found] == ["tax, again", "new tax", "fix rounding"]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        app.screen.query_one(Input).value = "mine.json"
        await pilot.press("enter")
        await shows(pilot, "is there already: enter replaces it")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "mine.json").read_text() != "mine")


async def test_a_long_text_comes_in_pages(app: LambdatuiApp) -> None:
    async with app.run_test(size=(40, 10)) as pilot:
        await app.push_screen(SelectTextScreen("\n".join(f"line {number}" for number in range(20)) + "x" * 50))
        await shows(pilot, "line 0")
        area = app.screen.query_one(SelectableText)
        assert len(area.page) == 9
        await pilot.press("space")
        await shows(pilot, "line 17")
        await pilot.press("space")
        await shows(pilot, "x" * 17)
        assert area.check_action("page", (1,)) is False
        await pilot.press("pageup", "pageup")
        await shows(pilot, "line 0")


def test_of_a_record() -> None:
    class Record:
        arn = "arn:aws:lambda:::f"
        name = ""

    assert [one.name for one in of_record(Record())] == ["ARN", "JSON"]
    assert of_record(None) == []


def test_rows_of_a_line() -> None:
    assert wrapped("", 4) == [("", False)]
    assert wrapped("abcd", 4) == [("abcd", False)]
    assert wrapped("abcde", 4) == [("abcd", True), ("e", False)]
    assert wrapped("日本語", 3) == [("日", True), ("本", True), ("語", False)]
    assert joined([*wrapped("ab", 4), *wrapped("abcdefghi", 4), ("tail", True)]) == [(1, "abcdefghi")]


MOUSE_ON, MOUSE_OFF = b"\x1b[?1003h", b"\x1b[?1003l"


def test_selecting_in_a_real_terminal(connected: Emulator, aws: Any, account_id: str, home: Path) -> None:
    """The mouse is the terminal's meanwhile, and a line longer than the screen is wrapped by the terminal itself."""
    open_shop(aws("lambda"), account_id)
    environment = {"AWS_ACCESS_KEY_ID": access_key_of(account_id), "HOME": str(home), "TERM": "screen-256color"}
    with Terminal([PROGRAM], environment, columns=60, rows=20) as terminal:
        terminal.wait("all pages read|3 functions")
        terminal.press("y")
        terminal.wait("ARN")
        terminal.press("enter")
        terminal.wait("clipboard")
        pieces = terminal.output.split(b"\x1bP")[1:]
        sent = b"".join(piece.split(b"\x1b\\")[0] for piece in pieces if b"52;c;" in piece)
        arn = base64.b64decode(sent.split(b"52;c;")[1].rstrip(b"\x07")).decode()
        assert arn.endswith(":function:checkout-api")
        terminal.press("Y")
        terminal.wait("the mouse selects")
        terminal.until(lambda: terminal.output.rfind(MOUSE_OFF) > terminal.output.rfind(MOUSE_ON), "no mouse")
        assert terminal.text.splitlines()[0] + terminal.text.splitlines()[1] == arn
        # in one go, with the terminal's line wrap on
        terminal.until(lambda: arn.encode() in terminal.output.split(b"\x1b[?7h")[-1], "the line as one")
        terminal.press("escape")
        terminal.until(lambda: terminal.output.rfind(MOUSE_ON) > terminal.output.rfind(MOUSE_OFF), "the mouse")
        terminal.wait("3 functions")
        terminal.press("q")
        assert terminal.wait_end() == 0
