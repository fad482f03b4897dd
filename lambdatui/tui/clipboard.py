"""The clipboard: a native one where there is one, else the terminal's (OSC 52), which never says whether it took it.

A native clipboard is that of the machine that this runs on. Over SSH it would be the wrong one, unless its display is
forwarded: there the terminal's own is all that leads back to the operator.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

LIMIT = 74_994
"""Bytes of text. Terminals drop longer sequences: xterm's and tmux's buffers hold 100,000 bytes of base64."""

_SECONDS = 3
"""How long a clipboard's program may take. Those of X11 and Wayland stay, but let go of us at once."""

_SCREEN_CHUNK = 252
"""Bytes that GNU screen passes on in one string; it drops strings beyond its buffer, of 256 in old versions."""

_SSH = ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT")


def native_command(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> Sequence[str] | None:
    """The command that puts its input into the clipboard that the operator has, or None where there is none."""
    remote = any(environ.get(name) for name in _SSH)
    display = environ.get("DISPLAY", "")
    # a display with a host before the colon is forwarded to where the operator sits
    near = not remote or not display.startswith(":")
    candidates: list[tuple[bool, Sequence[str]]] = [
        (platform == "darwin" and not remote, ("pbcopy",)),
        (bool(environ.get("WAYLAND_DISPLAY")) and not remote, ("wl-copy",)),
        (bool(display) and near, ("xclip", "-selection", "clipboard")),
        (bool(display) and near, ("xsel", "--clipboard", "--input")),
    ]
    for usable, command in candidates:
        if usable and which(command[0]):
            return command
    return None


def copied_by(command: Sequence[str], text: str) -> bool:
    """Gives the text to a clipboard's command; whether it took it. Blocks: for worker threads."""
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            # one that stays behind would hold a pipe open
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def terminal_sequence(text: str, environ: Mapping[str, str]) -> str:
    """What has the terminal put a text into its clipboard (OSC 52), also through tmux and GNU screen.

    tmux takes the plain sequence where `set-clipboard` is on, and passes the wrapped one through where
    `allow-passthrough` is on: it gets both.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if environ.get("TMUX"):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        chunks = [plain[start : start + _SCREEN_CHUNK] for start in range(0, len(plain), _SCREEN_CHUNK)]
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return plain
