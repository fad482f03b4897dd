"""Guarded runs: others' changes are never overwritten unseen, and a role that is not known yet is waited for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import AwsError, Changed, Invalid
from lambdatui.clock import Clock
from lambdatui.settings import Settings
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Done, Event, Failed, Finished, Note, Progress, Stage, World
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.stages.acting import failed, finished, operations, run

PINNED = "arn:aws:lambda:eu-west-1::runtime:0123456789"


@pytest.fixture
def client(aws: Any, tmp_path: Path) -> Any:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context):\n    return 2\n")
    client = aws()
    make_function(client, "f", Environment={"Variables": {"TOKEN": "s3cret"}}, Tags={"team": "pay"})
    return client


def meddled(stage: Stage, world: World, meddle: Callable[[], Any], after: str) -> Event:
    """The end of a run in which somebody else does something once this operation is done, and before the next."""
    events: list[Event] = []
    for event in stage.run(world, stage.plan(world)):
        if isinstance(event, Done) and event.change.operation == after:
            meddle()
        events.append(event)
    return events[-1]


# who else acts


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        ({"Timeout": 77, "Description": "x"}, "Timeout 3 → 77"),
        ({"Environment": {"Variables": {"TOKEN": "other"}}}, "Environment.Variables.TOKEN •••••• (6 B) → •••••• (5 B)"),
        (
            {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            "VpcConfig.SubnetIds nothing → subnet-1",
        ),
    ],
)
def test_what_somebody_else_changed_after_the_plan_is_shown_and_kept(
    client: Any, world: World, theirs: dict[str, Any], words: str
) -> None:
    stage = Deploy(function="f", memory=512)
    plan = stage.plan(world)
    client.update_function_configuration(FunctionName="f", **theirs)
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert end.error.message.startswith("f was changed by somebody else since the plan was made: ")
    assert words in end.error.message
    assert "s3cret" not in str(end.error)
    assert end.unsure is None
    assert client.get_function_configuration(FunctionName="f")["MemorySize"] == 128


def test_what_somebody_else_changes_between_two_writes_stops_the_second(client: Any, world: World) -> None:
    stage = Deploy(function="f", code="code", memory=512, publish=True)
    end = meddled(
        stage, world, lambda: client.update_function_configuration(FunctionName="f", Timeout=77), "UpdateFunctionCode"
    )
    assert isinstance(end, Failed)
    assert "Timeout 3 → 77" in end.error.message
    assert [change.operation for change in end.done] == ["UpdateFunctionCode"]
    assert [change.operation for change in end.not_done] == ["UpdateFunctionConfiguration", "PublishVersion"]
    assert client.list_versions_by_function(FunctionName="f")["Versions"][1:] == []


def test_another_revision_of_the_same_settings_is_gone_on_with(client: Any, world: World) -> None:
    stage = Deploy(function="f", memory=512)
    plan = stage.plan(world)
    client.update_function_configuration(FunctionName="f", Timeout=3)
    finished(stage, world, plan)
    assert client.get_function_configuration(FunctionName="f")["MemorySize"] == 512


@pytest.mark.parametrize(
    ("inputs", "meddle", "words"),
    [
        (
            {"reserved_concurrency": 5},
            lambda client: client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=9),
            "reserved concurrency nothing → 9",
        ),
        (
            {"recursion": "Allow"},
            lambda client: client.put_function_recursion_config(FunctionName="f", RecursiveLoop="Allow"),
            "RecursiveLoop Terminate → Allow",
        ),
        (
            {"runtime_management": {"update_on": "FunctionUpdate"}},
            lambda client: client.put_runtime_management_config(
                FunctionName="f", UpdateRuntimeOn="Manual", RuntimeVersionArn=PINNED
            ),
            "UpdateRuntimeOn Auto → Manual",
        ),
        (
            {"tags": {"team": "web"}},
            lambda client: client.tag_resource(
                Resource=client.get_function(FunctionName="f")["Configuration"]["FunctionArn"], Tags={"team": "shop"}
            ),
            "tag team pay → shop",
        ),
    ],
)
def test_settings_without_a_revision_are_read_again_before_they_are_changed(
    client: Any, world: World, calls: Calls, inputs: dict[str, Any], meddle: Callable[[Any], Any], words: str
) -> None:
    stage = Deploy(function="f", **inputs)
    plan = stage.plan(world)
    meddle(client)
    calls.forget()
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert words in end.error.message
    assert (end.done, end.unsure, calls.changes()) == ((), None, [])


def test_an_alias_that_was_moved_meanwhile_is_told_with_both_its_places(client: Any, world: World) -> None:
    for number in range(2):
        client.update_function_configuration(FunctionName="f", Timeout=10 + number)
        client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    stage = Deploy(function="f", memory=512, publish=True, aliases=["live"])
    end = meddled(
        stage, world, lambda: client.update_alias(FunctionName="f", Name="live", FunctionVersion="2"), "PublishVersion"
    )
    assert isinstance(end, Failed)
    assert "f:live was changed by somebody else since the plan was made" in end.error.message
    assert "all traffic to 1" in end.error.message
    assert "all traffic to 2" in end.error.message
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"


def test_a_function_that_somebody_else_is_changing_is_waited_for_and_then_told(
    client: Any, world: World, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Deploy(function="f", memory=512)
    plan = stage.plan(world)
    monkeypatch.setattr(connected.cloud, "transition_seconds", 0.4)
    client.update_function_configuration(FunctionName="f", Timeout=77)
    end = failed(stage, world, plan)
    assert "Timeout 3 → 77" in str(end.error)


# waiting


def test_a_wait_tells_how_long_it_is(
    client: Any, world: World, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected.cloud, "transition_seconds", 0.4)
    events = run(Deploy(function="f", memory=512), world)
    assert isinstance(events[-1], Finished)
    waits = [event for event in events if isinstance(event, Progress)]
    assert waits
    assert all((wait.total, wait.unit) == (300, " s") for wait in waits)
    notes = [event.text for event in events if isinstance(event, Note)]
    assert notes == ["f: the update is in progress"]


# roles


def trust(service: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }
    )


@pytest.fixture
def role(aws: Any, client: Any) -> str:
    """A role that Lambda may not assume."""
    iam = aws("iam")
    return str(iam.create_role(RoleName="late", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))["Role"]["Arn"])


def test_a_role_that_lambda_does_not_know_yet_is_tried_again(client: Any, world: World, aws: Any, role: str) -> None:
    stage = Deploy(function="f", role=role)
    events = []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if isinstance(event, Note):
            aws("iam").update_assume_role_policy(RoleName="late", PolicyDocument=trust("lambda.amazonaws.com"))
    assert isinstance(events[-1], Finished), events[-1]
    assert [event.text for event in events if isinstance(event, Note)] == [
        "Lambda cannot assume the role yet; IAM may need a moment."
    ]
    assert client.get_function_configuration(FunctionName="f")["Role"] == role


class Instant(Clock):
    """Time that passes when one sleeps, and not otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.time = super().now()

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.check()
        self.time += seconds


