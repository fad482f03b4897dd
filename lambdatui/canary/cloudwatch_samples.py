"""Samples from CloudWatch: a value a period, of Lambda's own metrics by version, or of any metric or expression.

CloudWatch tells the versions behind an alias apart (ExecutedVersion) while the alias shares its traffic between them,
and has what was called by a version's number by that number:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import metric_data
from lambdatui.aws.account import Account
from lambdatui.aws.metric_data import Points
from lambdatui.aws.metrics import NAMESPACE
from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.lambda_metrics import METRICS, LambdaMetric, asked
from lambdatui.canary.series import Kind, Pair, Samples, Series
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput, near_match

QUERY = "cloudwatch"
"""The `type` of a query that asks for any metric or expression."""
_FIELDS = ("type", "serviceType", "namespace", "metricName", "statistic", "dimensions", "unit", "expression")
_DAY = 86_400
# how long CloudWatch keeps minutes, five minutes, and hours
_KEPT = ((15 * _DAY, 60), (63 * _DAY, 300), (455 * _DAY, 3600))
_NAME = re.compile(r"\$\{(\w+)\}")
# what an expression may name: the side's own metrics
_NAMED = {"invocations": "Invocations", "errors": "Errors", "throttles": "Throttles", "duration": "Duration"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side in CloudWatch: its dimensions, and what `${function}` and the like stand for in a query."""

    dimensions: Mapping[str, str]
    names: Mapping[str, str]


def period_of(window: Window, now: float, wanted: int = 60) -> int:
    """The period in which CloudWatch still has all of a window, in seconds; `wanted` or longer."""
    age = now - window.begin
    return max(wanted, next((period for kept, period in _KEPT if age < kept), _KEPT[-1][1]))


def check(metrics: Sequence[MetricConfig]) -> None:
    """Raises BadInput where a metric's query is none that CloudWatch can be asked."""
    side = Side({}, dict.fromkeys(("function", "version", "alias", "resource"), ""))
    for metric in metrics:
        list(_ask(metric, side, "m", 60))


def read(
    account: Account,
    metrics: Sequence[MetricConfig],
    control: tuple[Side, Window],
    experiment: tuple[Side, Window],
    period: int,
) -> Samples:
    """The pair of each metric, in one GetMetricData call a side and its pages. Raises BadInput or AwsError."""
    sides, complete = [], True
    for side, window in (control, experiment):
        series, has_all = _read(account, metrics, side, whole_periods(window, period), period)
        sides.append(series)
        complete = complete and has_all
    found = {}
    for metric in metrics:
        known = asked(metric)
        # a percentile of each minute is a value, and no share of calls
        kind: Kind = "rate" if known and known.kind == "rate" else "values"
        unit = known.unit if known else str(metric.query.get("unit", ""))
        found[metric.name] = Pair(
            metric.name, sides[0][metric.name], sides[1][metric.name], kind, unit, of_periods=True
        )
    return Samples(found, () if complete else ("CloudWatch says that it has more than it gave.",))


def whole_periods(window: Window, period: int) -> Window:
    """The periods that lie in a window from their beginning to their end."""
    return Window(math.ceil(window.begin / period) * period, math.floor(window.end / period) * period)


def _read(
    account: Account, metrics: Sequence[MetricConfig], side: Side, window: Window, period: int
) -> tuple[dict[str, Series], bool]:
    """Each metric's series, and whether CloudWatch gave all that it has."""
    if window.end <= window.begin:
        return {metric.name: Series() for metric in metrics}, True
    queries = [query for index, metric in enumerate(metrics) for query in _ask(metric, side, f"m{index}", period)]
    if len(queries) > metric_data.QUERIES_A_CALL:
        words = f"{len(metrics)} metrics need {len(queries)} queries, and CloudWatch takes {metric_data.QUERIES_A_CALL}"
        raise BadInput(f"metrics: {words} at once.")
    start, end = (dt.datetime.fromtimestamp(moment, dt.UTC) for moment in (window.begin, window.end))
    points = metric_data.read(account, queries, start, end)
    moments = range(int(window.begin), int(window.end), period)
    series = {metric.name: _series(points, f"m{index}", asked(metric), moments) for index, metric in enumerate(metrics)}
    return series, all(found.complete for found in points.values())


