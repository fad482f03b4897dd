"""GetMetricData as AWS has it: any metric, any expression, all pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account

QUERIES_A_CALL = 500
"""GetMetricData takes no more."""


@dataclass(frozen=True, slots=True)
class Points:
    """What CloudWatch has for a query: the value of each period by its start, in seconds since the epoch.

    A period without a value is not there. `complete` is False where CloudWatch says that there may be more.
    """

    values: Mapping[int, float]
    complete: bool


def read(
    account: Account, queries: Sequence[Mapping[str, Any]], start: dt.datetime, end: dt.datetime
) -> dict[str, Points]:
    """The answers to at most 500 MetricDataQueries by their Id, of those that return data. Raises AwsError.

    An expression that gives several series has them together, the later over the earlier.
    """
    values: dict[str, dict[int, float]] = {query["Id"]: {} for query in queries if query.get("ReturnData") is not False}
    statuses: dict[str, str] = {}
    parameters: dict[str, Any] = {"MetricDataQueries": list(queries), "StartTime": start, "EndTime": end}
    while True:
        answer = account.call("cloudwatch", "GetMetricData", parameters)
        for result in answer["MetricDataResults"]:
            name = result["Id"]
            statuses[name] = result.get("StatusCode", "")
            for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
                values.setdefault(name, {})[int(moment.timestamp())] = value
        if not answer.get("NextToken"):
            break
        parameters["NextToken"] = answer["NextToken"]
    return {name: Points(found, statuses.get(name) == "Complete") for name, found in values.items()}


def dimensions(named: Mapping[str, str]) -> list[dict[str, str]]:
    """Dimensions as AWS writes them."""
    return [{"Name": name, "Value": value} for name, value in named.items()]
