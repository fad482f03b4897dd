"""What is kept of a metric's values: how many, their sum, the lowest, the highest, and how they are distributed."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from math import frexp, ldexp
from typing import Final, TypeAlias

Spread: TypeAlias = "tuple[array[float], array[float]]"
"""Values in ascending order, and how often there was each."""


class Unknown:
    """Stands for the distribution of values that came as a statistic set: percentiles cannot be had of them."""


UNKNOWN: Final = Unknown()

FINE_BITS = 7
"""Values are told apart to 1 part in 128 for percentiles; whole numbers up to 128 are exact."""
COARSE_BITS = 5


def rounded(value: float, bits: int = FINE_BITS) -> float:
    """The value with this many significant bits, so that a distribution stays small."""
    mantissa, exponent = frexp(value)
    return ldexp(round(ldexp(mantissa, bits)), exponent - bits)


class Aggregate:
    """The values of one stretch of time. `values` is value to count, or UNKNOWN; percentiles are computed from it."""

    __slots__ = ("count", "high", "low", "total", "values")

    def __init__(self) -> None:
        self.count = 0.0
        self.total = 0.0
        self.low = float("inf")
        self.high = float("-inf")
        self.values: dict[float, float] | Unknown = {}

    def add(self, value: float, times: float = 1.0) -> None:
        """Takes in a value that was there `times` times."""
        self.count += times
        self.total += value * times
        if value < self.low:
            self.low = value
        if value > self.high:
            self.high = value
        values = self.values
        if isinstance(values, dict):
            key = rounded(value)
            values[key] = values.get(key, 0.0) + times

    def add_statistics(self, count: float, total: float, low: float, high: float) -> None:
        """Takes in a statistic set. Its distribution is known only where all its values are the same."""
        if low == high:
            self.add(low, count)
            return
        self.count += count
        self.total += total
        self.low = min(self.low, low)
        self.high = max(self.high, high)
        self.values = UNKNOWN

    def merge(self, other: Aggregate) -> None:
        """Takes in what another stretch of time has."""
        self.count += other.count
        self.total += other.total
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)
        if isinstance(self.values, Unknown) or isinstance(other.values, Unknown):
            self.values = UNKNOWN
        else:
            for value, times in other.values.items():
                self.values[value] = self.values.get(value, 0.0) + times


class Columns:
    """Aggregates of stretches of time that do not overlap, by ascending time, forty bytes each and their distributions.

    Times are the starts of the stretches, in epoch seconds. A spread of None means that all values were the same.
    """

    __slots__ = ("counts", "highs", "lows", "spreads", "times", "totals")

    def __init__(self) -> None:
        self.times: array[int] = array("q")
        self.counts: array[float] = array("d")
        self.totals: array[float] = array("d")
        self.lows: array[float] = array("d")
        self.highs: array[float] = array("d")
        self.spreads: list[Spread | Unknown | None] = []

    def __len__(self) -> int:
        return len(self.times)

    def append(
        self, time: int, count: float, total: float, low: float, high: float, spread: Spread | Unknown | None = None
    ) -> None:
        """Adds a stretch that is later than all others. A spread may have any total: only its proportions count."""
        self.times.append(time)
        self.counts.append(count)
        self.totals.append(total)
        self.lows.append(low)
        self.highs.append(high)
        self.spreads.append(spread)

    def merge(self, time: int, aggregate: Aggregate, bits: int = FINE_BITS) -> None:
        """Adds to the stretch that begins at this time, or makes it."""
        index = bisect_left(self.times, time)
        if index < len(self.times) and self.times[index] == time:
            both = self._aggregate(index, index + 1, True)
            both.merge(aggregate)
            self._set(index, both, bits)
            return
        for column in (self.counts, self.totals, self.lows, self.highs):
            column.insert(index, 0.0)
        self.times.insert(index, time)
        self.spreads.insert(index, None)
        self._set(index, aggregate, bits)

    def gathered(self, start: int, end: int, period: int, with_values: bool) -> Iterator[tuple[int, Aggregate]]:
        """One aggregate a period of `period` seconds from `start` on, for those that have values before `end`.

        `values` are filled in only if asked for: that costs the most.
        """
        times = self.times
        index = bisect_left(times, start)
        last = bisect_left(times, end)
        while index < last:
            slot = start + (times[index] - start) // period * period
            following = bisect_left(times, slot + period, index, last)
            yield slot, self._aggregate(index, following, with_values)
            index = following

    def take_first(self, number: int) -> Iterator[tuple[int, Aggregate]]:
        """Removes the earliest stretches and gives them."""
        taken = [(self.times[index], self._aggregate(index, index + 1, True)) for index in range(number)]
        self.drop_first(number)
        return iter(taken)

    def drop_first(self, number: int) -> None:
        """Removes the earliest stretches."""
        for column in (self.times, self.counts, self.totals, self.lows, self.highs, self.spreads):
            del column[:number]

    def _aggregate(self, first: int, following: int, with_values: bool) -> Aggregate:
        result = Aggregate()
        if following - first == 1:
            result.count, result.total = self.counts[first], self.totals[first]
            result.low, result.high = self.lows[first], self.highs[first]
        else:
            result.count, result.total = sum(self.counts[first:following]), sum(self.totals[first:following])
            result.low, result.high = min(self.lows[first:following]), max(self.highs[first:following])
        if with_values:
            result.values = self._values(first, following)
        return result

    def _values(self, first: int, following: int) -> dict[float, float] | Unknown:
        """The distribution of some stretches together. A spread that they share is taken once, for all of them."""
        weights: dict[int, float] = {}
        shared: dict[int, Spread] = {}
        values: dict[float, float] = {}
        for index in range(first, following):
            spread, count = self.spreads[index], self.counts[index]
            if spread is None:
                value = self.lows[index]
                values[value] = values.get(value, 0.0) + count
            elif isinstance(spread, Unknown):
                return spread
            else:
                key = id(spread)
                shared[key] = spread
                weights[key] = weights.get(key, 0.0) + count
        values = told_apart(values)
        for key, spread in shared.items():
            share = weights[key] / (sum(spread[1]) or 1.0)
            for value, times in zip(*spread, strict=True):
                values[value] = values.get(value, 0.0) + times * share
        return values

    def _set(self, index: int, aggregate: Aggregate, bits: int) -> None:
        self.counts[index] = aggregate.count
        self.totals[index] = aggregate.total
        self.lows[index] = aggregate.low
        self.highs[index] = aggregate.high
        if aggregate.low == aggregate.high:
            self.spreads[index] = None
        elif isinstance(aggregate.values, Unknown):
            self.spreads[index] = UNKNOWN
        else:
            self.spreads[index] = spread_of(aggregate.values, bits)


def told_apart(values: Mapping[float, float], bits: int = FINE_BITS) -> dict[float, float]:
    """A distribution in which values are told apart to this many bits."""
    merged: dict[float, float] = {}
    for value, times in values.items():
        key = rounded(value, bits)
        merged[key] = merged.get(key, 0.0) + times
    return merged


def spread_of(values: Mapping[float, float], bits: int = FINE_BITS) -> Spread:
    """A distribution as it is kept."""
    merged = told_apart(values, bits)
    ascending = sorted(merged)
    return array("d", ascending), array("d", [merged[value] for value in ascending])
