"""Delete: versions by name, all but the newest N, or the function; never what is in use."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lambdatui.errors import BadInput, Refused, StageFailed
from lambdatui.stages.delete import Delete
from lambdatui.stages.stage import Danger, Done, Failed, Note, World
from tests.conftest import Calls
from tests.stages.acting import failed, finished, function_with_versions, operations, run


@pytest.fixture
def client(aws: Any) -> Any:
    """`f` with versions 1 to 6; `live` on 2 with 10 % to 4."""
    client = aws()
    function_with_versions(client, 6)
    routing = {"AdditionalVersionWeights": {"4": 0.1}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="2", RoutingConfig=routing)
    return client


def left(client: Any) -> list[str]:
    found = client.list_versions_by_function(FunctionName="f")["Versions"]
    return [entry["Version"] for entry in found if entry["Version"] != "$LATEST"]


def test_the_newest_and_those_in_use_stay_with_the_reason(client: Any, world: World, calls: Calls) -> None:
    calls.forget()
    plan = Delete(function="f", keep=1).plan(world)
    assert calls.changes() == []
    assert [change.target for change in plan.changes] == ["f:1", "f:3", "f:5"]
    assert plan.danger is Danger.DESTRUCTIVE
    assert plan.notes[:3] == (
        "version 6 stays: among the newest 1",
        "version 4 stays: alias live (10 %)",
        "version 2 stays: alias live (90 %)",
    )
    assert "3 of 6 versions go" in plan.notes[3]
    assert left(client) == ["1", "2", "3", "4", "5", "6"]
    outputs = finished(Delete(function="f", keep=1), world, plan)
    assert (outputs["deleted"], outputs["kept"]) == ([1, 3, 5], [2, 4, 6])
    assert left(client) == ["2", "4", "6"]
    assert Delete(function="f", keep=1).plan(world).empty


def test_a_version_with_provisioned_concurrency_stays(client: Any, world: World) -> None:
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="1", ProvisionedConcurrentExecutions=1)
    plan = Delete(function="f", keep=1).plan(world)
    assert [change.target for change in plan.changes] == ["f:3", "f:5"]
    assert "version 1 stays: provisioned concurrency" in plan.notes


def test_an_age_keeps_what_is_younger(client: Any, world: World) -> None:
    stage = Delete(function="f", keep=1, older_than_days=30)
    assert stage.plan(world).empty
    real = world.clock.now
    world.clock.now = lambda: real() + 31 * 86400  # type: ignore[method-assign]
    assert [change.target for change in stage.plan(world).changes] == ["f:1", "f:3", "f:5"]


def test_every_page_of_versions_is_seen(aws: Any, world: World) -> None:
    """A tool that read 50 of 240 versions pruned the wrong ones (serverless-prune-plugin#6)."""
    function_with_versions(aws(), 53)
    plan = Delete(function="f", keep=2).plan(world)
    assert [change.target for change in plan.changes] == [f"f:{number}" for number in range(1, 52)]


def test_chosen_versions_go(client: Any, world: World) -> None:
    stage = Delete(function="f", versions=["oldest", "5", "5"])
    assert [change.target for change in stage.plan(world).changes] == ["f:1", "f:5"]
    assert finished(stage, world)["deleted"] == [1, 5]
    assert left(client) == ["2", "3", "4", "6"]


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("2", r"version 2 is in use \(alias live \(90 %\)\)\. Move what uses"),
        ("4", r"version 4 is in use \(alias live \(10 %\)\)"),
        ("alias(live)", r"version 2 is in use"),
        ("$LATEST", r"\$LATEST cannot be deleted on its own"),
    ],
)
def test_what_is_in_use_is_refused_before_any_change(
    client: Any, world: World, calls: Calls, selector: str, words: str
) -> None:
    calls.forget()
    with pytest.raises(Refused, match=words):
        Delete(function="f", versions=["1", selector]).plan(world)
    assert calls.changes() == []


