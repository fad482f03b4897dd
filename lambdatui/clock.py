"""Time and the wish to stop: the one thing that tests may fake."""

from __future__ import annotations

import threading
import time

from lambdatui.errors import Cancelled

_SLICE_SECONDS = 0.25
"""How soon a part of a run hears that it alone is cancelled."""


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


class PartClock(Clock):
    """Another clock's time, for a part of what it times: cancelled with it, alone, or when `limit` seconds are over."""

    def __init__(self, whole: Clock, limit: float | None = None) -> None:
        super().__init__()
        self._whole = whole
        self._began = whole.now()
        self.limit = limit

    def now(self) -> float:
        return self._whole.now()

    def sleep(self, seconds: float) -> None:
        end = self.now() + max(0.0, seconds)
        self.check()
        while (left := end - self.now()) > 0:
            self._whole.sleep(min(_SLICE_SECONDS, left))
            self.check()

    @property
    def overdue(self) -> bool:
        """Whether it took longer than its limit."""
        return self.limit is not None and self.now() - self._began >= self.limit

    @property
    def cancelled(self) -> bool:
        return super().cancelled or self._whole.cancelled or self.overdue

    def check(self) -> None:
        if self.cancelled:
            raise Cancelled
