"""The event history of a function, read from CloudTrail."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.masking import MASK
from lambdatui.aws.trail import CALL_SECONDS, DAYS, Page, TrailEvent, TrailReader, trail_event
from lambdatui.clock import Clock
from lambdatui.emulator.cloudtrail.events import Resource
from lambdatui.emulator.cloudtrail.events import TrailEvent as Kept
from lambdatui.emulator.server import Emulator
from lambdatui.errors import Cancelled
from tests.conftest import Calls
from tests.emulator.clients import REGION, make_function, publish

Put = Callable[..., Kept]


class Patient(Clock):
    """Its time passes only while somebody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.time = dt.datetime.now(dt.UTC).timestamp()
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def put(emulator: Emulator, account_id: str) -> Put:
    """Puts an event into the account's history, so many seconds ago."""

    def put(seconds_ago: float = 60, resource: Resource | None = None, **members: Any) -> Kept:
        event = Kept(
            **{
                "time": int(emulator.cloud.clock.now() - seconds_ago),
                "name": "UpdateFunctionCode20150331v2",
                "source": "lambda.amazonaws.com",
                "account": account_id,
                "region": REGION,
                "read_only": False,
                "caller_arn": f"arn:aws:sts::{account_id}:assumed-role/operator/anna",
                "access_key": "ASIA1",
                "source_ip": "203.0.113.7",
                "user_agent": "aws-cli/2.31.4 md/x",
                "request_id": "r-1",
                "parameters": {"functionName": "f"},
                "resources": (resource or Resource("AWS::Lambda::Function", "f"),),
                **members,
            }
        )
        emulator.cloud.trail.store.add(event)
        return event

    return put


def reader(account: Account, *aliases: str, clock: Clock | None = None) -> TrailReader:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS)
    return TrailReader(account, "f", aliases, since, clock or Patient())


def events(pages: Any) -> list[TrailEvent]:
    return [event for page in pages for event in page.events]


def test_all_that_was_done_to_a_function_is_found(account: Account, aws: Callable[..., Any]) -> None:
    client = aws("lambda")
    make_function(client)
    make_function(client, name="other")
    publish(client)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.publish_version(FunctionName="f", Description="second")
    client.publish_version(FunctionName="other")
    client.update_alias(FunctionName="f", Name="live", Description="x")
    client.tag_resource(Resource=client.get_function(FunctionName="f")["Configuration"]["FunctionArn"], Tags={"a": "b"})
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=3)
    found = events(reader(account, "live").read(5))
    assert sorted(event.operation for event in found) == [
        "CreateAlias",
        "CreateFunction",
        "PublishVersion",
        "PutFunctionConcurrency",
        "TagResource",
        "UpdateAlias",
        "UpdateFunctionCode",
    ]
    (published,) = [event for event in found if event.operation == "PublishVersion"]
    assert published.parameters["description"] == "second"
    assert (published.who, published.role, published.service) == ("you", "operator", "lambda")
    assert published.tool.startswith("Boto3 ")


def test_it_tells_how_far_it_is(account: Account, put: Put) -> None:
    for seconds in range(70):
        put(seconds + 1)
    found = reader(account, "live")
    pages: list[Page] = list(found.read(5))
    assert [len(page.events) for page in pages] == [50, 20, 0, 0, 0]
    assert [(page.searched, page.searches) for page in pages] == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert found.complete


def test_what_was_left_unread_is_told_and_read_later(account: Account, put: Put) -> None:
    kept = [put(seconds + 1) for seconds in range(70)]
    found = reader(account)
    first = events(found.read(1))
    assert not found.complete
    assert found.back_to.timestamp() == kept[49].time
    assert len(first) == 50
    assert [event.event_id for event in events(found.read(1))] == [one.event_id for one in kept[50:]]
    assert found.complete
    assert dt.datetime.now(dt.UTC) - found.back_to > dt.timedelta(days=DAYS - 1)


def test_two_calls_a_second_at_most(account: Account, put: Put, calls: Calls) -> None:
    clock = Patient()
    started = clock.now()
    account.identity()
    calls.forget()
    list(reader(account, "live", "beta", clock=clock).read(1))
    assert calls.operations() == ["LookupEvents"] * 5
    assert clock.now() - started == pytest.approx(4 * CALL_SECONDS)
    # another reader of the same account waits for its turn, too
    list(reader(account, clock=clock).read(1))
    assert clock.now() - started == pytest.approx(7 * CALL_SECONDS)


