"""Programs in a real pseudo-terminal, timed from outside: what is drawn, how soon, with how many bytes and what CPU."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

QUIET = 0.03
"""Seconds without a byte after which a frame counts as finished."""


class Timed:
    """A program on a screen of 120 by 40."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, size: tuple[int, int] = (120, 40)
    ) -> None:
        self.start = time.perf_counter()
        self.seen = b""
        self.count = 0
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
            os.execvpe(command[0], list(command), environment)

    def __enter__(self) -> Timed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def pump(self, seconds: float, most: int = 65_536) -> bool:
        """Takes what is drawn, so many bytes at most; whether there was anything."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self._fd, most)
        except OSError:
            part = b""
        if not part:
            raise RuntimeError(f"the program ended; the last it drew: {self.seen[-600:]!r}")
        self.seen = (self.seen + part)[-400_000:]
        self.count += len(part)
        return True

    def wait(self, marker: bytes, seconds: float = 60) -> float:
        """Until the program has drawn `marker`; the seconds since its start."""
        end = time.perf_counter() + seconds
        while marker not in self.seen:
            if time.perf_counter() > end:
                raise TimeoutError(f"{marker!r} was not drawn; the last: {self.seen[-600:]!r}")
            self.pump(0.5)
        return time.perf_counter() - self.start

    def settle(self, seconds: float = 0.4) -> None:
        """Until nothing has been drawn for a while."""
        while self.pump(seconds):
            pass

    def press(self, keys: str) -> tuple[float, int, float]:
        """Presses a key; the ms until the last byte of what it draws, the bytes, and the CPU ms of the program."""
        cpu, count = self.cpu(), self.count
        start = last = time.perf_counter()
        os.write(self._fd, keys.encode())
        if self.pump(5):
            last = time.perf_counter()
        while self.pump(QUIET):
            last = time.perf_counter()
        return (last - start) * 1000, self.count - count, (self.cpu() - cpu) * 1000

    def cpu(self) -> float:
        """Seconds of CPU that the program's threads have used."""
        threads = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
