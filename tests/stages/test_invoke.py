"""Invoke: many runs, some at once, each sent once; every answer is an event."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lambdatui.aws.errors import NotFound
from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput, Cancelled, StageFailed
from lambdatui.journal import Journal
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Event, Failed, Finished, Progress, Result, World
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.emulator.clients import make_function
from tests.stages.acting import failed, finished, function_with_versions, run

PICKY = """
def handler(event, context):
    if event.get("fail"):
        raise KeyError("currency")
    return {"version": context.function_version, "event": event}
"""


@pytest.fixture
def client(aws: Any) -> Any:
    client = aws()
    make_function(client, "f", PICKY, Timeout=5)
    return client


def invocations(events: list[Event]) -> list[Invocation]:
    return [event.value for event in events if isinstance(event, Result)]


def test_each_run_is_one_call_and_one_result(client: Any, world: World, calls: Calls) -> None:
    stage = Invoke(function="f", payload={"a": 1}, runs=20, concurrency=4)
    plan = stage.plan(world)
    assert calls.changes() == []
    calls.forget()
    events = run(stage, world, plan)
    assert calls.operations() == ["Invoke"] * 20
    results = invocations(events)
    assert sorted(result.number for result in results) == list(range(1, 21))
    assert {json.loads(result.payload)["event"]["a"] for result in results} == {1}
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total) == (20, 20)
    assert isinstance(events[-1], Finished)
    outputs = events[-1].outputs
    assert (outputs["count"], outputs["success_rate"], outputs["versions"]) == (20, 1.0, {"$LATEST": 20})


def test_so_many_run_at_once_and_no_more(client: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdatui.stages import invoke as module

    real, lock, running, most = module.invocations.invoke, threading.Lock(), 0, 0
    barrier = threading.Barrier(4)

    def counted(*args: Any, **values: Any) -> Invocation:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if values["number"] <= 4:
            barrier.wait(20)  # four are under way together, or this breaks
        try:
            return real(*args, **values)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(module.invocations, "invoke", counted)
    assert finished(Invoke(function="f", runs=12, concurrency=4), world)["count"] == 12
    assert most == 4


def test_a_weighted_alias_serves_both_versions(aws: Any, world: World) -> None:
    client = aws()
    function_with_versions(client, 2)
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=routing)
    outputs = finished(Invoke(function="f", qualifier="live", runs=60, concurrency=2), world)
    assert set(outputs["versions"]) == {"1", "2"}
    assert sum(outputs["versions"].values()) == 60


@pytest.mark.parametrize(
    ("qualifier", "version", "notes"),
    [
        (None, "$LATEST", ()),
        ("live", "1", ()),
        ("2", "2", ()),
        ("newest", "3", ("newest is version 3",)),
        ("previous(2)", "1", ("previous(2) is version 1",)),
        ("alias(live)", "1", ("alias(live) is version 1",)),
        ("$LATEST", "$LATEST", ()),
        ("oldest", "2", ()),
    ],
)
def test_a_qualifier_is_an_alias_or_a_selector(
    aws: Any, world: World, qualifier: str | None, version: str, notes: tuple[str, ...]
) -> None:
    client = aws()
    function_with_versions(client, 3)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.create_alias(FunctionName="f", Name="oldest", FunctionVersion="2")
    stage = Invoke(function="f", qualifier=qualifier)
    assert stage.plan(world).notes == notes
    assert finished(stage, world)["versions"] == {version: 1}


def test_a_qualifier_that_names_nothing_is_told_with_the_near_match(client: Any, world: World, calls: Calls) -> None:
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    calls.forget()
    with pytest.raises(BadInput, match=r"f has no alias 'liv' \(it has: live\).* Did you mean 'live'\?"):
        Invoke(function="f", qualifier="liv").plan(world)
    with pytest.raises(BadInput, match="f has no version 7"):
        Invoke(function="f", qualifier="7").plan(world)
    assert calls.changes() == []


def test_a_function_error_fails_the_stage_and_all_runs_are_told(client: Any, world: World) -> None:
    stage = Invoke(function="f", payload={"fail": True}, runs=3)
    events = run(stage, world)
    assert [result.outcome for result in invocations(events)] == ["function error"] * 3
    end = events[-1]
    assert isinstance(end, Failed)
    assert isinstance(end.error, StageFailed)
    assert str(end.error) == "0 of 3 were ok, 100.0% was asked for. Most often: KeyError: 'currency'"


def test_a_share_of_failures_may_be_allowed(client: Any, world: World, connected: Any, account_id: str) -> None:
    connected.cloud.faults.add("throttle", operation="Invoke", account=account_id, times=2)
    outputs = finished(Invoke(function="f", runs=10, success_rate=0.8), world)
    assert outputs["outcomes"] == {"ok": 8, "throttled": 2}
    connected.cloud.faults.add("throttle", operation="Invoke", account=account_id, times=3)
    end = failed(Invoke(function="f", runs=10, success_rate=0.8), world)
    assert str(end.error).startswith("7 of 10 were ok, 80.0% was asked for. Most often: Invoke: Rate exceeded")


def test_a_function_that_is_not_there_is_told_before_any_invocation(world: World, calls: Calls) -> None:
    with pytest.raises(NotFound, match="Function not found"):
        Invoke(function="absent").plan(world)
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("inputs", "sent"),
    [({}, {}), ({"payload": [1, "é"]}, [1, "é"]), ({"payload_file": "order.json"}, {"id": 7})],
)
def test_the_event_is_inline_or_in_a_file(
    aws: Any, world: World, tmp_path: Path, inputs: dict[str, Any], sent: Any
) -> None:
    make_function(aws(), "f")
    (tmp_path / "order.json").write_text('{"id": 7}')
    [result] = invocations(run(Invoke(function="f", **inputs), world))
    assert json.loads(result.payload) == sent


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, r"order\.json: cannot be read: No such file"),
        ("{", r"order\.json: is not JSON: Expecting property name"),
        ('"' + "x" * 6_300_000 + '"', "the payload has 6,300,002 bytes, and Lambda takes 6,291,456"),
    ],
)
def test_an_event_that_cannot_be_sent_is_told(
    client: Any, world: World, tmp_path: Path, calls: Calls, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / "order.json").write_text(text)
    with pytest.raises(BadInput, match=words):
        Invoke(function="f", payload_file="order.json").plan(world)
    assert calls.changes() == []


def test_asynchronous_and_dry_runs(client: Any, world: World, journal: Journal) -> None:
    for kind, status in (("Event", 202), ("DryRun", 204)):
        [result] = invocations(run(Invoke(function="f", invocation_type=kind), world))
        assert (result.status, result.outcome) == (status, "ok")


def test_a_cancelled_run_ends_after_what_is_under_way(client: Any, world: World, journal: Journal) -> None:
    stage = Invoke(function="f", runs=1000, concurrency=2)
    events = []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if isinstance(event, Result):
            world.clock.cancel()
    done = len(invocations(events))
    assert 1 <= done <= 4
    end = events[-1]
    assert isinstance(end, Failed)
    assert isinstance(end.error, Cancelled)
    assert str(end.error) == f"Stopped by the operator after {done} of 1000 invocations."
    assert journal.runs()[0].status == "cancelled"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("invoke-")]


def test_who_stops_listening_stops_the_workers(client: Any, world: World) -> None:
    stage = Invoke(function="f", runs=100_000, concurrency=2)
    events = stage.run(world, stage.plan(world))
    next(event for event in events if isinstance(event, Result))
    events.close()  # type: ignore[attr-defined]
    wait_for(
        lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("invoke-")],
        "the end of the workers",
    )


@pytest.mark.parametrize(
    "inputs",
    [
        {"runs": 0},
        {"concurrency": 0},
        {"concurrency": 1001},
        {"success_rate": 1.1},
        {"invocation_type": "Maybe"},
        {"payload": {"a": 1}, "payload_file": "x"},
    ],
)
def test_inputs_out_of_range_are_no_inputs(inputs: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Invoke(function="f", **inputs)
