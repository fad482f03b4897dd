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
from lambdatui.stages.load.saved import SavedRuns
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


def test_a_cancelled_run_sends_nothing_more_and_counts_what_was_sent(
    client: Any, world: World, journal: Journal, calls: Calls
) -> None:
    stage = Invoke(function="f", runs=100_000, concurrency=2)
    plan = stage.plan(world)
    calls.forget()
    events = []
    for event in stage.run(world, plan):
        events.append(event)
        if isinstance(event, Result):
            world.clock.cancel()
    done = len(invocations(events))
    assert 1 <= done < 100_000
    assert calls.operations() == ["Invoke"] * done
    end = events[-1]
    assert isinstance(end, Failed)
    assert isinstance(end.error, Cancelled)
    assert str(end.error) == f"Stopped by the operator after {done} of 100000 invocations."
    assert journal.runs()[0].status == "cancelled"
    [saved] = SavedRuns().list()
    assert (saved.status, saved.figures["count"]) == ("cancelled", done)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("invoke-")]


def test_what_is_under_way_when_a_person_stops_is_told_as_perhaps_run(
    client: Any, world: World, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("hang", operation="Invoke", account=account_id, seconds=60, after=1)
    events = []
    for event in Invoke(function="f", runs=5).run(world, Invoke(function="f", runs=5).plan(world)):
        events.append(event)
        if isinstance(event, Result):
            world.clock.cancel()
    assert [result.outcome for result in invocations(events)] == ["ok", "no answer"]
    assert invocations(events)[1].error == "Invoke: stopped before the answer came; Lambda may have run it."
    end = events[-1]
    assert isinstance(end, Failed)
    assert str(end.error) == "Stopped by the operator after 2 of 5 invocations."


def test_who_stops_listening_stops_the_workers(client: Any, world: World) -> None:
    stage = Invoke(function="f", runs=100_000, concurrency=2)
    events = stage.run(world, stage.plan(world))
    next(event for event in events if isinstance(event, Result))
    events.close()  # type: ignore[attr-defined]
    wait_for(
        lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("invoke-")],
        "the end of the workers",
    )


def test_two_versions_run_side_by_side_under_the_same_load(aws: Any, world: World) -> None:
    function_with_versions(aws(), 2)
    stage = Invoke(function="f", qualifier="1", other_qualifier="newest", runs=10, concurrency=2, warm_up=2)
    plan = stage.plan(world)
    assert [change.target for change in plan.changes] == ["f:1", "f:2"]
    events = run(stage, world, plan)
    results = invocations(events)
    assert len([result for result in results if result.warm_up]) == 4
    counted = [result for result in results if not result.warm_up]
    assert sorted((result.number, result.side, result.version, result.qualifier) for result in counted) == sorted(
        (number, side, version, version) for number in range(1, 11) for side, version in (("A", "1"), ("B", "2"))
    )
    end = events[-1]
    assert isinstance(end, Finished)
    assert (end.outputs["count"], end.outputs["warm_ups"]) == (20, 4)
    assert {side: figures["versions"] for side, figures in end.outputs["sides"].items()} == {
        "A": {"1": 10},
        "B": {"2": 10},
    }


def test_each_run_may_have_an_event_of_its_own(client: Any, world: World) -> None:
    stage = Invoke(function="f", template='{"a": {{ n }}}', runs=4, concurrency=2)
    results = invocations(run(stage, world))
    assert {result.number: json.loads(result.payload)["event"]["a"] for result in results} == {1: 1, 2: 2, 3: 3, 4: 4}


def test_the_results_are_on_disk_and_the_outputs_name_the_file(client: Any, world: World) -> None:
    outputs = finished(Invoke(function="f", payload={"a": 1}, runs=3), world)
    with SavedRuns().read(outputs["results"]) as reader:
        assert [json.loads(one.payload)["event"] for one in reader] == [{"a": 1}] * 3
    outputs = finished(Invoke(function="f", payload={"a": 1}, runs=3, keep="figures"), world)
    with SavedRuns().read(outputs["results"]) as reader:
        assert [(one.outcome, one.payload, one.log) for one in reader] == [("ok", b"", "")] * 3


def test_a_run_stops_at_so_many_errors(client: Any, world: World) -> None:
    end = failed(Invoke(function="f", payload={"fail": True}, runs=10_000, max_errors=3), world)
    assert isinstance(end.error, StageFailed)
    assert str(end.error) == ("Stopped at 3 that were not ok, of 3: max_errors. Most often: KeyError: 'currency'")


