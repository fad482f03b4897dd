"""What a deployment says of asynchronous invocations."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lambdatui import mistakes
from lambdatui.aws.asynchronous import AsyncSettings, list_of
from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from tests.stages.acting import finished, operations

DONE = "arn:aws:sqs:eu-west-1:123456789012:done"
FAILED = "arn:aws:sns:eu-west-1:123456789012:failed"


def deploy(*entries: dict[str, Any]) -> Deploy:
    return Deploy(function="f", async_invocation=list(entries))


def settings(world: World) -> dict[str, AsyncSettings]:
    return list_of(world.accounts.open(), "f")


def test_every_setting_reaches_aws(client: Any, world: World) -> None:
    entry = {"maximum_retry_attempts": 0, "maximum_event_age": 600, "on_success": DONE, "on_failure": FAILED}
    stage = deploy(entry, {"qualifier": "live", "maximum_retry_attempts": 1}, {"qualifier": 2, "on_failure": FAILED})
    plan = stage.plan(world)
    assert operations(plan) == ["PutFunctionEventInvokeConfig"] * 3
    assert {line.field: line.after for line in plan.changes[0].differences} == {
        "retries": "0",
        "oldest event": "600 s",
        "on success": "SQS queue done",
        "on failure": "SNS topic failed",
    }
    finished(stage, world, plan)
    assert settings(world) == {
        "$LATEST": AsyncSettings(0, 600, DONE, FAILED),
        "live": AsyncSettings(1, None, None, None),
        "2": AsyncSettings(None, None, None, FAILED),
    }
    assert stage.plan(world).empty


def test_absent_settings_stay_and_empty_ones_are_removed(client: Any, world: World) -> None:
    finished(deploy({"maximum_retry_attempts": 0, "on_success": DONE, "on_failure": FAILED}), world)
    stage = deploy({"on_success": "", "maximum_event_age": 60})
    [change] = stage.plan(world).changes
    assert {(line.field, line.before, line.after) for line in change.differences} == {
        ("on success", "SQS queue done", None),
        ("oldest event", None, "60 s"),
    }
    finished(stage, world)
    assert settings(world) == {"$LATEST": AsyncSettings(0, 60, None, FAILED)}
    assert stage.plan(world).empty


def test_they_are_left_alone_until_they_are_named_or_the_list_is_empty(client: Any, world: World) -> None:
    finished(deploy({"maximum_retry_attempts": 0}, {"qualifier": "live", "maximum_retry_attempts": 0}), world)
    assert Deploy(function="f").plan(world).empty
    stage = deploy({"qualifier": "live"})
    assert operations(stage.plan(world)) == ["DeleteFunctionEventInvokeConfig"]
    finished(stage, world)
    assert settings(world).keys() == {"$LATEST"}
    finished(deploy(), world)
    assert settings(world) == {}
    assert deploy().plan(world).empty


def test_what_cannot_be_is_said(client: Any, world: World) -> None:
    with pytest.raises(BadInput, match=r"async_invocation.0.qualifier: f has no alias 'lvie'. Did you mean 'live'"):
        deploy({"qualifier": "lvie", "maximum_retry_attempts": 1}).plan(world)
    with pytest.raises(BadInput, match=r"async_invocation.1.qualifier: async_invocation.0 is about the same one"):
        deploy({"maximum_retry_attempts": 1}, {"maximum_retry_attempts": 2}).plan(world)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"maximum_retry_attempts": 3}, "2 or less was expected, not 3."),
        (
            {"qualifier": "$LATEST"},
            "an alias or a version's number was expected; for $LATEST the qualifier is left out.",
        ),
        ({"maximum_event_age": 59}, "60 or more was expected, not 59."),
        (
            {"on_success": "arn:aws:s3:::bucket"},
            "the ARN of an SQS queue, an SNS topic, a function or an event bus was",
        ),
        ({"on_failure": "queue"}, "such as arn:aws:sqs:eu-west-1:123456789012:failed, not 'queue'."),
    ],
)
def test_a_mistake_meets_one_sentence(entry: dict[str, Any], words: str) -> None:
    given = {"function": "f", "async_invocation": [entry]}
    with pytest.raises(ValidationError) as error:
        Deploy(**given)
    assert words in mistakes.first(error.value, Deploy, given).words
