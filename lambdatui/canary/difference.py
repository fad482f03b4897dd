"""How two samples differ, with the interval in which the difference lies with 95 % confidence.

Two shares: Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10), which is
made of Wilson's for each. Two percentiles: the bootstrap's percentile interval. A percentile of a resample is one of
the sorted values, and the rank of it follows a beta distribution, so that ranks are drawn and no sample is: it takes
milliseconds whatever the size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
_DRAWS = 20_000
_BEYOND = 5
"""So many values must lie on each side of a percentile, for its interval to mean something."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The second minus the first. Of shares from -1.0 to 1.0, of times in their unit."""

    first: float
    second: float
    low: float
    high: float
    """The interval in which the difference lies with 95 % confidence."""

    @property
    def estimate(self) -> float:
        return self.second - self.first

    @property
    def seen(self) -> bool:
        """Whether there is one: the interval does not hold 0."""
        return self.low > 0 or self.high < 0

    @property
    def visible(self) -> float:
        """About how large a difference would have to be to be seen with as many samples, in the same unit."""
        return (self.high - self.low) / 2


def of_shares(first: tuple[int, int], second: tuple[int, int], confidence: float = CONFIDENCE) -> Difference | None:
    """How two shares differ, each given as (so many, of so many); None where there are none of one."""
    if not first[1] or not second[1]:
        return None
    p, q = first[0] / first[1], second[0] / second[1]
    (low_p, high_p), (low_q, high_q) = wilson(*first, confidence), wilson(*second, confidence)
    low = (q - p) - math.hypot(q - low_q, high_p - p)
    high = (q - p) + math.hypot(high_q - q, p - low_p)
    return Difference(p, q, low, high)


def wilson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a share of `count` in `total`, which is 1 or more."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = count / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # at its ends the interval is exact, and rounding would leave it short of them
    low = 0.0 if count == 0 else max(0.0, (middle - half) / scale)
    high = 1.0 if count == total else min(1.0, (middle + half) / scale)
    return low, high


class Sample:
    """Numbers in order, as cells (least, greatest, how many): a number that is known lies between itself and itself."""

    def __init__(self, cells: Iterable[tuple[float, float, int]]) -> None:
        self.cells = list(cells)
        self.total = sum(count for _, _, count in self.cells)


def enough(first: Sample, second: Sample, point: float) -> bool:
    """Whether both have values enough on each side of a percentile (0 to 100) to compare it."""
    share = min(point, 100 - point) / 100
    return min(first.total, second.total) * share >= _BEYOND


def needed(point: float) -> int:
    """How many values each side needs, for a percentile (0 to 100) to be compared."""
    return math.ceil(_BEYOND / (min(point, 100 - point) / 100) - 1e-9)


def of_percentiles(
    first: Sample, second: Sample, point: float, *, seed: int = 0, confidence: float = CONFIDENCE
) -> Difference | None:
    """How a percentile (0 to 100, nearest rank) of two samples differs; None where `enough` says no.

    The same seed gives the same interval.
    """
    import numpy as np

    if not enough(first, second, point):
        return None
    random = np.random.default_rng(seed)
    drawn, found = [], []
    for sample in (first, second):
        lows, highs, counts = (np.asarray(column, dtype=float) for column in zip(*sample.cells, strict=True))
        ends = np.cumsum(counts)
        rank = max(1, math.ceil(point / 100 * sample.total))
        ranks = np.append(random.beta(rank, sample.total - rank + 1, _DRAWS) * sample.total, rank - 0.5)
        cell = np.minimum(np.searchsorted(ends, ranks, side="right"), len(ends) - 1)
        # as if those in one cell were evenly apart
        values = lows[cell] + (highs - lows)[cell] * (ranks - (ends - counts)[cell]) / counts[cell]
        drawn.append(values[:-1])
        found.append(float(values[-1]))
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn[1] - drawn[0], [tail, 1 - tail])
    return Difference(found[0], found[1], float(low), float(high))