def test_a_role_that_lambda_never_gets_to_know_is_told_with_what_it_needs(
    client: Any, connected: Any, role: str, calls: Calls
) -> None:
    world = World(Accounts(Settings()), clock=Instant())
    calls.forget()
    end = failed(Deploy(function="f", role=role), world)
    assert isinstance(end.error, Invalid)
    assert "cannot be assumed by Lambda" in end.error.message
    assert "It was tried for 12" in end.error.message
    assert "Its trust policy must let lambda.amazonaws.com assume it" in end.error.hint
    assert (end.done, end.unsure) == ((), None)
    assert 5 < len(calls.changes()) < 40


def test_a_refusal_that_is_not_of_the_role_is_told_at_once(
    client: Any, world: World, connected: Any, account_id: str, calls: Calls
) -> None:
    connected.cloud.faults.add(
        "error",
        operation="UpdateFunctionConfiguration",
        account=account_id,
        code="InvalidParameterValueException",
        message="odd",
    )
    calls.forget()
    end = failed(Deploy(function="f", memory=512), world)
    assert isinstance(end.error, AwsError)
    assert calls.changes() == ["UpdateFunctionConfiguration"]


def test_each_write_of_a_function_carries_the_revision_of_the_last(client: Any, world: World) -> None:
    stage = Deploy(function="f", code="code", memory=512, publish=True)
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"]
    assert all("RevisionId" in change.request for change in plan.changes)
    finished(stage, world, plan)
