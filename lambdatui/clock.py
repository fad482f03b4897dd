"""Time and the wish to stop: the one thing that tests may fake."""

from __future__ import annotations

import threading
import time

from lambdatui.errors import Cancelled


class Clock:
    """Real time, and a cancel token: a run asks `check` between its steps, and `sleep` ends early when cancelled."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises Cancelled as soon as the run is cancelled."""
        if self._cancelled.wait(max(0.0, seconds)):
            raise Cancelled

    def cancel(self) -> None:
        """Asks the run to stop at its next safe point."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raises Cancelled if the run was asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled
