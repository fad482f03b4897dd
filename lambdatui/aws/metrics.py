"""CloudWatch's metrics of Lambda, as far as a screen needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account

NAMESPACE = "AWS/Lambda"
PERIOD = 60


@dataclass(frozen=True, slots=True)
class Minutes:
    """Invocations and errors a minute, oldest first; a minute without data is 0."""

    invocations: tuple[float, ...]
    errors: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.invocations)

    @property
    def error_rate(self) -> float | None:
        """The share of invocations that failed, 0.0 to 1.0; None where nothing was invoked."""
        return sum(self.errors) / self.total if self.total else None


def traffic_by_version(
    account: Account, function: str, alias: str, versions: Sequence[str], minutes: int, now: dt.datetime
) -> dict[str, Minutes]:
    """What each version served through an alias in the last `minutes`. One GetMetricData call. Raises AwsError.

    CloudWatch has the dimension ExecutedVersion only where an alias shares its traffic; with one version the figures
    of the alias are that version's.
    """
    end = now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    start = end - dt.timedelta(minutes=minutes)
    queries = [
        _sum(f"{name.lower()}_{index}", name, _dimensions(function, alias, version if len(versions) > 1 else None))
        for index, version in enumerate(versions)
        for name in ("Invocations", "Errors")
    ]
    answer = account.call(
        "cloudwatch", "GetMetricData", {"MetricDataQueries": queries, "StartTime": start, "EndTime": end}
    )
    series: dict[str, list[float]] = {}
    for result in answer["MetricDataResults"]:
        values = [0.0] * minutes
        for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
            at = int((moment - start).total_seconds() // PERIOD)
            if 0 <= at < minutes:
                values[at] = value
        series[result["Id"]] = values
    return {
        version: Minutes(tuple(series[f"invocations_{index}"]), tuple(series[f"errors_{index}"]))
        for index, version in enumerate(versions)
    }


def last_hour(account: Account, function: str, names: Sequence[str], now: dt.datetime) -> dict[str, float]:
    """The sums of metrics of a function over the last hour, by name. One GetMetricData call. Raises AwsError."""
    end = now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    queries = [_sum(f"m{index}", name, {"FunctionName": function}) for index, name in enumerate(names)]
    times = {"StartTime": end - dt.timedelta(hours=1), "EndTime": end}
    answer = account.call("cloudwatch", "GetMetricData", {"MetricDataQueries": queries, **times})
    sums = {result["Id"]: sum(result["Values"]) for result in answer["MetricDataResults"]}
    return {name: sums.get(f"m{index}", 0.0) for index, name in enumerate(names)}


def _dimensions(function: str, alias: str, version: str | None) -> dict[str, str]:
    found = {"FunctionName": function, "Resource": f"{function}:{alias}"}
    return found | ({"ExecutedVersion": version} if version else {})


def _sum(name: str, metric: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    """A query of GetMetricData for the sum of a metric a minute."""
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": PERIOD,
            "Stat": "Sum",
        },
    }
