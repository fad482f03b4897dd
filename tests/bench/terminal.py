"""Starts a program in a real pseudo-terminal and times what it draws."""

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


def first_frame(
    command: Sequence[str], marker: bytes, env: Mapping[str, str], size: tuple[int, int] = (120, 40)
) -> float:
    """Seconds from the start of `command` until it has drawn `marker`. The program is killed then."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        os.execvpe(command[0], list(command), {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env})
    seen = b""
    try:
        while marker not in seen:
            if not select.select([fd], [], [], 30)[0]:
                raise TimeoutError(f"{marker!r} was not drawn; the last: {seen[-400:]!r}")
            try:
                part = os.read(fd, 65536)
            except OSError:
                part = b""
            if not part:
                raise RuntimeError(f"the program ended before it drew {marker!r}: {seen[-400:]!r}")
            seen += part
        return time.perf_counter() - start
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)


def idle_bytes(command: Sequence[str], marker: bytes, env: Mapping[str, str], seconds: float) -> int:
    """How many bytes the program draws in so many seconds of rest, once it has drawn `marker` and come to rest."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execvpe(command[0], list(command), {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env})
    seen, count, since = b"", 0, None
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            ready = select.select([fd], [], [], 0.5)[0]
            if ready:
                part = os.read(fd, 65536)
                seen = (seen + part)[-200_000:]
                if since is not None:
                    count += len(part)
            elif marker in seen and since is None:
                since = time.monotonic()
            if since is not None and time.monotonic() - since > seconds:
                return count
        raise TimeoutError("the program did not come to rest")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
