"""What hangs on a function: event sources, URLs, settings of asynchronous events, layers, concurrency, environment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdatui.aws import asynchronous, concurrency, environment, event_sources, layers, urls
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied, AwsError, Throttled
from lambdatui.aws.parts import permitted
from tests.emulator.clients import ECHO, make_function, zipped

TABLE = "arn:aws:dynamodb:eu-west-1:{account}:table/{name}/stream/2026-01-01T00:00:00.000"


@pytest.fixture
def client(aws: Any) -> Any:
    """A client of an account with function `f`, whose alias `live` leads to version 1."""
    client = aws()
    make_function(client, "f")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def test_event_sources_of_the_function_and_of_its_aliases(account: Account, client: Any, account_id: str) -> None:
    for name, function in (("products", "f"), ("orders", "f:live")):
        client.create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=TABLE.format(account=account_id, name=name),
            StartingPosition="LATEST",
            MaximumBatchingWindowInSeconds=5,
        )
    make_function(client, "other")
    client.create_event_source_mapping(
        FunctionName="other",
        EventSourceArn=TABLE.format(account=account_id, name="products"),
        StartingPosition="LATEST",
    )
    found = event_sources.list_of(account, "f", ["live"])
    assert [(one.source, one.qualifier, one.state) for one in found] == [
        ("DynamoDB table orders", "live", "Enabled"),
        ("DynamoDB table products", "", "Enabled"),
    ]
    assert not found[0].failing
    assert found[0].modified is not None
    words = dict(event_sources.settings(found[0].mapping))
    assert words["batches"] == "of up to 100, or what came within 5 s"
    assert words["retries"] == "until the record expires"


def test_more_event_sources_than_fit_a_page(account: Account, client: Any, account_id: str) -> None:
    for number in range(101):
        client.create_event_source_mapping(
            FunctionName="f",
            EventSourceArn=TABLE.format(account=account_id, name=f"t{number}"),
            StartingPosition="LATEST",
        )
    assert len(event_sources.list_of(account, "f", [])) == 101


def test_settings_of_a_mapping_in_words() -> None:
    words = event_sources.settings(
        {
            "BatchSize": 10_000,
            "Topics": ["clicks"],
            "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "shop"},
            "ParallelizationFactor": 4,
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 3,
            "MaximumRecordAgeInSeconds": 3600,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:1:dead"}},
            "ScalingConfig": {"MaximumConcurrency": 20},
            "FilterCriteria": {"Filters": [{"Pattern": '{"a":[1]}'}]},
            "SourceAccessConfigurations": [
                {"Type": "SASL_SCRAM_512_AUTH", "URI": "arn:aws:secretsmanager:x:1:secret:s"}
            ],
            "DocumentDBEventSourceConfig": {"DatabaseName": "shop", "CollectionName": "orders"},
        }
    )
    assert words == [
        ("batches", "of up to 10,000"),
        ("topic", "clicks"),
        ("consumer group", "shop"),
        ("collection", "shop.orders, Default documents"),
        ("in parallel", "4 batches a shard"),
        ("retries", "3 at most"),
        ("oldest record", "3,600 s"),
        ("on an error", "the batch is halved and tried again"),
        ("partial success", "the function says which records failed; only those come again"),
        ("given up", "to SQS queue dead"),
        ("at once", "20 at most"),
        ("filter", '{"a":[1]}'),
        ("access", "SASL_SCRAM_512_AUTH"),
    ]


def test_a_kafka_cluster_of_ones_own_and_a_failing_mapping() -> None:
    found = event_sources.event_source(
        {
            "UUID": "u",
            "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:9092", "b:9092"]}},
            "FunctionArn": "arn:aws:lambda:eu-west-1:1:function:f:live",
            "State": "Enabled",
            "LastProcessingResult": "PROBLEM: Connection error",
        }
    )
    assert (found.source, found.source_arn, found.failing) == ("Kafka at a:9092 and 1 more", "", True)


def test_urls_of_the_function_and_its_aliases(account: Account, client: Any) -> None:
    assert urls.list_of(account, "f") == []
    client.create_function_url_config(
        FunctionName="f",
        Qualifier="live",
        AuthType="NONE",
        InvokeMode="RESPONSE_STREAM",
        Cors={"AllowOrigins": ["https://a.example", "*"], "AllowCredentials": True, "MaxAge": 60},
    )
    client.create_function_url_config(FunctionName="f", AuthType="AWS_IAM")
    plain, live = urls.list_of(account, "f")
    assert (plain.qualifier, plain.auth, plain.invoke_mode, plain.cors) == ("", "AWS_IAM", "BUFFERED", {})
    assert (live.qualifier, live.auth, live.invoke_mode) == ("live", "NONE", "RESPONSE_STREAM")
    assert urls.cors_words(live.cors) == [
        ("origins", "https://a.example, *"),
        ("credentials", "cookies and authorization go along"),
        ("cached for", "60 s"),
    ]


def test_settings_of_asynchronous_events_by_qualifier(account: Account, client: Any) -> None:
    assert asynchronous.list_of(account, "f") == {}
    client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    client.put_function_event_invoke_config(FunctionName="f", Qualifier="live", MaximumEventAgeInSeconds=60)
    found = asynchronous.list_of(account, "f")
    assert {name: (one.retries, one.maximum_age) for name, one in found.items()} == {
        "$LATEST": (0, None),
        "live": (None, 60),
    }


def test_layers_say_whether_there_is_a_newer_version(account: Account, client: Any) -> None:
    arns = []
    for number in (1, 2):
        answer = client.publish_layer_version(
            LayerName="tools",
            Description=f"number {number}",
            Content={"ZipFile": zipped(ECHO)},
            CompatibleRuntimes=["python3.13"],
        )
        arns.append(answer["LayerVersionArn"])
    client.publish_layer_version(LayerName="gone", Content={"ZipFile": zipped(ECHO)})
    gone = client.get_layer_version(LayerName="gone", VersionNumber=1)["LayerVersionArn"]
    client.update_function_configuration(FunctionName="f", Layers=[arns[0], gone])
    client.delete_layer_version(LayerName="gone", VersionNumber=1)
    found = layers.read(account, "f")
    assert found.runtime == "python3.13"
    tools, deleted = found.layers
    assert (tools.place, tools.name, tools.version, tools.newer) == (1, "tools", 1, 2)
    assert isinstance(tools.details, dict)
    assert tools.details["Description"] == "number 1"
    assert "Location" not in json.dumps(tools.details, default=str)
    assert (deleted.name, deleted.newer) == ("gone", None)
    assert isinstance(deleted.details, AwsError)


def test_a_layer_that_says_no_runtime_may_suit_any() -> None:
    assert layers.suits(None, "python3.13")
    assert layers.suits(["python3.12", "python3.13"], "python3.13")
    assert not layers.suits(["nodejs22.x"], "python3.13")


def test_concurrency_and_what_is_left(account: Account, client: Any) -> None:
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=50)
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=5)
    client.put_function_recursion_config(FunctionName="f", RecursiveLoop="Allow")
    found = concurrency.read(account, "f")
    assert (found.reserved, found.recursion, found.scaling) == (50, "Allow", None)
    assert not isinstance(found.account, AwsError)
    assert (found.account.limit, found.account.unreserved) == (1000, 950)
    assert not isinstance(found.provisioned, AwsError)
    [one] = found.provisioned
    assert (one.qualifier, one.requested, one.allocated, one.available, one.status) == ("live", 5, 5, 5, "READY")


@pytest.mark.parametrize(("reserved", "provisioned"), [(None, 0), (50, 0), (None, 30), (50, 30)])
def test_what_can_be_reserved_is_what_aws_takes(
    account: Account, client: Any, reserved: int | None, provisioned: int
) -> None:
    if reserved is not None:
        client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=reserved)
    if provisioned:
        client.put_provisioned_concurrency_config(
            FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=provisioned
        )
    make_function(client, "other")
    client.put_function_concurrency(FunctionName="other", ReservedConcurrentExecutions=200)
    limits = concurrency.read(account, "f").account
    assert not isinstance(limits, AwsError)
    most = concurrency.most_reservable(limits.unreserved, reserved, provisioned)
    assert most == 700
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="below its minimum value"):
        client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=most + 1)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=most)


def test_an_environment_without_values_and_its_size(account: Account, client: Any) -> None:
    assert environment.read(account, "f") == environment.Environment((), 0, "", "")
    variables = {"TOKEN": "s3cr3t", "CITY": "Málaga", "QUOTED": 'a "b"'}
    client.update_function_configuration(FunctionName="f", Environment={"Variables": variables})
    found = environment.read(account, "f")
    assert [(one.name, one.size) for one in found.variables] == [("CITY", 7), ("QUOTED", 5), ("TOKEN", 6)]
    assert "s3cr3t" not in repr(found)
    assert found.used == len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
    assert environment.values(account, "f") == variables


def test_the_size_is_what_aws_measures(account: Account, client: Any) -> None:
    """One byte more than the limit is refused, and the limit itself is not."""
    full = {"AB": "x" * (environment.LIMIT - len('{"AB":""}'))}
    assert environment.measured(full) == environment.LIMIT
    client.update_function_configuration(FunctionName="f", Environment={"Variables": full})
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="exceeded the 4KB limit"):
        client.update_function_configuration(FunctionName="f", Environment={"Variables": {"AB": full["AB"] + "x"}})


def test_a_part_that_is_refused_leaves_the_others(
    account: Account, client: Any, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", service="lambda", operation="GetAccountSettings", account=account_id)
    found = concurrency.read(account, "f")
    assert isinstance(found.account, AccessDenied)
    assert found.recursion == "Terminate"


def test_what_concerns_more_than_a_part_is_raised() -> None:
    def throttled() -> None:
        raise Throttled("slower")

    with pytest.raises(Throttled):
        permitted(throttled)
    assert permitted(lambda: 1) == 1
