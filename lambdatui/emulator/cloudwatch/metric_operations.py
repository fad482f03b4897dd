"""CloudWatch's operations on metrics."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdatui.emulator.cloudwatch.aggregates import Aggregate
from lambdatui.emulator.cloudwatch.metric_queries import (
    DAY,
    HOUR,
    MINUTE,
    Evaluation,
    ExpressionQuery,
    Query,
    is_period,
    parsed,
    rounded_start,
)
from lambdatui.emulator.cloudwatch.metric_store import Metric, MetricStore, metric_of
from lambdatui.emulator.cloudwatch.statistics import Statistic, statistic
from lambdatui.emulator.service import ApiError, Call

if TYPE_CHECKING:
    from lambdatui.emulator.clock import Clock

QUERIES_A_CALL = 500
DATAPOINTS_A_CALL = 100_800
STATISTICS_DATAPOINTS = 1_440
METRICS_A_PAGE = 500
_LISTED_SECONDS = 14 * DAY
_RECENT_SECONDS = 3 * HOUR


class MetricOperations:
    """PutMetricData, GetMetricData, GetMetricStatistics, ListMetrics."""

    def __init__(self, store: MetricStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put_metric_data(
        self,
        call: Call,
        Namespace: str,
        MetricData: Sequence[Mapping[str, Any]] = (),
        EntityMetricData: Sequence[Mapping[str, Any]] = (),
        StrictEntityValidation: bool | None = None,
    ) -> dict[str, Any]:
        if Namespace.startswith("AWS/"):
            raise ApiError(
                "InvalidParameterValue",
                "The value AWS/ for parameter Namespace is invalid. Namespaces that begin with AWS/ are reserved.",
            )
        data = [*MetricData, *(datum for entity in EntityMetricData for datum in entity.get("MetricData", ()))]
        taken = [_taken(datum, f"MetricData.member.{number}") for number, datum in enumerate(data, 1)]
        now = self._clock.now()
        for datum, aggregate in zip(data, taken, strict=True):
            metric = metric_of(Namespace, datum["MetricName"], datum.get("Dimensions"))
            time = datum.get("Timestamp") or now
            unit = datum.get("Unit") or "None"
            self._store.put_aggregate(call.account, call.region, metric, aggregate, time, unit)
        return {}

    def get_metric_data(
        self,
        call: Call,
        MetricDataQueries: Sequence[Mapping[str, Any]],
        StartTime: float,
        EndTime: float,
        NextToken: str | None = None,
        ScanBy: str = "TimestampDescending",
        MaxDatapoints: int | None = None,
        LabelOptions: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        if len(MetricDataQueries) > QUERIES_A_CALL:
            raise _invalid(f"The collection MetricDataQueries must not have a size greater than {QUERIES_A_CALL}.")
        if StartTime == EndTime:
            raise _invalid("The parameter StartTime must not equal parameter EndTime.")
        if StartTime > EndTime:
            raise _invalid("The parameter EndTime must be greater than StartTime.")
        queries = parsed(MetricDataQueries)
        start, end = rounded_start(StartTime, self._clock.now()), math.ceil(EndTime)
        evaluation = Evaluation(self._store, call.account, call.region, queries, start, end)
        place = _Place.of(NextToken) if NextToken is not None else _Place(0, 0, 0)
        if NextToken is None:
            for query in queries:
                if query.is_returned and isinstance(query, ExpressionQuery):
                    evaluation.results(query)  # a mistake in any of them is told at once
        limit = min(MaxDatapoints or DATAPOINTS_A_CALL, DATAPOINTS_A_CALL)
        shown, more = _page([q for q in queries if q.is_returned], evaluation, place, limit, ScanBy)
        return {"MetricDataResults": shown, "Messages": [], "NextToken": more.token() if more is not None else None}

    def get_metric_statistics(
        self,
        call: Call,
        Namespace: str,
        MetricName: str,
        StartTime: float,
        EndTime: float,
        Period: int,
        Dimensions: Sequence[Mapping[str, str]] = (),
        Statistics: Sequence[str] = (),
        ExtendedStatistics: Sequence[str] = (),
        Unit: str | None = None,
    ) -> dict[str, Any]:
        if not Statistics and not ExtendedStatistics:
            raise ApiError("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
        if StartTime >= EndTime:
            raise ApiError("InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.")
        if not is_period(Period):
            raise ApiError(
                "InvalidParameterValue", "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
            )
        extended = [_extended(name) for name in ExtendedStatistics]
        basic = [named for name in Statistics if (named := statistic(name)) is not None]
        start, end = rounded_start(StartTime, self._clock.now()), math.ceil(EndTime)
        asked = (end - start) // Period
        if asked > STATISTICS_DATAPOINTS:
            raise ApiError(
                "InvalidParameterCombination",
                f"You have requested up to {asked:,} datapoints, which exceeds the limit of {STATISTICS_DATAPOINTS:,}. "
                "You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
            )
        metric = metric_of(Namespace, MetricName, Dimensions)
        unit, gathered = self._store.gathered(
            call.account, call.region, metric, start, end, max(Period, MINUTE), with_values=bool(extended), unit=Unit
        )
        datapoints = []
        for time, aggregate in gathered.items():
            point: dict[str, Any] = {"Timestamp": time, "Unit": unit}
            point.update({named.name: named.compute(aggregate) for named in basic})
            if extended:
                values = {named.name: named.compute(aggregate) for named in extended}
                point["ExtendedStatistics"] = {name: value for name, value in values.items() if value is not None}
            datapoints.append(point)
        return {"Label": MetricName, "Datapoints": datapoints}

    def list_metrics(
        self,
        call: Call,
        Namespace: str | None = None,
        MetricName: str | None = None,
        Dimensions: Sequence[Mapping[str, str]] = (),
        NextToken: str | None = None,
        RecentlyActive: str | None = None,
        IncludeLinkedAccounts: bool | None = None,
        OwningAccount: str | None = None,
    ) -> dict[str, Any]:
        since = self._clock.now() - (_RECENT_SECONDS if RecentlyActive else _LISTED_SECONDS)

        def matches(metric: Metric) -> bool:
            return (
                Namespace in (None, metric.namespace)
                and MetricName in (None, metric.name)
                and all(_has(metric, wanted) for wanted in Dimensions)
                and self._store.last_time(call.account, call.region, metric) >= since
            )

        metrics = [metric for metric in self._store.metrics(call.account, call.region) if matches(metric)]
        first = 0 if NextToken is None else _decoded(NextToken)
        if not isinstance(first, int) or first < 0:
            raise _bad_token()
        page = metrics[first : first + METRICS_A_PAGE]
        more = first + METRICS_A_PAGE if first + METRICS_A_PAGE < len(metrics) else None
        return {
            "Metrics": [
                {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
                }
                for metric in page
            ],
            "NextToken": _encoded(more) if more is not None else None,
        }


def _taken(datum: Mapping[str, Any], place: str) -> Aggregate:
    """The values of a MetricDatum. Raises AWS's errors for those that are none."""
    value, values, statistics = datum.get("Value"), datum.get("Values"), datum.get("StatisticValues")
    given = [
        name
        for name, member in (("Value", value), ("Values", values), ("StatisticValues", statistics))
        if member is not None
    ]
    if len(given) > 1:
        raise ApiError(
            "InvalidParameterCombination",
            f"The parameters {place}.{given[0]} and {place}.{given[1]} are mutually exclusive and you have specified "
            "both.",
        )
    if not given:
        raise ApiError("MissingParameter", f"At least one of the parameters {place}.Value must be specified.")
    aggregate = Aggregate()
    if statistics is not None:
        numbers = [statistics[name] for name in ("SampleCount", "Sum", "Minimum", "Maximum")]
        _check_numbers(numbers, f"{place}.StatisticValues")
        aggregate.add_statistics(*numbers)
        return aggregate
    values = [value] if values is None else list(values)
    counts = datum.get("Counts") or [1.0] * len(values)
    if len(counts) != len(values):
        raise ApiError(
            "InvalidParameterValue", f"The parameters {place}.Values and {place}.Counts must be of the same size."
        )
    _check_numbers(values, f"{place}.{given[0]}")
    for one, times in zip(values, counts, strict=True):
        aggregate.add(one, times)
    return aggregate


