"""A rollout whose process is gone: where it stands, and that going on and putting back are both right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdatui.aws.versions import Alias
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Busy, Journal, RolloutState, Routing
from lambdatui.stages.resume import Resume, leave
from lambdatui.stages.rollout.stopped import Stands, Stopped, compare, stopped, taken_up
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import World
from lambdatui.stages.undo import Undo
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.stages.acting import failed, finished, operations
from tests.stages.rollout.conftest import routing
from tests.stages.rollout.test_gradual import gradual

BEFORE, FIVE, QUARTER = Routing("1"), Routing("1", {"2": 0.05}), Routing("1", {"2": 0.25})
STATE = RolloutState(
    alias="live",
    before=BEFORE,
    stands=FIVE,
    step=0,
    steps=(
        {"percent": 5, "bake": 300, "version": "1", "weights": {"2": 0.05}},
        {"percent": 25, "bake": 300, "version": "1", "weights": {"2": 0.25}},
        {"percent": 100, "bake": 0, "version": "2", "weights": {}},
    ),
    revision="r1",
    bake_began=77.0,
)


def alias(at: Routing, revision: str = "r2") -> Alias:
    return Alias("live", at.version, at.weights, "the shop", revision)


@pytest.mark.parametrize(
    ("writing", "now", "stands", "step"),
    [
        (None, FIVE, Stands.AS_LEFT, 0),
        (QUARTER, FIVE, Stands.AS_LEFT, 0),
        (QUARTER, QUARTER, Stands.WRITTEN, 1),
        (BEFORE, BEFORE, Stands.WRITTEN, -1),
        (None, BEFORE, Stands.BACK, -1),
        (None, QUARTER, Stands.CHANGED, 1),
        (QUARTER, Routing("3"), Stands.CHANGED, -1),
        (None, Routing("1", {"3": 0.05}), Stands.CHANGED, -1),
    ],
)
def test_what_aws_says_is_compared_and_counts(writing: Any, now: Routing, stands: Stands, step: int) -> None:
    state = replace(STATE, writing=writing)
    assert compare(state, alias(now)) is stands
    taken = taken_up(state, alias(now))
    assert (taken.stands, taken.step, taken.writing, taken.revision) == (now, step, None, "r2")
    assert taken.before == BEFORE
    # nobody watched meanwhile
    assert taken.bake_began is None


def test_an_alias_that_is_gone_is_gone() -> None:
    assert compare(STATE, None) is Stands.GONE


# with a process that is really killed

ROLLING = """
    from lambdatui.aws.accounts import Accounts
    from lambdatui.journal import Journal
    from lambdatui.settings import Settings, state_folder
    from lambdatui.stages.stage import World
    from tests.stages.rollout.test_gradual import gradual
    journal = Journal(state_folder() / "journal.sqlite")
    world = World(Accounts(Settings(), journal), journal=journal)
    stage = gradual(schedule={"kind": "steps", "percents": [5, 25, 50, 100], "bake": BAKE})
    print("ready", flush=True)
    for event in stage.run(world, stage.plan(world)):
        print(event, flush=True)
