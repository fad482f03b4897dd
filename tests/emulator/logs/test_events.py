"""Log events: PutLogEvents, GetLogEvents, FilterLogEvents.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.logs.event_operations import SCANNED_A_PAGE, EventOperations
from lambdatui.emulator.logs.log_store import DAY_MS, LogStore
from lambdatui.emulator.service import Call
from tests.emulator.expectations import refused
from tests.emulator.logs.conftest import NOW, Write


def messages(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_filtered_events_are_interleaved_in_the_order_of_time(logs: Any, write: Write) -> None:
    write("1", "4", stream="a", at=5000)
    write("3", stream="b", at=5000)
    write("2", stream="c", at=6000)
    answer = logs.filter_log_events(logGroupName="g")
    assert messages(answer) == ["2", "1", "3", "4"]
    assert answer["searchedLogStreams"] == []
    event = answer["events"][0]
    assert (event["logStreamName"], event["timestamp"], event["ingestionTime"]) == ("c", NOW - 6000, NOW)
    assert len(event["eventId"]) == 56
    assert event["eventId"].isdigit()


def test_the_time_range_includes_both_its_ends(logs: Any, write: Write) -> None:
    write("1", "2", "3", "4", at=1000)
    answer = logs.filter_log_events(logGroupName="g", startTime=NOW - 999, endTime=NOW - 998)
    assert messages(answer) == ["2", "3"]


def test_the_latest_come_first_if_asked_so(logs: Any, write: Write) -> None:
    write("1", "3", stream="a")
    write("2", "4", stream="b")
    first = logs.filter_log_events(logGroupName="g", startFromHead=False, limit=3)
    second = logs.filter_log_events(logGroupName="g", limit=3, nextToken=first["nextToken"])
    assert messages(first) + messages(second) == ["4", "3", "2", "1"]


def test_streams_are_chosen_by_name_or_by_prefix(logs: Any, write: Write) -> None:
    for stream in ("a1", "a2", "b1"):
        write(stream, stream=stream)
    assert messages(logs.filter_log_events(logGroupName="g", logStreamNames=["a1", "b1"])) == ["a1", "b1"]
    assert messages(logs.filter_log_events(logGroupName="g", logStreamNamePrefix="a")) == ["a1", "a2"]
    with refused("InvalidParameterException", 400):
        logs.filter_log_events(logGroupName="g", logStreamNamePrefix="a", logStreamNames=["b1"])
    with refused("ResourceNotFoundException", 400):
        logs.filter_log_events(logGroupName="g", logStreamNames=["none"])


def test_a_group_is_named_or_identified(logs: Any, write: Write, account: str) -> None:
    write("1")
    arn = f"arn:aws:logs:eu-west-1:{account}:log-group:g"
    assert messages(logs.filter_log_events(logGroupIdentifier=arn)) == ["1"]
    with refused("InvalidParameterException", 400):
        logs.filter_log_events(logGroupIdentifier=arn, logGroupName="g")
    with refused("InvalidParameterException", 400):
        logs.filter_log_events()


def test_only_matching_events_are_found(logs: Any, write: Write) -> None:
    write("START", '{"level": "ERROR", "ms": 12}', "ERROR: no currency", "END")
    assert len(messages(logs.filter_log_events(logGroupName="g", filterPattern="ERROR"))) == 2
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="{ $.ms > 10 }")) == [
        '{"level": "ERROR", "ms": 12}'
    ]
    with refused("InvalidParameterException", 400, "Invalid character(s) in term ':'"):
        logs.filter_log_events(logGroupName="g", filterPattern="ERROR: no")


def test_pages_have_each_event_once(logs: Any, write: Write) -> None:
    for stream in "abc":
        write(*(f"{stream}{number}" for number in range(30)), stream=stream)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="g", limit=7)
    found = [event["eventId"] for page in pages for event in page["events"]]
    assert len(found) == len(set(found)) == 90
    assert found == sorted(found)


def test_a_follower_that_goes_on_from_the_last_event_sees_no_line_twice_and_misses_none(
    logs: Any, write: Write
) -> None:
    seen: dict[str, str] = {}
    start = 0
    for turn in range(4):
        write(f"{turn}a", f"{turn}b", stream="a", at=5000 - turn)
        write(f"{turn}c", stream="b", at=5000 - turn)
        for event in logs.filter_log_events(logGroupName="g", startTime=start)["events"]:
            seen[event["eventId"]] = event["message"]
            start = event["timestamp"]
    assert sorted(seen.values()) == sorted(f"{turn}{part}" for turn in range(4) for part in "abc")


def test_a_page_that_looks_at_many_events_may_be_empty_and_not_the_last(logs: Any, write: Write) -> None:
    for batch in range(3):
        write(*["nothing"] * 9000, at=60_000 - 10_000 * batch)
    write("needle", at=10)
    first = logs.filter_log_events(logGroupName="g", filterPattern="needle")
    assert (messages(first), "nextToken" in first) == ([], True)
    second = logs.filter_log_events(logGroupName="g", filterPattern="needle", nextToken=first["nextToken"])
    assert (messages(second), "nextToken" in second) == (["needle"], False)
    assert SCANNED_A_PAGE < 27_000


def test_a_page_has_at_most_a_megabyte(logs: Any, write: Write) -> None:
    write(*["x" * 200_000] * 4)
    write(*["x" * 200_000] * 4, at=5000)
    first = logs.filter_log_events(logGroupName="g")
    assert (len(first["events"]), "nextToken" in first) == (5, True)
    second = logs.filter_log_events(logGroupName="g", nextToken=first["nextToken"])
    assert (len(second["events"]), "nextToken" in second) == (3, False)


def test_a_token_that_is_none_is_refused(logs: Any, write: Write) -> None:
    write("1")
    with refused("InvalidParameterException", 400, "The specified nextToken is invalid."):
        logs.filter_log_events(logGroupName="g", nextToken="x")
    with refused("InvalidParameterException", 400, "The specified nextToken is invalid."):
        logs.get_log_events(logGroupName="g", logStreamName="s", nextToken="f/x/s")


def test_a_stream_is_read_from_its_end_unless_from_its_head(logs: Any, write: Write) -> None:
    write(*map(str, range(10)))
    latest = logs.get_log_events(logGroupName="g", logStreamName="s", limit=3)
    assert messages(latest) == ["7", "8", "9"]
    first = logs.get_log_events(logGroupName="g", logStreamName="s", limit=3, startFromHead=True)
    assert messages(first) == ["0", "1", "2"]


def test_a_stream_is_read_forward_and_backward_by_tokens_that_stay_at_the_ends(logs: Any, write: Write) -> None:
    write(*map(str, range(5)))

    def read(token: str | None = None, **more: Any) -> Any:
        if token is not None:
            more["nextToken"] = token
        return logs.get_log_events(logGroupName="g", logStreamName="s", limit=2, **more)

    page = read(startFromHead=True)
    forward = [messages(page)]
    while (after := read(page["nextForwardToken"], startFromHead=True))["nextForwardToken"] != page["nextForwardToken"]:
        page = after
        forward.append(messages(page))
    assert forward == [["0", "1"], ["2", "3"], ["4"]]
    assert messages(after) == []
    write("5", at=5000)
    assert messages(read(after["nextForwardToken"], startFromHead=True)) == ["5"]
    backward = []
    page = read(after["nextBackwardToken"])
    while page["events"]:
        backward.append(messages(page))
        page = read(page["nextBackwardToken"])
    assert backward == [["3", "4"], ["1", "2"], ["0"]]


def test_the_end_of_a_streams_time_range_is_not_within_it(logs: Any, write: Write) -> None:
    write("1", "2", "3", at=1000)
    answer = logs.get_log_events(logGroupName="g", logStreamName="s", startTime=NOW - 1000, endTime=NOW - 998)
    assert messages(answer) == ["1", "2"]


def put(logs: Any, *events: tuple[int, str]) -> Any:
    return logs.put_log_events(
        logGroupName="g",
        logStreamName="s",
        logEvents=[{"timestamp": time, "message": message} for time, message in events],
    )


def test_what_put_log_events_refuses(logs: Any, write: Write) -> None:
    write("1")
    with refused("InvalidParameterException", 400, "must be in chronological order"):
        put(logs, (NOW, "a"), (NOW - 1, "b"))
    with refused("InvalidParameterException", 400, "cannot span more than 24 hours"):
        put(logs, (NOW - DAY_MS - 1, "a"), (NOW, "b"))
    with refused("InvalidParameterException", 400, "Upload too large"):
        put(logs, *[(NOW, "x" * 200_000)] * 6)
    with refused("ResourceNotFoundException", 400, "log stream"):
        logs.put_log_events(logGroupName="g", logStreamName="x", logEvents=[{"timestamp": NOW, "message": "a"}])


@pytest.mark.parametrize(
    ("times", "rejected"),
    [
        ([NOW - 15 * DAY_MS, NOW - 14 * DAY_MS], {"tooOldLogEventEndIndex": 1}),
        ([NOW, NOW + 3 * 3_600_000], {"tooNewLogEventStartIndex": 1}),
    ],
)
def test_events_too_old_or_too_new_are_rejected_and_the_others_taken(
    logs: Any, write: Write, times: list[int], rejected: dict[str, int]
) -> None:
    write("1")
    answer = put(logs, *((time, str(time)) for time in times))
    assert answer["rejectedLogEventsInfo"] == rejected
    kept = messages(logs.filter_log_events(logGroupName="g"))
    assert sum(str(time) in kept for time in times) == 1


def test_patterns_can_be_tried(logs: Any) -> None:
    answer = logs.test_metric_filter(filterPattern="ERROR", logEventMessages=["fine", "ERROR 1", "ERROR 2"])
    assert [(match["eventNumber"], match["eventMessage"]) for match in answer["matches"]] == [
        (2, "ERROR 1"),
        (3, "ERROR 2"),
    ]


arrivals = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=40)


@given(arrivals, st.integers(1, 7), st.booleans())
def test_whatever_arrives_when_the_pages_together_are_all_of_it_in_order(
    events: list[tuple[int, str]], limit: int, ascending: bool
) -> None:
    store = LogStore(Clock(frozen=NOW / 1000))
    for number, (time, stream) in enumerate(events):
        store.put("1", "r", "g", stream, [(time, str(number))])
    if not events:
        return
    operations, call = EventOperations(store), Call("1", "r", "FilterLogEvents", "", "")
    found: list[str] = []
    token = None
    while True:
        page = operations.filter_log_events(
            call, logGroupName="g", limit=limit, nextToken=token, startFromHead=ascending
        )
        assert len(page["events"]) <= limit
        found += messages(page)
        token = page["nextToken"]
        if token is None:
            break
    order = sorted(range(len(events)), key=lambda number: (events[number][0], number))
    assert found == [str(number) for number in (order if ascending else order[::-1])]
