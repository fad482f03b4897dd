"""The installed program in a real terminal, and the terminal after it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from tests.terminal import Terminal
from tests.tui.shop import open_shop

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))

LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1000l"
PASTE_OFF = b"\x1b[?2004l"

BROKEN = """
import sys
from lambdatui.cli.main import cli
from lambdatui.tui.screens.functions import FunctionsScreen
def broken(self):
    raise RuntimeError("on purpose")
FunctionsScreen.action_refresh = broken
sys.argv = ["lambdatui"]
cli()
"""


@pytest.fixture
def environment(connected: Emulator, aws: object, account_id: str, home: Path) -> dict[str, str]:
    open_shop(aws("lambda"), account_id)  # type: ignore[operator]
    return {"AWS_ACCESS_KEY_ID": access_key_of(account_id), "HOME": str(home)}


def is_restored(terminal: Terminal) -> None:
    """The line settings are what they were, and all modes that were switched on are off, after the last that was on."""
    assert terminal.attributes() == terminal.attributes_before
    for off, on in (
        (LEAVE_ALTERNATE_SCREEN, b"\x1b[?1049h"),
        (SHOW_CURSOR, b"\x1b[?25l"),
        (MOUSE_OFF, b"\x1b[?1000h"),
        (PASTE_OFF, b"\x1b[?2004h"),
    ):
        assert terminal.output.rfind(off) > terminal.output.rfind(on), off


def test_q_leaves_and_restores_the_terminal(environment: dict[str, str]) -> None:
    with Terminal([PROGRAM], environment) as terminal:
        terminal.wait("checkout-api")
        assert terminal.attributes() != terminal.attributes_before
        terminal.press("q")
        assert terminal.wait_end() == 0
        is_restored(terminal)


def test_an_exception_restores_the_terminal_and_shows_no_traceback(environment: dict[str, str], home: Path) -> None:
    with Terminal([sys.executable, "-c", BROKEN], environment) as terminal:
        terminal.wait("checkout-api")
        terminal.press("r")
        assert terminal.wait_end() == 1
        is_restored(terminal)
        after = terminal.output[terminal.output.rfind(LEAVE_ALTERNATE_SCREEN) :].decode()
        assert "lambdatui itself failed: RuntimeError: on purpose" in after
        assert "Traceback" not in after
        assert "Traceback" in (home / "state" / "lambdatui.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(environment: dict[str, str], number: signal.Signals) -> None:
    with Terminal([PROGRAM], environment) as terminal:
        terminal.wait("checkout-api")
        terminal.signal(number)
        assert terminal.wait_end() == 128 + number
        is_restored(terminal)


def test_typing_fast_resizing_and_pasting_do_not_break_it(environment: dict[str, str]) -> None:
    with Terminal([PROGRAM], environment) as terminal:
        terminal.wait("all pages read")
        terminal.type("/check")
        for columns, rows in ((80, 24), (200, 50), (40, 10), (120, 40)):
            terminal.resize(columns, rows)
            terminal.type("o")
            terminal.press("backspace")
        terminal.wait("2 of 3 functions")
        # a paste in brackets, with an escape and a newline in it
        terminal.type("\x1b[200~out-\x1b[31mapi\nrm -rf\x1b[201~")
        terminal.wait("of 3 functions")
        terminal.press("escape")
        terminal.type("jjjkkkGgjjt")
        terminal.wait("Traffic")
        terminal.press("escape")
        terminal.wait("3 functions")
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_no_color_shows_the_same_words(environment: dict[str, str]) -> None:
    with Terminal([PROGRAM], environment | {"NO_COLOR": "1"}) as terminal:
        terminal.wait("● Active")
        terminal.wait("▲ runtime retired")
        assert b"\x1b[38;2;" not in terminal.output or _grey_only(terminal.output)
        terminal.press("q")
        assert terminal.wait_end() == 0


def _grey_only(output: bytes) -> bool:
    import re

    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", output)
    return all(len({int(part) for part in colour}) == 1 for colour in colours)