def _series(points: Mapping[str, Points], name: str, known: LambdaMetric | None, moments: range) -> Series:
    values = points[name].values
    times = tuple(float(moment) for moment in moments)
    if known is None or known.kind != "rate":
        if not values:
            return Series()
        return Series(tuple(values.get(moment, math.nan) for moment in moments), times)
    wholes = [points[f"{name}_of{part}"].values for part in range(len(known.of))]
    totals = tuple(sum(whole.get(moment, 0.0) for whole in wholes) for moment in moments)
    if not any(totals):
        return Series()
    # Lambda writes no count where there was none
    events = tuple(
        values.get(moment, 0.0) if total else math.nan for moment, total in zip(moments, totals, strict=True)
    )
    return Series(events, times, totals)


def _ask(metric: MetricConfig, side: Side, name: str, period: int) -> Iterator[dict[str, Any]]:
    """The queries of a metric, whose answer has this Id. Raises BadInput."""
    query = metric.query
    kind = query.get("type", query.get("serviceType"))
    if query and kind == QUERY:
        yield from _any(metric, side, name, period)
        return
    known = asked(metric)
    if known is None:
        if query and kind not in (None, "lambda"):
            raise BadInput(
                f"metric '{metric.name}' is asked of {kind}, and this canary reads CloudWatch.",
                "Give query.type: cloudwatch with metricName or expression, or its samples with source: file.",
            )
        wanted = str(query.get("metric", metric.name))
        raise BadInput(
            f"metric '{metric.name}' is none of Lambda's ({', '.join(METRICS)}).{near_match(wanted, METRICS)}",
            "Give query.type: cloudwatch with metricName or expression for another.",
        )
    if not known.cloudwatch:
        raise BadInput(
            f"metric '{metric.name}': Lambda publishes no such metric in CloudWatch; only invocations have it.",
            "Judge a saved run of invocations, or leave it out.",
        )
    yield _stat(name, NAMESPACE, known.cloudwatch, side.dimensions, known.statistic, period)
    for part, whole in enumerate(known.of):
        yield _stat(f"{name}_of{part}", NAMESPACE, whole, side.dimensions, "Sum", period)


def _any(metric: MetricConfig, side: Side, name: str, period: int) -> Iterator[dict[str, Any]]:
    query = metric.query
    for field in query:
        if field not in _FIELDS:
            raise BadInput(f"metric '{metric.name}': query has no field '{field}'.{near_match(field, _FIELDS)}")
    expression, metric_name = query.get("expression"), query.get("metricName")
    if isinstance(expression, str) == isinstance(metric_name, str):
        raise BadInput(f"metric '{metric.name}': one of query.metricName and query.expression was expected.")
    if isinstance(expression, str):
        text, used = _filled(expression, metric, side), set[str]()
        for word in re.findall(r"\b[a-z]\w*\b", text):
            if word in _NAMED and word not in used:
                used.add(word)
                statistic = "Average" if word == "duration" else "Sum"
                yield _stat(f"{name}_{word}", NAMESPACE, _NAMED[word], side.dimensions, statistic, period) | {
                    "ReturnData": False
                }
        for word in used:
            text = re.sub(rf"\b{word}\b", f"{name}_{word}", text)
        yield {"Id": name, "Expression": text, "Period": period}
        return
    given = query.get("dimensions")
    if given is not None and not isinstance(given, Mapping):
        raise BadInput(f"metric '{metric.name}': query.dimensions: a mapping of names to values was expected.")
    dimensions = (
        {str(key): _filled(str(value), metric, side) for key, value in given.items()}
        if given is not None
        else side.dimensions
    )
    yield _stat(
        name,
        str(query.get("namespace", NAMESPACE)),
        _filled(str(metric_name), metric, side),
        dimensions,
        str(query.get("statistic", "Average")),
        period,
    )


def _filled(text: str, metric: MetricConfig, side: Side) -> str:
    """The text with `${version}` and the like filled in. Raises BadInput for a name that is none."""

    def name(match: re.Match[str]) -> str:
        if match[1] not in side.names:
            near = near_match(match[1], side.names)
            raise BadInput(f"metric '{metric.name}': query: there is no {match[0]}.{near}")
        return side.names[match[1]]

    return _NAME.sub(name, text)


def _stat(
    name: str, namespace: str, metric: str, dimensions: Mapping[str, str], statistic: str, period: int
) -> dict[str, Any]:
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": metric_data.dimensions(dimensions)}
    return {"Id": name, "MetricStat": {"Metric": named, "Period": period, "Stat": statistic}}
