"""Stage, Plan, Change and Event: the only vocabulary that the other rooms share.

A stage is a model of its inputs. `plan` reads AWS and says what would be done; `run` does what the plan says, and
nothing else, and tells of it in events. Forms, files, flags and importers all build the same model.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from lambdatui import log
from lambdatui.aws.account import Account, Identity
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clients import Retry
from lambdatui.aws.errors import AwsError
from lambdatui.aws.guard import because, invokes, reads
from lambdatui.aws.masking import MASK, masked
from lambdatui.clock import Clock
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
from lambdatui.stages.controls import Controls

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan acts, as STS and botocore say it: what every confirmation repeats."""

    account_id: str
    arn: str
    profile: str
    region: str
    read_only: bool = False
    """Whether the guard will refuse every change there."""

    @property
    def principal(self) -> str:
        return Identity(self.account_id, self.arn).principal

    def __str__(self) -> str:
        profile = f" {self.profile}" if self.profile else ""
        return f"{self.account_id}{profile} {self.region} as {self.principal}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stage would do. An empty one means that there is nothing to change."""

    title: str
    place: Place
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was found and decided, such as the number that a selector stands for."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What `run` needs of what was read, and outputs that are known already."""

    @property
    def empty(self) -> bool:
        return not self.changes

    @property
    def refused(self) -> bool:
        """Whether the guard will refuse it: a change in a read-only place."""
        return self.place.read_only and not all(reads(change.operation, change.request) for change in self.changes)

    @property
    def danger(self) -> Danger:
        """The worst of its changes."""
        order = list(Danger)
        return max((change.danger for change in self.changes), key=order.index, default=Danger.SAFE)


# Events


Phase = Literal["judging", "moving", "baking", "paused", "asking", "frozen", "putting back"]


@dataclass(frozen=True, slots=True)
class Started:
    """A change is about to be sent. `index` counts the plan's changes from 0; -1 is one that a rollout takes back."""

    index: int
    change: Change


@dataclass(frozen=True, slots=True)
class Done:
    """A change was made."""

    index: int
    change: Change
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """A word on what is going on: a wait, a retry, a choice."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a lengthy thing is. `total` is None where nobody knows; `rate` is units a second of late, if known."""

    what: str
    done: float
    total: float | None
    unit: str = ""
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class AtStep:
    """Where a rollout stands. No Note and no Progress: it is the whole of what a screen shows and a person decides on.

    It comes each time the step or the phase changes. `paused` and `asking` wait for the world's controls.
    """

    index: int
    """The step in force, from 0; -1 before the first."""
    percents: tuple[float, ...]
    """The new version's share at each step, in percent."""
    percent: float
    """Its share now."""
    phase: Phase
    words: str = ""
    """Why, where it is not plain: what is waited for, what was lost."""


@dataclass(frozen=True, slots=True)
class Result:
    """One of many results of a stage, such as an Invocation."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended early. Says what was done and what was not, so that nothing is half-done silently."""

    error: LambdatuiError
    done: tuple[Change, ...]
    not_done: tuple[Change, ...]
    unsure: Change | None = None
    """The change that was under way: sent, perhaps made."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended well. `outputs` are those that the stage documents."""

    outputs: Mapping[str, Any]


Event: TypeAlias = Started | Done | Note | Progress | AtStep | Result | Failed | Finished


class World:
    """What a stage acts on: the accounts, the time, the cancel token, the folder that paths are relative to.

    With a `journal`, each run is written into it; without one (`--plan`), nothing is. `on_retry` hears at once of a
    call that waits to be tried again, in the thread that runs the stage. `anyway` lets a run change what another
    lambdatui on this machine is changing. `controls` are what a person may ask of a rollout that runs.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        clock: Clock | None = None,
        folder: Path | None = None,
        journal: Journal | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        anyway: bool = False,
        controls: Controls | None = None,
    ) -> None:
        self.accounts = accounts
        self.clock = clock or Clock()
        self.folder = folder or Path.cwd()
        self.journal = journal
        self.on_retry = on_retry
        self.anyway = anyway
        self.controls = controls or Controls()

    @property
    def wait_seconds(self) -> float:
        """How long a change may take to settle, in seconds."""
        return self.accounts.settings.wait_seconds

    def path(self, text: str) -> Path:
        """A path as typed, taken from the folder of the file it stands in."""
        return self.folder / Path(text).expanduser()


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
