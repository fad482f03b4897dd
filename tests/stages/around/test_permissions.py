"""The resource policy of a deployment: statements by name and content, line by line in the plan."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from lambdatui import mistakes
from lambdatui.aws.errors import Changed
from lambdatui.errors import BadInput
from lambdatui.journal import Journal
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Danger, World
from tests.stages.acting import failed, finished, operations

BUCKET = {
    "statement_id": "media",
    "principal": "s3.amazonaws.com",
    "source_arn": "arn:aws:s3:::shop-media",
    "source_account": "123456789012",
}


def deploy(*permissions: dict[str, Any], **inputs: Any) -> Deploy:
    return Deploy(function="f", permissions=list(permissions), **inputs)


def statements(client: Any, qualifier: str = "") -> dict[str, dict[str, Any]]:
    at = {"Qualifier": qualifier} if qualifier else {}
    try:
        policy = json.loads(client.get_policy(FunctionName="f", **at)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def allow(client: Any, name: str, **members: Any) -> None:
    defaults = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    client.add_permission(**{"FunctionName": "f", "StatementId": name, **defaults, **members})


def test_a_statement_is_added_line_by_line(client: Any, world: World) -> None:
    stage = deploy(BUCKET)
    plan = stage.plan(world)
    assert operations(plan) == ["AddPermission"]
    assert plan.changes[0].target == "f statement media"
    assert [(line.field, line.before, line.after) for line in plan.changes[0].differences] == [
        ("principal", None, "s3.amazonaws.com"),
        ("action", None, "lambda:InvokeFunction"),
        ("source ARN", None, "arn:aws:s3:::shop-media"),
        ("source account", None, "123456789012"),
    ]
    assert plan.danger is Danger.SAFE
    finished(stage, world, plan)
    assert statements(client)["media"]["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::shop-media"},
        "StringEquals": {"AWS:SourceAccount": "123456789012"},
    }
    assert stage.plan(world).empty


EVERY: list[dict[str, Any]] = [
    BUCKET,
    {"statement_id": "account", "principal": "210987654321", "qualifier": "live"},
    {"statement_id": "role", "principal": "arn:aws:iam::210987654321:role/caller", "qualifier": "2"},
    {"statement_id": "org", "principal": "*", "principal_org_id": "o-a1b2c3d4e5"},
    {
        "statement_id": "url",
        "principal": "210987654321",
        "action": "lambda:InvokeFunctionUrl",
        "function_url_auth_type": "AWS_IAM",
    },
    {"statement_id": "via", "principal": "210987654321", "invoked_via_function_url": True},
    {"statement_id": "alexa", "principal": "alexa-appkit.amazon.com", "event_source_token": "amzn1.skill"},
    {"statement_id": "reads", "principal": "210987654321", "action": "lambda:GetFunction"},
]


def test_every_kind_of_statement_comes_back_in_an_empty_plan(client: Any, world: World) -> None:
    stage = deploy(*EVERY)
    assert operations(stage.plan(world)) == ["AddPermission"] * len(EVERY)
    finished(stage, world)
    assert statements(client).keys() == {"media", "org", "url", "via", "alexa", "reads"}
    assert statements(client, "live")["account"]["Principal"] == {"AWS": "arn:aws:iam::210987654321:root"}
    assert statements(client, "2").keys() == {"role"}
    assert stage.plan(world).empty


def test_a_statement_that_says_something_else_is_replaced(client: Any, world: World) -> None:
    allow(client, "media", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::old-media")
    stage = deploy(BUCKET)
    plan = stage.plan(world)
    assert operations(plan) == ["RemovePermission", "AddPermission"]
    assert plan.danger is Danger.TRAFFIC
    assert [(line.field, line.before, line.after) for line in plan.changes[1].differences] == [
        ("source ARN", "arn:aws:s3:::old-media", "arn:aws:s3:::shop-media"),
        ("source account", None, "123456789012"),
    ]
    finished(stage, world, plan)
    assert stage.plan(world).empty


def test_what_is_not_listed_is_left_alone_and_an_empty_list_removes_all(client: Any, world: World) -> None:
    allow(client, "rule")
    allow(client, "rule", Qualifier="live")
    assert Deploy(function="f").plan(world).empty
    finished(deploy(BUCKET), world)
    assert statements(client).keys() == {"media", "rule"}
    stage = deploy(BUCKET, remove_other_permissions=True)
    plan = stage.plan(world)
    assert [change.target for change in plan.changes] == ["f statement rule", "f:live statement rule"]
    assert plan.danger is Danger.TRAFFIC
    finished(stage, world, plan)
    assert statements(client).keys() == {"media"}
    finished(deploy(), world)
    assert statements(client) == statements(client, "live") == {}
    assert deploy().plan(world).empty


def test_a_statement_that_lets_everybody_in_is_warned_of(client: Any, world: World) -> None:
    plan = deploy({"statement_id": "all", "principal": "*"}).plan(world)
    assert plan.warnings == ("anyone may invoke the function (public!): Whoever has an AWS account can call it.",)
    assert plan.danger is Danger.TRAFFIC


def test_a_token_is_neither_shown_nor_written(client: Any, world: World, journal: Journal) -> None:
    stage = deploy(
        {"statement_id": "alexa", "principal": "alexa-connectedhome.amazon.com", "event_source_token": "t0k3n"}
    )
    plan = stage.plan(world)
    assert "t0k3n" not in str([change.differences for change in plan.changes])
    finished(stage, world, plan)
    finished(deploy(), world)
    kept = "".join(path.read_bytes().decode(errors="replace") for path in journal.path.parent.glob("*"))
    assert "t0k3n" not in kept


def test_a_statement_that_somebody_replaced_since_is_not_removed(client: Any, world: World) -> None:
    allow(client, "rule")
    stage = deploy()
    plan = stage.plan(world)
    client.remove_permission(FunctionName="f", StatementId="rule")
    allow(client, "rule", Principal="s3.amazonaws.com")
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert end.error.message == (
        "f was changed by somebody else since the plan was made: statement rule principal events.amazonaws.com, action "
        "lambda:InvokeFunction → principal s3.amazonaws.com, action lambda:InvokeFunction."
    )
    assert statements(client)["rule"]["Principal"] == {"Service": "s3.amazonaws.com"}


def test_an_alias_that_the_plan_makes_can_be_named(client: Any, world: World) -> None:
    stage = deploy(BUCKET | {"qualifier": "beta"}, publish=True, aliases=["beta"])
    plan = stage.plan(world)
    assert operations(plan)[-2:] == ["CreateAlias", "AddPermission"]
    finished(stage, world, plan)
    assert statements(client, "beta").keys() == {"media"}
    assert stage.plan(world).empty


@pytest.mark.parametrize(
    ("permissions", "words"),
    [
        ([BUCKET | {"qualifier": "beta"}], "permissions.0.qualifier: f has no alias 'beta'."),
        ([BUCKET, BUCKET], "permissions.1.statement_id: media is the name of permissions.0 already."),
    ],
)
def test_what_cannot_be_is_said(client: Any, world: World, permissions: list[Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        deploy(*permissions).plan(world)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"principal": "12345"}, "principal: an account's number has twelve digits, not 5; quote it."),
        ({"principal": 123456789012}, "text was expected, not 123456789012; put it in quotes."),
        ({"statement_id": "a b"}, "What the statement is called: letters, digits, - and _."),
        ({"source_account": "12"}, "'12' will not do: The account that owns the source"),
        ({"action": "s3:GetObject"}, "'s3:GetObject' will not do"),
        ({"function_url_auth_type": "NONE"}, "function_url_auth_type goes with lambda:InvokeFunctionUrl, not with"),
        ({"source": "x"}, "there is no field 'permissions.0.source'. Did you mean 'source_arn'?"),
    ],
)
def test_a_mistake_in_a_statement_meets_one_sentence(fields: dict[str, Any], words: str) -> None:
    given = {"function": "f", "permissions": [BUCKET | fields]}
    with pytest.raises(ValidationError) as error:
        Deploy(**given)
    assert words in mistakes.first(error.value, Deploy, given).words