def test_it_stops_when_it_is_cancelled(account: Account, calls: Calls) -> None:
    clock = Clock()
    pages = reader(account, "live", clock=clock).read(1)
    next(pages)
    clock.cancel()
    with pytest.raises(Cancelled):
        next(pages)
    assert calls.operations().count("LookupEvents") == 1


def test_other_services_things_of_the_same_name_are_left_out(account: Account, put: Put) -> None:
    put(name="CreateRole", source="iam.amazonaws.com", parameters={}, resource=Resource("AWS::IAM::Role", "f"))
    put(name="PublishVersion20150331", parameters={"functionName": "g"})
    put(name="GetFunction20150331v2", read_only=True)
    assert events(reader(account).read(1)) == []


def test_an_event_that_two_searches_find_is_told_once(account: Account, put: Put) -> None:
    put(name="PublishVersion20150331")
    assert len(events(reader(account).read(1))) == 1


def test_a_function_may_be_named_by_its_arn(account: Account, put: Put, account_id: str) -> None:
    arn = f"arn:aws:lambda:{REGION}:{account_id}:function:f"
    put(parameters={"functionName": arn}, resource=Resource("AWS::Lambda::Function", arn))
    assert len(events(reader(account).read(1))) == 1


def test_secrets_are_masked(account: Account, put: Put) -> None:
    secret = {"functionName": "f", "environment": {"Variables": {"A": "s3cr3t"}}, "clientToken": "s3cr3t"}
    put(parameters=secret)
    (event,) = events(reader(account).read(1))
    assert event.parameters["clientToken"] == MASK
    assert "s3cr3t" not in json.dumps([event.parameters, event.document])
    assert event.document["userIdentity"]["accessKeyId"] == MASK


def test_what_was_refused_has_its_reason(account: Account, put: Put) -> None:
    put(error_code="AccessDenied", error_message="not you")
    (event,) = events(reader(account).read(1))
    assert (event.error_code, event.error_message) == ("AccessDenied", "not you")


def test_denied(account: Account, emulator: Emulator, account_id: str) -> None:
    emulator.cloud.faults.add("access-denied", service="cloudtrail", account=account_id)
    with pytest.raises(AccessDenied, match="LookupEvents"):
        list(reader(account).read(1))


def listed(**document: Any) -> dict[str, Any]:
    return {
        "EventId": "e",
        "EventTime": dt.datetime.now(dt.UTC),
        "EventName": "UpdateAlias20150331",
        "Username": "somebody",
        "CloudTrailEvent": json.dumps(document),
    }


@pytest.mark.parametrize(
    ("agent", "tool"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "console"),
        ("AWS Internal", "console"),
        ("aws-cli/2.31.4 md/awscrt#0.28.1 ua/2.1", "aws-cli 2.31.4"),
        ("Boto3/1.44.5 md/Botocore#1.44.5", "Boto3 1.44.5"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io)", "Terraform 1.9.2"),
        ("cloudformation.amazonaws.com", "cloudformation"),
        ("", ""),
    ],
)
def test_the_tool_in_a_user_agent(agent: str, tool: str) -> None:
    assert trail_event(listed(userAgent=agent)).tool == tool


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "root"),
        ({"type": "IAMUser", "userName": "ben", "arn": "arn:aws:iam::1:user/x/ben"}, "ben"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/r/anna@example.com"}, "anna@example.com"),
        ({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, "autoscaling"),
        ({}, "somebody"),
    ],
)
def test_who_it_was(identity: dict[str, Any], who: str) -> None:
    assert trail_event(listed(userIdentity=identity)).who == who


def test_a_service_that_acts_for_somebody_is_the_tool() -> None:
    identity = {"type": "AssumedRole", "arn": "arn:x/r/anna", "invokedBy": "cloudformation.amazonaws.com"}
    event = trail_event(listed(userIdentity=identity, userAgent="cloudformation.amazonaws.com"))
    assert (event.who, event.tool) == ("anna", "cloudformation")


def test_a_document_that_is_none_leaves_what_the_list_says() -> None:
    event = trail_event(listed() | {"CloudTrailEvent": "<html>"})
    assert (event.operation, event.who, event.request_id) == ("UpdateAlias", "somebody", "")
