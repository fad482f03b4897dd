"""Event source mappings of a deployment: every kind of source, every setting, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lambdatui import mistakes
from lambdatui.aws.errors import AwsError
from lambdatui.errors import BadInput, Refused
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import Danger, World
from tests.conftest import Calls
from tests.stages.acting import failed, finished, function_with_versions, operations

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker"
FAILED = "arn:aws:sqs:eu-west-1:123456789012:failed"


def deploy(*sources: dict[str, Any], **inputs: Any) -> Deploy:
    return Deploy(function="f", event_sources=list(sources), **inputs)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:123456789012:{resource}"


@pytest.fixture
def queue(aws: Any) -> str:
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def mappings(client: Any, qualifier: str = "") -> list[dict[str, Any]]:
    name = f"f:{qualifier}" if qualifier else "f"
    return list(client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"])


STREAM = {
    "source": arn("kinesis", "stream/clicks"),
    "starting_position": "TRIM_HORIZON",
    "batch_size": 250,
    "batching_window": 5,
    "parallelization_factor": 3,
    "bisect_on_error": True,
    "maximum_record_age": 3600,
    "maximum_retry_attempts": 4,
    "tumbling_window": 30,
    "on_failure": FAILED,
    "report_batch_item_failures": True,
    "filters": [{"data": {"kind": ["buy"]}}],
    "kms_key": "arn:aws:kms:eu-west-1:123456789012:key/1",
    "metrics": ["EventCount"],
    "tags": {"team": "pay"},
}
KAFKA = {
    "bootstrap_servers": ["kafka-1.shop.example:9092", "kafka-2.shop.example:9092"],
    "topic": "orders",
    "starting_position": "LATEST",
    "consumer_group": "lambda-orders",
    "consumption_mode": "Stream",
    "schema_registry": {
        "uri": "https://registry.shop.example",
        "record_format": "JSON",
        "access": [{"type": "BASIC_AUTH", "uri": SECRET}],
        "validate_attributes": ["VALUE"],
    },
    "source_access": [
        {"type": "SASL_SCRAM_512_AUTH", "uri": SECRET},
        {"type": "VPC_SUBNET", "uri": "subnet:subnet-1"},
    ],
    "provisioned_pollers": {"minimum": 1, "maximum": 3, "group": "shop"},
    "on_failure": "kafka://failed-orders",
    "log_level": "INFO",
    "metrics": ["EventCount", "KafkaMetrics"],
}
OTHERS: list[dict[str, Any]] = [
    {
        "source": arn("dynamodb", "table/orders/stream/2026"),
        "starting_position": "LATEST",
        "maximum_record_age": -1,
        "maximum_retry_attempts": -1,
    },
    {
        "source": arn("kafka", "cluster/shop/1"),
        "topic": "orders",
        "starting_position": "AT_TIMESTAMP",
        "starting_position_timestamp": "2026-11-24T08:00:00Z",
        "consumer_group": "g",
        "source_access": [{"type": "SASL_SCRAM_512_AUTH", "uri": SECRET}],
    },
    {
        "source": arn("mq", "broker:rabbit:1"),
        "queue": "orders",
        "source_access": [{"type": "BASIC_AUTH", "uri": SECRET}, {"type": "VIRTUAL_HOST", "uri": "/shop"}],
    },
    {
        "source": arn("rds", "cluster:docs"),
        "starting_position": "LATEST",
        "document_db": {"database": "shop", "collection": "orders", "full_document": "UpdateLookup"},
        "source_access": [{"type": "BASIC_AUTH", "uri": SECRET}],
    },
]


def test_every_setting_of_a_stream_reaches_aws(client: Any, world: World) -> None:
    stage = deploy(STREAM)
    plan = stage.plan(world)
    assert operations(plan) == ["CreateEventSourceMapping"]
    assert plan.changes[0].target == "f from Kinesis stream clicks"
    assert plan.danger is Danger.TRAFFIC
    shown = {line.field: line.after for line in plan.changes[0].differences}
    assert shown["on failure"] == "SQS queue failed"
    assert shown["oldest record"] == "3,600 s"
    assert shown["filter 1"] == '{"data":{"kind":["buy"]}}'
    finished(stage, world, plan)
    [mapping] = mappings(client)
    told_by_aws = {"UUID", "EventSourceMappingArn", "FunctionArn", "LastModified", "LastProcessingResult", "State"}
    told_by_aws |= {"StateTransitionReason", "ResponseMetadata"}
    assert {name: value for name, value in mapping.items() if name not in told_by_aws} == {
        "EventSourceArn": STREAM["source"],
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 250,
        "MaximumBatchingWindowInSeconds": 5,
        "ParallelizationFactor": 3,
        "BisectBatchOnFunctionError": True,
        "MaximumRecordAgeInSeconds": 3600,
        "MaximumRetryAttempts": 4,
        "TumblingWindowInSeconds": 30,
        "DestinationConfig": {"OnFailure": {"Destination": FAILED}},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": '{"data":{"kind":["buy"]}}'}]},
        "KMSKeyArn": STREAM["kms_key"],
        "MetricsConfig": {"Metrics": ["EventCount"]},
    }
    assert client.list_tags(Resource=mapping["EventSourceMappingArn"])["Tags"] == {"team": "pay"}
    assert stage.plan(world).empty


def test_every_setting_of_a_kafka_cluster_reaches_aws(client: Any, world: World) -> None:
    stage = deploy(KAFKA)
    finished(stage, world)
    [mapping] = mappings(client)
    assert mapping["SelfManagedEventSource"]["Endpoints"]["KAFKA_BOOTSTRAP_SERVERS"] == KAFKA["bootstrap_servers"]
    assert mapping["SelfManagedKafkaEventSourceConfig"] == {
        "ConsumerGroupId": "lambda-orders",
        "ConsumptionMode": "Stream",
        "SchemaRegistryConfig": {
            "SchemaRegistryURI": "https://registry.shop.example",
            "EventRecordFormat": "JSON",
            "AccessConfigs": [{"Type": "BASIC_AUTH", "URI": SECRET}],
            "SchemaValidationConfigs": [{"Attribute": "VALUE"}],
        },
    }
    assert mapping["ProvisionedPollerConfig"] == {
        "MinimumPollers": 1,
        "MaximumPollers": 3,
        "PollerGroupName": "shop",
    }
    assert mapping["LoggingConfig"] == {"SystemLogLevel": "INFO"}
    assert mapping["Topics"] == ["orders"]
    assert mapping["DestinationConfig"]["OnFailure"] == {"Destination": "kafka://failed-orders"}
    assert stage.plan(world).empty


@pytest.mark.parametrize("source", OTHERS, ids=lambda source: str(source["source"]).split(":")[2])
def test_a_source_of_another_kind_comes_back_in_an_empty_plan(client: Any, world: World, source: Any) -> None:
    stage = deploy(source)
    finished(stage, world)
    assert len(mappings(client)) == 1
    assert stage.plan(world).empty


def test_a_queue_on_an_alias(client: Any, world: World, queue: str) -> None:
    settings: dict[str, Any] = {"source": queue, "qualifier": "live", "batch_size": 50, "batching_window": 2}
    stage = deploy(settings | {"maximum_concurrency": 5, "report_batch_item_failures": True})
    finished(stage, world)
    [mapping] = mappings(client, "live")
    assert mapping["FunctionArn"].endswith(":f:live")
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (50, {"MaximumConcurrency": 5})
    assert mapping["State"] == "Enabled"
    assert mappings(client) == []
    assert stage.plan(world).empty


def test_absent_settings_stay_and_empty_ones_are_removed(client: Any, world: World) -> None:
    finished(deploy(STREAM), world)
    key = {"source": STREAM["source"]}
    assert deploy(key).plan(world).empty
    stage = deploy(
        key
        | {
            "filters": [],
            "kms_key": "",
            "on_failure": "",
            "report_batch_item_failures": False,
            "metrics": [],
            "tumbling_window": 0,
            "maximum_record_age": -1,
            "tags": {},
        }
    )
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateEventSourceMapping", "UntagResource"]
    gone = {line.field for line in plan.changes[0].differences if line.after is None}
    assert gone == {"filter 1", "filters' key", "on failure", "partial success", "metrics"}
    finished(stage, world, plan)
    assert stage.plan(world).empty
    [mapping] = mappings(client)
    assert mapping["BatchSize"] == 250
    assert mapping["MaximumRecordAgeInSeconds"] == -1


def test_what_is_provisioned_is_given_up_when_empty(client: Any, world: World, queue: str) -> None:
    finished(deploy({"source": queue, "maximum_concurrency": 5}), world)
    finished(deploy({"source": queue, "maximum_concurrency": 0}), world)
    stage = deploy({"source": queue, "provisioned_pollers": {"minimum": 2, "maximum": 9}})
    finished(stage, world)
    assert stage.plan(world).empty
    stage = deploy({"source": queue, "provisioned_pollers": {"maximum": 8}})
    finished(stage, world)
    assert mappings(client)[0]["ProvisionedPollerConfig"] == {"MinimumPollers": 2, "MaximumPollers": 8}
    stage = deploy({"source": queue, "provisioned_pollers": {}})
    finished(stage, world)
    assert stage.plan(world).empty
    assert not mappings(client)[0].get("ProvisionedPollerConfig")


def test_a_disabled_mapping_stays_disabled_unless_asked(client: Any, world: World, queue: str) -> None:
    client.create_event_source_mapping(EventSourceArn=queue, FunctionName="f", Enabled=False)
    finished(deploy({"source": queue, "batch_size": 5}), world)
    assert (mappings(client)[0]["State"], mappings(client)[0]["BatchSize"]) == ("Disabled", 5)
    stage = deploy({"source": queue, "enabled": True})
    [change] = stage.plan(world).changes
    assert [(line.field, line.before, line.after) for line in change.differences] == [("enabled", "no", "yes")]
    finished(stage, world)
    assert mappings(client)[0]["State"] == "Enabled"
    assert stage.plan(world).empty


def test_a_mapping_is_matched_by_source_and_qualifier(client: Any, world: World, queue: str) -> None:
    client.create_event_source_mapping(EventSourceArn=queue, FunctionName="f", BatchSize=3)
    stage = deploy({"source": queue, "qualifier": "live", "batch_size": 7})
    finished(stage, world)
    assert [m["BatchSize"] for m in mappings(client)] == [3]
    assert [m["BatchSize"] for m in mappings(client, "live")] == [7]
    assert stage.plan(world).empty


def test_topics_of_one_cluster_are_told_apart(client: Any, world: World) -> None:
    cluster = {"source": arn("kafka", "cluster/shop/1"), "starting_position": "LATEST"}
    stage = deploy(cluster | {"topic": "orders"}, cluster | {"topic": "refunds", "batch_size": 7})
    finished(stage, world)
    assert stage.plan(world).empty
    assert len(mappings(client)) == 2
    with pytest.raises(BadInput, match="2 mappings read from MSK cluster shop: say which topic is meant"):
        deploy({"source": cluster["source"], "batch_size": 5}).plan(world)


def test_an_absent_list_and_what_is_not_listed_are_left_alone(client: Any, world: World, queue: str) -> None:
    client.create_event_source_mapping(EventSourceArn=queue, FunctionName="f")
    assert Deploy(function="f").plan(world).empty
    finished(deploy(STREAM), world)
    assert len(mappings(client)) == 2


def test_others_are_removed_where_that_is_said(client: Any, world: World, queue: str) -> None:
    for name in ("f", "f:live", "f:2"):
        client.create_event_source_mapping(EventSourceArn=queue, FunctionName=name)
    stage = deploy({"source": queue, "qualifier": "live"}, remove_other_event_sources=True)
    plan = stage.plan(world)
    assert operations(plan) == ["DeleteEventSourceMapping"] * 2
    assert plan.danger is Danger.TRAFFIC
    finished(stage, world, plan)
    assert [len(mappings(client, qualifier)) for qualifier in ("", "live", "2")] == [0, 1, 0]
    assert stage.plan(world).empty


def test_an_empty_list_removes_all(client: Any, world: World, queue: str) -> None:
    finished(deploy(STREAM, {"source": queue, "qualifier": "live"}), world)
    stage = deploy()
    plan = stage.plan(world)
    assert operations(plan) == ["DeleteEventSourceMapping"] * 2
    # how far a stream was read is lost for good; a queue keeps what it has
    assert {change.target: change.danger for change in plan.changes} == {
        "f from Kinesis stream clicks": Danger.DESTRUCTIVE,
        "f:live from SQS queue orders": Danger.TRAFFIC,
    }
    finished(stage, world, plan)
    assert mappings(client) == mappings(client, "live") == []
    assert stage.plan(world).empty


def test_what_aws_cannot_change_is_refused(client: Any, world: World) -> None:
    finished(deploy(STREAM, KAFKA), world)
    with pytest.raises(
        Refused, match=r"event_sources.0: Kinesis stream clicks is read with the starting position TRIM"
    ):
        deploy({"source": STREAM["source"], "starting_position": "LATEST"}).plan(world)
    with pytest.raises(Refused, match="consumer group lambda-orders, and AWS cannot change it to other"):
        deploy({**KAFKA, "consumer_group": "other"}).plan(world)
    cluster = {"source": arn("kafka", "cluster/shop/1"), "topic": "orders", "starting_position": "LATEST"}
    finished(deploy(cluster), world)
    with pytest.raises(Refused, match="and AWS cannot change it to mine"):
        deploy(cluster | {"consumer_group": "mine"}).plan(world)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"source": STREAM["source"]}, "event_sources.0.starting_position: a new mapping of a Kinesis stream needs"),
        (
            {"source": arn("kafka", "cluster/a/1"), "starting_position": "LATEST"},
            "event_sources.0.topic: a new mapping",
        ),
        ({"source": arn("mq", "broker:a:1")}, "event_sources.0.queue: a new mapping of an MQ broker needs one"),
        (
            {"source": arn("sqs", "orders"), "batch_size": 50},
            r"event_sources.0.batching_window: batches of more than 10 \(50\) need a window",
        ),
        ({"source": arn("sqs", "orders"), "qualifier": "liev"}, "f has no alias 'liev'. Did you mean 'live'?"),
        ({"source": arn("sqs", "orders"), "qualifier": 9}, "event_sources.0.qualifier: f has no version 9"),
    ],
)
def test_a_new_mapping_says_what_it_lacks(client: Any, world: World, source: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        deploy(source).plan(world)


def test_the_same_mapping_twice_is_refused(client: Any, world: World, queue: str) -> None:
    with pytest.raises(BadInput, match=r"event_sources.1: event_sources.0 has the same source and qualifier"):
        deploy({"source": queue}, {"source": queue, "batch_size": 3}).plan(world)
    finished(deploy({"source": queue}), world)
    with pytest.raises(BadInput, match=r"event_sources.1: event_sources.0 is about the same mapping, SQS queue orders"):
        deploy({"source": queue}, {"source": queue, "batch_size": 3}).plan(world)


QUEUE = {"source": arn("sqs", "orders")}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            QUEUE | {"starting_position": "LATEST"},
            "starting_position goes with a Kinesis stream, a DynamoDB stream, an ",
        ),
        (
            QUEUE | {"parallelization_factor": 2},
            "parallelization_factor goes with a Kinesis stream or a DynamoDB stream, ",
        ),
        (STREAM | {"maximum_concurrency": 5}, "maximum_concurrency goes with an SQS queue, not with a Kinesis stream."),
        (STREAM | {"topic": "orders"}, "topic goes with an MSK cluster or a Kafka cluster of your own, not with"),
        (STREAM | {"document_db": {"database": "d"}}, "document_db goes with a DocumentDB change stream, not with"),
        (STREAM | {"maximum_record_age": 30}, "maximum_record_age: 60 or more was expected, or -1, not 30."),
        (STREAM | {"on_failure": "kafka://t1"}, "on_failure: a Kafka topic goes with a Kafka source, not with"),
        (
            STREAM | {"on_failure": arn("kinesis", "stream/x")},
            "the ARN of an SQS queue, an SNS topic or an S3 bucket was",
        ),
        (STREAM | {"metrics": ["KafkaMetrics"]}, "metrics: EventCount is what there is for a Kinesis stream"),
        (STREAM | {"starting_position": "AT_TIMESTAMP"}, "starting_position_timestamp: AT_TIMESTAMP needs a time."),
        (OTHERS[0] | {"starting_position": "AT_TIMESTAMP"}, "AT_TIMESTAMP is not for a DynamoDB stream"),
        (QUEUE | {"maximum_concurrency": 1}, "maximum_concurrency: 2 or more was expected, or 0 for no limit, not 1."),
        (
            QUEUE | {"provisioned_pollers": {"minimum": 1}},
            "provisioned_pollers: 2 or more was expected for an SQS queue",
        ),
        (QUEUE | {"provisioned_pollers": {"minimum": 5, "maximum": 3}}, "the minimum (5) is above the maximum (3)."),
        (QUEUE | {"maximum_concurrency": 4, "provisioned_pollers": {"minimum": 5}}, "exclude one another"),
        (KAFKA | {"provisioned_pollers": {"maximum": 5000}}, "2000 or less was expected for Kafka, not 5000."),
        ({"source": arn("sqs", "a.fifo"), "batch_size": 11}, "10 or less was expected for a FIFO queue, not 11."),
        ({"source": arn("sqs", "a.fifo"), "batching_window": 1}, "batching_window: AWS takes none for a FIFO queue."),
        (QUEUE | {"filters": ["{"]}, "filter 0 is no JSON"),
        (QUEUE | {"filters": ["[]"]}, "filter 0: a JSON object was expected"),
        (OTHERS[2] | {"source_access": [{"type": "SASL_SCRAM_512_AUTH", "uri": SECRET}]}, "not with an MQ broker."),
        (KAFKA | {"source_access": [{"type": "IAM_AUTH", "uri": SECRET}]}, "IAM_AUTH takes no uri."),
        (KAFKA | {"source_access": [{"type": "BASIC_AUTH"}]}, "BASIC_AUTH needs a uri."),
        (KAFKA | {"consumption_mode": "Queue"}, "starting_position: AWS takes none with the consumption mode Queue."),
        (KAFKA | {"source": arn("kafka", "cluster/a/1")}, "either source or bootstrap_servers was expected."),
        ({}, "either source or bootstrap_servers was expected."),
        ({"source": arn("sns", "topic")}, "is one of sns. That one invokes by itself: see permissions."),
        (QUEUE | {"batchsize": 5}, "there is no field 'event_sources.0.batchsize'. Did you mean 'batch_size'?"),
        (QUEUE | {"batch_size": 20000}, "10000 or less was expected, not 20000."),
    ],
)
def test_a_setting_that_does_not_fit_the_source_meets_one_sentence(source: dict[str, Any], words: str) -> None:
    given = {"function": "f", "event_sources": [source]}
    with pytest.raises(ValidationError) as error:
        Deploy(**given)
    mistake = mistakes.first(error.value, Deploy, given)
    assert words in f"{mistake.field}: {mistake.words}"
    assert mistake.field.startswith("event_sources.0")


def test_a_mapping_that_aws_refuses_fails_the_run(client: Any, world: World) -> None:
    end = failed(deploy(QUEUE), world)
    assert isinstance(end.error, AwsError)
    assert "NonExistentQueue" in str(end.error)
    assert [change.operation for change in end.not_done] == ["CreateEventSourceMapping"]


def test_nothing_is_read_where_nothing_is_asked(client: Any, world: World, calls: Calls) -> None:
    calls.forget()
    Deploy(function="f").plan(world)
    assert "ListEventSourceMappings" not in calls.operations()


def test_a_route_sets_what_its_alias_reads_from_and_leaves_all_others(aws: Any, world: World, queue: str) -> None:
    client = aws()
    function_with_versions(client, 2)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="returns")["QueueUrl"]
    returns = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    finished(deploy({"source": returns}, {"source": returns, "qualifier": "live"}), world)

    def route(sources: Any) -> Route:
        return Route(function="f", alias="live", strategy=Simple(to="newest"), event_sources=sources)

    finished(route([{"source": queue, "batch_size": 7}]), world)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"
    assert {(one["EventSourceArn"], one["State"]) for one in mappings(client, "live")} == {
        (queue, "Enabled"),
        (returns, "Enabled"),
    }
    assert route([{"source": queue, "batch_size": 7}]).plan(world).empty

    finished(route([]), world)
    assert mappings(client, "live") == []
    assert [one["EventSourceArn"] for one in mappings(client)] == [returns]


def test_what_another_alias_reads_from_is_no_part_of_a_route(queue: str) -> None:
    with pytest.raises(ValidationError, match="leave it out, it is live"):
        Route(
            function="f",
            alias="live",
            strategy=Simple(to="newest"),
            event_sources=[{"source": queue, "qualifier": "beta"}],
        )
