"""What every stage has in common: how a run is told, journalled, cancelled, and how its end says what was done."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

import pytest

from lambdatui import log
from lambdatui.aws.clients import Retry
from lambdatui.errors import Cancelled, Refused, StageFailed
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.stage import (
    Change,
    Danger,
    Difference,
    Done,
    Event,
    Failed,
    Finished,
    FromRun,
    Note,
    Plan,
    Stage,
    Started,
    World,
    differences,
    filled,
    shown,
)
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.stages.acting import failed, finished, run


class Retime(Stage):
    """Sets the Timeout of `f` to each of these, and breaks after the n-th if asked to."""

    kind: ClassVar[str] = "retime"
    outputs: ClassVar[Mapping[str, str]] = {"timeout": "The last.", "before": "The one before."}

    function: str = "f"
    seconds: list[int]
    break_after: int = 0

    def plan(self, world: World) -> Plan:
        changes = tuple(
            Change(
                "UpdateFunctionConfiguration",
                f"f#{number}",
                request={"FunctionName": "f", "Timeout": number, "Description": FromRun("before")},
            )
            for number in self.seconds
        )
        return Plan("Retime f", self.place(world), changes, facts={"outputs": {"before": "d"}})

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"timeout": answer["Timeout"], "before": str(answer["Timeout"])}

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if answer["Timeout"] == self.break_after:
            raise ZeroDivisionError("a defect")
        yield from ()
        return {}


@pytest.fixture
def client(aws: Any) -> Any:
    client = aws()
    make_function(client, "f")
    return client


def targets(changes: Any) -> list[str]:
    return [change.target for change in changes]


def test_changes_are_sent_in_order_and_later_ones_use_what_earlier_ones_gave(client: Any, world: World) -> None:
    events = run(Retime(seconds=[4, 5]), world)
    assert [type(event) for event in events] == [Started, Done, Started, Done, Finished]
    assert [event.index for event in events[:4]] == [0, 0, 1, 1]
    assert events[-1].outputs["timeout"] == 5
    found = client.get_function_configuration(FunctionName="f")
    assert (found["Timeout"], found["Description"]) == (5, "4")


def test_a_run_is_journalled_with_its_inputs_and_its_calls(client: Any, world: World, journal: Journal) -> None:
    finished(Retime(seconds=[4, 5]), world)
    [entry] = journal.runs()
    assert (entry.kind, entry.title, entry.status, entry.function) == ("retime", "Retime f", "done", "f")
    assert entry.inputs == {"function": "f", "seconds": [4, 5], "break_after": 0}
    assert entry.outputs["timeout"] == 5
    calls = journal.entries(run=entry.id)
    assert [call.target for call in calls] == ["f#5", "f#4"]
    assert calls[0].parameters["Description"] == "4"


def test_without_a_journal_nothing_is_written(client: Any, world: World, journal: Journal) -> None:
    assert finished(Retime(seconds=[4]), World(world.accounts))["timeout"] == 4
    assert journal.runs() == []


def test_a_journal_that_cannot_be_begun_stops_the_run_before_anything_is_sent(
    client: Any, world: World, journal: Journal, calls: Calls
) -> None:
    stage = Retime(seconds=[4, 5])
    plan = stage.plan(world)
    journal._db.execute("DROP TABLE runs")
    calls.forget()
    end = failed(stage, world, plan)
    assert "the journal cannot be written" in str(end.error)
    assert (end.done, targets(end.not_done)) == ((), ["f#4", "f#5"])
    assert calls.operations() == []


def test_a_journal_that_breaks_at_the_end_hides_nothing_that_was_done(
    client: Any, world: World, journal: Journal
) -> None:
    stage = Retime(seconds=[4])
    events = []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if isinstance(event, Done):
            journal._db.execute("DROP TABLE runs")
    assert isinstance(events[-1], Finished)
    assert isinstance(events[-2], Note)
    assert events[-2].text.startswith("The end of this run is not in the journal: ")


def test_an_unforeseen_error_is_one_sentence_with_the_traceback_in_the_log_file(
    client: Any, world: World, journal: Journal
) -> None:
    end = failed(Retime(seconds=[4, 5, 6], break_after=5), world)
    assert isinstance(end.error, StageFailed)
    assert str(end.error).startswith("lambdatui itself failed: ZeroDivisionError: a defect. The details are in ")
    assert (targets(end.done), targets(end.not_done), end.unsure) == (["f#4", "f#5"], ["f#6"], None)
    assert "Traceback" in log.start().read_text()
    [entry] = journal.runs()
    assert (entry.status, entry.error) == ("failed", str(end.error))


def test_a_change_that_broke_while_it_was_sent_is_unsure(
    client: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Retime(seconds=[4, 5])
    plan = stage.plan(world)
    account = world.accounts.open()
    real = account.call

    def call(service: str, operation: str, parameters: Any = None, /) -> Any:
        real(service, operation, parameters)
        raise MemoryError("after the call")

    monkeypatch.setattr(account, "call", call)
    end = failed(stage, world, plan)
    assert end.unsure == plan.changes[0]
    assert targets(end.not_done) == ["f#5"]


@pytest.mark.parametrize(
    ("effect", "unsure"),
    [("access-denied", False), ("stale-revision", False), ("expired-token", False), ("error", True)],
)
def test_what_aws_said_no_to_is_not_done_and_what_broke_there_is_unsure(
    client: Any, world: World, connected: Any, account_id: str, effect: str, unsure: bool
) -> None:
    details = {"code": "Odd", "message": "odd", "status": 501} if effect == "error" else {}
    operation = "UpdateFunctionConfiguration"
    connected.cloud.faults.add(effect, operation=operation, account=account_id, after=1, **details)
    end = failed(Retime(seconds=[4, 5, 6]), world)
    assert targets(end.done) == ["f#4"]
    assert targets(end.not_done) == (["f#6"] if unsure else ["f#5", "f#6"])
    assert (end.unsure is not None) == unsure


def test_what_the_guard_s_own_call_met_does_not_make_the_change_unsure(
    client: Any, world: World, connected: Any, account_id: str
) -> None:
    stage = Retime(seconds=[4])
    plan = stage.plan(world)
    world.accounts.open()._identity = None
    connected.cloud.faults.add(
        "error", operation="GetCallerIdentity", account=account_id, code="Odd", message="odd", status=501
    )
    end = failed(stage, world, plan)
    assert (end.unsure, targets(end.not_done)) == (None, ["f#4"])


def test_a_read_only_world_refuses_and_nothing_is_sent(client: Any, connected: Any, calls: Calls) -> None:
    from lambdatui.aws.accounts import Accounts

    world = World(Accounts(Settings(read_only=True)))
    stage = Retime(seconds=[4, 5])
    plan = stage.plan(world)
    assert plan.refused
    calls.forget()
    end = failed(stage, world, plan)
    assert isinstance(end.error, Refused)
    assert (end.done, targets(end.not_done), end.unsure) == ((), ["f#4", "f#5"], None)
    assert calls.operations() == []


def test_a_cancelled_run_stops_at_the_next_change(client: Any, world: World, journal: Journal) -> None:
    stage = Retime(seconds=[4, 5])
    events: list[Event] = []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if isinstance(event, Done):
            world.clock.cancel()
    end = events[-1]
    assert isinstance(end, Failed)
    assert isinstance(end.error, Cancelled)
    assert (targets(end.done), targets(end.not_done), end.unsure) == (["f#4"], ["f#5"], None)
    assert journal.runs()[0].status == "cancelled"


def test_a_cancelled_run_does_not_sit_out_its_retries(
    client: Any, world: World, connected: Any, account_id: str, calls: Calls
) -> None:
    connected.cloud.faults.add("unavailable", operation="UpdateFunctionConfiguration", account=account_id)
    told: list[Retry] = []

    def heard(retry: Retry) -> None:
        told.append(retry)
        world.clock.cancel()

    world.on_retry = heard
    stage = Retime(seconds=[4])
    plan = stage.plan(world)
    calls.forget()
    end = failed(stage, world, plan)
    assert isinstance(end.error, Cancelled)
    # it was sent, and the answer was no clear no
    assert end.unsure == plan.changes[0]
    assert len(told) == 1
    assert 1 <= len(calls.changes()) <= 2


def test_an_empty_plan_is_finished_at_once_with_what_is_known(client: Any, world: World, calls: Calls) -> None:
    stage = Retime(seconds=[])
    plan = stage.plan(world)
    calls.forget()
    assert run(stage, world, plan) == [Finished({"before": "d"})]
    assert calls.operations() == []


def test_the_danger_of_a_plan_is_the_worst_of_its_changes(client: Any, world: World) -> None:
    place = Retime(seconds=[]).place(world)
    changes = [Change("A", "a"), Change("B", "b", danger=Danger.DESTRUCTIVE), Change("C", "c", danger=Danger.TRAFFIC)]
    assert Plan("t", place, tuple(changes)).danger is Danger.DESTRUCTIVE
    assert Plan("t", place, (changes[0], changes[2])).danger is Danger.TRAFFIC
    assert Plan("t", place).danger is Danger.SAFE


def test_the_place_says_who_acts_where(client: Any, world: World, account_id: str) -> None:
    place = Retime(seconds=[]).place(world)
    assert str(place).startswith(f"{account_id} eu-west-1 as ")


def test_filling_in_leaves_the_request_alone() -> None:
    request = {"A": FromRun("x"), "B": [FromRun("y"), {"C": FromRun("x")}], FromRun("k"): 1}
    assert filled(request, {"x": 1, "y": 2, "k": "key"}) == {"A": 1, "B": [2, {"C": 1}], "key": 1}
    assert request["A"] == FromRun("x")
    assert str(FromRun("version")) == "<version>"


def test_differences_are_of_what_changes_only() -> None:
    before, after = {"a": 1, "b": [1], "gone": "x"}, {"a": 1, "b": [], "new": True}
    assert differences(before, after) == (
        Difference("b", "1", "none"),
        Difference("new", None, "yes"),
        Difference("gone", "x", None),
    )
    assert shown({"a": 1}) == "a=1"
    assert shown(None) is None
