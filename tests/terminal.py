"""A program in a real pseudo-terminal, and what its screen shows."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyte

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    "shift+right": "\x1b[1;2C",
    "ctrl+c": "\x03",
    "ctrl+p": "\x10",
}

# makes the terminal the program's own, so that its keys send signals, and becomes the program
_ON_ITS_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)

# what pyte would print as text: private modes, queries, keyboard protocols, device strings
_NOISE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*\$[a-z]|\x1b\[\?[0-9;]*u|\x1b[P_^].*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)",
    re.DOTALL,
)


class Terminal:
    """A program on a screen of `columns` by `rows`; a context manager that ends it."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        *,
        columns: int = 120,
        rows: int = 40,
        seconds: float = 30,
    ) -> None:
        self.output = b""
        self.status: int | None = None
        self._seconds = seconds
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.attributes_before = termios.tcgetattr(self._slave)
        # not forked here: this process has threads
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _ON_ITS_TERMINAL, *command],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
            start_new_session=True,
        )
        self.pid = self._process.pid

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait(self, words: str) -> None:
        """Until the screen shows these words, a regular expression."""
        self.until(lambda: re.search(words, self.text), words)

    def gone(self, words: str) -> None:
        """Until the screen no longer shows these words."""
        self.until(lambda: not re.search(words, self.text), f"no {words}")

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Until `condition` holds. Raises AssertionError with the screen where it does not in time."""
        end = time.monotonic() + self._seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not in {self._seconds:g} s: {what}; the screen:\n{self.text}")
            if not self.pump(0.05) and self.ended():
                self.pump(0.05)
                if condition():
                    return
                raise AssertionError(f"the program ended with {self.status} before: {what}; the screen:\n{self.text}")

    def press(self, *keys: str) -> None:
        """Presses keys by name, or characters."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            if key == "escape":
                # what follows at once would read as a sequence: only the pause tells a lone escape from one
                end = time.monotonic() + 0.15
                while (left := end - time.monotonic()) > 0:
                    self.pump(left)

    def type(self, text: str) -> None:
        """Types characters."""
        os.write(self._master, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.pid, signal.SIGWINCH)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self) -> bool:
        """Whether the program has ended; `status` is then as a shell tells it: negative for a signal."""
        self.status = self._process.poll()
        return self.status is not None

    def wait_end(self) -> int:
        """Until the program has ended; its exit status."""
        end = time.monotonic() + self._seconds
        while not self.ended():
            assert time.monotonic() < end, f"it does not end; the screen:\n{self.text}"
            self.pump(0.05)
        while self.pump(0.05):
            pass
        assert self.status is not None
        return self.status

    def attributes(self) -> list[Any]:
        """The terminal's line settings now."""
        return termios.tcgetattr(self._slave)

    def pump(self, seconds: float) -> bool:
        """Takes what the program draws; whether there was anything."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.output += data
        data = self._held + data
        cut = data.rfind(b"\x1b")
        self._held = b""
        if (
            cut >= 0
            and len(data) - cut < 24
            and not re.match(rb"\x1b(\[[0-9;?<>=$]*[a-zA-Z~]|[()][A-Z0-9]|[=>78HMc])", data[cut:])
        ):
            data, self._held = data[:cut], data[cut:]
        self._stream.feed(_NOISE.sub(b"", data))
        return bool(data or self._held)
