"""Runs a rollout: step, bake, gates, next step; and back to the routing from before where a gate or a person says so.

It stands on its state alone: one that was written down by a process that is gone is taken up by another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter

from lambdatui.aws.account import Account
from lambdatui.aws.errors import Changed
from lambdatui.errors import Cancelled, LambdatuiError, StageFailed
from lambdatui.journal import RolloutState, Routing
from lambdatui.stages.alias_standing import shift, told
from lambdatui.stages.rollout.alias_writer import NOT_IN_PLAN, AliasWriter
from lambdatui.stages.rollout.gatekeeper import GateFailed, Gatekeeper
from lambdatui.stages.rollout.gradual import Gradual, routing_at, step_at
from lambdatui.stages.rollout.schedule import Step
from lambdatui.stages.rollout.wishes import TICK_SECONDS, Aborted, StepBack
from lambdatui.stages.stage import Change, Event, Failed, Finished, Progress, World

DONE = "done"
"""The phase of a rollout that has nothing left to do."""


class Rollout:
    """One rollout of an alias, from its state on.

    `changes` are those of the plan: one for each step that is left. `run` is its run in the journal, empty without one.
    """

    def __init__(
        self,
        world: World,
        account: Account,
        function: str,
        state: RolloutState,
        changes: Sequence[Change] = (),
        run: str = "",
    ) -> None:
        strategy: Gradual = TypeAdapter(Gradual).validate_python(state.more["strategy"])
        self._world = world
        self._function = function
        self._alias = AliasWriter(world, account, function, state, run)
        self._gates = Gatekeeper(world, account, function, self._alias, strategy.gates, run)
        self._first = state.step + 1
        self._changes = dict(enumerate(changes, self._first))

    @property
    def _state(self) -> RolloutState:
        return self._alias.state

    @property
    def _step(self) -> Step:
        return step_at(self._state, self._state.step)

    def events(self) -> Iterator[Event]:
        """All of it. Ends with Finished, or with Failed where the routing from before was put back.

        Raises Cancelled, with the alias left at the step it is at; Changed where somebody else changed the alias;
        other LambdatuiErrors.
        """
        try:
            try:
                yield from self._all_steps()
            except GateFailed as failed:
                verdict = failed.verdict
                yield from self._put_back(StageFailed, f"Stopped {self._where()} by {verdict.gate}: {verdict.words}")
            except Aborted:
                yield from self._put_back(Cancelled, f"Aborted {self._where()}.")
        except Cancelled:
            raise self._left() from None

    def back(self) -> Iterator[Event]:
        """Puts the routing from before back and no more: for one that stopped half-way. Ends and raises as `events`."""
        try:
            yield from self._alias.check()
            yield self._alias.at("putting back")
            yield from self._write_back()
        except Cancelled:
            raise self._left() from None
        before = self._state.before
        yield Finished({"version": before.version, "weights": dict(before.weights), "former": told(before)})

    def _all_steps(self) -> Iterator[Event]:
        yield from self._alias.check()
        stays = self._state.step >= 0
        if not stays:
            yield from self._gates.ask(0.0)
        while True:
            if not stays:
                yield from self._move(self._state.step + 1)
            try:
                yield from self._bake()
                yield from self._gates.ask(self._step.percent)
            except StepBack:
                yield from self._step_back()
                stays = self._state.step >= 0
                continue
            if self._state.step == len(self._state.steps) - 1:
                break
            stays = False
        self._alias.keep(phase=DONE)
        stands = self._state.stands
        yield Finished({"version": stands.version, "weights": dict(stands.weights), "former": told(self._state.before)})

    def _move(self, index: int) -> Iterator[Event]:
        yield from self._gates.wishes.heed()
        yield self._alias.at("moving", f"to {self._state.steps[index]['percent']:g} %")
        routing = routing_at(self._state, index)
        planned = self._changes.get(index)
        if planned is not None and self._state.stands == routing_at(self._state, index - 1):
            yield from self._alias.write(routing, index, planned, index - self._first)
        else:
            yield from self._alias.write(routing, index, self._shift(routing), NOT_IN_PLAN)

    def _bake(self) -> Iterator[Event]:
        step, clock = self._step, self._world.clock
        self._gates.begin_step()
        yield self._alias.at("baking")
        while True:
            yield from self._gates.wishes.heed()
            elapsed = clock.now() - (self._state.bake_began or 0.0)
            over = elapsed >= step.bake
            yield from self._gates.watched(at_once=over)
            if over:
                return
            yield Progress(f"at {step.percent:g} %", round(elapsed), round(step.bake), " s")
            clock.sleep(min(TICK_SECONDS, step.bake - elapsed))

    def _step_back(self) -> Iterator[Event]:
        """One step back, and another for each further wish, until a person says go on."""
        while True:
            index = self._state.step - 1
            routing = routing_at(self._state, index)
            yield self._alias.at("putting back", f"one step, to {told(routing)}")
            yield from self._alias.write(routing, index, self._shift(routing), NOT_IN_PLAN)
            self._gates.begin_step()
            try:
                yield from self._gates.wishes.held("stepped back; go on to try again")
            except StepBack:
                continue
            return

    def _put_back(self, kind: type[LambdatuiError], words: str) -> Iterator[Event]:
        changes = tuple(self._changes.values())
        if self._state.stands == self._state.before:
            self._alias.settle("nothing had moved")
            yield Failed(kind(f"{words} Nothing has moved: {told(self._state.before)}."), (), changes)
            return
        yield self._alias.at("putting back", words)
        try:
            yield from self._write_back()
        except Changed as error:
            raise Changed.reworded(error, f"{words} It was not put back: {error.message}", error.hint) from None
        yield Failed(kind(f"{words} Put back: {told(self._state.before)}."), (), changes)

    def _write_back(self) -> Iterator[Event]:
        before = self._state.before
        if self._state.stands != before:
            yield from self._alias.write(before, -1, self._shift(before), NOT_IN_PLAN, settled="put back")
        else:
            self._alias.settle("put back")

    def _shift(self, routing: Routing) -> Change:
        state = self._state
        return shift(self._function, state.alias, state.stands, routing, state.revision, state.more["description"])

    def _left(self) -> Cancelled:
        state = self._state
        try:
            self._alias.keep(phase="left")
        except LambdatuiError:
            # the state that is there already is the same, but for this word
            pass
        unsure = f" A change to {told(state.writing)} was under way." if state.writing is not None else ""
        return Cancelled(f"Stopped by the operator. {self._alias.target} stays as it is: {told(state.stands)}.{unsure}")

    def _where(self) -> str:
        return f"at {self._step.percent:g} %" if self._state.step >= 0 else "before the first step"
