"""Asynchronous invocations, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function
from tests.emulator.conftest import cloud_of
from tests.emulator.expectations import eventually, refused
from tests.emulator.observability import log, metric

FAILING = "def handler(event, context):\n    print('attempt')\n    raise RuntimeError('no')\n"


def queue_of(client: Callable[..., Any], name: str) -> tuple[Any, str, str]:
    """A queue: a client of SQS, the queue's URL and its ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return sqs, url, arn


def message_in(sqs: Any, url: str) -> Any:
    """Waits for a message."""
    return eventually(lambda: sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"))[0]


def attempts(emulator: Emulator, account: str) -> int:
    return int(log(emulator, account, "/aws/lambda/f").count("attempt"))


def test_a_failed_event_is_tried_twice_again_and_then_sent_to_the_dead_letter_queue(
    client: Callable[..., Any], account: str, emulator: Emulator
) -> None:
    sqs, url, arn = queue_of(client, "dead")
    aws_lambda = client("lambda")
    make_function(aws_lambda, source=FAILING, DeadLetterConfig={"TargetArn": arn})
    sent = aws_lambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 1}')
    message = message_in(sqs, url)
    assert json.loads(message["Body"]) == {"n": 1}
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes == {
        "RequestID": sent["ResponseMetadata"]["RequestId"],
        "ErrorCode": "200",
        "ErrorMessage": "no",
    }
    assert attempts(emulator, account) == 3
    assert metric(emulator, account, "AsyncEventsDropped", FunctionName="f") == (1, 1.0)


def test_an_outcome_goes_to_its_destination(client: Callable[..., Any], account: str) -> None:
    sqs, url, arn = queue_of(client, "outcomes")
    aws_lambda = client("lambda")
    make_function(aws_lambda, source="def handler(event, context):\n    return event['a'] / event['b']\n")
    aws_lambda.put_function_event_invoke_config(
        FunctionName="f",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}},
    )
    aws_lambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"a": 6, "b": 3}')
    good = message_in(sqs, url)
    record = json.loads(good["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["functionArn"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:$LATEST"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestPayload"] == {"a": 6, "b": 3}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == 2.0
    sqs.delete_message(QueueUrl=url, ReceiptHandle=good["ReceiptHandle"])

    aws_lambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"a": 6, "b": 0}')
    record = json.loads(message_in(sqs, url)["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorType"] == "ZeroDivisionError"


def test_a_destination_may_be_another_function(client: Callable[..., Any], account: str, emulator: Emulator) -> None:
    aws_lambda = client("lambda")
    make_function(aws_lambda)
    source = "def handler(event, context):\n    print('got', event['responsePayload'])\n"
    after = make_function(aws_lambda, "after", source=source)["FunctionArn"]
    aws_lambda.put_function_event_invoke_config(
        FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": after}}
    )
    aws_lambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'"x"')
    eventually(lambda: "got x" in log(emulator, account, "/aws/lambda/after"))


@pytest.fixture
def timed() -> Iterator[Emulator]:
    """Its clock stands still, nothing takes time, and retries wait for one and two minutes as on AWS."""
    cloud = cloud_of(clock=Clock(frozen=1_800_000_000.0), transition_seconds=0.0, async_retry_seconds=(60.0, 120.0))
    with Emulator(cloud) as running:
        yield running


def test_retries_wait_for_one_and_two_minutes(timed: Emulator, account: str) -> None:
    client = client_of(timed, "lambda", account)
    make_function(client, source=FAILING)
    client.invoke(FunctionName="f", InvocationType="Event")
    for pause in (60, 120):
        before = eventually(lambda: attempts(timed, account))
        timed.cloud.clock.advance(pause - 1)
        assert attempts(timed, account) == before
        timed.cloud.clock.advance(1)
        eventually(lambda before=before: attempts(timed, account) == before + 1)
    timed.cloud.clock.advance(3600)
    eventually(lambda: metric(timed, account, "AsyncEventsDropped", FunctionName="f").values)
    assert attempts(timed, account) == 3


def test_a_throttled_event_waits_until_it_is_too_old(timed: Emulator, account: str) -> None:
    client = client_of(timed, "lambda", account)
    make_function(client)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    client.put_function_event_invoke_config(FunctionName="f", MaximumEventAgeInSeconds=60)
    client.invoke(FunctionName="f", InvocationType="Event")
    eventually(lambda: metric(timed, account, "Throttles", FunctionName="f").values)
    timed.cloud.clock.advance(61)
    eventually(lambda: metric(timed, account, "AsyncEventsDropped", FunctionName="f").values)
    assert metric(timed, account, "Invocations", FunctionName="f").values == 0


def test_the_settings_are_kept_by_qualifier(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda, Publish=True)
    put = aws_lambda.put_function_event_invoke_config(FunctionName="f", Qualifier="1", MaximumRetryAttempts=1)
    assert put["FunctionArn"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:1"
    updated = aws_lambda.update_function_event_invoke_config(
        FunctionName="f", Qualifier="1", MaximumEventAgeInSeconds=60
    )
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (1, 60)
    (listed,) = aws_lambda.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"]
    assert listed["MaximumRetryAttempts"] == 1
    with refused("ResourceNotFoundException", 404, "doesn't have an EventInvokeConfig"):
        aws_lambda.get_function_event_invoke_config(FunctionName="f")
    aws_lambda.delete_function_event_invoke_config(FunctionName="f", Qualifier="1")
    with refused("ResourceNotFoundException", 404, "doesn't have an EventInvokeConfig"):
        aws_lambda.update_function_event_invoke_config(FunctionName="f", Qualifier="1", MaximumRetryAttempts=1)


def test_settings_that_aws_does_not_take_are_refused(aws_lambda: Any, account: str) -> None:
    arn = make_function(aws_lambda)["FunctionArn"]
    put = aws_lambda.put_function_event_invoke_config
    with refused("InvalidParameterValueException", 400, "You must specify at least one of error handling"):
        put(FunctionName="f")
    with refused("InvalidParameterValueException", 400, "You can't specify the function as a destination for itself."):
        put(FunctionName="f", DestinationConfig={"OnFailure": {"Destination": arn}})
    with refused("InvalidParameterValueException", 400, "is invalid."):
        put(FunctionName="f", DestinationConfig={"OnFailure": {"Destination": arn + "2"}})
    with refused("ResourceNotFoundException", 404, "The function doesn't exist."):
        put(FunctionName="nope", MaximumRetryAttempts=1)
    with refused("ValidationException", 400, "at 'maximumRetryAttempts'"):
        put(FunctionName="f", MaximumRetryAttempts=3)
