"""How values of one kind are spread: percentiles of a million of them in the memory of a few thousand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, exp, floor, fsum, isfinite, log

EXACT = 10_000
"""So many values are kept as they are."""
ERROR = 0.01
"""Beyond them, the greatest relative error of a percentile."""
POINTS = (50, 90, 95, 99)

# what lies outside counts as lying at the end: a nanosecond and eleven days, in ms
_LEAST, _MOST = 1e-6, 1e9
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram: `low` ≤ its values < `high`; the greatest value is in the last bar."""

    low: float
    high: float
    count: int


class Spread:
    """Takes numbers of 0 or more, one by one, and tells their percentiles at any moment.

    Up to `exact` values they are exact. From there on, values share buckets whose bounds grow by a constant factor, so
    that a percentile is within `error` of the true one (relative; what is below 1e-6 counts as 1e-6). Least, greatest
    and mean stay exact. What is no finite number is left out.
    """

    __slots__ = ("_batch", "_buckets", "_count", "_exact", "_factor", "_known", "_max", "_min", "_most_exact", "_total")

    def __init__(self, exact: int = EXACT, error: float = ERROR) -> None:
        self._count = 0
        self._min = 0.0
        self._max = 0.0
        self._total = 0.0
        self._most_exact = exact
        # the harmonic middle of a bucket from b to b·f is within (f-1)/(f+1) of all in it; this is log f
        self._factor = log((1 + error) / (1 - error))
        # what was added and not looked at yet: most of the work is cheaper for many values together
        self._batch: list[float] = []
        self._exact: list[float] | None = []
        self._buckets: dict[int, int] = {}
        # the values of the buckets in order, and how many values are not greater; None where they have to be made anew
        self._known: tuple[list[float], list[int]] | None = None

    def add(self, value: float) -> None:
        """Takes one value."""
        batch = self._batch
        batch.append(value)
        if len(batch) >= _BATCH:
            self._take()

    def merge(self, other: Spread) -> None:
        """Takes all the values of another, which was made with the same `error`."""
        self._take()
        other._take()
        if not other._count:
            return
        self._widen(other._count, other._min, other._max, other._total)
        if self._exact is not None and other._exact is not None:
            self._exact.extend(other._exact)
            if len(self._exact) > self._most_exact:
                self._share()
            return
        self._share()
        for index, count in other._shared():
            self._buckets[index] = self._buckets.get(index, 0) + count

    @property
    def count(self) -> int:
        self._take()
        return self._count

    @property
    def min(self) -> float:
        """The least value; 0.0 without any."""
        self._take()
        return self._min

    @property
    def max(self) -> float:
        """The greatest value; 0.0 without any."""
        self._take()
        return self._max

    @property
    def mean(self) -> float:
        """0.0 without any value."""
        self._take()
        return self._total / self._count if self._count else 0.0

    @property
    def is_exact(self) -> bool:
        """Whether its percentiles are values that were taken, and no approximations."""
        self._take()
        return self._exact is not None

    def percentile(self, point: float) -> float:
        """The smallest value that `point` percent of the values do not exceed (nearest rank); 0.0 without any."""
        if not self.count:
            return 0.0
        rank = min(self.count, max(1, ceil(point / 100 * self.count)))
        if rank == self.count:
            return self.max
        values, ranks = self._in_order()
        return values[bisect_left(ranks, rank)] if ranks else values[rank - 1]

    def weighted(self) -> Iterator[tuple[float, int]]:
        """Its values in order, each with how often it is there: as they are, or the middles of buckets."""
        values, ranks = self._in_order()
        before = 0
        for index, value in enumerate(values):
            rank = ranks[index] if ranks else index + 1
            yield value, rank - before
            before = rank

    def cells(self) -> Iterator[tuple[float, float, int]]:
        """Its values in order, as (least, greatest, how many): a value as it is lies between itself and itself."""
        if self.is_exact:
            for value, count in self.weighted():
                yield value, value, count
            return
        for index in sorted(self._buckets):
            low, high = exp(index * self._factor), exp((index + 1) * self._factor)
            yield max(self._min, low), max(self._min, min(self._max, high)), self._buckets[index]

    def histogram(self, bins: int) -> list[Bin]:
        """So many bars from the least value to the greatest, each wider than the last by the same factor.

        Latencies differ by ratios, not by differences: so the bulk and the tail are seen at once. Empty where there are
        no values; one bar where all are the same, or below 0.001.
        """
        if not self.count:
            return []
        low, high = max(self.min, 1e-3), max(self.max, 1e-3)
        if bins < 2 or high / low < 1.000001:
            return [Bin(self.min, self.max, self.count)]
        width = log(high / low) / bins
        counts = [0] * bins
        for value, count in self.weighted():
            counts[min(bins - 1, int(log(max(value, low) / low) / width))] += count
        bounds = [*(low * exp(index * width) for index in range(bins)), high]
        return [Bin(bounds[index], bounds[index + 1], counts[index]) for index in range(bins)]

    def summary(self) -> dict[str, float]:
        """p50 to p99 and the greatest; empty where there are none."""
        if not self.count:
            return {}
        found = {f"p{point}": round(self.percentile(point), 3) for point in POINTS}
        return found | {"max": round(self.max, 3)}

    def _take(self) -> None:
        """Takes what was added since."""
        if not self._batch:
            return
        values = [value for value in self._batch if isfinite(value)]
        self._batch.clear()
        if not values:
            return
        self._widen(len(values), min(values), max(values), fsum(values))
        if self._exact is not None:
            self._exact.extend(values)
            if len(self._exact) > self._most_exact:
                self._share()
            return
        for index, count in self._indexed(values).items():
            self._buckets[index] = self._buckets.get(index, 0) + count

    def _widen(self, count: int, least: float, most: float, total: float) -> None:
        self._min = min(self._min, least) if self._count else least
        self._max = max(self._max, most) if self._count else most
        self._count += count
        self._total += total
        self._known = None

    def _in_order(self) -> tuple[list[float], list[int]]:
        """The values in order, and where they are buckets, the rank of the last value in each."""
        self._take()
        if self._known is None:
            if self._exact is not None:
                # nearly sorted already: timsort takes this in linear time
                self._exact.sort()
                self._known = self._exact, []
            else:
                order = sorted(self._buckets)
                self._known = (
                    [min(self.max, max(self.min, self._middle(index))) for index in order],
                    list(accumulate(self._buckets[index] for index in order)),
                )
        return self._known

    def _middle(self, index: int) -> float:
        low, high = exp(index * self._factor), exp((index + 1) * self._factor)
        return 2 * low * high / (low + high)

    def _share(self) -> None:
        """Puts the values that were kept into buckets."""
        if self._exact is not None:
            self._buckets, self._exact = dict(self._shared()), None

    def _shared(self) -> Iterable[tuple[int, int]]:
        return (self._buckets if self._exact is None else self._indexed(self._exact)).items()

    def _indexed(self, values: list[float]) -> Counter[int]:
        """How many of the values belong into each bucket."""
        scale = 1 / self._factor
        return Counter([floor(log(min(_MOST, max(_LEAST, value))) * scale) for value in values])
