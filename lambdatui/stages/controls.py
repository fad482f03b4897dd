"""What a person may ask of a stage while it runs, and answer. Pure."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Literal

Wish = Literal["pause", "go on", "step back", "abort"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered: one of the choices, empty where there were none; and who it was, as far as known."""

    choice: str = ""
    by: str = ""


class Controls:
    """Takes wishes from any thread, in their order; the run takes them up within a second, between its calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wishes: deque[Wish] = deque()
        self._answers: deque[Answer] = deque()

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

    def answer(self, choice: str | None = None, by: str = "") -> None:
        """Yes, where a stage asks a person; with one of its choices where it has some."""
        with self._lock:
            self._answers.append(Answer(choice or "", by))

    def take_answer(self) -> Answer | None:
        """The next answer; None where there is none."""
        with self._lock:
            return self._answers.popleft() if self._answers else None

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
