"""The CloudTrail service: LookupEvents over the event history of 90 days. Trails and CloudTrail Lake are not part.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloudtrail.events import KEPT_SECONDS, EventStore, TrailEvent
from lambdatui.emulator.service import ApiError, Call, Service

EVENTS_A_PAGE = 50


class CloudTrailService(Service):
    """AWS CloudTrail, as far as the event history goes."""

    name: ClassVar[str] = "cloudtrail"
    unchecked_shapes: ClassVar[frozenset[str]] = frozenset({"MaxResults", "EventCategory"})

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def lookup_events(
        self,
        call: Call,
        LookupAttributes: Sequence[Mapping[str, str]] = (),
        StartTime: float | None = None,
        EndTime: float | None = None,
        EventCategory: str | None = None,
        MaxResults: int = EVENTS_A_PAGE,
        NextToken: str | None = None,
    ) -> dict[str, Any]:
        if not 1 <= MaxResults <= EVENTS_A_PAGE:
            text = f"The specified max results value is invalid. It must be between 1 and {EVENTS_A_PAGE}."
            raise ApiError("InvalidMaxResultsException", text)
        if EventCategory not in (None, "insight"):
            raise ApiError("InvalidEventCategoryException", "The specified event category is not valid.")
        attribute = _attribute(LookupAttributes)
        now = self._clock.now()
        start, end = now - KEPT_SECONDS if StartTime is None else StartTime, now if EndTime is None else EndTime
        if start > end or start > now:
            text = "The specified time range is invalid: the start time is after the end time, or in the future."
            raise ApiError("InvalidTimeRangeException", text)
        if EventCategory is not None:  # no insights are recorded here
            return {"Events": []}
        question = [attribute, StartTime, EndTime]
        before = _position(NextToken, question)
        start = max(start, now - KEPT_SECONDS)
        page: list[dict[str, Any]] = []
        last: tuple[int, int] | None = None
        for number, event in self._found(call, attribute, start, end, before):
            if len(page) == MaxResults:
                return {"Events": page, "NextToken": _token(last, question)}
            page.append(_listed(event))
            last = (event.time, number)
        return {"Events": page}

    def _found(
        self,
        call: Call,
        attribute: tuple[str, str] | None,
        start: float,
        end: float,
        before: tuple[int, int] | None,
    ) -> Iterator[tuple[int, TrailEvent]]:
        for number, event in self._store.newest_first(call.account, call.region):
            if event.time < int(start):
                return
            if event.time > end or (before is not None and (event.time, number) >= before):
                continue
            if attribute is None or attribute[1] in _values(event, attribute[0]):
                yield number, event


def _attribute(given: Sequence[Mapping[str, str]]) -> tuple[str, str] | None:
    if len(given) > 1:
        text = "You can only specify one lookup attribute at a time."
        raise ApiError("InvalidLookupAttributesException", text)
    if not given:
        return None
    key, value = given[0]["AttributeKey"], given[0]["AttributeValue"]
    if key == "ReadOnly" and value not in ("true", "false"):
        raise ApiError("InvalidLookupAttributesException", "The value of ReadOnly must be true or false.")
    return key, value


def _values(event: TrailEvent, key: str) -> Sequence[str]:
    """What an event has for a lookup attribute. All are compared whole, and as they are written."""
    if key == "ResourceName":
        return [resource.name for resource in event.resources]
    if key == "ResourceType":
        return [resource.type for resource in event.resources]
    return [
        {
            "EventId": event.event_id,
            "EventName": event.name,
            "ReadOnly": _lower(event.read_only),
            "Username": event.username,
            "EventSource": event.source,
            "AccessKeyId": event.access_key,
        }[key]
    ]


def _listed(event: TrailEvent) -> dict[str, Any]:
    return {
        "EventId": event.event_id,
        "EventName": event.name,
        "ReadOnly": _lower(event.read_only),
        "AccessKeyId": event.access_key,
        "EventTime": event.time,
        "EventSource": event.source,
        "Username": event.username,
        "Resources": [{"ResourceType": r.type or None, "ResourceName": r.name} for r in event.resources],
        "CloudTrailEvent": event.document(),
    }


def _token(position: tuple[int, int] | None, question: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, question]).encode()).decode()


def _position(token: str | None, question: list[Any]) -> tuple[int, int] | None:
    """Where a page begins. A token belongs to the parameters that it came with."""
    if token is None:
        return None
    try:
        (time, number), asked = json.loads(base64.urlsafe_b64decode(token))
        if asked == json.loads(json.dumps(question)):
            return int(time), int(number)
    except (binascii.Error, ValueError, TypeError):
        pass
    text = "Invalid token or token expired. Provide the token with the parameters of the call that it came from."
    raise ApiError("InvalidNextTokenException", text)


def _lower(value: bool) -> str:
    return "true" if value else "false"
