"""The embedded AWS's clock. States that change by themselves are computed from it, so tests can move it."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since the epoch: real time plus whatever `advance` has added.

    `frozen` makes it stand still at that time but for `advance`.
    """

    def __init__(self, frozen: float | None = None) -> None:
        self._frozen = frozen
        self._offset = 0.0
        self._moved = threading.Condition()

    def now(self) -> float:
        """Seconds since the epoch."""
        return (time.time() if self._frozen is None else self._frozen) + self._offset

    def advance(self, seconds: float) -> float:
        """Moves the clock ahead and wakes those who wait on it. Returns the new time."""
        if seconds < 0:
            raise ValueError(f"seconds: {seconds} is negative; the clock moves ahead only.")
        with self._moved:
            self._offset += seconds
            self._moved.notify_all()
        return self.now()

    def wait(self, until: float, stop: threading.Event) -> bool:
        """Waits until the clock shows `until`, or `stop` is set (it is looked at ten times a second).

        Returns whether the time came.
        """
        with self._moved:
            while not stop.is_set():
                left = until - self.now()
                if left <= 0:
                    return True
                self._moved.wait(min(left, 0.1) if self._frozen is None else 0.1)
        return False
