"""The gates: what each makes of what it finds, and what a rollout makes of that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lambdatui.aws.alarms import AlarmState
from lambdatui.emulator.server import Emulator
from lambdatui.errors import BadInput, Refused
from lambdatui.stages.rollout.alarm_gate import AlarmGate
from lambdatui.stages.rollout.gates import ApprovalGate, HookGate, ProbeGate, is_asked_at
from lambdatui.stages.rollout.metrics_gate import Figures, MetricsGate
from lambdatui.stages.route import Route
from lambdatui.stages.stage import AtStep, Event, Failed, Finished, World
from tests.emulator.clients import make_function
from tests.stages.acting import failed, run
from tests.stages.moved_clock import MovedClock
from tests.stages.rollout.conftest import routing
from tests.stages.rollout.test_gradual import gradual, verdicts, when

# alarms

ALARMS = {"kind": "alarms", "names": ["errors", "slow"]}


@pytest.fixture
def alarms(aws: Any) -> Any:
    """A CloudWatch client, with the alarms `errors` and `slow`, which nothing but SetAlarmState moves."""
    cloudwatch = aws("cloudwatch")
    for name in ("errors", "slow"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="Shop", MetricName=name, Statistic="Sum", Period=86400, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
        )  # fmt: skip
        set_alarm(cloudwatch, name, "OK")
    return cloudwatch


def set_alarm(cloudwatch: Any, name: str, state: str, reason: str = "set by hand") -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)


def test_an_alarm_that_turns_red_puts_back_at_once(client: Any, world: World, alarms: Any, clock: MovedClock) -> None:
    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            set_alarm(alarms, "slow", "ALARM", "p95 is \x1b[31m900 ms")

    last = when(world, act, gradual(gates=[ALARMS]))[-1]
    assert isinstance(last, Failed)
    assert last.error.message.startswith("Stopped at 25 % by alarms: the alarm slow is red since ")
    assert "900 ms)" in last.error.message
    assert last.error.message.endswith("Put back: all traffic to 1.")
    assert routing(client) == ("1", {})
    # within one look, not at the end of the bake
    assert clock.slept == pytest.approx(300 + 15, abs=2)


def test_green_alarms_let_it_through(client: Any, world: World, alarms: Any) -> None:
    events = run(gradual(gates=[ALARMS]), world)
    assert isinstance(events[-1], Finished), events[-1]
    assert {verdict.words for verdict in verdicts(events)} == {"2 alarms watched, none turned red."}


def test_an_alarm_that_is_red_before_the_start_is_named(client: Any, world: World, alarms: Any) -> None:
    set_alarm(alarms, "errors", "ALARM", "41 fails")
    with pytest.raises(Refused, match=r"the alarm errors is red since .*41 fails.*`ignore_red_at_start: true`"):
        gradual(gates=[ALARMS]).plan(world)


def test_with_the_override_it_counts_only_once_it_was_green(client: Any, world: World, alarms: Any) -> None:
    set_alarm(alarms, "errors", "ALARM", "41 fails")
    stage = gradual(gates=[ALARMS | {"ignore_red_at_start": True}])
    assert "the alarm errors is red already; it counts once it has been green" in stage.plan(world).warnings

    def act(event: Event) -> None:
        if isinstance(event, AtStep) and event.phase == "baking":
            if event.percent == 25:
                set_alarm(alarms, "errors", "OK")
            if event.percent == 50:
                set_alarm(alarms, "errors", "ALARM", "42 fails too")

    events = when(world, act, stage)
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.error.message.startswith("Stopped at 50 % by alarms: the alarm errors is red")
    assert "red since before the start: errors." in verdicts(events)[0].words


def test_a_fix_goes_out_while_the_alarm_stays_red(client: Any, world: World, alarms: Any) -> None:
    set_alarm(alarms, "errors", "ALARM", "41 fails")
    events = run(gradual(gates=[ALARMS | {"ignore_red_at_start": True}]), world)
    assert isinstance(events[-1], Finished), events[-1]


def test_an_alarm_that_was_green_between_two_looks_counts() -> None:
    gate = AlarmGate(names=("errors",), ignore_red_at_start=True)
    for since, outcome in ((100.0, "pass"), (130.0, "fail")):
        found = {"errors": AlarmState("errors", "ALARM", "", since)}
        verdict, still = gate.judge(found, {"errors": 100.0})
        assert (verdict.outcome, dict(still)) == (outcome, {"errors": 100.0} if outcome == "pass" else {})


def test_an_alarm_that_does_not_exist_is_told_with_the_near_match(client: Any, world: World, alarms: Any) -> None:
    with pytest.raises(BadInput, match=r"There is no alarm 'error'\. Did you mean 'errors'"):
        gradual(gates=[ALARMS | {"names": ["error"]}]).plan(world)


def test_an_alarm_that_is_deleted_meanwhile_cannot_judge(client: Any, world: World, alarms: Any) -> None:
    def act(event: Event) -> None:
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            alarms.delete_alarms(AlarmNames=["slow"])

    last = when(world, act, gradual(gates=[ALARMS]))[-1]
    assert isinstance(last, Failed)
    assert "The alarm slow is not there any more." in last.error.message
    assert routing(client) == ("1", {})


def test_alarms_that_may_not_be_read_any_more_put_back(
    connected: Emulator, account_id: str, client: Any, world: World, alarms: Any
) -> None:
    fault = 0

    def act(event: Event) -> None:
        nonlocal fault
        if isinstance(event, AtStep) and (event.phase, event.percent) == ("baking", 25):
            fault = connected.cloud.faults.add("access-denied", account=account_id, service="cloudwatch")

    last = when(world, act, gradual(gates=[ALARMS]))[-1]
    connected.cloud.faults.remove(fault)
    assert isinstance(last, Failed)
    assert "by alarms: they cannot be read: " in last.error.message
    assert routing(client) == ("1", {})


# the version's own figures

LIMITS = MetricsGate(max_error_rate=5, max_error_increase=1, max_p95_ms=500, max_p95_increase=20, min_calls=50)
OLD = Figures(1000, 5, 100.0)


@pytest.mark.parametrize(
    ("new", "old", "outcome", "words"),
    [
        (
            Figures(100, 1, 110.0),
            OLD,
            "pass",
            "100 calls, 1.00 % errors, p95 110.0 ms; old: 1,000 calls, 0.50 % errors",
        ),
        (Figures(49, 49, 900.0), OLD, "wait", "the new version had 49 calls in whole minutes, 50 are needed."),
        (Figures(100, 6, 100.0), OLD, "fail", "6 of 100 calls of the new version failed (6.00 %), 5 % are allowed"),
        (Figures(100, 2, 100.0), OLD, "fail", "2.00 % of the new version's 100 calls failed and 0.50 % of the old"),
        (Figures(100, 0, 501.0), Figures(), "fail", "the new version's p95 is 501.0 ms, 500 ms are allowed"),
        (Figures(100, 0, 121.0), OLD, "fail", "121.0 ms, 21 % above the old version's 100.0 ms; 20 % are allowed"),
        # too few calls of the old version say nothing of the new one's
        (Figures(100, 4, 400.0), Figures(49, 0, 10.0), "pass", "100 calls, 4.00 % errors"),
        (Figures(100, 0, None), OLD, "pass", "100 calls, 0.00 % errors; old"),
    ],
)
def test_figures_are_judged_by_each_limit(new: Figures, old: Figures, outcome: str, words: str) -> None:
    verdict = LIMITS.judge(new, old)
    assert (verdict.outcome, words in verdict.words) == (outcome, True), verdict.words


@pytest.mark.parametrize(("too_few", "outcome"), [("wait", "fail"), ("fail", "fail"), ("pass", "pass")])
def test_too_few_calls_wait_and_then_fail_or_pass_as_it_was_said(too_few: Any, outcome: str) -> None:
    gate = LIMITS.model_copy(update={"too_few": too_few})
    assert gate.judge(Figures(3), OLD).outcome == "wait"
    assert gate.judge(Figures(3), OLD, over=True).outcome == outcome


MILLISECONDS = st.integers(0, 10**8).map(lambda count: count / 1000)


@given(MILLISECONDS, MILLISECONDS)
def test_only_whole_minutes_since_the_step_began_are_judged(began: float, later: float) -> None:
    now = began + later
    window = LIMITS.window(began, now)
    if window is None:
        # there may be none for as long as a minute is late, and the two that are cut
        assert later < LIMITS.late + 120 + 1e-6
        return
    first, last = window
    assert (first % 60, last % 60) == (0, 0)
    assert began <= first < last <= now - LIMITS.late + 1e-6


@given(st.integers(50, 5000), st.integers(0, 5000), st.integers(50, 5000), st.integers(0, 5000))
def test_more_errors_never_make_it_better(calls: int, errors: int, old_calls: int, old_errors: int) -> None:
    new, old = Figures(calls, min(errors, calls), 90.0), Figures(old_calls, min(old_errors, old_calls), 90.0)
    worse = Figures(calls, min(errors + 1, calls), 90.0)
    if LIMITS.judge(new, old).outcome == "fail":
        assert LIMITS.judge(worse, old).outcome == "fail"


def test_a_metrics_gate_without_a_limit_is_told() -> None:
    with pytest.raises(ValidationError, match="max_p95_increase at least was expected"):
        MetricsGate()


def test_a_step_without_calls_waits_for_them_and_then_fails(client: Any, world: World, clock: MovedClock) -> None:
    gate = {"kind": "metrics", "max_error_rate": 1, "wait_at_most": "20m"}
    last = failed(gradual(gates=[gate]), world)
    assert last.error.message == (
        "Stopped at 5 % by metrics: the new version had 0 calls in whole minutes, 50 are needed. "
        "Put back: all traffic to 1."
    )
    assert clock.slept == pytest.approx(300 + 1200, abs=3)


def test_too_few_calls_may_pass(client: Any, world: World) -> None:
    events = run(gradual(gates=[{"kind": "metrics", "max_error_rate": 1, "too_few": "pass"}]), world)
    assert isinstance(events[-1], Finished), events[-1]


# hooks


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ({"status": "Succeeded"}, "pass", "the step is good"),
        ({"Status": "succeeded", "reason": "orders flow"}, "pass", "orders flow"),
        (True, "pass", "the step is good"),
        ({"status": "Failed", "reason": "orders stand"}, "fail", "orders stand"),
        (False, "fail", "the step is bad"),
        ({"ok": 1}, "fail", '{"status": "Failed"} was expected, not {"ok": 1}'),
        (None, "fail", "was expected, not null"),
    ],
)
def test_a_hooks_answer_decides(answer: Any, outcome: str, words: str) -> None:
    verdict = HookGate(function="check").verdict(json.dumps(answer).encode())
    assert (verdict.outcome, words in verdict.words) == (outcome, True), verdict.words
    assert verdict.gate == "hook check"


def test_a_hook_gets_the_step_and_its_no_puts_back(client: Any, world: World) -> None:
    source = (
        "import json\n"
        "def handler(step, context):\n"
        "    good = step['percent'] < 25 and step['alias'] == 'live' and step['new'] == '2'\n"
        "    return {'status': 'Succeeded' if good else 'Failed', 'reason': json.dumps(step, sort_keys=True)}\n"
    )
    make_function(client, "check", source)
    events = run(gradual(gates=[{"kind": "hook", "function": "check"}]), world)
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.error.message.startswith("Stopped at 25 % by hook check: ")
    seen = [json.loads(verdict.words) for verdict in verdicts(events)]
    assert [(step["percent"], step["step"], step["steps"]) for step in seen] == [(5, 1, 4), (25, 2, 4)]
    assert seen[1]["before"] == {"version": "1", "weights": {}}
    assert seen[1]["routing"] == {"version": "1", "weights": {"2": 0.25}}
    assert routing(client) == ("1", {})


def test_a_hook_that_crashes_has_said_no_and_one_that_is_not_there_is_asked_again(client: Any, world: World) -> None:
    make_function(client, "check", "def handler(step, context):\n    raise ValueError('no')\n")
    assert (
        "by hook check: it failed: ValueError: no"
        in failed(gradual(gates=[{"kind": "hook", "function": "check"}]), world).error.message
    )
    client.delete_function(FunctionName="check")
    asked = 0

    def act(event: Event) -> None:
        nonlocal asked
        if isinstance(event, AtStep) and event.phase == "paused":
            asked += 1
            assert "Function not found" in event.words
            assert routing(client) == ("1", {"2": 0.05})
            make_function(client, "check", "def handler(step, context):\n    return True\n")
            world.controls.go_on()

    events = when(world, act, gradual(gates=[{"kind": "hook", "function": "check"}]))
    assert isinstance(events[-1], Finished), events[-1]
    assert asked == 1


# probes, and a person


def test_a_probe_that_fails_before_the_first_step_moves_nothing(client: Any, world: World) -> None:
    gate = {"kind": "probe", "steps": [0], "probes": [{"expect": {"contains": {"total": 20.5}}}]}
    last = failed(gradual("3", [gate]), world)
    assert last.error.message.startswith("Stopped before the first step by probe: 0 of 1 answers were as expected")
    assert last.error.message.endswith("function error: KeyError: 'currency' Nothing has moved: all traffic to 1.")


def test_a_persons_go_is_waited_for_and_alarms_are_watched_meanwhile(client: Any, world: World, alarms: Any) -> None:
    asked: list[Any] = []

    def act(event: Event) -> None:
        if isinstance(event, AtStep) and event.phase == "asking":
            asked.append((event.words, event.percent))
            if len(asked) == 1:
                world.controls.go_on()
            else:
                set_alarm(alarms, "errors", "ALARM", "too many")

    gates = [{"kind": "approval", "message": "look at the orders", "steps": [5, 50]}, ALARMS]
    last = when(world, act, gradual(gates=gates))[-1]
    assert asked == [("look at the orders", 5), ("look at the orders", 50)]
    assert isinstance(last, Failed)
    assert "Stopped at 50 % by alarms: " in last.error.message
    assert routing(client) == ("1", {})


def test_a_gate_is_asked_at_the_steps_it_names_or_at_each() -> None:
    person, hook = ApprovalGate(), HookGate(function="f")
    assert [is_asked_at(person, percent) for percent in (0, 5, 100)] == [False, True, False]
    assert [is_asked_at(hook, percent) for percent in (0, 5, 100)] == [False, True, True]
    probe = ProbeGate(probes=[{}], steps=[0, 33.3])
    assert [is_asked_at(probe, percent) for percent in (0, 5, 33.3, 100)] == [True, False, True, False]


def test_a_gate_at_a_step_that_is_not_there_is_told() -> None:
    with pytest.raises(ValidationError, match="the approval names the step 30, and the schedule has 0, 5, 25, 50, 100"):
        gradual(gates=[{"kind": "approval", "steps": [30]}])


def test_payloads_of_probes_are_not_among_the_inputs_in_the_journal(world: World) -> None:
    probe = {"payload": {"card": "4111"}}
    for stage in (
        gradual(gates=[{"kind": "probe", "probes": [probe]}]),
        Route(function="f", alias="live", strategy={"kind": "blue_green", "to": "2", "probes": [probe]}),
    ):
        assert "4111" not in json.dumps(stage.remembered())