def test_throttles_are_sent_again_where_that_is_asked_and_counted(
    client: Any, world: World, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("throttle", operation="Invoke", account=account_id, times=2)
    events = run(Invoke(function="f", runs=1, retry_throttled=2), world)
    [result] = invocations(events)
    assert (result.outcome, result.attempts) == ("ok", 3)
    assert isinstance(events[-1], Finished)
    assert events[-1].outputs["retried"] == 1


def test_a_handed_over_one_is_followed_to_its_end(aws: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.aws.log_reading.PAUSE", 0.05)
    make_function(aws(), "g", PICKY)
    stage = Invoke(
        function="g",
        template='{"fail": {{ "true" if n == 2 else "false" }}}',
        runs=3,
        follow=True,
        invocation_type="async",
    )
    events = run(stage, world)
    results = {result.number: result for result in invocations(events)}
    assert {number: (one.outcome, one.status) for number, one in results.items()} == {
        1: ("ok", 202),
        2: ("function error", 202),
        3: ("ok", 202),
    }
    assert "KeyError" in results[2].error
    assert all(one.version == "$LATEST" and one.report.duration is not None and one.log for one in results.values())


def test_a_streamed_answer_comes_in_parts_and_then_whole(aws: Any, world: World) -> None:
    make_function(aws(), "g", "def handler(event, context):\n    yield b'one'\n    yield b'two'\n")
    events = run(Invoke(function="g", invocation_type="stream"), world)
    told = [event.value for event in events if isinstance(event, Result)]
    assert [part.data for part in told[:2]] == [b"one", b"two"]
    assert told[2].payload == b"onetwo"


def test_client_context_and_its_limit(aws: Any, world: World) -> None:
    make_function(aws(), "g", "def handler(event, context):\n    return context.client_context.custom\n")
    [result] = invocations(run(Invoke(function="g", client_context={"custom": {"a": 1}}), world))
    assert result.payload == b'{"a": 1}'
    with pytest.raises(BadInput, match=r"client_context: has 4,0.. bytes in base64, and Lambda takes 3,583"):
        Invoke(function="g", client_context={"k": "x" * 3000}).plan(world)
    with pytest.raises(BadInput, match="client_context: a JSON object was expected"):
        Invoke(function="g", client_context=["x"]).plan(world)


def test_a_run_of_more_than_a_thousand_tells_what_it_costs_at_most(client: Any, world: World) -> None:
    assert Invoke(function="f", runs=1000).plan(world).warnings == ()
    [words] = Invoke(function="f", runs=1001).plan(world).warnings
    assert words.startswith("This run costs at most $0.0107: 1,001 requests, 626 GB-seconds (1,001 × 5 s × 128 MB)")
    [words] = Invoke(function="f", duration=60, concurrency=2).plan(world).warnings
    assert words.startswith("This run takes at most 16 GB-seconds, which cost $0.0003 ")
    assert Invoke(function="f", runs=5000, invocation_type="dry-run").plan(world).warnings == ()
    assert Invoke(function="f", runs=5000, invocation_type="dry-run").plan(world).changes[0].differences[0].after == (
        "5,000 × DryRun, 1 at once"
    )


def test_a_duration_ends_a_run(client: Any, world: World) -> None:
    outputs = finished(Invoke(function="f", duration=0.2, rate=50), world)
    assert outputs["count"] == 10
    assert outputs["lateness_ms"]["max"] >= 0


@pytest.mark.parametrize(
    "inputs",
    [
        {"runs": 0},
        {"concurrency": 0},
        {"concurrency": 1001},
        {"success_rate": 1.1},
        {"invocation_type": "Maybe"},
        {"payload": {"a": 1}, "payload_file": "x"},
        {"shape": "sqs", "template": "{}"},
        {"shape": "sqs", "rows": "orders.csv"},
        {"runs": 5, "duration": 5},
        {"rate": 0},
        {"warm_up": -1},
        {"max_error_rate": 1},
        {"tenant": "two\nlines"},
        {"follow": True},
        {"follow": True, "invocation_type": "async", "duration": 5},
    ],
)
def test_inputs_out_of_range_are_no_inputs(inputs: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Invoke(function="f", **inputs)
