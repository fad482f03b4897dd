"""What uses a version keeps it, with the reason; what cannot be read to its end deletes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.errors import LambdatuiError
from lambdatui.stages.delete import Delete
from lambdatui.stages.stage import World
from tests.conftest import Calls
from tests.stages.acting import function_with_versions

PLAN = Delete(function="f", keep=1, archive="never")


@pytest.fixture
def client(aws: Any) -> Any:
    client = aws()
    function_with_versions(client, 7)
    return client


def reasons(world: World, stage: Delete = PLAN) -> dict[int, str]:
    return {one.version.number: one.stays for one in stage.plan(world).facts["verdicts"]}


def test_every_use_is_a_reason(client: Any, world: World, aws: Any) -> None:
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="NONE")
    weights = {"AdditionalVersionWeights": {"3": 0.25}}
    client.create_alias(FunctionName="f", Name="beta", FunctionVersion="2", RoutingConfig=weights)
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="4", ProvisionedConcurrentExecutions=1)
    queue = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.create_event_source_mapping(FunctionName="f:5", EventSourceArn=arn)
    client.add_permission(
        FunctionName="f", Qualifier="6", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    assert reasons(world) == {
        7: "among the newest 1",
        6: "1 permission on it",
        5: "event source mapping from SQS queue orders",
        4: "provisioned concurrency",
        3: "alias beta (25 %)",
        2: "alias beta (75 %)",
        1: "alias live (a function URL)",
    }


def test_of_a_range_only_what_is_free_goes(client: Any, world: World) -> None:
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="3")
    stage = Delete(function="f", versions=["2-4", "older(2)"], archive="never")
    assert [change.target for change in stage.plan(world).changes] == ["f:1", "f:2", "f:4"]
    assert reasons(world, stage)[3] == "alias live"


def test_patterns_and_hands_hold(client: Any, world: World) -> None:
    client.update_function_configuration(FunctionName="f", MemorySize=256)
    client.publish_version(FunctionName="f", Description="ship v1.4.2")
    client.update_function_configuration(FunctionName="f", MemorySize=512)
    client.publish_version(FunctionName="f")
    stage = Delete(function="f", keep=1, keep_matching=["v1.*"], hold=["oldest", "previous(4)"], archive="never")
    assert [change.target for change in stage.plan(world).changes] == [f"f:{n}" for n in (2, 3, 4, 6, 7)]
    found = reasons(world, stage)
    assert (found[8], found[5], found[1]) == ("matches 'v1.*'", "held by hand", "held by hand")


@pytest.mark.parametrize(
    "operation",
    [
        "ListAliases",
        "ListProvisionedConcurrencyConfigs",
        "ListFunctionUrlConfigs",
        "ListEventSourceMappings",
        "GetPolicy",
    ],
)
def test_what_cannot_be_read_refuses_the_whole(
    client: Any, world: World, connected: Any, account_id: str, calls: Calls, operation: str
) -> None:
    calls.forget()
    connected.cloud.faults.add("access-denied", operation=operation, account=account_id)
    with pytest.raises(LambdatuiError, match=f"f: nothing of it is deleted, for it cannot be told.*{operation}") as no:
        PLAN.plan(world)
    assert no.value.exit_code == 3
    assert calls.changes() == []


def test_a_page_that_fails_refuses_the_whole(client: Any, world: World, connected: Any, account_id: str) -> None:
    function_with_versions(client, 53, "g")
    connected.cloud.faults.add("access-denied", operation="ListVersionsByFunction", account=account_id, after=1)
    with pytest.raises(LambdatuiError, match="ListVersionsByFunction"):
        Delete(function="g", keep=1).plan(world)


def test_nothing_to_delete_may_be_a_stage_that_was_skipped(client: Any, world: World) -> None:
    plan = Delete(function="f", keep=100, on_missing="skip").plan(world)
    assert plan.empty
    assert plan.facts["outputs"]["skipped"] is True
    assert plan.notes[-1] == "f: there is no version to delete."
    assert "skipped" not in Delete(function="f", keep=100).plan(world).facts["outputs"]
