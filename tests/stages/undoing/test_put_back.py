"""Put back: what a run did before it failed is taken back, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.journal import Journal
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Danger, Failed, Stage, World
from lambdatui.stages.undoing.put_back import PutBack
from lambdatui.stages.update_code import UpdateCode
from tests.stages.acting import failed, finished, operations


@pytest.fixture
def standing(world: World, tmp_path: Path, account_id: str) -> dict[str, Any]:
    """A function with a version and an alias, deployed from the folder `code`. Gives what new code is written with."""
    (tmp_path / "code").mkdir()
    write(tmp_path, 1)
    inputs: dict[str, Any] = {
        "function": "f",
        "code": "code",
        "runtime": "python3.13",
        "handler": "app.handler",
        "role": f"arn:aws:iam::{account_id}:role/service",
        "environment": {"TOKEN": "s3cret"},
        "tags": {"team": "pay"},
        "publish": True,
        "aliases": ["live"],
    }
    finished(Deploy(**inputs), world)
    return inputs


def write(folder: Path, answer: object) -> None:
    (folder / "code" / "app.py").write_text(f"def handler(event, context):\n    return {answer!r}\n")


def failing(stage: Stage, world: World, connected: Any, account_id: str, operation: str) -> PutBack:
    """What would take back a run of this stage in which this operation is denied."""
    fault = connected.cloud.faults.add("access-denied", operation=operation, account=account_id)
    end = failed(stage, world)
    connected.cloud.faults.remove(fault)
    back = PutBack.after(stage, end)
    assert back is not None
    return back


def whole(client: Any) -> dict[str, Any]:
    """All that a deployment changes of `f`."""
    found = client.get_function(FunctionName="f")
    volatile = ("LastModified", "RevisionId", "ConfigSha256", "VpcConfig")
    shown = {name: value for name, value in found["Configuration"].items() if name not in volatile}
    shown["Subnets"] = found["Configuration"].get("VpcConfig", {}).get("SubnetIds", [])
    shown["Tags"] = found.get("Tags")
    shown["Concurrency"] = found.get("Concurrency")
    shown["Recursion"] = client.get_function_recursion_config(FunctionName="f")["RecursiveLoop"]
    shown["Alias"] = client.get_alias(FunctionName="f", Name="live")["FunctionVersion"]
    return shown


def test_code_and_settings_are_put_back_as_they_were(
    standing: dict[str, Any], world: World, tmp_path: Path, aws: Any, connected: Any, account_id: str, journal: Journal
) -> None:
    before = whole(aws())
    write(tmp_path, 2)
    stage = Deploy(
        function="f",
        code="code",
        memory=512,
        environment={"TOKEN": "other", "MODE": "x"},
        vpc={"subnets": ["subnet-1"], "security_groups": ["sg-1"]},
        logging={"format": "JSON"},
        tags={"team": "web", "tier": "1"},
        reserved_concurrency=7,
        recursion="Allow",
        publish=True,
        aliases=["live", "beta"],
    )
    back = failing(stage, world, connected, account_id, "CreateAlias")
    assert whole(aws()) != before
    plan = back.plan(world)
    assert set(operations(plan)) == {
        "UpdateAlias",
        "TagResource",
        "UntagResource",
        "DeleteFunctionConcurrency",
        "PutFunctionRecursionConfig",
        "UpdateFunctionConfiguration",
        "UpdateFunctionCode",
    }
    assert "s3cret" not in str([change.differences for change in plan.changes])
    finished(back, world, plan)
    assert whole(aws()) == before
    assert back.plan(world).empty
    assert "s3cret" not in journal.path.read_bytes().decode("latin-1")


def test_a_function_that_was_made_is_deleted(
    world: World, tmp_path: Path, aws: Any, connected: Any, account_id: str
) -> None:
    (tmp_path / "code").mkdir()
    write(tmp_path, 1)
    role = f"arn:aws:iam::{account_id}:role/service"
    stage = Deploy(
        function="f", code="code", runtime="python3.13", handler="app.handler", role=role, reserved_concurrency=3,
        publish=True,
    )  # fmt: skip
    back = failing(stage, world, connected, account_id, "PublishVersion")
    plan = back.plan(world)
    assert operations(plan) == ["DeleteFunction"]
    assert plan.danger is Danger.DESTRUCTIVE
    finished(back, world, plan)
    assert aws().list_functions()["Functions"] == []
    assert back.plan(world).empty


def test_code_that_no_version_holds_cannot_be_put_back_and_that_is_said(
    standing: dict[str, Any], world: World, tmp_path: Path, connected: Any, account_id: str
) -> None:
    write(tmp_path, "unpublished")
    finished(UpdateCode(function="f", code="code"), world)
    write(tmp_path, "newest")
    stage = UpdateCode(function="f", code="code", publish=True)
    plan = failing(stage, world, connected, account_id, "PublishVersion").plan(world)
    assert plan.empty
    assert plan.warnings == ("The former code cannot be put back: no version of f holds it.",)


def test_what_somebody_else_has_changed_since_is_left(
    standing: dict[str, Any], world: World, aws: Any, connected: Any, account_id: str
) -> None:
    stage = Deploy(function="f", memory=512, timeout=9, publish=True)
    back = failing(stage, world, connected, account_id, "PublishVersion")
    aws().update_function_configuration(FunctionName="f", Timeout=77)
    plan = back.plan(world)
    assert plan.warnings == ("timeout: somebody else has changed it since, so it is left.",)
    finished(back, world, plan)
    found = aws().get_function_configuration(FunctionName="f")
    assert (found["MemorySize"], found["Timeout"]) == (128, 77)


def test_an_image_is_put_back_by_its_uri(world: World, aws: Any, connected: Any, account_id: str) -> None:
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop"
    role = f"arn:aws:iam::{account_id}:role/service"
    finished(Deploy(function="f", code=f"{image}:7", role=role), world)
    stage = UpdateCode(function="f", code=f"{image}:8", publish=True)
    back = failing(stage, world, connected, account_id, "PublishVersion")
    finished(back, world)
    assert aws().get_function(FunctionName="f")["Code"]["ImageUri"] == f"{image}:7"


def test_where_nothing_was_done_there_is_nothing_to_put_back(
    standing: dict[str, Any], world: World, connected: Any, account_id: str
) -> None:
    stage = Deploy(function="f", memory=512)
    connected.cloud.faults.add("access-denied", operation="UpdateFunctionConfiguration", account=account_id)
    end = failed(stage, world)
    assert isinstance(end, Failed)
    assert PutBack.after(stage, end) is None
