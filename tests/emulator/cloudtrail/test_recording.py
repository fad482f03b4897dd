"""What Lambda's calls leave behind in the event history.

https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION, make_function, publish, zipped

Events = Callable[..., list[Any]]


@pytest.fixture
def events(client: Callable[..., Any]) -> Events:
    """What the history has for an event name, newest first; each with its document as `document`."""

    def look(name: str = "", **attribute: str) -> list[Any]:
        ((key, value),) = (attribute or {"EventName": name}).items()
        found = client("cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])
        return [{**event, "document": json.loads(event["CloudTrailEvent"])} for event in found["Events"]]

    return look


@pytest.fixture
def function(aws_lambda: Any) -> Any:
    """A client, and a function `f` with version 1 and the alias `live`."""
    make_function(aws_lambda)
    publish(aws_lambda)
    aws_lambda.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return aws_lambda


@pytest.mark.parametrize(
    ("act", "name", "resources"),
    [
        (lambda c: publish(c), "UpdateFunctionCode20150331v2", ["f"]),
        (
            lambda c: c.update_function_configuration(FunctionName="f", MemorySize=256),
            "UpdateFunctionConfiguration20150331v2",
            ["f"],
        ),
        (lambda c: c.publish_version(FunctionName="f"), "PublishVersion20150331", []),
        (
            lambda c: c.update_alias(FunctionName="f", Name="live", Description="x"),
            "UpdateAlias20150331",
            ["{arn}:live"],
        ),
        (
            lambda c: c.create_alias(FunctionName="f", Name="beta", FunctionVersion="1"),
            "CreateAlias20150331",
            ["{arn}:beta"],
        ),
        (lambda c: c.delete_alias(FunctionName="f", Name="live"), "DeleteAlias20150331", ["live", "f"]),
        (lambda c: c.delete_function(FunctionName="f"), "DeleteFunction20150331", ["f"]),
        (
            lambda c: c.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1),
            "PutFunctionConcurrency20171031",
            ["f"],
        ),
        (
            lambda c: c.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0),
            "PutFunctionEventInvokeConfig",
            ["f"],
        ),
        (
            lambda c: c.add_permission(
                FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
            ),
            "AddPermission20150331v2",
            ["f"],
        ),
    ],
)
def test_a_change_has_lambda_s_event_name_and_its_resources(
    function: Any, events: Events, account: str, act: Callable[[Any], Any], name: str, resources: list[str]
) -> None:
    act(function)
    arn = f"arn:aws:lambda:{REGION}:{account}:function:f"
    event = events(name)[0]
    assert [resource["ResourceName"] for resource in event["Resources"]] == [r.format(arn=arn) for r in resources]
    assert event["ReadOnly"] == "false"
    assert event["EventSource"] == event["document"]["eventSource"] == "lambda.amazonaws.com"


def test_the_document_is_cloudtrail_s(function: Any, events: Events, account: str) -> None:
    answer = function.update_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    (event,) = events("UpdateAlias20150331")
    document = event["document"]
    assert list(document) == [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "requestParameters",
        "responseElements",
        "requestID",
        "eventID",
        "readOnly",
        "eventType",
        "managementEvent",
        "recipientAccountId",
        "eventCategory",
    ]
    assert document["requestParameters"] == {
        "functionName": "f",
        "name": "live",
        "functionVersion": "1",
        "routingConfig": {"additionalVersionWeights": {}},
    }
    assert document["responseElements"] is None
    assert document["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert document["eventID"] == event["EventId"]
    assert dt.datetime.fromisoformat(document["eventTime"]) == event["EventTime"]
    assert (document["awsRegion"], document["recipientAccountId"]) == (REGION, account)
    assert document["userAgent"].startswith("Boto3/")


def test_an_assumed_role_is_named_by_its_session(function: Any, events: Events, account: str) -> None:
    event = events("CreateAlias20150331")[0]
    identity = event["document"]["userIdentity"]
    assert (identity["type"], event["Username"]) == ("AssumedRole", "you")
    assert identity["arn"] == f"arn:aws:sts::{account}:assumed-role/operator/you"
    assert identity["sessionContext"]["sessionIssuer"]["userName"] == "operator"


def test_a_user_of_iam_is_named(emulator: Emulator, client: Callable[..., Any], events: Events, function: Any) -> None:
    client("iam").create_user(UserName="anna")
    key = client("iam").create_access_key(UserName="anna")["AccessKey"]
    boto3.client(
        "lambda",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    ).put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    (event,) = events(Username="anna")
    assert event["EventName"] == "PutFunctionConcurrency20171031"
    assert event["document"]["userIdentity"]["type"] == "IAMUser"
    assert event["document"]["userIdentity"]["userName"] == "anna"


def test_neither_code_nor_environment_values_are_kept(aws_lambda: Any, events: Events) -> None:
    make_function(aws_lambda, Environment={"Variables": {"TOKEN": "s3cr3t"}})
    aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("# other"))
    (created,) = events("CreateFunction20150331")
    (updated,) = events("UpdateFunctionCode20150331v2")
    assert created["document"]["requestParameters"]["environment"] == {}
    assert created["document"]["requestParameters"]["code"] == {}
    assert created["document"]["responseElements"]["environment"] == {}
    assert updated["document"]["requestParameters"] == {"functionName": "f", "publish": False, "dryRun": False}
    assert "s3cr3t" not in created["CloudTrailEvent"] + updated["CloudTrailEvent"]


def test_a_publication_tells_the_version_that_came_of_it(function: Any, events: Events) -> None:
    function.update_function_code(FunctionName="f", ZipFile=zipped("# two"))
    function.publish_version(FunctionName="f", Description="second")
    document = events("PublishVersion20150331")[0]["document"]
    assert document["requestParameters"] == {"functionName": "f", "description": "second"}
    assert (document["responseElements"]["version"], document["responseElements"]["functionName"]) == ("2", "f")


def test_a_call_that_was_refused_has_its_error(function: Any, events: Events) -> None:
    with pytest.raises(ClientError):
        function.update_alias(FunctionName="f", Name="live", FunctionVersion="99")
    (event,) = events("UpdateAlias20150331")
    assert event["document"]["errorCode"] == "ResourceNotFoundException"
    assert "99" in event["document"]["errorMessage"]
    assert event["document"]["requestParameters"]["functionVersion"] == "99"
    assert event["Resources"] == []


def test_denied_is_written_as_access_denied(emulator: Emulator, function: Any, events: Events, account: str) -> None:
    number = emulator.cloud.faults.add("access-denied", operation="UpdateAlias", account=account)
    with pytest.raises(ClientError):
        function.update_alias(FunctionName="f", Name="live", FunctionVersion="1")
    emulator.cloud.faults.remove(number)
    (event,) = events("UpdateAlias20150331")
    assert event["document"]["errorCode"] == "AccessDenied"
    assert event["document"]["requestParameters"] is None


def test_reading_is_recorded_as_reading_without_an_answer(function: Any, events: Events) -> None:
    function.get_function(FunctionName="f")
    (event,) = events("GetFunction20150331v2")
    assert (event["ReadOnly"], event["document"]["readOnly"], event["Resources"]) == ("true", True, [])
    assert event["document"]["responseElements"] is None


def test_an_invocation_is_no_management_event(function: Any, events: Events) -> None:
    function.invoke(FunctionName="f", Payload=b"{}")
    assert events("Invoke") == []


def test_an_expired_token_is_in_nobody_s_history(
    emulator: Emulator, function: Any, events: Events, account: str
) -> None:
    number = emulator.cloud.faults.add("expired-token", operation="PublishVersion", account=account)
    with pytest.raises(ClientError):
        function.publish_version(FunctionName="f")
    emulator.cloud.faults.remove(number)
    assert events("PublishVersion20150331") == []


def test_tags_are_found_by_the_function_s_arn(function: Any, events: Events, account: str) -> None:
    arn = f"arn:aws:lambda:{REGION}:{account}:function:f"
    function.tag_resource(Resource=arn, Tags={"team": "pay"})
    (event,) = events(ResourceName=arn)
    assert event["EventName"] == "TagResource20170331v2"
    assert event["document"]["requestParameters"] == {"resource": arn, "tags": {"team": "pay"}}
