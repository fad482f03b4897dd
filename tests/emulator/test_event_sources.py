"""Event source mappings, and the polling of those on SQS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function, publish
from tests.emulator.expectations import eventually, refused
from tests.emulator.observability import log

PRINTS = """
def handler(event, context):
    for record in event["Records"]:
        print("got", record["body"], context.function_version)
"""


class Queue:
    """A queue of the test's account."""

    def __init__(self, sqs: Any, name: str = "orders", **attributes: str) -> None:
        self.sqs = sqs
        self.url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.arn = self.attribute("QueueArn")

    def attribute(self, name: str) -> str:
        return str(self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])["Attributes"][name])

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    @property
    def is_empty(self) -> bool:
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return all(self.attribute(name) == "0" for name in names)


@pytest.fixture
def queue(client: Callable[..., Any]) -> Queue:
    return Queue(client("sqs"))


@pytest.fixture
def lines(emulator: Emulator, account: str) -> Callable[[], list[str]]:
    """What function f has logged, but for the platform's lines."""

    def of() -> list[str]:
        return [line for line in log(emulator, account, "/aws/lambda/f") if line.startswith("got")]

    return of


def test_messages_invoke_the_function_and_are_deleted(
    aws_lambda: Any, queue: Queue, lines: Callable[[], list[str]]
) -> None:
    make_function(aws_lambda, source=PRINTS)
    aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f")
    queue.send("a", "b", "c")
    eventually(lambda: sorted(lines()) == ["got a $LATEST", "got b $LATEST", "got c $LATEST"])
    eventually(lambda: queue.is_empty)


def test_a_record_looks_as_aws_says(aws_lambda: Any, queue: Queue, emulator: Emulator, account: str) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event"""
    make_function(aws_lambda, source="import json\ndef handler(event, context):\n    print('got', json.dumps(event))\n")
    queue.sqs.send_message(
        QueueUrl=queue.url, MessageBody="hi", MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}}
    )
    aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f")
    logged = eventually(lambda: [line for line in log(emulator, account, "/aws/lambda/f") if line.startswith("got")])
    (record,) = json.loads(logged[0][4:])["Records"]
    assert (record["body"], record["eventSource"], record["eventSourceARN"]) == ("hi", "aws:sqs", queue.arn)
    assert record["awsRegion"] == "eu-west-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["k"]["stringValue"] == "v"
    assert record.keys() >= {"messageId", "receiptHandle", "md5OfBody"}


def test_a_mapping_on_an_alias_follows_its_weights(
    aws_lambda: Any, queue: Queue, lines: Callable[[], list[str]]
) -> None:
    make_function(aws_lambda, source=PRINTS, Publish=True)
    publish(aws_lambda, source=PRINTS + "# two\n")
    aws_lambda.create_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}}
    )
    aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f:live")
    queue.send("a")
    eventually(lambda: lines() == ["got a 2"])


def test_messages_of_a_failed_batch_come_back_and_go_to_the_dead_letter_queue(
    client: Callable[..., Any], aws_lambda: Any, emulator: Emulator, account: str
) -> None:
    dead = Queue(client("sqs"), "dead")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = Queue(client("sqs"), "orders", VisibilityTimeout="1", RedrivePolicy=redrive)
    make_function(aws_lambda, source="def handler(event, context):\n    print('got one')\n    1 / 0\n", Timeout=1)
    aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f")
    queue.send("poison")
    message = eventually(lambda: dead.sqs.receive_message(QueueUrl=dead.url).get("Messages"))[0]
    assert message["Body"] == "poison"
    assert log(emulator, account, "/aws/lambda/f").count("got one") == 2


def test_only_the_reported_failures_of_a_batch_come_back(
    aws_lambda: Any, client: Callable[..., Any], lines: Callable[[], list[str]]
) -> None:
    queue = Queue(client("sqs"), VisibilityTimeout="30")
    source = """
def handler(event, context):
    print("got", len(event["Records"]))
    bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": identity} for identity in bad]}
