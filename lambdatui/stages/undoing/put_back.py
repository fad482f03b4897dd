"""Put back: takes back what a run did before it failed, as far as AWS permits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import PrivateAttr

from lambdatui.aws import functions
from lambdatui.journal import Journal, Run
from lambdatui.stages.guarded_run import GuardedRun, known_outputs
from lambdatui.stages.stage import Change, Event, Failed, Finished, FunctionName, Plan, Stage, World
from lambdatui.stages.undoing.taking_back import taken_back

_ITSELF = ("UpdateFunctionConfiguration", "UpdateFunctionCode")


class PutBack(GuardedRun):
    """Takes back the changes that a run made, the last first. It is made of a run's end, by `after`."""

    kind: ClassVar[str] = "put_back"

    function: FunctionName
    _done: tuple[Change, ...] = PrivateAttr(())

    @classmethod
    def after(cls, stage: Stage, failed: Failed) -> PutBack | None:
        """What takes back what was done in a run that failed; None where nothing of it can be, or nothing was done."""
        done = [change for change in failed.done if change.back or change.operation in _ITSELF]
        if failed.unsure is not None and failed.unsure.operation == "UpdateFunctionConfiguration":
            done.append(failed.unsure)
        if not done:
            return None
        made = cls(function=stage.subject, profile=stage.profile, region=stage.region)
        made._done = tuple(done)
        return made

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        title = f"Put back what was there of {self.function}"
        now = functions.find(account, self.function)
        if now is None:
            return Plan(title, place, notes=(f"{self.function} is not there any more.",))
        changes: list[Change] = []
        warnings: list[str] = []
        for change in reversed(self._done):
            backs, words = taken_back(account, change, now, world)
            changes += backs
            warnings += words
        if any(change.operation == "DeleteFunction" for change in changes):
            # all that was done to a new function goes with it
            changes, warnings = [change for change in changes if change.operation == "DeleteFunction"], []
        return Plan(title, place, tuple(changes), tuple(warnings), facts={"outputs": known_outputs(now)})

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        for event in super().carry_out(world, plan, run):
            if isinstance(event, Finished) and world.journal is not None:
                # nothing of what failed is left to undo
                failed = self._failed(world.journal)
                if failed is not None:
                    world.journal.settle(failed.id, f"put back in {run}")
            yield event

    def _failed(self, journal: Journal) -> Run | None:
        """The run whose changes these are: the newest of this process on the function that failed."""
        runs = (run for run in journal.runs(function=self.function) if not run.elsewhere and run.kind != self.kind)
        return next((run for run in runs if run.status in ("failed", "cancelled")), None)
