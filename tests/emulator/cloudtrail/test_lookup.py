"""LookupEvents: how the event history is searched.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.cloudtrail.events import Resource, TrailEvent
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION, client_of
from tests.emulator.expectations import refused

NOW = 1_800_000_000
DAY = 86_400

Put = Callable[..., TrailEvent]


@pytest.fixture(scope="module")
def still() -> Iterator[Emulator]:
    """Its clock stands still."""
    with Emulator(Cloud(clock=Clock(frozen=float(NOW)))) as running:
        yield running


@pytest.fixture
def trail(still: Emulator, account: str) -> Any:
    """A client of CloudTrail in the test's account."""
    return client_of(still, "cloudtrail", account, parameter_validation=False)


@pytest.fixture
def put(still: Emulator, account: str) -> Put:
    """Puts an event into the history, so many seconds ago."""

    def put(seconds_ago: int = 60, *, region: str = REGION, resource: str = "f", **members: Any) -> TrailEvent:
        event = TrailEvent(
            **{
                "time": NOW - seconds_ago,
                "name": "UpdateFunctionCode20150331v2",
                "source": "lambda.amazonaws.com",
                "account": account,
                "region": region,
                "read_only": False,
                "caller_arn": f"arn:aws:sts::{account}:assumed-role/operator/anna",
                "access_key": "ASIA1",
                "source_ip": "203.0.113.7",
                "user_agent": "aws-cli/2.31",
                "request_id": "r-1",
                "resources": (Resource("AWS::Lambda::Function", resource),),
                **members,
            }
        )
        still.cloud.trail.store.add(event)
        return event

    return put


def ids(answer: Any) -> list[str]:
    return [event["EventId"] for event in answer["Events"]]


def by(key: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def test_newest_first(trail: Any, put: Put) -> None:
    older, newest, oldest = put(200), put(100), put(300)
    assert ids(trail.lookup_events()) == [newest.event_id, older.event_id, oldest.event_id]


def test_of_one_second_the_one_that_came_last_is_first(trail: Any, put: Put) -> None:
    first, second = put(100), put(100)
    assert ids(trail.lookup_events()) == [second.event_id, first.event_id]


def test_a_region_has_its_own_history(trail: Any, put: Put) -> None:
    put(region="us-east-1")
    here = put()
    assert ids(trail.lookup_events()) == [here.event_id]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventName", "UpdateAlias20150331"),
        ("ResourceName", "other"),
        ("ResourceType", "AWS::Lambda::Alias"),
        ("Username", "ben"),
        ("ReadOnly", "true"),
        ("EventSource", "iam.amazonaws.com"),
        ("AccessKeyId", "ASIA2"),
    ],
)
def test_each_lookup_attribute(trail: Any, put: Put, account: str, key: str, value: str) -> None:
    put()
    wanted = put(
        name="UpdateAlias20150331",
        source="iam.amazonaws.com",
        read_only=True,
        access_key="ASIA2",
        caller_arn=f"arn:aws:iam::{account}:user/ben",
        resources=(Resource("AWS::Lambda::Alias", "other"),),
    )
    assert ids(trail.lookup_events(**by(key, value))) == [wanted.event_id]
    assert ids(trail.lookup_events(**by("EventId", wanted.event_id))) == [wanted.event_id]


def test_a_resource_name_is_compared_whole(trail: Any, put: Put) -> None:
    put(resource="checkout-api")
    assert ids(trail.lookup_events(**by("ResourceName", "checkout"))) == []


def test_start_and_end_are_inclusive(trail: Any, put: Put) -> None:
    put(301)
    inside = [put(100), put(200), put(300)]
    put(99)
    found = trail.lookup_events(StartTime=NOW - 300, EndTime=NOW - 100)
    assert ids(found) == [event.event_id for event in inside]


def test_the_history_ends_after_90_days(trail: Any, put: Put) -> None:
    put(91 * DAY)
    kept = put(89 * DAY)
    assert ids(trail.lookup_events(StartTime=NOW - 400 * DAY)) == [kept.event_id]


def test_fifty_a_page_and_a_token_for_the_rest(trail: Any, put: Put) -> None:
    made = [put(seconds).event_id for seconds in range(1, 121)]
    pages = list(trail.get_paginator("lookup_events").paginate(**by("ResourceName", "f")))
    assert [len(page["Events"]) for page in pages] == [50, 50, 20]
    assert [identifier for page in pages for identifier in ids(page)] == made


def test_max_results(trail: Any, put: Put) -> None:
    for _ in range(3):
        put()
    answer = trail.lookup_events(MaxResults=2)
    assert (len(answer["Events"]), "NextToken" in answer) == (2, True)
    for wrong in (0, 51):
        with refused("InvalidMaxResultsException", 400):
            trail.lookup_events(MaxResults=wrong)


def test_a_page_begins_where_the_last_one_ended_though_events_have_come(trail: Any, put: Put) -> None:
    made = [put(seconds).event_id for seconds in (10, 20)]
    first = trail.lookup_events(MaxResults=1)
    put(5)
    assert ids(first) + ids(trail.lookup_events(MaxResults=1, NextToken=first["NextToken"])) == made


def test_a_token_goes_with_the_parameters_it_came_with(trail: Any, put: Put) -> None:
    put(), put()
    token = trail.lookup_events(MaxResults=1)["NextToken"]
    with refused("InvalidNextTokenException", 400):
        trail.lookup_events(**by("Username", "anna"), NextToken=token)
    with refused("InvalidNextTokenException", 400):
        trail.lookup_events(NextToken="broken")


def test_one_attribute_at_most(trail: Any) -> None:
    with refused("InvalidLookupAttributesException", 400):
        trail.lookup_events(LookupAttributes=by("EventName", "a")["LookupAttributes"] * 2)


def test_read_only_is_true_or_false_in_lower_case(trail: Any) -> None:
    with refused("InvalidLookupAttributesException", 400):
        trail.lookup_events(**by("ReadOnly", "True"))


def test_time_ranges_that_are_none(trail: Any) -> None:
    for start, end in ((NOW - 10, NOW - 20), (NOW + 10, NOW + 20)):
        with refused("InvalidTimeRangeException", 400):
            trail.lookup_events(StartTime=start, EndTime=end)


def test_there_are_no_insights_and_no_other_category(trail: Any, put: Put) -> None:
    put()
    assert trail.lookup_events(EventCategory="insight")["Events"] == []
    with refused("InvalidEventCategoryException", 400):
        trail.lookup_events(EventCategory="data")
