"""The clipboard: which one is used, what the terminal is sent, and whether a program took it."""

from __future__ import annotations

import base64
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lambdatui.tui import clipboard

TEXT = "arn:aws:lambda:eu-west-1:123456789012:function:größe"


def has(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("environ", "platform", "programs", "expected"),
    [
        ({}, "darwin", ("pbcopy",), "pbcopy"),
        ({"SSH_TTY": "/dev/pts/0"}, "darwin", ("pbcopy",), None),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ("wl-copy", "xclip"), "wl-copy"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ("xclip", "xsel"), "xclip"),
        ({"DISPLAY": ":0"}, "linux", ("wl-copy", "xsel"), "xsel"),
        ({}, "linux", ("wl-copy", "xclip", "xsel"), None),
        ({"DISPLAY": ":0"}, "linux", (), None),
        # the display of the machine at the far end is not where the operator sits; a forwarded one is
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a b"}, "linux", ("xclip",), None),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a b"}, "linux", ("xclip",), "xclip"),
        ({"WAYLAND_DISPLAY": "wayland-0", "SSH_CONNECTION": "a b"}, "linux", ("wl-copy",), None),
    ],
)
def test_which_program(
    environ: Mapping[str, str], platform: str, programs: tuple[str, ...], expected: str | None
) -> None:
    command = clipboard.native_command(environ, platform, has(*programs))
    assert (command[0] if command else None) == expected


def program(folder: Path, script: str) -> list[str]:
    """A program that stands for a clipboard's."""
    file = folder / "clip"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return [str(file)]


def test_a_program_that_takes_it(tmp_path: Path) -> None:
    assert clipboard.copied_by(program(tmp_path, f"cat > {tmp_path}/taken"), TEXT)
    assert (tmp_path / "taken").read_text() == TEXT


def test_a_program_that_stays_behind_is_not_waited_for(tmp_path: Path) -> None:
    """As xclip does, which serves the selection until another takes it."""
    command = program(tmp_path, f"cat > {tmp_path}/taken; (sleep 30; echo) & echo $! > {tmp_path}/pid")
    assert clipboard.copied_by(command, TEXT)
    import os
    import signal

    os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)


@pytest.mark.parametrize("script", ["exit 1", "cat > /dev/null; exit 2"])
def test_a_program_that_fails(tmp_path: Path, script: str) -> None:
    assert not clipboard.copied_by(program(tmp_path, script), TEXT)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert not clipboard.copied_by([str(tmp_path / "absent")], TEXT)


def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_SECONDS", 0.1)
    assert not clipboard.copied_by(program(tmp_path, "exec sleep 30"), TEXT)


def in_clipboard(sequence: str) -> str:
    """What a terminal takes from what reaches it."""
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found, repr(sequence)
    return base64.b64decode(found[1]).decode()


def test_a_plain_terminal() -> None:
    assert in_clipboard(clipboard.terminal_sequence(TEXT, {"TERM": "xterm-256color"})) == TEXT


def test_tmux_gets_it_plain_and_to_pass_on() -> None:
    sequence = clipboard.terminal_sequence(TEXT, {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "screen-256color"})
    plain, wrapped = sequence.split("\x1bPtmux;")
    assert in_clipboard(plain) == TEXT
    assert wrapped.endswith("\x1b\\")
    # tmux takes the doubled escapes apart again
    assert in_clipboard(wrapped.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == TEXT


@pytest.mark.parametrize("environ", [{"STY": "1.pts"}, {"TERM": "screen"}, {"TERM": "screen.xterm-256color"}])
def test_screen_passes_it_on_in_pieces_that_it_can_hold(environ: Mapping[str, str]) -> None:
    text = TEXT * 50
    sequence = clipboard.terminal_sequence(text, environ)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert max(map(len, pieces)) <= 252
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert in_clipboard("".join(pieces)) == text
