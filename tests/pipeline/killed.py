"""A pipeline in a process of its own that is killed at a moment: `python -m tests.pipeline.killed FILE MOMENT`.

A moment is a number, `before:OPERATION` or `after:OPERATION`: before its n-th write into the journal, before the first
such call of AWS's is sent, or once it is answered and before the journal knows. Between two writes lies at most one
call, so that every moment at which a kill makes a difference has a number. With 0 it runs to its end, and prints how
many writes there were.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.guard import Outcome, Sent
from lambdatui.journal import Journal
from lambdatui.pipeline import pipeline_file
from lambdatui.pipeline.runner import Runner
from lambdatui.settings import Settings, state_folder
from lambdatui.stages.stage import World


def killed(file: Path, moment: str) -> None:
    """Runs the pipeline in a file until it is killed at this moment."""
    command = [sys.executable, "-m", "tests.pipeline.killed", str(file), moment]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, (ended.returncode, ended.stderr)


def writes(file: Path) -> int:
    """Runs the pipeline in a file to its end, and tells how many writes into the journal there were."""
    command = [sys.executable, "-m", "tests.pipeline.killed", str(file), "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return int(ended.stdout)


class Killer:
    """Hangs on the journal, and kills this process at a moment."""

    def __init__(self, moment: str) -> None:
        self.count = 0
        self._moment = moment
        self._operations: dict[int, str] = {}
        writing, sent, finished = Journal.writing, Journal.sent, Journal.finished

        @contextmanager
        def counted(journal: Journal, lost: str = "") -> Iterator[sqlite3.Connection]:
            self.count += 1
            self.at(str(self.count))
            with writing(journal, lost) as db:
                yield db

        def about_to_send(journal: Journal, call: Sent) -> int:
            self.at(f"before:{call.operation}")
            entry = sent(journal, call)
            self._operations[entry] = call.operation
            return entry

        def answered(journal: Journal, entry: int, outcome: Outcome) -> None:
            self.at(f"after:{self._operations[entry]}")
            finished(journal, entry, outcome)

        Journal.writing = counted  # type: ignore[method-assign, assignment]
        Journal.sent = about_to_send  # type: ignore[method-assign]
        Journal.finished = answered  # type: ignore[method-assign]

    def at(self, moment: str) -> None:
        if moment == self._moment:
            os.kill(os.getpid(), signal.SIGKILL)


def main(path: str, moment: str) -> None:
    journal = Journal(state_folder() / "journal.sqlite")
    killer = Killer(moment)
    world = World(Accounts(Settings(), journal), journal=journal)
    for _ in Runner(world, pipeline_file.read(path), {}).events():
        pass
    print(killer.count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