"""
    make_function(aws_lambda, source=source)
    queue.send("good", "bad", "fine")
    aws_lambda.create_event_source_mapping(
        EventSourceArn=queue.arn, FunctionName="f", FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    eventually(lambda: queue.attribute("ApproximateNumberOfMessagesNotVisible") == "1" and lines())
    assert queue.attribute("ApproximateNumberOfMessages") == "0"


def test_a_batching_window_gathers_messages(aws_lambda: Any, queue: Queue, lines: Callable[[], list[str]]) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    print('got', len(event['Records']))\n")
    queue.send(*map(str, range(25)))
    aws_lambda.create_event_source_mapping(
        EventSourceArn=queue.arn, FunctionName="f", BatchSize=25, MaximumBatchingWindowInSeconds=5
    )
    eventually(lambda: lines() == ["got 25"])


def test_filters_let_through_what_matches_and_delete_the_rest(
    aws_lambda: Any, queue: Queue, lines: Callable[[], list[str]]
) -> None:
    make_function(aws_lambda, source=PRINTS)
    pattern = json.dumps({"body": {"kind": ["order"]}})
    aws_lambda.create_event_source_mapping(
        EventSourceArn=queue.arn, FunctionName="f", FilterCriteria={"Filters": [{"Pattern": pattern}]}
    )
    queue.send('{"kind": "noise"}', '{"kind": "order"}')
    eventually(lambda: lines() == ['got {"kind": "order"} $LATEST'])
    eventually(lambda: queue.is_empty)


def test_a_disabled_mapping_does_not_poll(aws_lambda: Any, queue: Queue, lines: Callable[[], list[str]]) -> None:
    make_function(aws_lambda, source=PRINTS)
    mapping = aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f", Enabled=False)
    queue.send("a")
    assert aws_lambda.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Disabled"
    assert lines() == []
    aws_lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    eventually(lambda: lines() == ["got a $LATEST"])


def test_states_take_a_while_and_writes_are_refused_meanwhile(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    queue = Queue(client_of(slow, "sqs", account))
    make_function(client)

    def state() -> str:
        return str(client.get_event_source_mapping(UUID=identity)["State"])

    made = client.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f")
    identity = made["UUID"]
    assert (made["State"], made["StateTransitionReason"], made["BatchSize"]) == ("Creating", "USER_INITIATED", 10)
    with refused("ResourceInUseException", 400, "because it is in use."):
        client.update_event_source_mapping(UUID=identity, Enabled=False)
    slow.cloud.clock.advance(10)
    assert state() == "Enabled"
    assert client.update_event_source_mapping(UUID=identity, Enabled=False)["State"] == "Disabling"
    slow.cloud.clock.advance(10)
    assert state() == "Disabled"
    assert client.update_event_source_mapping(UUID=identity, Enabled=True)["State"] == "Enabling"
    slow.cloud.clock.advance(10)
    assert client.update_event_source_mapping(UUID=identity, BatchSize=5)["State"] == "Updating"
    slow.cloud.clock.advance(10)
    assert client.delete_event_source_mapping(UUID=identity)["State"] == "Deleting"
    assert state() == "Deleting"
    slow.cloud.clock.advance(10)
    with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
        state()
    assert client.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_second_mapping_of_the_same_queue_and_function_is_a_conflict(aws_lambda: Any, queue: Queue) -> None:
    make_function(aws_lambda)
    first = aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f", Enabled=False)
    text = (
        f'An event source mapping with SQS arn (" {queue.arn} ") and function (" f ") already exists. Please update or '
        f"delete the existing mapping with UUID {first['UUID']}"
    )
    with refused("ResourceConflictException", 409, text):
        aws_lambda.create_event_source_mapping(EventSourceArn=queue.arn, FunctionName="f")


def test_sources_of_every_kind_are_kept(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda)
    create = aws_lambda.create_event_source_mapping
    stream = f"arn:aws:kinesis:eu-west-1:{account}:stream/s"
    made = create(EventSourceArn=stream, FunctionName="f", StartingPosition="LATEST", ParallelizationFactor=2)
    assert (made["BatchSize"], made["MaximumRetryAttempts"], made["ParallelizationFactor"]) == (100, -1, 2)
    assert made["LastProcessingResult"] == "No records processed"
    create(
        EventSourceArn=f"arn:aws:dynamodb:eu-west-1:{account}:table/t/stream/x",
        FunctionName="f",
        StartingPosition="LATEST",
    )
    create(
        EventSourceArn=f"arn:aws:kafka:eu-west-1:{account}:cluster/c/x",
        FunctionName="f",
        StartingPosition="LATEST",
        Topics=["topic"],
    )
    create(EventSourceArn=f"arn:aws:mq:eu-west-1:{account}:broker:b:x", FunctionName="f", Queues=["q"])
    endpoints = {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["broker.example:9092"]}}
    create(SelfManagedEventSource=endpoints, FunctionName="f", StartingPosition="LATEST", Topics=["topic"])
    with refused("ResourceConflictException", 409, "provided mapping already exists."):
        create(EventSourceArn=stream, FunctionName="f", StartingPosition="LATEST")
    assert len(aws_lambda.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]) == 5
    (only,) = aws_lambda.list_event_source_mappings(EventSourceArn=stream)["EventSourceMappings"]
    assert only["UUID"] == made["UUID"]


def test_mappings_are_listed_a_hundred_a_page_and_by_the_exact_qualifier(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda, Publish=True)
    for number in range(105):
        arn = f"arn:aws:kinesis:eu-west-1:{account}:stream/s{number}"
        name = "f" if number else "f:1"
        aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName=name, StartingPosition="LATEST")
    first = aws_lambda.list_event_source_mappings()
    assert len(first["EventSourceMappings"]) == 100
    assert len(aws_lambda.list_event_source_mappings(Marker=first["NextMarker"])["EventSourceMappings"]) == 5
    assert len(aws_lambda.list_event_source_mappings(FunctionName="f:1")["EventSourceMappings"]) == 1


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"EventSourceArn": "{queue}", "FunctionName": "nope"}, "Function does not exist"),
        ({"EventSourceArn": "{queue}", "FunctionName": "f:nope"}, "Function does not exist"),
        ({"EventSourceArn": "{queue}2", "FunctionName": "f"}, "The specified queue does not exist."),
        (
            {"EventSourceArn": "{queue}", "FunctionName": "f", "BatchSize": 11},
            "must be greater than 0 if maximum batch size",
        ),
        ({"EventSourceArn": "arn:aws:s3:::b", "FunctionName": "f"}, "Unrecognized event source."),
        ({"FunctionName": "f"}, "Unrecognized event source."),
        (
            {"EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s", "FunctionName": "f"},
            "at 'startingPosition'",
        ),
        (
            {
                "EventSourceArn": "{queue}",
                "FunctionName": "f",
                "FilterCriteria": {"Filters": [{"Pattern": "nonsense"}]},
            },
            "Invalid filter pattern definition.",
        ),
        (
            {"EventSourceArn": "{queue}", "FunctionName": "f", "ParallelizationFactor": 2},
            "Unsupported 'parallelizationFactor' parameter for given event source mapping type.",
        ),
        (
            {"EventSourceArn": "{queue}", "FunctionName": "f", "StartingPosition": "LATEST"},
            "StartingPosition is not valid for SQS event sources.",
        ),
        (
            {
                "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
                "FunctionName": "f",
                "StartingPosition": "LATEST",
                "ScalingConfig": {"MaximumConcurrency": 2},
            },
            "Unsupported 'scalingConfig' parameter for given event source mapping type.",
        ),
        (
            {
                "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
                "FunctionName": "f",
                "StartingPosition": "AT_TIMESTAMP",
            },
            "Need to specify a timestamp",
        ),
        (
            {"EventSourceArn": "{queue}", "FunctionName": "long"},
            "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
        ),
    ],
)
def test_mappings_that_aws_does_not_take_are_refused(
    aws_lambda: Any, queue: Queue, members: dict[str, Any], text: str
) -> None:
    make_function(aws_lambda)
    make_function(aws_lambda, "long", Timeout=60)
    if "EventSourceArn" in members:
        members = {**members, "EventSourceArn": members["EventSourceArn"].format(queue=queue.arn)}
    with refused("InvalidParameterValueException", 400, text):
        aws_lambda.create_event_source_mapping(**members)


def test_an_empty_setting_of_an_update_takes_it_away(aws_lambda: Any, queue: Queue) -> None:
    make_function(aws_lambda)
    pattern = {"Filters": [{"Pattern": '{"body": ["a"]}'}]}
    made = aws_lambda.create_event_source_mapping(
        EventSourceArn=queue.arn,
        FunctionName="f",
        FilterCriteria=pattern,
        ScalingConfig={"MaximumConcurrency": 5},
        MetricsConfig={"Metrics": ["EventCount"]},
    )
    changed = aws_lambda.update_event_source_mapping(
        UUID=made["UUID"], FilterCriteria={}, ScalingConfig={}, MetricsConfig={"Metrics": []}
    )
    assert not changed.keys() & {"FilterCriteria", "ScalingConfig", "MetricsConfig"}
    assert changed["BatchSize"] == 10


def test_a_consumer_group_stays_as_it_was_made(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda)
    made = aws_lambda.create_event_source_mapping(
        EventSourceArn=f"arn:aws:kafka:eu-west-1:{account}:cluster/c/x",
        FunctionName="f",
        StartingPosition="LATEST",
        Topics=["topic"],
        AmazonManagedKafkaEventSourceConfig={"ConsumerGroupId": "one"},
    )
    with refused("InvalidParameterValueException", 400, "ConsumerGroupId cannot be updated."):
        aws_lambda.update_event_source_mapping(
            UUID=made["UUID"], AmazonManagedKafkaEventSourceConfig={"ConsumerGroupId": "two"}
        )


def test_a_consumer_group_that_nobody_names_is_the_mappings_own(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda)
    made = aws_lambda.create_event_source_mapping(
        EventSourceArn=f"arn:aws:kafka:eu-west-1:{account}:cluster/c/x",
        FunctionName="f",
        StartingPosition="LATEST",
        Topics=["topic"],
    )
    assert made["AmazonManagedKafkaEventSourceConfig"] == {"ConsumerGroupId": made["UUID"]}
