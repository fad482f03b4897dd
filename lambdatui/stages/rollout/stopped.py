"""A rollout that stopped half-way: where it stopped, and what AWS says of its alias now beside what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lambdatui.aws.versions import Alias
from lambdatui.journal import Journal, RolloutState, Routing, Run
from lambdatui.moments import clock_words
from lambdatui.stages.alias_standing import routing_of, told
from lambdatui.stages.rollout.gradual import routing_at

GONE_ON = "gone on with in"
"""How a rollout is settled that another run went on with; that run's id follows."""


class Stands(StrEnum):
    """How an alias compares with what a rollout wrote down of it."""

    AS_LEFT = "as left"
    """At the step that AWS confirmed last."""
    WRITTEN = "written"
    """At the step whose UpdateAlias was under way: it arrived, and its answer was lost."""
    BACK = "back"
    """At the routing from before the rollout."""
    CHANGED = "changed"
    """Somebody else changed it."""
    GONE = "gone"


def compare(state: RolloutState, now: Alias | None) -> Stands:
    """What AWS says now of a rollout's alias, beside its state. `now` is None where there is no such alias."""
    if now is None:
        return Stands.GONE
    routing = routing_of(now)
    if routing == state.stands:
        return Stands.AS_LEFT
    if state.writing is not None and routing == state.writing:
        return Stands.WRITTEN
    return Stands.BACK if routing == state.before else Stands.CHANGED


def taken_up(state: RolloutState, now: Alias) -> RolloutState:
    """The state from which a rollout goes on, or is put back: what AWS says counts, and nothing is under way.

    A change that was under way counts as made where AWS has it. The bake begins anew: nobody watched meanwhile.
    """
    routing = routing_of(now)
    step = state.step if routing == state.stands else _step_of(state, routing)
    more = {**state.more, "description": now.description}
    return replace(
        state,
        stands=routing,
        step=step,
        writing=None,
        revision=now.revision,
        bake_began=None,
        phase="",
        more=more,
    )


def _step_of(state: RolloutState, routing: Routing) -> int:
    """The step with this routing, the last of several; -1 for the routing from before, and for any other."""
    if routing == state.before:
        return -1
    return max((index for index in range(len(state.steps)) if routing_at(state, index) == routing), default=-1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A rollout that stopped half-way. `at` is when it was last written down, in seconds since the epoch."""

    run: Run
    state: RolloutState
    at: float

    @property
    def target(self) -> str:
        """Such as `checkout-api:live`."""
        return f"{self.run.function}:{self.state.alias}"

    @property
    def where(self) -> str:
        """Such as `at 25 %`; what was under way is said, too."""
        if self.state.writing is not None:
            return f"on the way from {told(self.state.stands)} to {told(self.state.writing)}"
        if self.state.step < 0:
            return "before its first step"
        return f"at {self.state.steps[self.state.step].get('percent', 0):g} %"

    @property
    def sentence(self) -> str:
        """Such as `A rollout of checkout-api:live stopped at 25 % at 14:02.`"""
        return f"A rollout of {self.target} stopped {self.where} at {clock_words(self.at)}."


def stopped(journal: Journal, *, function: str | None = None) -> Sequence[Stopped]:
    """The rollouts that stopped half-way and that nobody has decided on, newest first. Raises LambdatuiError."""
    found = []
    for run in journal.unfinished(function=function):
        checkpoint = journal.checkpoints(run.id)[-1]
        found.append(Stopped(run, checkpoint.state, checkpoint.at))
    return found


def stopped_run(journal: Journal, run: Run) -> Stopped | None:
    """A run as a rollout that stopped; None for what is no rollout."""
    checkpoints = journal.checkpoints(run.id)
    return Stopped(run, checkpoints[-1].state, checkpoints[-1].at) if checkpoints else None
