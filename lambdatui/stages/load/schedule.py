"""When each invocation of a run is begun. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """How many, for how long, how many at once, how often. With a rate the loop is open: what is due is due, however
    long the answers take. Without one each invocation begins when one has ended.

    All of it is for one qualifier: where two run side by side, each gets as much.
    """

    runs: int | None = 1
    """How many; None where `duration` limits them."""
    duration: float | None = None
    """Seconds in which invocations are begun; None where `runs` limits them."""
    at_once: int = 1
    """How many are under way at once, at most."""
    rate: float | None = None
    """How many are begun a second; None for a closed loop."""
    ramp: float = 0.0
    """Seconds in which the rate, or the number at once, grows evenly to its full height."""

    def due(self, number: int) -> float:
        """When the invocation with this number, from 1, is to be begun: seconds after the start. 0.0 in a closed loop.

        While the rate grows evenly from nothing to R in r seconds, R·t²/2r invocations are begun in t seconds.
        """
        if self.rate is None:
            return 0.0
        before = number - 1
        ramped = self.rate * self.ramp / 2
        if before < ramped:
            return math.sqrt(2 * self.ramp * before / self.rate)
        return self.ramp + (before - ramped) / self.rate

    def begins(self, worker: int) -> float:
        """When the worker with this number, from 0, joins a closed loop: seconds after the start."""
        return self.ramp * worker / self.at_once if self.rate is None else 0.0

    def is_over(self, number: int, seconds: float) -> bool:
        """Whether the invocation with this number is no longer begun, so many seconds after the start."""
        if self.runs is not None:
            return number > self.runs
        limit = self.duration or 0.0
        return (seconds if self.rate is None else self.due(number)) >= limit

    @property
    def total(self) -> int | None:
        """How many there will be; None in a closed loop that a duration limits."""
        if self.runs is not None or self.rate is None or self.duration is None:
            return self.runs
        ramp = min(self.ramp, self.duration)
        ramped = self.rate * ramp * ramp / (2 * self.ramp) if self.ramp else 0.0
        return max(1, math.ceil(round(ramped + self.rate * (self.duration - ramp), 9)))
