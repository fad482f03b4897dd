"""CloudWatch's statistics, computed from an aggregate.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lambdatui.emulator.cloudwatch.aggregates import Aggregate, Unknown

Sorted = list[tuple[float, float]]
"""Values in ascending order, each with how often there was it."""

_NUMBER = r"(\d+(?:\.\d{1,10})?)"
_SHORT = re.compile(rf"(p|tm|wm|tc|ts){_NUMBER}")
_BETWEEN = re.compile(rf"(TM|WM|TC|TS|PR)\((?:{_NUMBER}(%?))?:(?:{_NUMBER}(%?))?\)")


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic, by AWS's name of it. `needs_values` tells whether it needs the distribution of values."""

    name: str
    needs_values: bool
    compute: Callable[[Aggregate], float | None]


def _average(aggregate: Aggregate) -> float | None:
    return aggregate.total / aggregate.count if aggregate.count else None


_BASIC = {
    statistic.name: statistic
    for statistic in (
        Statistic("SampleCount", False, lambda aggregate: aggregate.count),
        Statistic("Sum", False, lambda aggregate: aggregate.total),
        Statistic("Average", False, _average),
        Statistic("Minimum", False, lambda aggregate: aggregate.low),
        Statistic("Maximum", False, lambda aggregate: aggregate.high),
    )
}


@lru_cache(256)
def statistic(name: str) -> Statistic | None:
    """The statistic of this name (`Sum`, `p95.5`, `tm99`, `TM(10%:90%)`, `PR(:300)`, `IQM` ...), or None."""
    if name in _BASIC:
        return _BASIC[name]
    if name == "IQM":
        return _of_values(name, lambda values: _mean(_trimmed(values, 25, 75)))
    short = _SHORT.fullmatch(name)
    if short is not None:
        kind, percent = short[1], float(short[2])
        if percent > 100:
            return None
        if kind == "p":
            return Statistic(name, True, lambda aggregate: _percentile_of(aggregate, percent))
        return _of_values(name, _between(kind.upper(), 0.0, percent, in_percent=True))
    between = _BETWEEN.fullmatch(name)
    if between is None:
        return None
    kind, low, low_percent, high, high_percent = between.groups()
    if low is None and high is None:
        return None
    percents = {sign for bound, sign in ((low, low_percent), (high, high_percent)) if bound is not None}
    if len(percents) > 1 or (kind == "PR" and "%" in percents):
        return None
    in_percent = "%" in percents
    lower = float(low) if low is not None else (0.0 if in_percent else -math.inf)
    upper = float(high) if high is not None else (100.0 if in_percent else math.inf)
    if lower > upper or (in_percent and upper > 100):
        return None
    return _of_values(name, _between(kind, lower, upper, in_percent=in_percent))


def _percentile_of(aggregate: Aggregate, percent: float) -> float | None:
    if aggregate.low < 0 or isinstance(aggregate.values, Unknown):  # AWS has no percentiles of negative values
        return None
    if aggregate.low == aggregate.high:
        return aggregate.low
    values = _sorted(aggregate)
    if not values:
        return None
    value = percentile(values, percent)
    return min(max(value, aggregate.low), aggregate.high)


def percentile(values: Sorted, percent: float) -> float:
    """The smallest value that at least `percent` per cent of all values do not exceed."""
    wanted = percent / 100 * sum(times for _, times in values)
    seen = 0.0
    for value, times in values:
        seen += times
        if seen >= wanted - 1e-9:
            return value
    return values[-1][0]


def _of_values(name: str, compute: Callable[[Sorted], float | None]) -> Statistic:
    return Statistic(name, True, lambda aggregate: compute(values) if (values := _sorted(aggregate)) else None)


def _sorted(aggregate: Aggregate) -> Sorted:
    return [] if isinstance(aggregate.values, Unknown) else sorted(aggregate.values.items())


def _between(kind: str, low: float, high: float, *, in_percent: bool) -> Callable[[Sorted], float | None]:
    def kept(values: Sorted) -> Sorted:
        if in_percent:
            return _trimmed(values, low, high)
        return [(value, times) for value, times in values if low < value <= high]

    def winsorized(values: Sorted) -> float | None:
        bottom = percentile(values, low) if in_percent else low
        top = percentile(values, high) if in_percent else high
        return _mean([(min(max(value, bottom), top), times) for value, times in values])

    def share(values: Sorted) -> float | None:
        return 100 * _count(kept(values)) / _count(values)

    computations: dict[str, Callable[[Sorted], float | None]] = {
        "TM": lambda values: _mean(kept(values)),
        "WM": winsorized,
        "TC": lambda values: _count(kept(values)),
        "TS": lambda values: sum(value * times for value, times in kept(values)),
        "PR": share,
    }
    return computations[kind]


def _trimmed(values: Sorted, low: float, high: float) -> Sorted:
    """What lies between two percentiles; a value on a border counts by the part that is inside."""
    return list(_trim(values, low, high))


def _trim(values: Sorted, low: float, high: float) -> Iterator[tuple[float, float]]:
    total = _count(values)
    first, last = total * low / 100, total * high / 100
    seen = 0.0
    for value, times in values:
        inside = min(seen + times, last) - max(seen, first)
        if inside > 0:
            yield value, inside
        seen += times


def _mean(values: Sorted) -> float | None:
    count = _count(values)
    return sum(value * times for value, times in values) / count if count else None


def _count(values: Sorted) -> float:
    return sum(times for _, times in values)
