"""CloudWatch Logs' Live Tail: what arrives in a log group, each second, as it comes (StartLiveTail).

It costs by the minute, shows at most 500 events a second, ends after three hours, and names no eventId.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import Unreachable
from lambdatui.aws.logs import LogEvent

OPERATION = "StartLiveTail"
TIMED_OUT = "SessionTimeoutException"
BROKE = "SessionStreamingException"


@dataclass(frozen=True, slots=True)
class Update:
    """What arrived within about a second; `sampled` where it is only a part of it."""

    events: tuple[LogEvent, ...]
    sampled: bool


def updates(account: Account, group: str) -> Generator[Update, None, None]:
    """What arrives in a group from now on: an update a second, the first, empty one when the session has begun.

    Ends where AWS ends the stream without a word. Raises AwsError: with code `SessionTimeoutException` after three
    hours, `SessionStreamingException` where AWS failed, and Unreachable where the connection breaks or nothing comes.
    Closing the generator ends the session.
    """
    from urllib3.exceptions import HTTPError

    identity = account.identity()
    partition = identity.arn.split(":")[1]
    arn = f"arn:{partition}:logs:{account.region}:{identity.account_id}:log-group:{group}"
    try:
        with account.calling(OPERATION):
            stream = account.live_tail_client().start_live_tail(logGroupIdentifiers=[arn])["responseStream"]
            try:
                for part in stream:
                    if "sessionStart" in part:
                        yield Update((), False)
                    elif "sessionUpdate" in part:
                        yield _update(part["sessionUpdate"])
            finally:
                stream.close()
    except HTTPError as error:
        # botocore reads the body of a stream through urllib3, and lets its errors through
        words = f"{OPERATION}: the connection broke: {type(error).__name__}."
        raise Unreachable(words, operation=OPERATION, code=type(error).__name__) from None


def _update(part: dict[str, Any]) -> Update:
    events = [
        LogEvent(
            event["timestamp"],
            event["logStreamName"],
            event["message"],
            event.get("ingestionTime", 0),
            "",
        )
        for event in part.get("sessionResults", ())
    ]
    return Update(tuple(events), bool(part.get("sessionMetadata", {}).get("sampled")))
