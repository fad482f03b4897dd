"""What a person may ask of a rollout while it runs. Pure."""

from __future__ import annotations

import threading
from collections import deque
from typing import Literal

Wish = Literal["pause", "go on", "step back", "abort"]


class Controls:
    """Takes wishes from any thread, in their order; the run takes them up within a second, between its calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wishes: deque[Wish] = deque()

    def pause(self) -> None:
        """Stay at the step in force. Gates are still watched."""
        self._ask("pause")

    def go_on(self) -> None:
        """Go on from a pause, or say yes where a person's go is waited for."""
        self._ask("go on")

    def step_back(self) -> None:
        """Go back to the step before, or to the routing from before the rollout, and pause there."""
        self._ask("step back")

    def abort(self) -> None:
        """Put back the exact routing from before, and end."""
        self._ask("abort")

    def _ask(self, wish: Wish) -> None:
        with self._lock:
            self._wishes.append(wish)

    def take(self) -> Wish | None:
        """The next wish; None where there is none. An abort comes before all others."""
        with self._lock:
            if "abort" in self._wishes:
                self._wishes.clear()
                return "abort"
            return self._wishes.popleft() if self._wishes else None
