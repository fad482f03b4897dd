"""A function at AWS as a deploy file says it: deployed again it changes nothing, and makes the same function anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lambdatui.aws import event_sources
from lambdatui.stages import deployed
from lambdatui.stages.around import surrounding_values
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from tests.emulator.clients import make_function
from tests.stages.acting import finished, function_with_versions, operations
from tests.stages.around.test_event_sources import KAFKA, OTHERS, STREAM
from tests.stages.around.test_permissions import EVERY
from tests.stages.settings.test_function_settings import ACCOUNT, CASES, NOT_OF_AN_IMAGE, Shop, _names, some

examples = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROLE = f"arn:aws:iam::{ACCOUNT}:role/a"


@pytest.fixture
def shop(aws: Any, world: World, tmp_path: Path, account_id: str) -> Shop:
    return Shop(aws(), world, tmp_path, account_id)


def comes_back(shop: Shop, code: str, base: dict[str, Any], chosen: dict[str, Any]) -> None:
    account = shop.world.accounts.open()
    name, other = f"f{next(_names)}", f"f{next(_names)}"
    asked = {field: shop.told(value, name) for field, (value, _) in chosen.items()}
    finished(Deploy(function=name, **{"code": code, **base, **asked}), shop.world)
    found = deployed.read(account, name)
    assert (found.refused, found.unsaid) == ({}, [])
    again = Deploy(**{**found.values, "code": code})
    assert operations(again.plan(shop.world)) == [], found.values
    assert set(asked) <= found.values.keys()
    # and on a function that is not there yet
    finished(Deploy(**{**found.values, "function": other, "code": code}), shop.world)
    twin = deployed.read(account, other).values
    assert {**twin, "function": name} == found.values


@examples
@given(chosen=some(CASES.keys() - {"image"}))
def test_every_setting_comes_back(shop: Shop, chosen: Any) -> None:
    comes_back(shop, "code", {"runtime": "python3.12", "handler": "app.handler", "role": ROLE}, chosen)


@examples
@given(chosen=some(CASES.keys() - NOT_OF_AN_IMAGE - {"code_signing", "runtime_management"}))
def test_every_setting_of_an_image_comes_back(shop: Shop, chosen: Any) -> None:
    comes_back(shop, shop.image, {"role": ROLE}, chosen)


def test_a_version_is_said_with_what_is_kept_for_all(world: World, aws: Any, account_id: str) -> None:
    client = aws()
    make_function(client, "f", MemorySize=128, Description="a shop", Tags={"team": "pay"})
    client.publish_version(FunctionName="f", Description="first")
    client.update_function_configuration(FunctionName="f", MemorySize=512)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=3)
    found = deployed.read(world.accounts.open(), "f", "1")
    assert (found.version, found.values["memory"], found.values["description"]) == ("1", 128, "a shop")
    assert (found.values["tags"], found.values["reserved_concurrency"]) == ({"team": "pay"}, 3)


AROUND: dict[str, Any] = {
    "permissions": [
        {"statement_id": "bus", "principal": "events.amazonaws.com", "action": "lambda:InvokeFunction",
         "source_arn": "arn:aws:events:eu-west-1:123456789012:rule/r", "source_account": "123456789012"},
        {"statement_id": "friend", "principal": "arn:aws:iam::210987654321:root", "action": "lambda:*",
         "qualifier": "live"},
        {"statement_id": "org", "principal": "*", "action": "lambda:*", "principal_org_id": "o-a1b2c3d4e5"},
    ],
    "function_urls": [
        {"auth_type": "NONE", "invoke_mode": "BUFFERED", "cors": {"allow_origins": ["*"], "max_age": 60}},
        {"qualifier": "live", "auth_type": "AWS_IAM", "invoke_mode": "RESPONSE_STREAM", "cors": {}},
    ],
    "async_invocation": [
        {"maximum_retry_attempts": 1, "maximum_event_age": 60, "on_success": "",
         "on_failure": "arn:aws:sqs:eu-west-1:123456789012:failed"},
        {"qualifier": "live", "maximum_retry_attempts": 0, "on_success": "", "on_failure": ""},
    ],
    "provisioned_concurrency": {"live": 2},
}  # fmt: skip


def test_what_is_around_a_function_comes_back(world: World, aws: Any) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    queue = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    source = {
        "source": aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ],
        "enabled": False,
        "batch_size": 7,
        "batching_window": 2,
        "filters": [{"body": {"kind": ["order", None, 1.5]}}],
        "maximum_concurrency": 4,
        "report_batch_item_failures": True,
        "tags": {"team": "pay"},
    }
    live = {**source, "qualifier": "live", "enabled": True, "tags": {"team": "web"}}
    group = aws("elbv2").create_target_group(Name="shop", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    asked = {
        **AROUND,
        "event_sources": [source, live],
        "target_groups": [{"target_group": group, "qualifier": "live"}],
    }
    finished(Deploy(function="f", **asked), world)
    values = deployed.read(world.accounts.open(), "f").values
    for name in ("function_urls", "async_invocation", "provisioned_concurrency", "target_groups"):
        assert values[name] == asked[name], name
    by_name = {one["statement_id"]: one for one in values["permissions"]}
    for one in asked["permissions"]:
        assert by_name[one["statement_id"]] == one
    assert values["event_sources"] == [source, live]
    assert operations(Deploy(**values).plan(world)) == []


def test_what_aws_does_not_let_be_read_is_left_out_and_told(
    world: World, aws: Any, connected: Any, account_id: str
) -> None:
    make_function(aws(), "f")
    connected.cloud.faults.add("access-denied", operation="GetFunctionRecursionConfig", account=account_id)
    found = deployed.read(world.accounts.open(), "f")
    assert "recursion" not in found.values
    assert list(found.refused) == ["recursion"]
    assert "tags" in found.values


@pytest.mark.parametrize(
    "statement",
    [
        {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction"},
        {"Sid": "two", "Effect": "Allow", "Principal": {"AWS": ["*", "123456789012"]}, "Action": "lambda:*"},
        {"Sid": "ip", "Effect": "Allow", "Principal": "*", "Action": "lambda:*",
         "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Allow", "Principal": "*", "Action": "lambda:*"},
    ],
)  # fmt: skip
def test_a_statement_that_addpermission_does_not_make_cannot_be_said(statement: dict[str, Any]) -> None:
    assert surrounding_values.permission(statement, "", "aws") is None


@pytest.mark.parametrize("mapping", [STREAM, KAFKA, *OTHERS], ids=lambda one: str(one.get("source", "kafka")))
def test_every_kind_of_event_source_comes_back(world: World, aws: Any, mapping: dict[str, Any]) -> None:
    function_with_versions(aws(), 1)
    finished(Deploy(function="f", event_sources=[mapping]), world)
    found = deployed.read(world.accounts.open(), "f")
    assert found.unsaid == []
    (told,) = found.values["event_sources"]
    # what was asked for is said again, but for what removes nothing
    asked = {name: value for name, value in mapping.items() if value not in ("", [], {}, False)}
    assert asked.keys() <= told.keys()
    assert operations(Deploy(**found.values).plan(world)) == []
    # and makes the same mapping of another function
    make_function(aws(), "g")
    finished(Deploy(function="g", event_sources=[told]), world)
    assert deployed.read(world.accounts.open(), "g").values["event_sources"] == [told]


def test_every_kind_of_statement_comes_back(world: World, aws: Any) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    finished(Deploy(function="f", permissions=EVERY), world)
    found = deployed.read(world.accounts.open(), "f", "2")
    assert found.unsaid == []
    assert {one["statement_id"] for one in found.values["permissions"]} == {one["statement_id"] for one in EVERY}
    assert operations(Deploy(function="f", permissions=found.values["permissions"]).plan(world)) == []


def test_defaults_of_settings_that_a_kind_does_not_take_are_not_said() -> None:
    mapping = {
        "UUID": "u",
        "EventSourceArn": "arn:aws:rds:eu-west-1:123456789012:cluster:docs",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "State": "Enabled",
        "StartingPosition": "LATEST",
        "ParallelizationFactor": 1,
        "BisectBatchOnFunctionError": False,
        "MaximumRetryAttempts": -1,
        "DocumentDBEventSourceConfig": {"DatabaseName": "shop"},
    }
    assert surrounding_values.event_source(event_sources.event_source(mapping), {}) == {
        "source": mapping["EventSourceArn"],
        "enabled": True,
        "starting_position": "LATEST",
        "document_db": {"database": "shop"},
    }