def _check_numbers(numbers: Sequence[float], place: str) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise ApiError("InvalidParameterValue", f"The value {number} for parameter {place} is invalid.")


def _extended(name: str) -> Statistic:
    named = statistic(name)
    if named is None or not named.needs_values:
        raise ApiError(
            "InvalidParameterValue", f"The value {name} for parameter ExtendedStatistics.member.1 is not supported."
        )
    return named


def _has(metric: Metric, wanted: Mapping[str, str]) -> bool:
    value = wanted.get("Value")
    return any(name == wanted["Name"] and value in (None, held) for name, held in metric.dimensions)


class _Place(NamedTuple):
    """Where a page of GetMetricData begins: at a datapoint of a result of a query."""

    query: int
    result: int
    datapoint: int

    @classmethod
    def of(cls, token: str) -> _Place:
        """The place in a token. Raises InvalidParameterValue."""
        numbers = _decoded(token)
        if (
            not isinstance(numbers, list)
            or len(numbers) != 3
            or not all(isinstance(n, int) and n >= 0 for n in numbers)
        ):
            raise _bad_token()
        return cls(*numbers)

    def token(self) -> str:
        """The token that names it."""
        return _encoded(list(self))


def _page(
    queries: Sequence[Query], evaluation: Evaluation, place: _Place, limit: int, scan_by: str
) -> tuple[list[dict[str, Any]], _Place | None]:
    """At most `limit` datapoints from a place on, and where the next page begins, if there is more.

    What comes after the page is not even computed.
    """
    shown: list[dict[str, Any]] = []
    for number in range(place.query, len(queries)):
        query = queries[number]
        results = evaluation.results(query)
        first = place.result if number == place.query else 0
        for result_number in range(first, len(results)):
            at = _Place(number, result_number, place.datapoint if (number, result_number) == place[:2] else 0)
            if not limit:
                return shown, at
            series = results[result_number]
            times = sorted(series.points, reverse=scan_by == "TimestampDescending")
            part = times[at.datapoint : at.datapoint + limit]
            limit -= len(part)
            is_complete = at.datapoint + len(part) == len(times)
            shown.append(
                {
                    "Id": query.id,
                    "Label": series.label,
                    "Timestamps": part,
                    "Values": [series.points[time] for time in part],
                    "StatusCode": "Complete" if is_complete else "PartialData",
                }
            )
            if not is_complete:
                return shown, _Place(number, result_number, at.datapoint + len(part))
    return shown, None


def _encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def _decoded(token: str) -> Any:
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except ValueError:
        raise _bad_token() from None


def _bad_token() -> ApiError:
    return ApiError("InvalidParameterValue", "Request parameter NextToken is invalid")


def _invalid(sentence: str) -> ApiError:
    return ApiError("ValidationError", sentence, 400)
