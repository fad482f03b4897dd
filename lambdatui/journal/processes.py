"""Which process wrote something, and whether that one still runs: by its id and the moment it began."""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path


@functools.cache
def began() -> str:
    """The moment this process began, as `began_of` tells it."""
    return began_of(os.getpid())


def began_of(pid: int) -> str:
    """A word for the moment a process began: the same for one process, another for each. Empty if there is no such.

    On Linux the boot and the clock ticks since then, after proc(5), field 22 of `stat`; elsewhere what `ps` says.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _told_by_ps(pid)
    # the second field is the program's name in brackets, and may hold spaces and brackets
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return "" if state == "Z" else f"{boot} {ticks}"


def alive(pid: int, beginning: str) -> bool:
    """Whether the process with this id that began then still runs. With an empty beginning, any with that id counts."""
    if not _exists(pid):
        return False
    return not beginning or began_of(pid) == beginning


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _told_by_ps(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return ""
    try:
        ended = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    state, _, moment = ended.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else moment.strip()
