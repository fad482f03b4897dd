"""CloudWatch's metrics of Lambda: how they are asked for, and the figures that more than one screen shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import metric_data
from lambdatui.aws.account import Account
from lambdatui.aws.metric_data import QUERIES_A_CALL, Points

NAMESPACE = "AWS/Lambda"
PERIOD = 60
STATISTICS_A_METRIC = 5
"""So many statistics of one metric in one call are billed as one metric."""


@dataclass(frozen=True, slots=True)
class Query:
    """One statistic of one metric of Lambda's, such as the p95 of Duration, under exactly these dimensions."""

    metric: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"


def read(
    account: Account, queries: Sequence[Query], start: dt.datetime, end: dt.datetime, period: int = PERIOD
) -> list[Points]:
    """The answers to queries, in their order: one GetMetricData call for every 500, and one for each further page.

    `period` is in seconds. Raises AwsError.
    """
    found: list[Points] = []
    for first in range(0, len(queries), QUERIES_A_CALL):
        found += _read(account, queries[first : first + QUERIES_A_CALL], start, end, period)
    return found


def _read(
    account: Account, queries: Sequence[Query], start: dt.datetime, end: dt.datetime, period: int
) -> list[Points]:
    found = metric_data.read(account, [_wire(index, query, period) for index, query in enumerate(queries)], start, end)
    return [found[f"q{index}"] for index in range(len(queries))]


def _wire(index: int, query: Query, period: int) -> dict[str, Any]:
    return {
        "Id": f"q{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": query.metric,
                "Dimensions": metric_data.dimensions(query.dimensions),
            },
            "Period": period,
            "Stat": query.statistic,
        },
    }


def billed(queries: Sequence[Query]) -> int:
    """How many metrics AWS bills for these queries in one call: https://aws.amazon.com/cloudwatch/pricing/"""
    counts: dict[Any, int] = {}
    for query in queries:
        key = (query.metric, *sorted(query.dimensions.items()))
        counts[key] = counts.get(key, 0) + 1
    return sum(-(-count // STATISTICS_A_METRIC) for count in counts.values())


@dataclass(frozen=True, slots=True)
class Minutes:
    """Invocations, errors and the p95 of Duration in ms a minute, oldest first.

    A minute without data has 0 invocations and errors, and None for its p95.
    """

    invocations: tuple[float, ...]
    errors: tuple[float, ...]
    p95: tuple[float | None, ...] = ()

    @property
    def total(self) -> float:
        return sum(self.invocations)

    @property
    def error_rate(self) -> float | None:
        """The share of invocations that failed, 0.0 to 1.0; None where nothing was invoked."""
        return sum(self.errors) / self.total if self.total else None

    @property
    def typical_p95(self) -> float | None:
        """The mean of the minutes' p95, weighted by their invocations, for percentiles cannot be added up."""
        pairs = zip(self.p95, self.invocations, strict=False)
        known = [(value, calls) for value, calls in pairs if value is not None]
        weight = sum(calls for _, calls in known)
        return sum(value * calls for value, calls in known) / weight if weight else None


def traffic_by_version(
    account: Account,
    function: str,
    alias: str,
    versions: Sequence[str],
    minutes: int,
    now: dt.datetime,
    alone: Callable[[int], str] | None = None,
) -> dict[str, Minutes]:
    """What each version served through an alias in the last `minutes`. One GetMetricData call. Raises AwsError.

    CloudWatch has the dimension ExecutedVersion only where an alias shares its traffic; with one version the figures
    of the alias are that version's. Where the alias shared its traffic for a part of the time, `alone` tells which
    version had all of it in the other minutes, each given by its start in seconds since the epoch.
    """
    end = _next_minute(now)
    start = end - dt.timedelta(minutes=minutes)
    places = [resource(function, alias, version if len(versions) > 1 else None) for version in versions]
    if alone is not None:
        places.append(resource(function, alias))
    queries = [Query(name, place, statistic) for place in places for name, statistic in _SERVED]
    points = read(account, queries, start, end)
    served = [_served(points[index : index + len(_SERVED)], start, minutes) for index in range(0, len(points), 3)]
    found = dict(zip(versions, served, strict=False))
    return _with_alone(found, served[-1], start, alone) if alone is not None else found


_SERVED = (("Invocations", "Sum"), ("Errors", "Sum"), ("Duration", "p95"))


def _served(points: Sequence[Points], start: dt.datetime, minutes: int) -> Minutes:
    first = int(start.timestamp())
    p95 = tuple(points[2].values.get(first + PERIOD * minute) for minute in range(minutes))
    return Minutes(_by_minute(points[0], start, minutes), _by_minute(points[1], start, minutes), p95)


def _with_alone(
    found: Mapping[str, Minutes], whole: Minutes, start: dt.datetime, alone: Callable[[int], str]
) -> dict[str, Minutes]:
    """Gives the minutes that no version is told to have served to the one that had all traffic then."""
    lone = [
        alone(int(start.timestamp()) + PERIOD * minute)
        if calls and not any(one.invocations[minute] for one in found.values())
        else ""
        for minute, calls in enumerate(whole.invocations)
    ]

    def merged(version: str, one: Minutes) -> Minutes:
        parts = [whole if name == version else one for name in lone]
        return Minutes(
            tuple(part.invocations[minute] for minute, part in enumerate(parts)),
            tuple(part.errors[minute] for minute, part in enumerate(parts)),
            tuple(part.p95[minute] for minute, part in enumerate(parts)),
        )

    return {version: merged(version, one) for version, one in found.items()}


def last_hour(account: Account, function: str, names: Sequence[str], now: dt.datetime) -> dict[str, float]:
    """The sums of metrics of a function over the last hour, by name. One GetMetricData call. Raises AwsError."""
    end = _next_minute(now)
    queries = [Query(name, {"FunctionName": function}) for name in names]
    found = read(account, queries, end - dt.timedelta(hours=1), end)
    return {name: sum(points.values.values()) for name, points in zip(names, found, strict=True)}


def resource(function: str, qualifier: str, version: str | None = None) -> dict[str, str]:
    """The dimensions of what came through an alias or version, or of what one version did of it.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    """
    found = {"FunctionName": function, "Resource": f"{function}:{qualifier}"}
    return found | ({"ExecutedVersion": version} if version else {})


def _next_minute(now: dt.datetime) -> dt.datetime:
    return now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)


def _by_minute(points: Points, start: dt.datetime, minutes: int) -> tuple[float, ...]:
    first = int(start.timestamp())
    return tuple(points.values.get(first + PERIOD * minute, 0.0) for minute in range(minutes))
