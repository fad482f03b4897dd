"""Whatever settings a mapping of any kind is given: they come back in a second, empty plan, and so do others after."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdatui.stages.around.event_source_mapping import EventSourceMapping
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from tests.stages.acting import finished

ARN = "arn:aws:{}:eu-west-1:123456789012:{}"
SECRET = ARN.format("secretsmanager", "secret:broker")
FAILED = [ARN.format("sqs", "failed"), ARN.format("sns", "failed"), "arn:aws:s3:::failed"]
PATTERNS = st.lists(
    st.one_of(
        st.dictionaries(st.text(min_size=1, max_size=8), st.lists(st.text(max_size=8), min_size=1, max_size=2)),
        st.just('{"data": {"kind": ["buy"]}}'),
    ),
    max_size=3,
)
ANY: dict[str, st.SearchStrategy[Any]] = {
    "enabled": st.booleans(),
    "batch_size": st.integers(1, 10_000),
    "batching_window": st.integers(1, 300),
    "filters": PATTERNS,
    "kms_key": st.sampled_from(["", ARN.format("kms", "key/1")]),
    "metrics": st.lists(st.just("EventCount"), max_size=1),
    "tags": st.dictionaries(st.sampled_from(["team", "of"]), st.text("ab", max_size=3)),
}
RETRYING: dict[str, st.SearchStrategy[Any]] = {
    "bisect_on_error": st.booleans(),
    "maximum_record_age": st.one_of(st.just(-1), st.integers(60, 604_800)),
    "maximum_retry_attempts": st.integers(-1, 10_000),
    "on_failure": st.sampled_from(["", *FAILED]),
    "report_batch_item_failures": st.booleans(),
}
SHARDED = RETRYING | {"parallelization_factor": st.integers(1, 10), "tumbling_window": st.integers(0, 900)}
POLLED = st.one_of(
    st.just({}),
    st.builds(
        lambda low, more, group: {"minimum": low, "maximum": low + more, "group": group},
        st.integers(1, 200),
        st.integers(0, 1000),
        st.sampled_from(["", "shop"]),
    ),
)
REGISTRY = st.fixed_dictionaries(
    {},
    optional={
        "uri": st.just("https://registry.shop.example"),
        "record_format": st.sampled_from(["JSON", "SOURCE"]),
        "access": st.lists(st.just({"type": "BASIC_AUTH", "uri": SECRET}), max_size=1),
        "validate_attributes": st.lists(st.sampled_from(["KEY", "VALUE"]), unique=True),
    },
)
KAFKA = RETRYING | {
    "provisioned_pollers": POLLED,
    "log_level": st.sampled_from(["DEBUG", "INFO", "WARN", ""]),
    "schema_registry": REGISTRY,
}
LOGIN = [{"type": "BASIC_AUTH", "uri": SECRET}]
KINDS: list[tuple[dict[str, Any], dict[str, st.SearchStrategy[Any]]]] = [
    (
        {"source": "queue"},
        {
            "report_batch_item_failures": st.booleans(),
            "maximum_concurrency": st.one_of(st.just(0), st.integers(2, 1000)),
        },
    ),
    ({"source": ARN.format("kinesis", "stream/s"), "starting_position": "LATEST"}, SHARDED),
    ({"source": ARN.format("dynamodb", "table/t/stream/1"), "starting_position": "TRIM_HORIZON"}, SHARDED),
    (
        {
            "source": ARN.format("kafka", "cluster/c/1"),
            "topic": "orders",
            "starting_position": "LATEST",
            "consumer_group": "g",
        },
        KAFKA,
    ),
    ({"bootstrap_servers": ["b.example:9092"], "topic": "orders", "starting_position": "LATEST"}, KAFKA),
    ({"source": ARN.format("mq", "broker:b:1"), "queue": "orders", "source_access": LOGIN}, {}),
    (
        {
            "source": ARN.format("rds", "cluster:d"),
            "document_db": {"database": "shop"},
            "source_access": LOGIN,
            "starting_position": "LATEST",
        },
        {
            "document_db": st.fixed_dictionaries(
                {"database": st.just("shop")},
                optional={
                    "collection": st.sampled_from(["", "orders"]),
                    "full_document": st.sampled_from(["UpdateLookup", "Default"]),
                },
            )
        },
    ),
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A kind of source, and what is asked of it one time after the other."""
    needed, own = draw(st.sampled_from(KINDS))
    asked = st.fixed_dictionaries({}, optional=ANY | own)
    return needed, draw(st.lists(asked, min_size=2, max_size=3))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_every_setting_comes_back_in_an_empty_plan(
    client: Any, aws: Any, world: World, history: tuple[dict[str, Any], list[dict[str, Any]]]
) -> None:
    needed, asked = history
    url = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    queue = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    fixed = {**needed, "source": queue} if needed.get("source") == "queue" else needed
    for given_now in asked:
        entry = {**fixed, **given_now}
        if entry.get("batch_size", 0) > 10:
            entry.setdefault("batching_window", 1)
        stage = Deploy(function="f", event_sources=[EventSourceMapping(**entry)])
        finished(stage, world)
        again = stage.plan(world)
        assert again.empty, again.changes
    finished(Deploy(function="f", event_sources=[]), world)
    assert client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"] == []
