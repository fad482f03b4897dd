"""Stage, Plan, Change and Event: the only vocabulary that the other rooms share.

A stage is a model of its inputs. `plan` reads AWS and says what would be done; `run` does what the plan says, and
nothing else, and tells of it in events. Forms, files, flags and importers all build the same model.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lambdatui import log
from lambdatui.aws.account import Account
from lambdatui.aws.clients import Retry
from lambdatui.aws.errors import AwsError
from lambdatui.aws.guard import because, invokes
from lambdatui.aws.masking import MASK, masked
from lambdatui.errors import Cancelled, LambdatuiError, StageFailed, Unrecorded
from lambdatui.journal import Journal
from lambdatui.stages.change import (
    Change,
    Danger,
    Difference,
    FromAnswer,
    FromRun,
    answered,
    differences,
    filled,
    recorded,
    shown,
)
from lambdatui.stages.event import AtStep, Done, Event, Failed, Finished, Note, Phase, Progress, Result, Started
from lambdatui.stages.plan import Place, Plan
from lambdatui.stages.world import World

__all__ = [
    "AtStep",
    "Change",
    "Danger",
    "Difference",
    "Done",
    "Event",
    "Failed",
    "Finished",
    "FromAnswer",
    "FromRun",
    "FunctionName",
    "Note",
    "Phase",
    "Place",
    "Plan",
    "Progress",
    "Result",
    "Stage",
    "Started",
    "World",
    "differences",
    "filled",
    "shown",
]


FunctionName = Annotated[
    str,
    Field(
        title="Function",
        description="Name or ARN of the function: letters, digits, - and _.",
        min_length=1,
        max_length=170,
        pattern=r"^(arn:[a-zA-Z0-9-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[a-zA-Z0-9_-]+$",
    ),
]


class Stage(BaseModel):
    """The inputs of one act. Subclasses give `plan`, and `carry_out` where it is more than making the plan's calls."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    kind: ClassVar[str]
    """The word for this stage in files and in the journal."""
    outputs: ClassVar[Mapping[str, str]] = {}
    """Each output's name and what it holds."""

    profile: str | None = Field(None, title="Profile", description="AWS profile to act under; else the one in force.")
    region: str | None = Field(None, title="Region", description="AWS region to act in; else the one in force.")

    @property
    def subject(self) -> str:
        """The function it is about."""
        return str(getattr(self, "function", ""))

    @property
    def is_rollout(self) -> bool:
        """Whether it moves traffic in steps: then it must be the only run on its alias, whatever the operator says."""
        return False

    def account(self, world: World) -> Account:
        """The account it acts in. Raises AwsError."""
        return world.accounts.open(self.profile, self.region)

    def place(self, world: World) -> Place:
        """Who acts where. Raises AwsError."""
        account = self.account(world)
        identity = account.identity()
        return Place(identity.account_id, identity.arn, account.profile, account.region, account.read_only)

    def plan(self, world: World) -> Plan:
        """What it would do. Reads only; resolves every selector to a number; refuses early.

        Raises BadInput, Refused or AwsError.
        """
        raise NotImplementedError

    def refuse_if_busy(self, world: World, plan: Plan) -> None:
        """Raises Busy where another lambdatui on this machine is changing what this plan changes.

        A run asks it as it begins; a door asks it before it shows the plan.
        """
        if world.journal is not None and not plan.empty and self._alone(world):
            world.journal.refuse_if_busy(_targets(plan), plan.place.account_id, plan.place.region)

    def _alone(self, world: World) -> bool:
        return self.is_rollout or not world.anyway

    def run(self, world: World, plan: Plan) -> Iterator[Event]:
        """Does what the plan says, and nothing else. Never raises: the last event is Finished or Failed.

        An empty plan is Finished at once. The run and its calls are journalled.
        """
        if plan.empty:
            yield Finished(self._documented(plan.facts.get("outputs", {})))
            return
        try:
            run = self._begin(world, plan)
        except LambdatuiError as error:
            yield Failed(error, (), plan.changes)
            return
        for event in self._watched(world, plan, run):
            if isinstance(event, Finished | Failed):
                try:
                    _end(world.journal, run, event)
                except LambdatuiError as error:
                    # what was done is done, and is told all the same
                    yield Note(f"The end of this run is not in the journal: {error}")
            yield event

    def _begin(self, world: World, plan: Plan) -> str:
        if world.journal is None:
            return ""
        return world.journal.begin(
            kind=self.kind,
            title=plan.title,
            profile=plan.place.profile,
            account_id=plan.place.account_id,
            arn=plan.place.arn,
            region=plan.place.region,
            function=self.subject,
            inputs=self.remembered(),
            targets=_targets(plan),
            alone=self._alone(world),
        )

    def remembered(self) -> dict[str, Any]:
        """The inputs that were given, as the journal keeps them: of a secret one (`repr=False`) only that it was."""
        given: dict[str, Any] = masked(self.model_dump(mode="json", exclude_none=True))
        for name, info in type(self).model_fields.items():
            if name in given and not info.repr:
                value = given[name]
                given[name] = dict.fromkeys(value, MASK) if isinstance(value, Mapping) else MASK
        return given

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """The events of the run itself; what goes wrong is raised. Ends with Finished, or with Failed where it has
        taken back by itself what it had done.

        As it stands here: each change of the plan is made in its order, then `settle` waits for it.
        """
        outputs: dict[str, Any] = dict(plan.facts.get("outputs", {}))
        for index, change in enumerate(plan.changes):
            world.clock.check()
            yield Started(index, change)
            answer = yield from self.make(world, change, outputs, run)
            yield Done(index, change, answer)
            outputs.update(self.gained(change, answer))
            outputs.update((yield from self.settle(world, change, answer, outputs)))
        yield Finished(self._documented(outputs))

    def _documented(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in outputs.items() if name in self.outputs}

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        """Makes one change and returns AWS's answer. Raises AwsError. As it stands here: one call, journalled."""
        yield from ()
        with because(run, change.target, change.before, change.undo, recorded(change.back)):
            return self.account(world).call(change.service, change.operation, filled(change.request, outputs))

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The outputs that an answer of AWS's brings."""
        return {}

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        """Waits until a change has taken effect, and returns the outputs that this brings.

        Raises AwsError where it fails or takes too long.
        """
        yield from ()
        return {}

    def _watched(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        account = self.account(world)

        retrying = False

        def retried(retry: Retry) -> None:
            nonlocal retrying
            retrying = True
            world.clock.check()
            if world.on_retry is not None:
                world.on_retry(retry)

        done: list[Done] = []
        under_way: Change | None = None
        account.watched(retried)
        try:
            for event in self.carry_out(world, plan, run):
                if isinstance(event, Started):
                    under_way, retrying = event.change, False
                elif isinstance(event, Done):
                    done.append(event)
                    under_way = None
                yield event
        except Exception as error:  # noqa: BLE001 - whatever happens, what was done and what was not is told
            known = error if isinstance(error, LambdatuiError) else StageFailed(log.unexpected(error))
            made = [event.change for event in done]
            not_done = tuple(change for change in plan.changes if change not in made and change is not under_way)
            unsure = under_way if under_way and _perhaps_made(under_way, error, retrying) else None
            if under_way is not None and unsure is None:
                not_done = (under_way, *not_done)
            yield Failed(known, tuple(answered(event.change, event.answer) for event in done), not_done, unsure)
        finally:
            account.watched(None)


def _targets(plan: Plan) -> list[str]:
    """What a plan changes. Invocations go well beside each other."""
    return [change.target for change in plan.changes if not invokes(change.operation)]


def _end(journal: Journal | None, run: str, event: Finished | Failed) -> None:
    if journal is None:
        return
    if isinstance(event, Finished):
        journal.end(run, "done", masked(event.outputs))
    else:
        status = "cancelled" if isinstance(event.error, Cancelled) else "failed"
        journal.end(run, status, {}, str(event.error))


def _perhaps_made(change: Change, error: Exception, retrying: bool) -> bool:
    """Whether a change that was under way when this error came may have been made."""
    if isinstance(error, AwsError):
        # the guard's own calls come before the change is sent
        return error.operation == change.operation and error.perhaps_done
    if isinstance(error, Cancelled):
        return retrying
    return isinstance(error, Unrecorded) or not isinstance(error, LambdatuiError)
