"""What invocations leave behind, asked of CloudWatch as anybody would."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of


class Counted(NamedTuple):
    """How many values a metric has, and their sum."""

    values: int
    sum: float


def metric(emulator: Emulator, account: str, name: str, since: float | None = None, **dimensions: str) -> Counted:
    """All values of a metric of AWS/Lambda with exactly these dimensions, in the last two hours or since a moment."""
    now = dt.datetime.fromtimestamp(emulator.cloud.clock.now(), dt.UTC)
    start = now - dt.timedelta(hours=2) if since is None else dt.datetime.fromtimestamp(since, dt.UTC)
    found = client_of(emulator, "cloudwatch", account).get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=start,
        EndTime=now + dt.timedelta(minutes=2),
        Period=60,
        Statistics=["SampleCount", "Sum"],
    )["Datapoints"]
    return Counted(int(sum(point["SampleCount"] for point in found)), sum(point["Sum"] for point in found))


def log(emulator: Emulator, account: str, group: str) -> list[str]:
    """The messages of a log group, in the order of time; none where there is no such group."""
    logs = client_of(emulator, "logs", account)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    try:
        return [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
