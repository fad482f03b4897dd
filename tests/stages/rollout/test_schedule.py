"""Schedules: whatever is asked for, shares rise to 100 %, and each step has its time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lambdatui.journal import RolloutState, Routing
from lambdatui.stages import traffic
from lambdatui.stages.rollout.gradual import changes_of, routing_at
from lambdatui.stages.rollout.schedule import Canary, Linear, Listed, Schedule, Step, beyond

ANY = TypeAdapter(Schedule)


def test_linear_goes_the_same_way_at_each_step() -> None:
    assert Linear(step=25, interval="10m").steps() == (Step(25, 600), Step(50, 600), Step(75, 600), Step(100, 0))
    assert [step.percent for step in Linear(step=30, interval=1, final_bake="1m").steps()] == [30, 60, 90, 100]
    assert Linear(step=30, interval=1, final_bake="1m").steps()[-1] == Step(100, 60)
    assert Linear(step=100, interval=1).steps() == (Step(100, 0),)


def test_canary_goes_there_at_once_after_the_first_share() -> None:
    assert Canary(percent=10, bake="5m").steps() == (Step(10, 300), Step(100, 0))


def test_listed_steps_have_one_bake_for_all_or_one_each() -> None:
    assert Listed(percents=(5, 25, 100), bake=60, final_bake=30).steps() == (Step(5, 60), Step(25, 60), Step(100, 30))
    assert Listed(percents=(5, 25, 100), bake=("1m", 120, 0)).steps() == (Step(5, 60), Step(25, 120), Step(100, 0))


@pytest.mark.parametrize(
    ("given_members", "words"),
    [
        ({"kind": "steps", "percents": [5, 5, 100]}, "shares that rise were expected, not 5, 5, 100."),
        ({"kind": "steps", "percents": [5, 50]}, "the last share must be 100, not 50."),
        ({"kind": "steps", "percents": [5, 100], "bake": [1]}, "one for each of the 2 percents was expected, not 1."),
        ({"kind": "steps", "percents": [5, 100], "bake": [1, 2], "final_bake": 3}, "the last of `bake` says it"),
        ({"kind": "steps", "percents": []}, "at least 1"),
        ({"kind": "steps", "percents": [0, 100]}, "greater than 0"),
        ({"kind": "canary", "percent": 100, "bake": 1}, "less than 100"),
        ({"kind": "linear", "step": 0.5, "interval": 1}, "greater than or equal to 1"),
        ({"kind": "linear", "step": 10, "interval": "soon"}, "such as 90s, 10m or 1h30m was expected, not 'soon'"),
        ({"kind": "linear", "step": 10, "interval": -1}, "greater than or equal to 0"),
    ],
)
def test_what_is_no_schedule_is_told(given_members: object, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ANY.validate_python(given_members)
    assert words in str(caught.value)


percents = st.floats(0.01, 99.99).map(lambda percent: round(percent, 2))
schedules = st.one_of(
    st.builds(Linear, step=st.floats(1, 100), interval=st.integers(0, 9), final_bake=st.integers(0, 9)),
    st.builds(Canary, percent=percents, bake=st.integers(0, 9), final_bake=st.integers(0, 9)),
    st.builds(
        Listed, percents=st.sets(percents, max_size=20).map(lambda found: (*sorted(found), 100)), bake=st.integers(0, 9)
    ),
)


@given(schedules)
def test_the_shares_of_any_schedule_rise_to_100(schedule: Linear | Canary | Listed) -> None:
    steps = schedule.steps()
    shares = [step.percent for step in steps]
    assert shares == sorted(set(shares))
    assert shares[0] > 0
    assert shares[-1] == 100
    assert all(step.bake >= 0 for step in steps)
    assert type(schedule).model_validate_json(schedule.model_dump_json()) == schedule


@given(schedules, st.floats(0, 99))
def test_a_rollout_begins_beyond_what_the_version_has_already(schedule: Linear | Canary | Listed, has: float) -> None:
    left = beyond(schedule.steps(), has)
    assert left[-1].percent == 100
    assert all(step.percent > has for step in left)


@given(schedules, st.dictionaries(st.just("40"), st.floats(0.001, 0.999), max_size=1), st.integers(-1, 5))
def test_each_change_begins_where_the_last_ended_and_the_way_back_is_exact(
    schedule: Linear | Canary | Listed, weights: dict[str, float], step: int
) -> None:
    """Also of a rollout that is gone on with from some step."""
    before = Routing("41", weights)
    steps = tuple(
        {"percent": one.percent, "bake": one.bake, "version": version, "weights": extra}
        for one in schedule.steps()
        for version, extra in [traffic.weights("41", "42", one.percent)]
    )
    step = min(step, len(steps) - 1)
    state = RolloutState("live", before, before, -1, steps)
    state = replace(state, step=step, stands=routing_at(state, step))
    changes = changes_of("f", state)
    assert len(changes) == len(steps) - 1 - step
    stands = state.stands
    for change in changes:
        assert change.before["FunctionVersion"] == stands.version
        assert change.before["RoutingConfig"]["AdditionalVersionWeights"] == stands.weights
        routing = change.request["RoutingConfig"]["AdditionalVersionWeights"]
        stands = Routing(change.request["FunctionVersion"], routing)
    assert stands == Routing("42")
    assert routing_at(state, -1) == before
    assert RolloutState.from_data(json.loads(json.dumps(state.as_data()))).before == before


@given(schedules)
def test_the_weights_of_each_step_are_what_aws_takes_and_add_up(schedule: Linear | Canary | Listed) -> None:
    for step in schedule.steps():
        main, extra = traffic.weights("41", "42", step.percent)
        assert all(0 < weight < 1 for weight in extra.values())
        share = extra.get("42", 1.0 if main == "42" else 0.0)
        assert share * 100 == pytest.approx(step.percent, abs=1e-4)
        assert len(extra) <= 1
