"""Gradual rollouts, from plan to end, over HTTP: what moves, what stops them, and that the way back is exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws import clients
from lambdatui.aws.errors import Changed
from lambdatui.emulator.server import Emulator
from lambdatui.errors import BadInput, Cancelled, Refused, StageFailed
from lambdatui.journal import Journal
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.route import Route
from lambdatui.stages.stage import AtStep, Done, Event, Failed, Finished, Note, Result, Started, World
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.stages.acting import failed, finished, operations, run
from tests.stages.moved_clock import MovedClock
from tests.stages.rollout.conftest import routing


def gradual(to: str = "2", gates: Any = (), schedule: Any = None, **members: Any) -> Route:
    steps = {"kind": "steps", "percents": [5, 25, 50, 100], "bake": "5m"}
    strategy = {"kind": "gradual", "to": to, "gates": gates, "schedule": schedule or steps, **members}
    return Route(function="f", alias="live", strategy=strategy)


def verdicts(events: list[Event]) -> list[Verdict]:
    return [event.value for event in events if isinstance(event, Result) and isinstance(event.value, Verdict)]


def phases(events: list[Event]) -> list[tuple[str, float]]:
    return [(event.phase, event.percent) for event in events if isinstance(event, AtStep)]


def when(world: World, act: Callable[[Event], None], stage: Route) -> list[Event]:
    """The events of a run, each handed to `act` before the run goes on."""
    found = []
    for event in stage.run(world, stage.plan(world)):
        found.append(event)
        act(event)
    return found


# the plan


def test_the_plan_has_an_update_a_step_and_reads_only(client: Any, world: World, calls: Calls) -> None:
    calls.forget()
    plan = gradual("newest").plan(world)
    assert calls.changes() == []
    assert operations(plan) == ["UpdateAlias"] * 4
    assert [
        (change.request["FunctionVersion"], change.request["RoutingConfig"]["AdditionalVersionWeights"])
        for change in plan.changes
    ] == [("1", {"3": 0.05}), ("1", {"3": 0.25}), ("1", {"3": 0.5}), ("3", {})]
    assert [[(line.field, line.before, line.after) for line in change.differences] for change in plan.changes][1] == [
        ("1", "95 %", "75 %"),
        ("3", "5 %", "25 %"),
    ]
    assert plan.notes[:2] == ("newest is version 3", "stays at 5 % for 5 min, 25 % for 5 min, 50 % for 5 min")
    assert plan.warnings == ("No gate watches it: only you, and the clock, decide whether it goes on.",)


def test_a_rollout_begins_beyond_the_share_that_is_there(client: Any, world: World) -> None:
    client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    plan = gradual().plan(world)
    assert len(plan.changes) == 2
    assert "2 has 25 % already: the rollout begins at 50 %" in plan.notes
    client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.25}})
    assert "3, which has 25 % now, gets none" in gradual().plan(world).warnings


def test_nothing_is_to_be_done_where_all_traffic_is_there(client: Any, world: World) -> None:
    assert gradual("1").plan(world).empty


@pytest.mark.parametrize(
    ("stage", "error", "words"),
    [
        (gradual("9"), BadInput, "f has no version 9"),
        (gradual("$LATEST"), Refused, r"\$LATEST cannot share an alias's traffic"),
        (gradual("2", stable="newest", gates=[{"kind": "alarms", "names": ["nix"]}]), BadInput, "There is no alarm"),
        (gradual("2", stable="2"), Refused, "its main version is 2 already|2 already"),
        (
            gradual("2", gates=[{"kind": "probe", "probes": [{"payload_file": "absent.json"}]}]),
            BadInput,
            "absent.json: cannot be read",
        ),
        (
            Route(function="f", alias="beta", strategy=gradual().strategy),
            Refused,
            "there is no such alias, and so no traffic",
        ),
    ],
)
def test_what_cannot_be_done_is_told_before_any_change(
    client: Any, world: World, calls: Calls, stage: Route, error: type[Exception], words: str
) -> None:
    calls.forget()
    with pytest.raises(error, match=words):
        stage.plan(world)
    assert calls.changes() == []


def test_an_alias_with_provisioned_concurrency_is_refused_with_what_to_do(client: Any, world: World) -> None:
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=2)
    with pytest.raises(Refused, match=r"f:live: the alias has provisioned concurrency.*such as by blue_green"):
        gradual().plan(world)


# the steps


def test_each_step_bakes_and_the_last_has_it_all(client: Any, world: World, clock: MovedClock, calls: Calls) -> None:
    stage = gradual()
    plan = stage.plan(world)
    calls.forget()
    events = run(stage, world, plan)
    assert isinstance(events[-1], Finished), events[-1]
    assert events[-1].outputs == {"version": "2", "weights": {}, "former": "all traffic to 1"}
    assert routing(client) == ("2", {})
    assert calls.changes() == ["UpdateAlias"] * 4
    assert clock.slept == pytest.approx(3 * 300, abs=1)
    assert phases(events) == [
        ("moving", 0), ("baking", 5), ("moving", 5), ("baking", 25), ("moving", 25), ("baking", 50),
        ("moving", 50), ("baking", 100),
    ]  # fmt: skip
    assert [event.index for event in events if isinstance(event, Done)] == [0, 1, 2, 3]
    assert client.get_alias(FunctionName="f", Name="live")["Description"] == "the shop"


def test_the_state_is_in_the_journal_before_and_after_each_write(
    client: Any, world: World, journal: Journal, calls: Calls
) -> None:
    seen = []

    def look(event: Event) -> None:
        if isinstance(event, Started | Done):
            [current] = journal.runs()
            state = journal.state(current.id)
            assert state is not None
            seen.append((type(event).__name__, state.step, state.writing and dict(state.writing.weights)))
            if isinstance(event, Done):
                assert state.revision == client.get_alias(FunctionName="f", Name="live")["RevisionId"]

    when(world, look, gradual(schedule={"kind": "canary", "percent": 10, "bake": 1}))
    assert seen == [("Started", -1, {"2": 0.1}), ("Done", 0, None), ("Started", 0, {}), ("Done", 1, None)]
    assert journal.unfinished() == []


# a person


def test_pause_holds_the_bake_and_go_on_lets_it_end(client: Any, world: World, clock: MovedClock) -> None:
    paused_for = 0

    def act(event: Event) -> None:
        nonlocal paused_for
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25) and not paused_for:
            world.controls.pause()
        if isinstance(event, AtStep) and event.phase == "paused":
            began = clock.slept

            def later(slept: float) -> None:
                nonlocal paused_for
                if slept - began > 1000 and not paused_for:
                    paused_for = round(slept - began)
                    assert routing(client) == ("1", {"2": 0.25})
                    world.controls.go_on()

            clock.as_time_goes.append(later)

    events = when(world, act, gradual())
    assert isinstance(events[-1], Finished)
    assert clock.slept == pytest.approx(3 * 300 + paused_for, abs=3)


def test_step_back_goes_to_the_step_before_and_waits_there(client: Any, world: World) -> None:
    acts = iter(["step back", "step back", "go on"])
    at: list[Any] = []

    def act(event: Event) -> None:
        if isinstance(event, AtStep) and ((event.phase, event.percent) == ("baking", 25) or event.phase == "paused"):
            at.append(routing(client))
            wish = next(acts, None)
            if wish == "step back":
                world.controls.step_back()
            elif wish == "go on":
                world.controls.go_on()

    events = when(world, act, gradual())
    assert isinstance(events[-1], Finished), events[-1]
    # 25 %, back to 5 %, back to where it was, and then all the way, with 25 % once more
    assert at == [("1", {"2": 0.25}), ("1", {"2": 0.05}), ("1", {}), ("1", {"2": 0.25})]
    assert routing(client) == ("2", {})


def test_abort_puts_back_the_exact_routing_from_before(
    client: Any, world: World, journal: Journal, calls: Calls
) -> None:
    client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.125}})

    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 50):
            world.controls.abort()

    events = when(world, act, gradual())
    last = events[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, Cancelled)
    assert str(last.error) == "Aborted at 50 %. Put back: 87.5 % to 1, 12.5 % to 3."
    assert (last.done, last.unsure) == ((), None)
    assert routing(client) == ("1", {"3": 0.125})
    assert journal.unfinished() == []


def test_a_run_that_is_cancelled_leaves_the_alias_at_its_step(client: Any, world: World, journal: Journal) -> None:
    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            world.clock.cancel()

    events = when(world, act, gradual())
    last = events[-1]
    assert isinstance(last, Failed)
    assert str(last.error) == "Stopped by the operator. f:live stays as it is: 75 % to 1, 25 % to 2."
    assert routing(client) == ("1", {"2": 0.25})
    [unfinished] = journal.unfinished()
    state = journal.state(unfinished.id)
    assert state is not None
    assert (state.step, state.phase, state.writing) == (1, "left", None)


# somebody else


def test_what_somebody_else_does_to_the_alias_ends_it_and_stays(client: Any, world: World, calls: Calls) -> None:
    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.5}})
            calls.forget()

    events = when(world, act, gradual())
    last = events[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, Changed)
    assert last.error.message == (
        "f:live was changed by somebody else: it was 75 % to 1, 25 % to 2, and is 50 % to 1, 50 % to 3. "
        "The rollout ends here, and leaves it so."
    )
    assert routing(client) == ("1", {"3": 0.5})
    assert calls.changes() == []
    assert len(last.done) == 2


def test_what_somebody_else_does_just_before_a_write_is_not_overwritten(client: Any, world: World) -> None:
    def act(event: Event) -> None:
        if isinstance(event, Started) and event.index == 2:
            client.update_alias(FunctionName="f", Name="live", Description="mine")

    events = when(world, act, gradual())
    last = events[-1]
    assert isinstance(last, Failed)
    assert "its description was 'the shop', and is 'mine'" in last.error.message
    assert routing(client) == ("1", {"2": 0.25})


def test_what_a_gate_refuses_is_not_put_back_over_what_somebody_else_did(client: Any, world: World) -> None:
    make_function(client, "check", "def handler(step, context):\n    return step['percent'] < 25\n")

    def act(event: Event) -> None:
        if isinstance(event, AtStep) and event.phase == "putting back":
            client.update_alias(FunctionName="f", Name="live", FunctionVersion="3")

    last = when(world, act, gradual(gates=[{"kind": "hook", "function": "check"}]))[-1]
    assert isinstance(last, Failed)
    assert last.error.message.startswith("Stopped at 25 % by hook check: it says that the step is bad. It was not put ")
    assert "it was 75 % to 1, 25 % to 2, and is 75 % to 3, 25 % to 2" in last.error.message
    assert routing(client) == ("3", {"2": 0.25})


def test_another_revision_with_the_same_routing_is_no_change(client: Any, world: World) -> None:
    def act(event: Event) -> None:
        if isinstance(event, Started) and event.index == 2:
            client.update_alias(FunctionName="f", Name="live", Description="the shop")

    events = when(world, act, gradual())
    assert isinstance(events[-1], Finished), events[-1]
    assert any("the same routing" in event.text for event in events if isinstance(event, Note))


def test_an_alias_that_is_gone_ends_it(client: Any, world: World) -> None:
    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            client.delete_alias(FunctionName="f", Name="live")

    last = when(world, act, gradual())[-1]
    assert isinstance(last, Failed)
    assert "f:live is not there any more" in last.error.message


# the network, and AWS on a bad day


@pytest.mark.parametrize("effect", ["cut-after-work", "cut-before-work", "unavailable", "throttle", "stale-revision"])
def test_a_write_whose_answer_is_lost_is_made_once(
    connected: Emulator, account_id: str, client: Any, world: World, effect: str
) -> None:
    fault = connected.cloud.faults.add(effect, account=account_id, operation="UpdateAlias", after=1, times=1)
    try:
        events = run(gradual(), world)
        assert connected.cloud.faults.hits(fault) == 1
    finally:
        connected.cloud.faults.remove(fault)
    assert isinstance(events[-1], Finished), events[-1]
    assert routing(client) == ("2", {})


def test_expired_credentials_freeze_it_until_somebody_logs_in(
    connected: Emulator, account_id: str, client: Any, world: World, clock: MovedClock
) -> None:
    faults = connected.cloud.faults
    number = 0
    frozen: list[float] = []

    def act(event: Event) -> None:
        nonlocal number
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25) and not number:
            number = faults.add("expired-token", account=account_id)
        if isinstance(event, AtStep) and event.phase == "frozen":
            frozen.append(clock.slept)

            def later(slept: float) -> None:
                if slept - frozen[0] > 600 and world.accounts.lapses.all:
                    faults.remove(number)
                    world.accounts.renew("")

            clock.as_time_goes.append(later)

    try:
        events = when(world, act, gradual())
    finally:
        faults.remove(number)
    assert isinstance(events[-1], Finished), events[-1]
    assert len(frozen) == 1
    [note] = [event.text for event in events if isinstance(event, Note) and "AWS answers again" in event.text]
    assert note.startswith("AWS answers again, after 6")
    assert routing(client) == ("2", {})


@pytest.mark.parametrize("effect", ["cut-after-work", "cut-before-work", "unavailable", "throttle"])
def test_without_retries_beneath_a_write_is_sent_again_only_if_it_did_not_arrive(
    connected: Emulator,
    account_id: str,
    client: Any,
    world: World,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
    effect: str,
) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    fault = connected.cloud.faults.add(effect, account=account_id, operation="UpdateAlias", after=1, times=1)
    try:
        events = run(gradual(), world)
        assert connected.cloud.faults.hits(fault) == 1
    finally:
        connected.cloud.faults.remove(fault)
    assert isinstance(events[-1], Finished), events[-1]
    assert [event.words for event in events if isinstance(event, AtStep) and event.phase == "frozen"]
    assert calls.changes().count("UpdateAlias") == (4 if effect == "cut-after-work" else 5)
    assert routing(client) == ("2", {})


@pytest.mark.parametrize("operation", ["GetAlias", "DescribeAlarms", "GetMetricData"])
def test_a_read_that_fails_is_asked_again_and_nothing_advances_meanwhile(
    connected: Emulator,
    account_id: str,
    client: Any,
    world: World,
    aws: Any,
    clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    aws("cloudwatch").put_metric_alarm(
        AlarmName="errors", Namespace="Shop", MetricName="e", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching",
    )  # fmt: skip
    gates = [{"kind": "alarms", "names": ["errors"]}, {"kind": "metrics", "max_error_rate": 1, "too_few": "pass"}]
    stage = gradual(gates=gates)
    plan = stage.plan(world)
    faults = connected.cloud.faults
    fault = faults.add("cut-before-work", account=account_id, operation=operation, after=2)
    meanwhile = set()

    def look(_: float) -> None:
        if 0 < faults.hits(fault) < 40:
            meanwhile.add(str(client.list_aliases(FunctionName="f")["Aliases"][0].get("RoutingConfig")))
        elif faults.hits(fault) >= 40:
            faults.remove(fault)

    clock.as_time_goes.append(look)
    try:
        events = list(stage.run(world, plan))
    finally:
        faults.remove(fault)
    assert isinstance(events[-1], Finished), events[-1]
    assert len(meanwhile) == 1
    assert [phase for phase, _ in phases(events)].count("frozen") == 1
    assert routing(client) == ("2", {})


def test_what_aws_refuses_is_told_and_the_alias_stays(
    connected: Emulator, account_id: str, client: Any, world: World, journal: Journal
) -> None:
    fault = connected.cloud.faults.add("access-denied", account=account_id, operation="UpdateAlias", after=1)
    try:
        last = failed(gradual(), world)
    finally:
        connected.cloud.faults.remove(fault)
    assert "is not authorized to perform" in last.error.message
    assert [change.request["RoutingConfig"]["AdditionalVersionWeights"] for change in last.done] == [{"2": 0.05}]
    assert len(last.not_done) == 3
    assert last.unsure is None
    [unfinished] = journal.unfinished()
    state = journal.state(unfinished.id)
    assert state is not None
    assert (state.step, state.writing) == (0, None)


# the journeys


def test_a_version_that_fails_is_stopped_by_its_figures_and_all_is_as_before(
    client: Any, world: World, traffic: Any, clock: MovedClock, journal: Journal
) -> None:
    traffic(120)
    gate = {"kind": "metrics", "max_error_increase": 1, "max_p95_increase": 400, "min_calls": 10}
    events = run(gradual("3", [gate]), world)
    last = events[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, StageFailed)
    assert "by metrics: 100.00 % of the new version's" in last.error.message
    assert last.error.message.endswith("Put back: all traffic to 1.")
    assert routing(client) == ("1", {})
    assert [verdict.outcome for verdict in verdicts(events)][-1] == "fail"
    assert journal.runs()[0].status == "failed"
    assert journal.unfinished() == []


def test_a_good_version_goes_all_the_way(client: Any, world: World, traffic: Any, clock: MovedClock) -> None:
    traffic(120)
    make_function(client, "hook", "def handler(event, context):\n    return {'status': 'Succeeded'}\n")
    gates = [
        {"kind": "metrics", "max_error_rate": 1, "max_error_increase": 1, "max_p95_ms": 60_000, "min_calls": 5},
        {"kind": "probe", "probes": [{"expect": {"contains": {"total": 20.5}}}], "steps": [0, 25]},
        {"kind": "hook", "function": "hook"},
    ]
    events = run(gradual("2", gates), world)
    assert isinstance(events[-1], Finished), events[-1]
    assert routing(client) == ("2", {})
    told = [verdict.gate for verdict in verdicts(events) if verdict.outcome == "pass"]
    assert told[0] == "probe"
    assert (told.count("probe"), told.count("hook hook")) == (2, 4)
    assert {verdict.figures["new"]["errors"] for verdict in verdicts(events) if verdict.gate == "metrics"} == {0}
    [first, _] = [event.value for event in events if isinstance(event, Result) and isinstance(event.value, Probed)]
    assert first.invocation.version == "2"
    assert "REPORT RequestId" in first.invocation.log


def test_the_outputs_of_a_rollout_are_those_of_a_route(client: Any, world: World) -> None:
    outputs = finished(gradual(schedule={"kind": "linear", "step": 50, "interval": 1}), world)
    assert set(outputs) <= set(Route.outputs)
