"""What PutMetricAlarm's members ask a metric alarm to look at, checked with AWS's errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.cloudwatch.alarm_records import Watch
from lambdatui.emulator.cloudwatch.alarm_verdict import COMPARISONS, TREATMENTS, Condition
from lambdatui.emulator.cloudwatch.metric_queries import MINUTE, MetricQuery, Query, parsed
from lambdatui.emulator.service import ApiError


def watch_of(members: Mapping[str, Any]) -> Watch:
    """What an alarm with these members looks at. Raises AWS's errors for members that make no alarm."""
    condition = _condition(members)
    queries, watched = _several(members) if members.get("Metrics") else _one(members)
    periods = [query.period for query in queries if isinstance(query, MetricQuery)]
    period = max([MINUTE, *periods])  # values are kept by the minute
    if period * condition.evaluation_periods > 86_400 and period < 3_600:
        raise _invalid(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
        )
    return Watch(queries, watched, period, condition)


def _condition(members: Mapping[str, Any]) -> Condition:
    for required in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if members.get(required) is None:
            raise _invalid(f"The parameter {required} is required.")
    if members["ComparisonOperator"] not in COMPARISONS:
        raise _invalid(f"{members['ComparisonOperator']}: anomaly detection is not part of the embedded AWS.")
    treatment = members.get("TreatMissingData") or "missing"
    if treatment not in TREATMENTS:
        raise _invalid(
            f"Option {treatment} is not supported. Supported options for parameter TreatMissingData are "
            f"{', '.join(TREATMENTS[:-1])} and {TREATMENTS[-1]}."
        )
    needed = members.get("DatapointsToAlarm")
    if needed is not None and needed > members["EvaluationPeriods"]:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    return Condition(
        members["ComparisonOperator"],
        float(members["Threshold"]),
        members["EvaluationPeriods"],
        needed,
        treatment,
    )


def _one(members: Mapping[str, Any]) -> tuple[list[Query], Query]:
    for required in ("MetricName", "Namespace", "Period"):
        if members.get(required) is None:
            raise _invalid(f"The parameter {required} is required.")
    named = [name for name in ("Statistic", "ExtendedStatistic") if members.get(name) is not None]
    if len(named) != 1:
        raise _invalid("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.")
    _check_period(members["Period"])
    queries = parsed(
        [
            {
                "Id": "watched",
                "MetricStat": {
                    "Metric": {name: members.get(name) for name in ("Namespace", "MetricName", "Dimensions")},
                    "Period": members["Period"],
                    "Stat": members[named[0]],
                    "Unit": members.get("Unit"),
                },
            }
        ]
    )
    return queries, queries[0]


def _several(members: Mapping[str, Any]) -> tuple[list[Query], Query]:
    if members.get("MetricName") is not None:
        raise _invalid("The parameters Metrics and MetricName are mutually exclusive and you have specified both.")
    queries = parsed(members["Metrics"], "Metrics")
    returned = [query for query in queries if query.is_returned]
    if len(returned) != 1:
        raise _invalid("Exactly one element of the metrics list should return data.")
    periods = {query.period for query in queries if isinstance(query, MetricQuery)}
    if len(periods) > 1:
        raise _invalid("Metrics in a math expression must all have the same period.")
    for period in periods:
        _check_period(period)
    return queries, returned[0]


def _check_period(period: int) -> None:
    if period not in (10, 20, 30) and period % MINUTE:
        raise _invalid("The parameter Period must be 10, 20, 30 or a multiple of 60.")


def _invalid(sentence: str) -> ApiError:
    return ApiError("ValidationError", sentence, 400)
