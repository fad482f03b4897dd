"""Log groups and log streams: making, describing, deleting, retention, tags.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.logs.log_store import DAY_MS, LogStore
from lambdatui.emulator.server import Emulator
from tests.emulator.expectations import refused
from tests.emulator.logs.conftest import NOW, Write


def test_a_group_is_shown_with_awss_members(logs: Any, account: str) -> None:
    logs.create_log_group(logGroupName="/aws/lambda/f", tags={"team": "pay"})
    (group,) = logs.describe_log_groups()["logGroups"]
    arn = f"arn:aws:logs:eu-west-1:{account}:log-group:/aws/lambda/f"
    assert (group["arn"], group["logGroupArn"]) == (f"{arn}:*", arn)
    assert (group["creationTime"], group["storedBytes"], group["logGroupClass"]) == (NOW, 0, "STANDARD")
    assert "retentionInDays" not in group


def test_a_group_exists_once(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    with refused("ResourceAlreadyExistsException", 400, "The specified log group already exists"):
        logs.create_log_group(logGroupName="g")
    logs.delete_log_group(logGroupName="g")
    with refused("ResourceNotFoundException", 400, "The specified log group does not exist."):
        logs.delete_log_group(logGroupName="g")


def test_groups_come_fifty_a_page_by_name(logs: Any) -> None:
    for number in range(120, 0, -1):
        logs.create_log_group(logGroupName=f"g{number:03}")
    pages = list(logs.get_paginator("describe_log_groups").paginate())
    assert [len(page["logGroups"]) for page in pages] == [50, 50, 20]
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    assert names == sorted(names)
    assert len(set(names)) == 120
    with refused("InvalidParameterException", 400, "nextToken is invalid"):
        logs.describe_log_groups(nextToken="x")


def test_groups_are_found_by_prefix_or_by_a_part_of_the_name(logs: Any) -> None:
    for name in ("/aws/lambda/a", "/aws/lambda/b", "other/lambda"):
        logs.create_log_group(logGroupName=name)

    def names(**filters: str) -> list[str]:
        return [group["logGroupName"] for group in logs.describe_log_groups(**filters)["logGroups"]]

    assert names(logGroupNamePrefix="/aws/") == ["/aws/lambda/a", "/aws/lambda/b"]
    assert names(logGroupNamePattern="lambda") == ["/aws/lambda/a", "/aws/lambda/b", "other/lambda"]
    with refused("InvalidParameterException", 400, "mutually exclusive"):
        names(logGroupNamePrefix="a", logGroupNamePattern="b")


def test_streams_are_ordered_by_name_or_by_their_last_event(logs: Any, write: Write) -> None:
    write("1", stream="a", at=3000)
    write("2", stream="b", at=1000)
    write("3", stream="c", at=2000)
    logs.create_log_stream(logGroupName="g", logStreamName="empty")

    def names(**order: Any) -> list[str]:
        return [
            stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName="g", **order)["logStreams"]
        ]

    assert names() == ["a", "b", "c", "empty"]
    assert names(descending=True) == ["empty", "c", "b", "a"]
    assert names(orderBy="LastEventTime", descending=True) == ["b", "c", "a", "empty"]
    assert names(logStreamNamePrefix="e") == ["empty"]
    with refused("InvalidParameterException", 400, "Cannot order by LastEventTime with a logStreamNamePrefix."):
        names(orderBy="LastEventTime", logStreamNamePrefix="e")


def test_a_stream_is_shown_with_its_first_and_last_event(logs: Any, write: Write) -> None:
    write("1", "2", "3", at=500)
    (stream,) = logs.describe_log_streams(logGroupName="g")["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (NOW - 500, NOW - 498)
    assert (stream["lastIngestionTime"], stream["creationTime"]) == (NOW, NOW)
    assert stream["arn"].endswith(":log-group:g:log-stream:s")


def test_streams_come_fifty_a_page(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    for number in range(70):
        logs.create_log_stream(logGroupName="g", logStreamName=f"s{number:02}")
    pages = list(logs.get_paginator("describe_log_streams").paginate(logGroupName="g"))
    assert [len(page["logStreams"]) for page in pages] == [50, 20]


def test_a_deleted_stream_takes_its_events_along(logs: Any, write: Write) -> None:
    write("1", stream="a")
    write("2", stream="b")
    logs.delete_log_stream(logGroupName="g", logStreamName="a")
    assert [event["message"] for event in logs.filter_log_events(logGroupName="g")["events"]] == ["2"]
    with refused("ResourceNotFoundException", 400, "The specified log stream does not exist."):
        logs.get_log_events(logGroupName="g", logStreamName="a")


def test_events_expire_after_the_retention(still: Emulator, logs: Any, write: Write) -> None:
    write("old", at=10_000)
    logs.put_retention_policy(logGroupName="g", retentionInDays=3)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 3
    still.cloud.clock.advance(3 * 86_400)
    assert logs.filter_log_events(logGroupName="g")["events"] == []
    assert logs.get_log_events(logGroupName="g", logStreamName="s")["events"] == []
    logs.delete_retention_policy(logGroupName="g")
    assert len(logs.filter_log_events(logGroupName="g")["events"]) == 1
    with refused("InvalidParameterException", 400, "'retentionInDays' failed to satisfy constraint"):
        logs.put_retention_policy(logGroupName="g", retentionInDays=4)


def test_tags_by_either_pair_of_operations(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", tags={"team": "pay", "stage": "prod"})
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    logs.tag_resource(resourceArn=arn, tags={"service": "checkout"})
    logs.untag_resource(resourceArn=arn, tagKeys=["stage"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "pay", "service": "checkout"}
    logs.tag_log_group(logGroupName="g", tags={"more": "1"})
    logs.untag_log_group(logGroupName="g", tags=["team"])
    assert logs.list_tags_log_group(logGroupName="g")["tags"] == {"service": "checkout", "more": "1"}


@pytest.mark.parametrize(("number", "size"), [(300_000, 10), (20_000, 5_000)])
def test_the_store_stays_bounded_and_drops_what_is_old(still: Emulator, number: int, size: int) -> None:
    store = LogStore(still.cloud.clock)
    store.put("1", "eu-west-1", "quiet", "s", [(NOW - 2 * DAY_MS, "kept")])
    for index in range(number // 100):
        store.put("1", "eu-west-1", "busy", f"stream-{index % 7}", [(NOW - DAY_MS + index // 50, "x" * size)] * 100)
        if index % 100 == 0:
            store.put("2", "us-east-1", "other", "s", [(NOW, f"other {index}")])
    busy = store.region("1", "eu-west-1").groups["busy"]
    kept = [event for stream in busy.streams.values() for event in stream.events]
    assert 50 < len(kept) <= 120_000
    assert sum(len(event.message) for event in kept) <= 64_000_000
    assert max(event.timestamp for event in kept) == NOW - DAY_MS + (number // 100 - 1) // 50
    assert busy.stored_bytes == sum(len(event.message) + 26 for event in kept)
    assert store.region("1", "eu-west-1").groups["quiet"].streams["s"].events[0].message == "kept"
    others = store.region("2", "us-east-1").groups["other"].streams["s"].events
    assert len(others) == len(range(0, number // 100, 100))
