"""A function's CloudWatch log group: which one it is, and reading a range of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError

NEWEST_FIRST_SINCE = 1_704_067_200_000
"""1 January 2024, in ms: FilterLogEvents reads newest first only from a start at or after it."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """Where a function writes its log."""

    name: str
    is_json: bool
    """Whether Lambda's own lines are JSON."""


class LogEvent(NamedTuple):
    """One event of a log group. Times are milliseconds since the epoch."""

    timestamp: int
    stream: str
    message: str
    ingested: int
    id: str
    """AWS's eventId; empty where Live Tail brought it, which has none."""


class Page(NamedTuple):
    """One page of a range: its events, oldest first, and whether pages follow."""

    events: tuple[LogEvent, ...]
    more: bool
    newest_first: bool
    """Whether the pages that follow are older than this one."""
    token: str
    """AWS's nextToken: with it the reading can be taken up again within 24 hours. Empty on the last page."""


def log_group(configuration: Mapping[str, Any]) -> LogGroup:
    """The group that a function's configuration names in LoggingConfig, else Lambda's own `/aws/lambda/NAME`."""
    logging = configuration.get("LoggingConfig") or {}
    return LogGroup(
        logging.get("LogGroup") or default_group(configuration.get("FunctionName", "")),
        logging.get("LogFormat") == "JSON",
    )


def default_group(function: str) -> str:
    """The name of the group that a function has unless it is told otherwise."""
    return f"/aws/lambda/{function}"


def pages(
    account: Account,
    group: str,
    start: int,
    end: int | None = None,
    *,
    newest_first: bool = False,
    token: str = "",
) -> Iterator[Page]:
    """The events of a group from `start` to `end` (ms, both included; None: to now), page by page (FilterLogEvents).

    A page holds up to 1 MB or 10,000 events and may be empty though others follow. `newest_first` is a wish: a
    botocore that does not know it, an endpoint that ignores it and a start before 2024 give the oldest first, and
    each page says which it was. `token` is that of a page at which an earlier reading of the same range ended.
    Raises AwsError; NotFound where there is no such group.
    """
    parameters: dict[str, Any] = {"logGroupName": group, "startTime": start}
    if end is not None:
        parameters["endTime"] = end
    if newest_first and start >= NEWEST_FIRST_SINCE and _knows_order(account):
        parameters["startFromHead"] = False
    if token:
        parameters["nextToken"] = token
    backwards = "startFromHead" in parameters
    while True:
        try:
            answer = account.call("logs", "FilterLogEvents", parameters)
        except AwsError as error:
            if error.code != "InvalidParameterException" or token or parameters.pop("startFromHead", None) is None:
                raise
            # an endpoint that will not read backwards
            backwards = False
            continue
        events = [
            LogEvent(
                event["timestamp"],
                event["logStreamName"],
                event["message"],
                event.get("ingestionTime", 0),
                event["eventId"],
            )
            for event in answer["events"]
        ]
        if backwards and events and events[0].timestamp >= events[-1].timestamp:
            events.reverse()
        elif backwards and events:
            backwards = False
        next_token = answer.get("nextToken") or ""
        more = bool(next_token) and next_token != parameters.get("nextToken")
        yield Page(tuple(events), more, backwards, next_token if more else "")
        if not more:
            return
        parameters["nextToken"] = next_token


def _knows_order(account: Account) -> bool:
    shape = account.client("logs").meta.service_model.operation_model("FilterLogEvents").input_shape
    return "startFromHead" in shape.members
