"""Writes a run's invocations to disk as they come, so that they are there if the program is killed."""

from __future__ import annotations

import fcntl
import json
import math
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from lambdatui.aws.invocations import Invocation
from lambdatui.stages.load import record

DELAY = 0.2
"""Seconds that a line waits for others before they are written together, at most."""
ANSWERS = 1024**3
"""Bytes of a file from which on answers and logs are left out, and figures alone are kept."""
_PENDING = 32 * 1024**2

# one for all: making it costs as much as a line
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=str)


class Writer:
    """A file that grows: a line for the run, one for each invocation, one for how it ended.

    Its lines reach the operating system within 0.2 s, in a thread of its own: whoever adds waits for a disk only where
    32 MB are waiting already. What goes wrong with the disk ends the writing and not the run; `problem` tells it.
    """

    def __init__(self, path: Path, head: Mapping[str, Any], *, answers: bool = True) -> None:
        self.path = path
        self.problem = ""
        """One sentence where the disk refused; from then on nothing is written."""
        self._answers = answers
        self._pending: deque[Invocation] = deque()
        self._pending_bytes = 0
        self._written = 0
        self._news = threading.Condition()
        self._closing = False
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb", buffering=0)
        # who finds it locked knows that the run goes on
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._write(_encoded(head))
        self._thread = threading.Thread(target=self._work, name="saved-run", daemon=True)
        self._thread.start()

    def add(self, invocation: Invocation) -> None:
        """Hands one over to be written."""
        with self._news:
            if self.problem or self._closing:
                return
            self._pending.append(invocation)
            self._pending_bytes += len(invocation.payload) + len(invocation.log) + 500
            if len(self._pending) == 1:
                self._news.notify_all()
            while self._pending_bytes > _PENDING and not self.problem:
                self._news.wait()

    def close(self, status: str = "", figures: Mapping[str, Any] | None = None) -> None:
        """Writes what is pending and, with a `status` (done, failed, cancelled), how the run ended.

        A second time it does nothing.
        """
        with self._news:
            if self._closing:
                return
            self._closing = True
            self._news.notify_all()
        self._thread.join()
        if status and not self.problem:
            self._write(_encoded({"ended": time.time(), "status": status, "figures": dict(figures or {})}))
        self._file.close()

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._pending or self._closing)
                if not self._pending:
                    return
                if self._pending_bytes < _PENDING // 2:
                    self._news.wait_for(lambda: self._closing or self._pending_bytes >= _PENDING // 2, DELAY)
                batch, self._pending, self._pending_bytes = self._pending, deque(), 0
                self._news.notify_all()
            self._write(b"".join([self._line(one) for one in batch]))
            if self.problem:
                with self._news:
                    self._pending.clear()
                    self._news.notify_all()
                return

    def _line(self, one: Invocation) -> bytes:
        return _encoded(record.line(one, answers=self._answers and self._written < ANSWERS))

    def _write(self, data: bytes) -> None:
        try:
            # an unbuffered file may take only a part
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            self.problem = f"{self.path}: the results are no longer written: {error.strerror}."
        self._written += len(data)


def _encoded(values: Mapping[str, Any]) -> bytes:
    try:
        text = _ENCODER.encode(values)
    except ValueError:
        # a log line can claim a duration that is no number
        plain = {name: None if _no_number(value) else value for name, value in values.items()}
        text = _ENCODER.encode(plain)
    return text.encode() + b"\n"


def _no_number(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