def test_a_version_that_aws_refuses_does_not_stop_the_rest(client: Any, world: World) -> None:
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    # somebody points an alias at a version that the plan dooms
    client.create_alias(FunctionName="f", Name="beta", FunctionVersion="3")
    events = run(stage, world, plan)
    assert [event.change.target for event in events if isinstance(event, Done)] == ["f:1", "f:5"]
    assert any(isinstance(event, Note) and event.text.startswith("f:3 stays: DeleteFunction") for event in events)
    assert isinstance(events[-1], Failed)
    assert left(client) == ["2", "3", "4", "6"]


def test_a_refused_deletion_fails_the_stage_with_what_was_done_and_what_was_not(client: Any, world: World) -> None:
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    client.create_alias(FunctionName="f", Name="beta", FunctionVersion="5")
    end = failed(stage, world, plan)
    assert isinstance(end.error, StageFailed)
    assert str(end.error).startswith("1 of 3 were not deleted. f:5: DeleteFunction")
    assert [change.target for change in end.done] == ["f:1", "f:3"]
    assert [change.target for change in end.not_done] == ["f:5"]
    assert end.unsure is None


def test_what_is_gone_already_counts_as_deleted(client: Any, world: World) -> None:
    stage = Delete(function="f", versions=["1", "3"])
    plan = stage.plan(world)
    client.delete_function(FunctionName="f", Qualifier="1")
    assert finished(stage, world, plan)["deleted"] == [1, 3]


def test_expired_credentials_stop_the_run_and_list_what_was_not_done(
    client: Any, world: World, connected: Any, account_id: str
) -> None:
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    connected.cloud.faults.add("expired-token", operation="DeleteFunction", account=account_id, after=1)
    end = failed(stage, world, plan)
    assert end.error.exit_code == 3
    assert [change.target for change in end.done] == ["f:1"]
    assert [change.target for change in end.not_done] == ["f:3", "f:5"]


def test_the_whole_function_shows_all_that_goes_with_it(client: Any, world: World, calls: Calls) -> None:
    stage = Delete(function="f", whole_function=True)
    plan = stage.plan(world)
    [change] = plan.changes
    assert (change.operation, change.request) == ("DeleteFunction", {"FunctionName": "f"})
    assert {line.field for line in change.differences} == {"function", "alias live"} | {
        f"version {n}" for n in range(1, 7)
    }
    assert change.undo == "make the function again from an archive of one of its versions"
    finished(stage, world, plan)
    assert client.list_functions()["Functions"] == []
    again = stage.plan(world)
    assert again.empty
    assert again.notes == ("there is no function f to delete.",)


@pytest.mark.parametrize("stage", [{"keep": 3}, {"whole_function": True}])
def test_nothing_to_delete_may_be_a_failure(aws: Any, world: World, stage: dict[str, Any]) -> None:
    if "keep" in stage:
        function_with_versions(aws(), 1)
    assert Delete(function="f", **stage).plan(world).empty
    with pytest.raises(BadInput, match="to delete"):
        Delete(function="f", on_missing="fail", **stage).plan(world)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"keep": 0},
        {"keep": -1},
        {"versions": []},
        {"keep": 1, "versions": ["1"]},
        {"keep": 1, "whole_function": True},
        {"keep": 1, "older_than_days": 0},
        {"older_than_days": 30, "versions": ["1"]},
        {"versions": ["9-3"]},
        {"versions": ["older($LATEST)"]},
        {"versions": ["older(3-5)"]},
        {"whole_function": True, "hold": ["1"]},
        {"keep": 1, "with_log_group": True},
        {"keep": 1, "with_mappings": True},
    ],
)
def test_inputs_that_could_delete_too_much_are_no_inputs(inputs: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Delete(function="f", **inputs)


def test_a_cancelled_run_stops_between_deletions(client: Any, world: World) -> None:
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    events = []
    for event in stage.run(world, plan):
        events.append(event)
        if isinstance(event, Done):
            world.clock.cancel()
    end = events[-1]
    assert [change.target for change in end.done] == ["f:1"]
    assert [change.target for change in end.not_done] == ["f:3", "f:5"]
    assert end.error.exit_code == 130
    assert operations(plan) == ["DeleteFunction"] * 3
    assert left(client) == ["2", "3", "4", "5", "6"]
