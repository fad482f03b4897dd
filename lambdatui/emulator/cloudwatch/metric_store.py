"""Every metric of every account and region."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lambdatui.emulator.cloudwatch.aggregates import Aggregate, Columns
from lambdatui.emulator.cloudwatch.series import Series

Dimensions = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""


class Metric(NamedTuple):
    """What names a metric: each set of dimensions is a metric of its own."""

    namespace: str
    name: str
    dimensions: Dimensions


class _Region:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.series: dict[Metric, Series] = {}
        self.sorted: list[Metric] | None = []


class MetricStore:
    """Takes in values, by any thread, and gives what was made of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], _Region] = {}

    def put(
        self,
        account: str,
        region: str,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        timestamp: float,
        unit: str,
    ) -> None:
        """Takes in one value. `timestamp` is in epoch seconds, `unit` is one of AWS's StandardUnit."""
        place = self._region(account, region)
        metric = Metric(namespace, name, tuple(sorted(dimensions.items())))
        with place.lock:
            series = _series(place, metric, unit, timestamp)
            if series.is_earlier(timestamp):
                late = Aggregate()
                late.add(value)
                series.merge(timestamp, late)
            else:
                series.at(timestamp).add(value)

    def put_aggregate(
        self, account: str, region: str, metric: Metric, aggregate: Aggregate, timestamp: float, unit: str
    ) -> None:
        """Takes in many values of one minute at once."""
        place = self._region(account, region)
        with place.lock:
            series = _series(place, metric, unit, timestamp)
            if series.is_earlier(timestamp):
                series.merge(timestamp, aggregate)
            else:
                series.at(timestamp).merge(aggregate)

    def load_history(self, account: str, region: str, metric: Metric, unit: str, *history: Columns) -> None:
        """Gives a metric a past. The columns must not be changed any more; several metrics may be given the same."""
        place = self._region(account, region)
        with place.lock:
            last = max((columns.times[-1] for columns in history if columns.times), default=0)
            _series(place, metric, unit, last).history += history

    def metrics(self, account: str, region: str) -> list[Metric]:
        """All metrics of an account in a region, sorted."""
        place = self._region(account, region)
        with place.lock:
            if place.sorted is None:
                place.sorted = sorted(place.series)
            return place.sorted

    def last_time(self, account: str, region: str, metric: Metric) -> float:
        """When the metric's latest value was, in epoch seconds; 0 if there is none."""
        place = self._region(account, region)
        with place.lock:
            series = place.series.get(metric)
            return series.last_time if series else 0.0

    def gathered(
        self,
        account: str,
        region: str,
        metric: Metric,
        start: int,
        end: int,
        period: int,
        *,
        with_values: bool,
        unit: str | None = None,
    ) -> tuple[str, dict[int, Aggregate]]:
        """The metric's unit, and its aggregates by period from `start` to before `end`; see Series.gathered.

        There are none if `unit` is given and is not that of the metric.
        """
        place = self._region(account, region)
        with place.lock:
            series = place.series.get(metric)
            if series is None or unit not in (None, series.unit):
                return unit or "None", {}
            return series.unit, series.gathered(start, end, period, with_values)

    def _region(self, account: str, region: str) -> _Region:
        key = (account, region)
        found = self._regions.get(key)
        if found is None:
            with self._lock:
                found = self._regions.setdefault(key, _Region())
        return found


def metric_of(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]] | None) -> Metric:
    """A metric as AWS's shapes name it: dimensions are mappings with Name and Value."""
    pairs = sorted((dimension["Name"], dimension["Value"]) for dimension in dimensions or ())
    return Metric(namespace, name, tuple(pairs))


def _series(place: _Region, metric: Metric, unit: str, timestamp: float) -> Series:
    series = place.series.get(metric)
    if series is None:
        series = place.series[metric] = Series(unit)
        place.sorted = None
    if timestamp > series.last_time:
        series.last_time = timestamp
    return series
