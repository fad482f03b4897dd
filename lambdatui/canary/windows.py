"""When a canary is looked at, and what of its time each look covers: the intervals of Kayenta's canary stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, in seconds since the epoch; `end` is no part of it."""

    begin: float
    end: float

    def earlier(self, seconds: float) -> Window:
        """The same span, so much earlier."""
        return Window(self.begin - seconds, self.end - seconds) if seconds else self


@dataclass(frozen=True, slots=True)
class Look:
    """One look: its number from 1, when it is due, and the windows of both sides."""

    number: int
    due: float
    """Seconds since the epoch."""
    experiment: Window
    control: Window


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, how often, and over what. All in seconds."""

    lifetime: float
    """How long the canary is watched, once it is warm."""
    interval: float = 0.0
    """How long from one look to the next; 0, or longer than the lifetime, means one look at its end."""
    warm_up: float = 0.0
    """How long nothing is looked at, at first."""
    lookback: float = 0.0
    """Each look covers so much before it; 0 means all since the warm-up."""
    baseline_offset: float = 0.0
    """How much earlier the baseline's windows lie."""

    @property
    def looks(self) -> int:
        """How many looks there are: what is left of the lifetime after the last whole interval has none."""
        return int(self.lifetime // self.step) if self.step else 1

    @property
    def step(self) -> float:
        """The interval that holds."""
        return self.interval if 0 < self.interval <= self.lifetime else self.lifetime

    def at(self, start: float) -> Iterator[Look]:
        """The looks of a canary that starts now (seconds since the epoch)."""
        begin = start + self.warm_up
        for number in range(1, self.looks + 1):
            end = begin + number * self.step
            first = max(begin, end - self.lookback) if self.lookback else begin
            window = Window(first, end)
            yield Look(number, end, window, window.earlier(self.baseline_offset))
