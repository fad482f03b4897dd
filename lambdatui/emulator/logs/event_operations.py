"""Operations on log events: writing them, reading a stream, and filtering a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lambdatui.emulator.logs.log_store import DAY_MS, Group, LogEvent, LogStore, Stream, position
from lambdatui.emulator.logs.lookup import decoded, encoded, find_group, find_stream, invalid
from lambdatui.emulator.logs.patterns.conditions import Matches
from lambdatui.emulator.logs.patterns.filter_pattern import filter_pattern
from lambdatui.emulator.service import Call

EVENTS_A_PAGE = 10_000
BYTES_A_PAGE = 1_048_576
SCANNED_A_PAGE = 20_000
"""How many events a page of FilterLogEvents looks at. Like AWS's, a page may be empty and still not be the last."""
BATCH_EVENTS = 10_000
BATCH_BYTES = 1_048_576
_OVERHEAD = 26
_OLDEST_MS = 14 * DAY_MS
_NEWEST_MS = 2 * 3_600_000
_END = position(1 << 62)


class EventOperations:
    """PutLogEvents, GetLogEvents, FilterLogEvents, TestMetricFilter."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def put_log_events(
        self,
        call: Call,
        logGroupName: str,
        logStreamName: str,
        logEvents: Sequence[Mapping[str, Any]],
        sequenceToken: str | None = None,
        entity: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        times = [event["timestamp"] for event in logEvents]
        if times != sorted(times):
            raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
        if len(logEvents) > BATCH_EVENTS:
            raise invalid(f"The batch of log events must not have more than {BATCH_EVENTS} events.")
        if sum(len(event["message"].encode()) + _OVERHEAD for event in logEvents) > BATCH_BYTES:
            raise invalid(f"Upload too large: more than {BATCH_BYTES} bytes")
        if times and times[-1] - times[0] > DAY_MS:
            raise invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName)
            find_stream(group, logStreamName)
            now = self._store.now_ms()
            oldest = max(now - _OLDEST_MS, group.since(now))
            too_old = sum(time < oldest for time in times)
            too_new = sum(time > now + _NEWEST_MS for time in times)
            taken = logEvents[too_old : len(logEvents) - too_new]
            self._store.append(
                region, group, logStreamName, [(event["timestamp"], event["message"]) for event in taken]
            )
        self._store.make_room()
        rejected: dict[str, int] = {}
        if too_old:
            expired = group.retention_days is not None and oldest > now - _OLDEST_MS
            rejected["expiredLogEventEndIndex" if expired else "tooOldLogEventEndIndex"] = too_old
        if too_new:
            rejected["tooNewLogEventStartIndex"] = len(logEvents) - too_new
        return {"nextSequenceToken": f"{now:056}", "rejectedLogEventsInfo": rejected or None}

    def get_log_events(
        self,
        call: Call,
        logStreamName: str,
        logGroupName: str | None = None,
        logGroupIdentifier: str | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        nextToken: str | None = None,
        limit: int | None = None,
        startFromHead: bool | None = None,
        unmask: bool | None = None,
    ) -> dict[str, Any]:
        forward, border = _direction(nextToken, bool(startFromHead))
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName, logGroupIdentifier)
            stream = find_stream(group, logStreamName)
            first = position(max(startTime or 0, group.since(self._store.now_ms())))
            following = _END if endTime is None else position(endTime)
            if border is not None:
                first, following = (max(first, border), following) if forward else (first, min(following, border))
            events = list(stream.between(first, following))
        shown = list(_fitting(iter(events if forward else events[::-1]), limit or EVENTS_A_PAGE))
        if not forward:
            shown.reverse()
        if shown:
            before, after = shown[0].position, shown[-1].position + 1
        else:  # at either end the tokens stay as they are
            before = after = border if border is not None else first
        return {
            "events": [
                {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingested}
                for event in shown
            ],
            "nextForwardToken": f"f/{after:056}/s",
            "nextBackwardToken": f"b/{before:056}/s",
        }

    def filter_log_events(
        self,
        call: Call,
        logGroupName: str | None = None,
        logGroupIdentifier: str | None = None,
        logStreamNames: Sequence[str] | None = None,
        logStreamNamePrefix: str | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        filterPattern: str | None = None,
        nextToken: str | None = None,
        limit: int | None = None,
        startFromHead: bool | None = None,
        interleaved: bool | None = None,
        unmask: bool | None = None,
    ) -> dict[str, Any]:
        if logStreamNames is not None and logStreamNamePrefix is not None:
            raise invalid("logStreamNamePrefix and logStreamNames cannot be specified together.")
        if startTime is not None and endTime is not None and startTime > endTime:
            raise invalid("startTime must be before or equal to endTime.")
        matches = filter_pattern(filterPattern or "")
        ascending = startFromHead is not False
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName, logGroupIdentifier)
            streams = _streams(group, logStreamNames, logStreamNamePrefix)
            first = position(max(startTime or 0, group.since(self._store.now_ms())))
            following = _END if endTime is None else position(endTime + 1)
            if nextToken is not None:
                ascending, border = _filter_token(nextToken)
                first, following = (max(first, border), following) if ascending else (first, min(following, border))
            events = group.between(streams, first, following, ascending=ascending)
            shown, last = _matching(events, matches, limit or EVENTS_A_PAGE)
        return {
            "events": [
                {
                    "logStreamName": stream.name,
                    "timestamp": event.timestamp,
                    "message": event.message,
                    "ingestionTime": event.ingested,
                    "eventId": event.id,
                }
                for stream, event in shown
            ],
            "searchedLogStreams": [],  # always empty on AWS today
            "nextToken": None if last is None else _next_filter_token(last, ascending),
        }

    def test_metric_filter(self, call: Call, filterPattern: str, logEventMessages: Sequence[str]) -> dict[str, Any]:
        matches = filter_pattern(filterPattern)
        found = [(number, text) for number, text in enumerate(logEventMessages, 1) if matches(text)]
        return {"matches": [{"eventNumber": number, "eventMessage": text} for number, text in found]}


def _streams(group: Group, names: Sequence[str] | None, prefix: str | None) -> list[Stream]:
    if names is not None:
        return [find_stream(group, name) for name in names]
    return [stream for stream in group.streams.values() if stream.name.startswith(prefix or "")]


def _matching(
    events: Iterator[tuple[Stream, LogEvent]], matches: Matches, limit: int
) -> tuple[list[tuple[Stream, LogEvent]], LogEvent | None]:
    """The events of a page, and the last one that was looked at if there are more after it."""
    shown: list[tuple[Stream, LogEvent]] = []
    size = 0
    last: LogEvent | None = None
    for scanned, (stream, event) in enumerate(events):
        if scanned == SCANNED_A_PAGE or len(shown) == limit:
            return shown, last
        if matches(event.message):
            size += len(event.message) + _OVERHEAD
            if shown and size > BYTES_A_PAGE:
                return shown, last
            shown.append((stream, event))
        last = event
    return shown, None


def _fitting(events: Iterator[LogEvent], limit: int) -> Iterator[LogEvent]:
    size = 0
    for number, event in enumerate(events):
        size += len(event.message) + _OVERHEAD
        if number == limit or (number and size > BYTES_A_PAGE):
            return
        yield event


def _direction(token: str | None, from_head: bool) -> tuple[bool, int | None]:
    """Whether a page of GetLogEvents goes forward, and from which position."""
    if token is None:
        return from_head, None
    kind, _, rest = token.partition("/")
    digits, _, end = rest.partition("/")
    if kind not in ("f", "b") or not digits.isdigit() or end != "s":
        raise invalid("The specified nextToken is invalid.")
    return kind == "f", int(digits)


def _next_filter_token(last: LogEvent, ascending: bool) -> str:
    return encoded({"timestamp": last.timestamp, "number": last.number, "ascending": int(ascending)})


def _filter_token(token: str) -> tuple[bool, int]:
    timestamp, number, ascending = decoded(token, "timestamp", "number", "ascending")
    return bool(ascending), position(timestamp, number) + ascending
