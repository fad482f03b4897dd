"""A function's metrics over time: the ranges to look at, what can be split, and the series of each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.metric_data import Points
from lambdatui.aws.metrics import NAMESPACE, Query, billed, read, resource
from lambdatui.aws.parts import permitted
from lambdatui.aws.versions import Alias

Unit = Literal["count", "share", "ms"]

LATE_SECONDS = 180
"""A figure that is not there yet may still come for so long; after that a count that is not there is 0."""


@dataclass(frozen=True, slots=True)
class Range:
    """A span of time that ends now, and the period that it is read by. Both in seconds.

    CloudWatch keeps minutes for 15 days and five minutes for 63, so every period here is there for the whole range.
    """

    title: str
    seconds: int
    period: int

    @property
    def count(self) -> int:
        """How many periods it has."""
        return self.seconds // self.period


RANGES = (
    Range("1 h", 3600, 60),
    Range("3 h", 3 * 3600, 60),
    Range("12 h", 12 * 3600, 300),
    Range("1 d", 86_400, 300),
    Range("3 d", 3 * 86_400, 900),
    Range("7 d", 7 * 86_400, 3600),
)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a function's traffic, by CloudWatch's dimensions."""

    label: str
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """A way of looking at a function's traffic: as a whole, by alias, or by the versions behind one alias."""

    title: str
    slices: tuple[Slice, ...]


class Known(NamedTuple):
    """What CloudWatch has of a function: the splits there are, and whether it reads streams."""

    splits: tuple[Split, ...]
    has_iterator_age: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each period of the range, oldest first; None where there is none.

    `summary` is the range in one figure: the sum of counts, the rate of all invocations, the last percentile, the
    highest concurrency or age. None where there is no value.
    """

    label: str
    values: tuple[float | None, ...]
    summary: float | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure's series, all in one unit: counts, shares from 0.0 to 1.0, or milliseconds."""

    key: str
    title: str
    unit: Unit
    summarized: str
    """What the series' summaries are, in a word."""
    series: tuple[Series, ...]

    @property
    def has_data(self) -> bool:
        return any(value is not None for series in self.series for value in series.values)

    @property
    def complete(self) -> bool:
        """False where CloudWatch says that there may be more data than it gave."""
        return all(series.complete for series in self.series)


@dataclass(frozen=True, slots=True)
class MetricHistory:
    """A function's metrics over a range. `start` is the start of the first period, in seconds since the epoch."""

    range: Range
    split: Split
    start: int
    panels: tuple[Panel, ...]
    billed: int
    """How many metrics AWS bills for this reading."""


def known(
    account: Account, function: str, aliases: Sequence[Alias], has_stream: Callable[[], bool] = lambda: False
) -> Known:
    """What there is to look at. One ListMetrics call for every 500 metrics of the function.

    Where ListMetrics is refused, what only it tells is left out. Raises AwsError for what is wrong with more than that.

    An alias is there whether or not anything came through it; a version behind one if it has a share now, or did
    something in the last two weeks, which is what ListMetrics tells. `has_stream` is asked where CloudWatch has no age.
    """
    answer = permitted(lambda: list(_listed(account, function)))
    listed = [] if isinstance(answer, AwsError) else answer
    by_alias = [Slice(alias.name, resource(function, alias.name)) for alias in aliases]
    splits = [Split("whole function", (Slice("", {"FunctionName": function}),))]
    if by_alias:
        splits.append(Split("by alias", tuple(by_alias)))
    for alias in aliases:
        seen = {
            dimensions["ExecutedVersion"]
            for _, dimensions in listed
            if dimensions.get("Resource") == f"{function}:{alias.name}" and "ExecutedVersion" in dimensions
        }
        versions = sorted(seen | (set(alias.shares) if alias.extra else set()), key=_number)
        if versions:
            slices = tuple(Slice(version, resource(function, alias.name, version)) for version in versions)
            splits.append(Split(f"{alias.name} by version", slices))
    return Known(tuple(splits), any(name == "IteratorAge" for name, _ in listed) or has_stream())


def _listed(account: Account, function: str) -> Iterator[tuple[str, dict[str, str]]]:
    parameters = {"Namespace": NAMESPACE, "Dimensions": [{"Name": "FunctionName", "Value": function}]}
    token: str | None = None
    while True:
        answer = account.call("cloudwatch", "ListMetrics", parameters | ({"NextToken": token} if token else {}))
        for metric in answer["Metrics"]:
            yield metric["MetricName"], {item["Name"]: item["Value"] for item in metric["Dimensions"]}
        token = answer.get("NextToken")
        if not token:
            return


