"""StartLiveTail: what arrives in some log groups, sent each second as it comes.

AWS serves it on a host of its own, `stream-` before that of Logs. botocore puts that before an endpoint URL's host
too, and a client of 127.0.0.1 asks for `stream-127.0.0.1`, which is no host. It finds this one with
`Config(inject_host_prefix=False)`, `AWS_DISABLE_HOST_PREFIX_INJECTION=true`, or `disable_host_prefix_injection = true`
in its profile.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.logs.log_store import LogEvent, LogStore, Tail
from lambdatui.emulator.logs.lookup import find_group, invalid
from lambdatui.emulator.logs.patterns.filter_pattern import filter_pattern
from lambdatui.emulator.service import ApiError, Call

UPDATE_SECONDS = 1.0
EVENTS_AN_UPDATE = 500
SESSION_SECONDS = 3 * 3_600


class LiveTailOperations:
    """StartLiveTail. Sessions end when `stopped` is set."""

    def __init__(self, store: LogStore, clock: Clock, stopped: threading.Event) -> None:
        self._store = store
        self._clock = clock
        self._stopped = stopped

    def start_live_tail(
        self,
        call: Call,
        logGroupIdentifiers: Sequence[str],
        logStreamNames: Sequence[str] | None = None,
        logStreamNamePrefixes: Sequence[str] | None = None,
        logEventFilterPattern: str | None = None,
    ) -> dict[str, Any]:
        chosen_streams = logStreamNames is not None or logStreamNamePrefixes is not None
        if logStreamNames is not None and logStreamNamePrefixes is not None:
            raise invalid("logStreamNames and logStreamNamePrefixes cannot be specified together.")
        if chosen_streams and len(logGroupIdentifiers) > 1:
            raise invalid("Log streams can be specified for a single log group only.")
        bad = [identifier for identifier in logGroupIdentifiers if not identifier.startswith("arn:")]
        if bad or any(identifier.endswith("*") for identifier in logGroupIdentifiers):
            raise invalid("logGroupIdentifiers must be the ARNs of log groups, without an asterisk at the end.")
        try:
            matches = filter_pattern(logEventFilterPattern or "")
        except ApiError as error:
            raise invalid(f"Invalid filter pattern: {error.message}") from None
        region = self._store.region(call.account, call.region)
        with region.lock:
            groups = {find_group(region, None, arn).name: arn for arn in logGroupIdentifiers}

        def is_wanted(stream: str, event: LogEvent) -> bool:
            return (
                (logStreamNames is None or stream in logStreamNames)
                and (logStreamNamePrefixes is None or stream.startswith(tuple(logStreamNamePrefixes)))
                and matches(event.message)
            )

        start = {
            "requestId": call.request_id,
            "sessionId": str(uuid.uuid4()),
            "logGroupIdentifiers": list(logGroupIdentifiers),
            "logStreamNames": logStreamNames,
            "logStreamNamePrefixes": logStreamNamePrefixes,
            "logEventFilterPattern": logEventFilterPattern,
        }

        def session() -> Iterator[Mapping[str, Any]]:
            tail = region.tail(groups)
            try:
                yield {"sessionStart": start}
                yield from self._updates(tail, groups, is_wanted)
            finally:
                tail.close()

        return {"responseStream": session()}

    def _updates(
        self, tail: Tail, groups: Mapping[str, str], is_wanted: Callable[[str, LogEvent], bool]
    ) -> Iterator[Mapping[str, Any]]:
        end = self._clock.now() + SESSION_SECONDS
        while not self._stopped.wait(UPDATE_SECONDS):
            found = [item for item in tail.take() if is_wanted(item[1], item[2])]
            yield {
                "sessionUpdate": {
                    "sessionMetadata": {"sampled": len(found) > EVENTS_AN_UPDATE},
                    "sessionResults": [
                        {
                            "logStreamName": stream,
                            "logGroupIdentifier": groups[group],
                            "message": event.message,
                            "timestamp": event.timestamp,
                            "ingestionTime": event.ingested,
                        }
                        for group, stream, event in found[-EVENTS_AN_UPDATE:]
                    ],
                }
            }
            if self._clock.now() >= end:
                raise ApiError("SessionTimeoutException", "The session has been open for three hours.", 400)