"""


@pytest.fixture
def kill(journal: Journal) -> Callable[..., Stopped]:
    """Starts a rollout in a process of its own, kills it once this holds of its state, and gives what it left."""

    def act(holds: Callable[[RolloutState], bool], bake: int = 3600) -> Stopped:
        source = textwrap.dedent(ROLLING).replace("BAKE", str(bake))
        child = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        def there() -> bool:
            assert child.poll() is None, child.communicate()[0].decode()
            runs = journal.runs()
            state = journal.state(runs[0].id) if runs else None
            return state is not None and holds(state)

        try:
            wait_for(there, "the rollout to come so far", 60)
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.communicate()
        [found] = stopped(journal)
        return found

    return act


def test_one_killed_while_it_bakes_goes_on_from_its_step(
    client: Any, world: World, journal: Journal, kill: Callable[..., Stopped]
) -> None:
    left = kill(lambda state: state.step == 0 and state.writing is None)
    assert left.sentence.startswith("A rollout of f:live stopped at 5 % at ")
    assert routing(client) == ("1", {"2": 0.05})
    stage = Resume.of(left, "go on")
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateAlias"] * 3
    assert "AWS says now: 95 % to 1, 5 % to 2" in plan.notes[0]
    began = world.clock.now()
    finished(stage, world, plan)
    assert routing(client) == ("2", {})
    # the step at which it stopped was looked at anew, for all of its bake
    assert world.clock.now() - began >= 3 * 3600
    run = journal.run(left.run.id)
    assert run is not None
    assert run.settled == f"gone on with in {journal.runs()[0].id}"
    assert stopped(journal) == []
    # what two processes have done is one rollout, also to who takes it back
    finished(Undo.last(journal), world)
    assert routing(client) == ("1", {})
    with pytest.raises(Refused, match="holds nothing"):
        Undo.last(journal)


def test_one_killed_while_it_bakes_is_put_back_exactly(
    client: Any, world: World, journal: Journal, kill: Callable[..., Stopped]
) -> None:
    client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.01}})
    left = kill(lambda state: state.step == 0 and state.writing is None)
    finished(Resume.of(left, "put back"), world)
    assert routing(client) == ("1", {"3": 0.01})
    assert stopped(journal) == []


@pytest.mark.parametrize(("effect", "arrived"), [("hang", False), ("cut-after-work", True)])
@pytest.mark.parametrize("how", ["go on", "put back"])
def test_one_killed_in_the_midst_of_a_change_is_looked_up(
    client: Any,
    world: World,
    journal: Journal,
    connected: Any,
    account_id: str,
    kill: Callable[..., Stopped],
    effect: str,
    arrived: bool,
    how: Any,
) -> None:
    faults = connected.cloud.faults
    # the second change: it does not arrive, or it does and nothing can be read of it afterwards
    faults.add(effect, operation="UpdateAlias", account=account_id, after=1, **({"seconds": 60} if not arrived else {}))
    try:
        left = kill(
            lambda state: (
                state.writing is not None
                and state.step == 0
                and routing(client) == (("1", {"2": 0.25}) if arrived else ("1", {"2": 0.05}))
            ),
            bake=0,
        )
    finally:
        faults.clear()
    assert left.where == "on the way from 95 % to 1, 5 % to 2 to 75 % to 1, 25 % to 2"
    stage = Resume.of(left, how)
    plan = stage.plan(world)
    assert ("the change that was under way had arrived" in plan.notes) is arrived
    finished(stage, world, plan)
    assert routing(client) == (("2", {}) if how == "go on" else ("1", {}))
    assert stopped(journal) == []


def test_what_somebody_else_changed_is_told_and_left(
    client: Any, world: World, journal: Journal, calls: Calls, kill: Callable[..., Stopped]
) -> None:
    left = kill(lambda state: state.step == 0 and state.writing is None)
    client.update_alias(
        FunctionName="f", Name="live", FunctionVersion="3", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    calls.forget()
    for how in ("go on", "put back"):
        with pytest.raises(
            Refused, match=r"changed by somebody else since: .* 5 % to 2, and it is at all traffic to 3"
        ):
            Resume.of(left, how).plan(world)  # type: ignore[arg-type]
    assert calls.changes() == []
    assert len(stopped(journal)) == 1
    world.anyway = True
    with pytest.raises(Refused):
        Resume.of(left, "go on").plan(world)
    finished(Resume.of(left, "put back"), world)
    assert routing(client) == ("1", {})


def test_one_that_is_put_back_by_hand_or_left_is_offered_no_more(
    client: Any, world: World, journal: Journal, calls: Calls, kill: Callable[..., Stopped]
) -> None:
    left = kill(lambda state: state.step == 0 and state.writing is None)
    client.update_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    stage = Resume.of(left, "put back")
    plan = stage.plan(world)
    assert plan.empty
    calls.forget()
    finished(stage, world, plan)
    assert calls.changes() == []
    assert stopped(journal) == []
    with pytest.raises(Refused, match="is over"):
        stage.plan(world)


def test_one_that_is_left_stays_as_it_is(
    client: Any, world: World, journal: Journal, calls: Calls, kill: Callable[..., Stopped]
) -> None:
    left = kill(lambda state: state.step == 0 and state.writing is None)
    calls.forget()
    leave(journal, left.run.id)
    assert calls.operations() == []
    assert stopped(journal) == []
    with pytest.raises(BadInput, match="no rollout 'nix' in the journal"):
        leave(journal, "nix")


def test_the_alias_of_a_rollout_in_another_process_is_refused_whatever_is_said(
    client: Any, world: World, journal: Journal
) -> None:
    source = textwrap.dedent(ROLLING).replace("BAKE", "3600")
    child = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: [run for run in journal.runs() if journal.state(run.id)], "the other's rollout", 60)
        wait_for(lambda: routing(client) == ("1", {"2": 0.05}), "its first step", 60)
        end = failed(gradual("3", stable="1"), world)
        assert isinstance(end.error, Busy)
        assert f"process {child.pid}" in str(end.error)
        simple = Route(function="f", alias="live", strategy=Simple(to="1"))
        assert isinstance(failed(simple, world).error, Busy)
        world.anyway = True
        assert isinstance(failed(gradual("3", stable="1"), world).error, Busy)
        assert routing(client) == ("1", {"2": 0.05})
        # traffic that has to go back at once goes back; the rollout finds that out, and ends
        finished(simple, world)
    finally:
        child.kill()
        child.communicate()
