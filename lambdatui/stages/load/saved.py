"""Saved runs of invocations: a file each in the state folder, from which they are listed, read and compared."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.errors import BadInput, near_match
from lambdatui.settings import private, state_folder
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.run_reader import Reader, parsed
from lambdatui.stages.load.run_writer import Writer

FORMAT = 1
MOST = 50
"""So many runs are kept."""
MOST_BYTES = 2 * 1024**3
"""So many bytes of them are kept."""
_NAME = re.compile(r"^\d{8}T\d{9}Z-[A-Za-z0-9_-]+-[0-9a-f]{4}\.jsonl$")
_TAIL = 64 * 1024


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A saved run as a list shows it. Text in it may come from AWS or from anybody who can write there."""

    name: str
    path: Path
    function: str
    qualifier: str
    other_qualifier: str
    """What was invoked side by side with it; empty for nothing."""
    account: str
    region: str
    started: float
    """Seconds since the epoch."""
    size: int
    """Bytes."""
    running: bool
    """Whether it is being written at this moment."""
    status: str
    """How it ended: done, failed or cancelled; empty where it runs, or its program was killed."""
    figures: Mapping[str, Any]
    """What it added up to, as the outputs of the stage; empty without a status."""


class SavedRuns:
    """The folder of saved runs: 0700, its files 0600."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = private(folder or state_folder() / "invocations")

    def begin(
        self,
        *,
        function: str,
        qualifier: str,
        account: str,
        region: str,
        inputs: Mapping[str, Any],
        started: float,
        events_from: float | None = None,
        answers: bool = True,
    ) -> Writer:
        """A file for a run that begins; the oldest ones go where there are too many. Raises BadInput.

        `inputs` are the stage's, as it remembers them. `started` is in seconds since the epoch, and so is
        `events_from`, what `now` is in the run's events. Without `answers`, neither answers nor logs are kept.
        """
        moment = dt.datetime.fromtimestamp(started, dt.UTC)
        short = re.sub(r"[^A-Za-z0-9_-]+", "-", function.rpartition(":")[2])[:64] or "function"
        name = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z-{short}-{secrets.token_hex(2)}"
        head = {
            "lambdatui": FORMAT,
            "run": name,
            "function": function,
            "qualifier": qualifier,
            "account": account,
            "region": region,
            "started": started,
            "events_from": started if events_from is None else events_from,
            "pid": os.getpid(),
            "inputs": dict(inputs),
        }
        try:
            writer = Writer(self.folder / f"{name}.jsonl", head, answers=answers)
        except OSError as error:
            raise BadInput(f"{self.folder}: results cannot be written there: {error.strerror}.") from None
        self._let_go()
        return writer

    def list(self) -> Sequence[SavedRun]:
        """The runs that are there, the newest first. What is no saved run is left out."""
        found = []
        for path in sorted(self._paths(), reverse=True):
            try:
                found.append(_summary(path))
            except (BadInput, OSError):
                continue
        return found

    def path(self, wanted: str) -> Path:
        """The file of a run: its name or the beginning of it, `last`, or a path. Raises BadInput."""
        names = sorted((path.stem for path in self._paths()), reverse=True)
        if wanted == "last":
            if not names:
                raise BadInput(f"There are no saved runs in {self.folder}.")
            return self.folder / f"{names[0]}.jsonl"
        matching = [name for name in names if name.startswith(wanted)]
        if wanted in names or len(matching) == 1:
            return self.folder / f"{wanted if wanted in names else matching[0]}.jsonl"
        if len(matching) > 1:
            raise BadInput(f"'{wanted}' begins the names of {len(matching)} saved runs, such as {matching[0]}.")
        if Path(wanted).expanduser().is_file():
            return Path(wanted).expanduser()
        raise BadInput(f"There is no saved run '{wanted}'.{near_match(wanted, names)}", "See: lambdatui invocations")

    def read(self, wanted: str) -> Reader:
        """Opens a run, as `path` finds it. Raises BadInput."""
        return Reader(self.path(wanted))

    def latest_of_this_process(self) -> Path:
        """The file of the run that this process began last. Raises BadInput where there is none."""
        for path in sorted(self._paths(), reverse=True):
            with path.open("rb") as file:
                if parsed(file.readline(_TAIL)).get("pid") == os.getpid():
                    return path
        raise BadInput(f"No results were written in {self.folder}.")

    def _paths(self) -> Sequence[Path]:
        try:
            return [path for path in self.folder.iterdir() if _NAME.match(path.name) and path.is_file()]
        except OSError:
            return []

    def _let_go(self) -> None:
        """Removes the oldest beyond 50 runs or 2 GB; none that is being written."""
        total = 0
        for index, path in enumerate(sorted(self._paths(), reverse=True)):
            try:
                total += path.stat().st_size
                if (index >= MOST or total > MOST_BYTES) and not is_locked(path):
                    path.unlink()
            except OSError:
                continue


def figures_of(reader: Reader) -> Figures:
    """What the invocations of a saved run add up to."""
    figures = Figures()
    for invocation in reader:
        figures.add(invocation)
    return figures


def is_locked(path: Path) -> bool:
    """Whether a Writer has this file open."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def _summary(path: Path) -> SavedRun:
    with path.open("rb") as file:
        head = parsed(file.readline(_TAIL))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        last = parsed(file.read().rstrip(b"\n").rpartition(b"\n")[2])
    if not isinstance(head.get("lambdatui"), int):
        raise BadInput(f"{path}: is no saved run of invocations.")
    figures, inputs = last.get("figures"), head.get("inputs")
    started = head.get("started")
    return SavedRun(
        name=path.stem,
        path=path,
        function=str(head.get("function", "")),
        qualifier=str(head.get("qualifier", "")),
        other_qualifier=str(inputs.get("other_qualifier") or "") if isinstance(inputs, dict) else "",
        account=str(head.get("account", "")),
        region=str(head.get("region", "")),
        started=float(started) if isinstance(started, int | float) else path.stat().st_mtime,
        size=size,
        running=is_locked(path),
        status=str(last.get("status", "")) if "ended" in last else "",
        figures=figures if isinstance(figures, dict) else {},
    )
