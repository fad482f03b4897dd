"""The last hour's figures of many functions at once: what a list shows beside each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from lambdatui.aws.account import Account
from lambdatui.aws.metrics import NAMESPACE

HOUR = 3600
QUERIES = (("Invocations", "Sum"), ("Errors", "Sum"), ("Throttles", "Sum"), ("Duration", "p95"))
AT_ONCE = 500 // len(QUERIES)
"""How many functions one GetMetricData call takes: AWS takes 500 queries."""


class RowMetrics(NamedTuple):
    """One function's last hour: counts, and the 95th percentile of Duration in ms. None without a call."""

    invocations: float
    errors: float
    throttles: float
    p95: float | None


def last_hour(account: Account, functions: Sequence[str], now: dt.datetime) -> dict[str, RowMetrics]:
    """The figures of at most AT_ONCE functions, by name, in one GetMetricData call. Raises AwsError."""
    end = now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    queries = [
        {
            "Id": f"q{row}_{column}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric,
                    "Dimensions": [{"Name": "FunctionName", "Value": name}],
                },
                "Period": HOUR,
                "Stat": statistic,
            },
        }
        for row, name in enumerate(functions)
        for column, (metric, statistic) in enumerate(QUERIES)
    ]
    start = end - dt.timedelta(seconds=HOUR)
    values: dict[str, Any] = {}
    parameters: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": start, "EndTime": end}
    while True:
        answer = account.call("cloudwatch", "GetMetricData", parameters)
        for result in answer["MetricDataResults"]:
            values.setdefault(result["Id"], []).extend(result["Values"])
        if not answer.get("NextToken"):
            break
        parameters["NextToken"] = answer["NextToken"]

    def figure(row: int, column: int) -> list[float]:
        return values.get(f"q{row}_{column}") or []

    return {
        name: RowMetrics(
            sum(figure(row, 0)), sum(figure(row, 1)), sum(figure(row, 2)), max(figure(row, 3), default=None)
        )
        for row, name in enumerate(functions)
    }