def _number(version: str) -> tuple[int, str]:
    return (int(version), "") if version.isdigit() else (-1, version)


class _Figure(NamedTuple):
    """A figure as it is asked for. Without statistics it is computed from the others."""

    key: str
    title: str
    unit: Unit
    summarized: str
    metric: str = ""
    statistics: tuple[str, ...] = ("Sum",)


_FIGURES = (
    _Figure("invocations", "Invocations", "count", "in all", "Invocations"),
    _Figure("errors", "Errors", "count", "in all", "Errors"),
    _Figure("duration", "Duration", "ms", "now", "Duration", ("p50", "p95", "p99")),
    _Figure("error_rate", "Error rate", "share", "of all"),
    _Figure("throttles", "Throttles", "count", "in all", "Throttles"),
    _Figure("concurrency", "Concurrency", "count", "at most", "ConcurrentExecutions", ("Maximum",)),
    _Figure("iterator_age", "Iterator age", "ms", "at most", "IteratorAge", ("Maximum",)),
)
PERCENTILE = "p95"
"""The one that is shown of each where several slices are compared."""


def history(
    account: Account, span: Range, split: Split, now: dt.datetime, *, has_iterator_age: bool = False
) -> MetricHistory:
    """The metrics of a split over the range that ends now, in one GetMetricData call and its pages. Raises AwsError.

    The period that is not over is left out: a part of a minute would look like a fall.
    """
    end = int(now.timestamp()) // span.period * span.period
    start = end - span.count * span.period
    figures = [figure for figure in _FIGURES if figure.key != "iterator_age" or has_iterator_age]
    asked = [
        (figure, part, statistic)
        for figure in figures
        if figure.metric
        for part in split.slices
        for statistic in _statistics(figure, split)
    ]
    queries = [Query(figure.metric, part.dimensions, statistic) for figure, part, statistic in asked]
    first, last = dt.datetime.fromtimestamp(start, dt.UTC), dt.datetime.fromtimestamp(end, dt.UTC)
    answers = read(account, queries, first, last, span.period)
    found: dict[str, list[Series]] = {}
    for (figure, part, statistic), points in zip(asked, answers, strict=True):
        label = part.label if len(split.slices) > 1 or len(figure.statistics) == 1 else statistic
        values = _values(figure, points, start, span, int(now.timestamp()))
        found.setdefault(figure.key, []).append(Series(label, values, _summary(figure, values), points.complete))
    found["error_rate"] = list(map(_rate, found["invocations"], found["errors"]))
    panels = tuple(_panel(figure, split, found[figure.key]) for figure in figures)
    return MetricHistory(span, split, start, panels, billed(queries))


def _statistics(figure: _Figure, split: Split) -> Iterable[str]:
    return (PERCENTILE,) if len(figure.statistics) > 1 and len(split.slices) > 1 else figure.statistics


def _panel(figure: _Figure, split: Split, series: Sequence[Series]) -> Panel:
    several = len(figure.statistics) > 1 and len(split.slices) > 1
    title = f"{figure.title} {PERCENTILE}" if several else figure.title
    return Panel(figure.key, title, figure.unit, figure.summarized, tuple(series))


def _values(figure: _Figure, points: Points, start: int, span: Range, now: int) -> tuple[float | None, ...]:
    """A value for each period. Lambda writes no count where nothing happened, so what is not there is 0.

    But not where there is nothing at all, nor at the end, where it may only be late.
    """
    moments = range(start, start + span.count * span.period, span.period)
    if figure.statistics != ("Sum",) or not points.values:
        return tuple(points.values.get(moment) for moment in moments)
    last = max(points.values)
    return tuple(
        points.values.get(moment, None if moment > last and moment + span.period > now - LATE_SECONDS else 0.0)
        for moment in moments
    )


def _summary(figure: _Figure, values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    if not there:
        return None
    return {"in all": sum(there), "at most": max(there)}.get(figure.summarized, there[-1])


def _rate(invocations: Series, errors: Series) -> Series:
    values = tuple(
        failed / called if called and failed is not None else None
        for called, failed in zip(invocations.values, errors.values, strict=True)
    )
    whole = (errors.summary or 0.0) / invocations.summary if invocations.summary else None
    return Series(invocations.label, values, whole, invocations.complete and errors.complete)
