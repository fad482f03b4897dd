"""Resume: takes up a rollout that stopped half-way, or puts back the routing from before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.versions import Alias
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Journal, RolloutState
from lambdatui.stages.alias_standing import routing_of, shift, told
from lambdatui.stages.rollout.gradual import changes_of
from lambdatui.stages.rollout.rollout import DONE, Rollout
from lambdatui.stages.rollout.stopped import GONE_ON, Stands, Stopped, compare, stopped_run, taken_up
from lambdatui.stages.stage import Change, Event, FunctionName, Plan, Stage, World


class Resume(Stage):
    """Goes on with a rollout from the step that its alias is at, or puts it back. `of` makes one."""

    kind: ClassVar[str] = "resume"
    outputs: ClassVar[Mapping[str, str]] = {
        "version": "The alias's main version.",
        "weights": "AdditionalVersionWeights: the other version's share, 0.0 to 1.0.",
        "former": "The routing before the rollout, in words.",
    }

    function: FunctionName
    run_id: str
    """The run that stopped."""
    how: Literal["go on", "put back"]
    """Whether the rollout goes on, or the routing from before it is put back."""

    @classmethod
    def of(cls, stopped: Stopped, how: Literal["go on", "put back"], **more: Any) -> Resume:
        """What takes up a rollout that stopped, in the profile and region that it ran in."""
        run = stopped.run
        place = {"profile": run.profile or None, "region": run.region}
        return cls(function=run.function, run_id=run.id, how=how, **(place | more))

    @property
    def is_rollout(self) -> bool:
        return True

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        stopped = _found(world.journal, self.run_id)
        run, state = stopped.run, stopped.state
        if run.status == "running":
            raise Refused(f"{run.title}: this rollout is under way, in process {run.pid}.", "Stop it there first.")
        if run.settled or run.status == "done":
            raise Refused(f"{run.title}: this rollout is over ({run.settled or 'done'}).")
        if (run.account_id, run.region) != (place.account_id, place.region):
            raise Refused(
                f"{stopped.target}: the rollout ran in {run.account_id} {run.region}, and this is {place.account_id} "
                f"{place.region}.",
                f"Give --profile {run.profile or '…'} and --region {run.region}.",
            )
        now = _read(account, self.function, state.alias)
        stands = compare(state, now)
        if now is None:
            raise Refused(f"{stopped.target} is not there any more.", "There is nothing to go on with: leave it.")
        if stands is Stands.CHANGED and not (world.anyway and self.how == "put back"):
            raise Refused(
                f"{stopped.target} was changed by somebody else since: the rollout left it at {told(state.stands)}, "
                f"and it is at {told(routing_of(now))}.",
                "Leave it so, or put it back with --anyway.",
            )
        taken = taken_up(state, now)
        changes = self._changes(taken)
        # the last step is looked at, too, and nobody has done so to its end
        watches = self.how == "go on" and not changes and state.phase != DONE
        notes = [f"{stopped.sentence} AWS says now: {told(routing_of(now))}"]
        if stands is Stands.WRITTEN:
            notes.append("the change that was under way had arrived")
        if watches:
            notes.append("it is at its last step, and is watched there anew")
        elif not changes:
            notes.append("it stands there already" if self.how == "put back" else "it is at its last step already")
        title = f"{'Go on with' if self.how == 'go on' else 'Put back'} the rollout of {stopped.target}"
        outputs = {
            "version": taken.stands.version,
            "weights": dict(taken.stands.weights),
            "former": told(state.before),
        }
        facts = {"outputs": outputs, "state": taken, "arrived": _arrived(state, now, stands)}
        return Plan(title, place, changes, notes=tuple(notes), facts=facts, watches=watches)

    def _changes(self, taken: RolloutState) -> tuple[Change, ...]:
        if self.how == "go on":
            return changes_of(self.function, taken)
        if taken.stands == taken.before:
            return ()
        described = str(taken.more["description"])
        return (shift(self.function, taken.alias, taken.stands, taken.before, taken.revision, described),)

    def run(self, world: World, plan: Plan) -> Iterator[Event]:
        if plan.empty and world.journal is not None:
            # nothing is left to do, and the operator has decided
            self._reconcile(world.journal, plan)
            world.journal.settle(self.run_id, "put back" if self.how == "put back" else "done")
        yield from super().run(world, plan)

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        state: RolloutState = replace(plan.facts["state"], bake_began=world.clock.now())
        if world.journal is not None:
            self._reconcile(world.journal, plan)
            # written down under the new run as the old one is let go: there is always one of them to be found
            word = GONE_ON if self.how == "go on" else "put back in"
            world.journal.checkpoint(run, state, {self.run_id: f"{word} {run}"})
        rollout = Rollout(world, self.account(world), self.function, state, plan.changes, run)
        yield from rollout.events() if self.how == "go on" else rollout.back()

    def _reconcile(self, journal: Journal, plan: Plan) -> None:
        arrived: bool | None = plan.facts["arrived"]
        if arrived is not None:
            journal.reconcile(self.run_id, arrived, {"RevisionId": plan.facts["state"].revision})


def _arrived(state: RolloutState, now: Alias, stands: Stands) -> bool | None:
    """Whether the change that was under way arrived; None where there was none, or nobody can tell."""
    if state.writing is None:
        return None
    if stands is Stands.WRITTEN:
        return True
    return False if stands is Stands.AS_LEFT and now.revision == state.revision else None


def leave(journal: Journal, run_id: str) -> Stopped:
    """Leaves a rollout that stopped as it is: it is not offered again. Raises BadInput where there is none."""
    found = _found(journal, run_id)
    journal.settle(run_id, "left as it was")
    return found


def _found(journal: Journal | None, run_id: str) -> Stopped:
    run = journal.run(run_id) if journal is not None else None
    found = stopped_run(journal, run) if journal is not None and run is not None else None
    if found is None:
        raise BadInput(
            f"There is no rollout '{run_id}' in the journal.", "`lambdatui resume` lists those that stopped."
        )
    return found


def _read(account: Account, function: str, alias: str) -> Alias | None:
    try:
        return aws.alias(account.call("lambda", "GetAlias", {"FunctionName": function, "Name": alias}))
    except NotFound:
        return None
