"""A run over time: how many ended how, and how long callers waited, in each stretch of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lambdatui.stages.load.spread import Spread

MOST = 240
"""So many stretches at most: a screen has no more columns. Longer runs have longer ones."""


def _coarse() -> Spread:
    return Spread(exact=100, error=0.05)


@dataclass(slots=True)
class Stretch:
    """What was sent in some seconds of a run. Its percentiles are within 5 %, and exact up to 100 invocations."""

    start: float
    """Seconds since the epoch."""
    seconds: int
    """How long it is: 1, 2, 4 …"""
    outcomes: dict[str, int] = field(default_factory=dict)
    latency: Spread = field(default_factory=_coarse)
    """Of the invocations that a function answered, in ms."""

    @property
    def count(self) -> int:
        return sum(self.outcomes.values())

    def take(self, other: Stretch) -> None:
        """Adds what another holds."""
        for name, count in other.outcomes.items():
            self.outcomes[name] = self.outcomes.get(name, 0) + count
        self.latency.merge(other.latency)


class Timeline:
    """Stretches of whole seconds, on the clock's seconds; as it becomes long, two and two are put together."""

    def __init__(self, most: int = MOST) -> None:
        self.seconds = 1
        self._most = most
        self._stretches: dict[int, Stretch] = {}
        self._first = self._last = 0

    def add(self, started: float, outcome: str, latency: float | None) -> None:
        """Counts an invocation that was sent then (seconds since the epoch). `latency` is in ms, None for no answer."""
        index = int(started // self.seconds)
        stretch = self._stretches.get(index)
        if stretch is None:
            stretch = self._new(started)
        stretch.outcomes[outcome] = stretch.outcomes.get(outcome, 0) + 1
        if latency is not None:
            stretch.latency.add(latency)

    def __len__(self) -> int:
        return self._last - self._first + 1 if self._stretches else 0

    def __iter__(self) -> Iterator[Stretch]:
        """From the first to the last, those in which nothing was sent among them."""
        for index in range(self._first, self._first + len(self)):
            yield self._stretches.get(index) or Stretch(index * self.seconds, self.seconds)

    def _new(self, started: float) -> Stretch:
        index = int(started // self.seconds)
        if not self._stretches:
            self._first = self._last = index
        self._first, self._last = min(self._first, index), max(self._last, index)
        while self._last - self._first >= self._most:
            self._widen()
        index = int(started // self.seconds)
        return self._stretches.setdefault(index, Stretch(index * self.seconds, self.seconds))

    def _widen(self) -> None:
        self.seconds *= 2
        wider: dict[int, Stretch] = {}
        for index, stretch in sorted(self._stretches.items()):
            wide = wider.setdefault(index // 2, Stretch(index // 2 * self.seconds, self.seconds))
            wide.take(stretch)
        self._stretches = wider
        self._first, self._last = self._first // 2, self._last // 2
