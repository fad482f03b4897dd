"""Stage, Plan, Change and Event: the only vocabulary that the other rooms share.

A stage is a model of its inputs. `plan` reads AWS and says what would be done; `run` does what the plan says, and
nothing else, and tells of it in events. Forms, files, flags and importers all build the same model.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from lambdatui import log
from lambdatui.aws.account import Account, Identity
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clients import Retry
from lambdatui.aws.errors import AwsError
from lambdatui.aws.guard import because, reads
from lambdatui.aws.masking import MASK, masked
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError, StageFailed, Unrecorded
from lambdatui.journal import Journal


class Danger(StrEnum):
    """What an operator should feel before a change."""

    SAFE = "safe"
    """Nothing that serves traffic changes."""
    TRAFFIC = "traffic"
    """Changes what callers get."""
    DESTRUCTIVE = "destructive"
    """Cannot be undone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a change: a field, what stands there, what will. None means that it is not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class FromRun:
    """A value that only the run will know, by the name of the output that brings it, such as `version`."""

    output: str

    def __str__(self) -> str:
        return f"<{self.output}>"


@dataclass(frozen=True, slots=True)
class FromAnswer:
    """A value that only AWS's answer to a change brings, for what takes it back: a member of it, such as `UUID`."""

    member: str

    def __str__(self) -> str:
        return f"<{self.member}>"


@dataclass(frozen=True, slots=True)
class Change:
    """One call that will be made.

    `request` holds its parameters in AWS's names and may hold FromRun values; `before` is what the journal keeps of
    what stood there; `undo` says in words how it is taken back, and is empty where it cannot be; `back` are the
    changes that put back what stood there, whose requests may hold FromAnswer values until it was made.
    """

    operation: str
    target: str
    differences: tuple[Difference, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)
    service: str = "lambda"
    danger: Danger = Danger.SAFE
    undo: str = ""
    before: Any = None
    back: tuple[Change, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Started:
    """A change is about to be sent. `index` counts the plan's changes from 0."""

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


Event: TypeAlias = Started | Done | Note | Progress | Result | Failed | Finished


class World:
    """What a stage acts on: the accounts, the time, the cancel token, the folder that paths are relative to.

    With a `journal`, each run is written into it; without one (`--plan`), nothing is. `on_retry` hears at once of a
    call that waits to be tried again, in the thread that runs the stage.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        clock: Clock | None = None,
        folder: Path | None = None,
        journal: Journal | None = None,
        on_retry: Callable[[Retry], None] | None = None,
    ) -> None:
        self.accounts = accounts
        self.clock = clock or Clock()
        self.folder = folder or Path.cwd()
        self.journal = journal
        self.on_retry = on_retry

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
        description="Name or ARN of the function.",
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

    def run(self, world: World, plan: Plan) -> Iterator[Event]:
        """Does what the plan says, and nothing else. Never raises: the last event is Finished or Failed.

        An empty plan is Finished at once. The run and its calls are journalled.
        """
        if plan.empty:
            yield Finished(self._documented(plan.facts.get("outputs", {})))
            return
        try:
            run = self._begin(world.journal, plan)
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

    def _begin(self, journal: Journal | None, plan: Plan) -> str:
        if journal is None:
            return ""
        return journal.begin(
            kind=self.kind,
            title=plan.title,
            profile=plan.place.profile,
            account_id=plan.place.account_id,
            arn=plan.place.arn,
            region=plan.place.region,
            function=self.subject,
            inputs=self.remembered(),
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
        """The events of the run itself, without Failed; what goes wrong is raised. Ends with Finished.

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
        with because(run, change.target, change.before, change.undo):
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
            yield Failed(known, tuple(_answered(event.change, event.answer) for event in done), not_done, unsure)
        finally:
            account.watched(None)


def _end(journal: Journal | None, run: str, event: Finished | Failed) -> None:
    if journal is None:
        return
    if isinstance(event, Finished):
        journal.end(run, "done", masked(event.outputs))
    else:
        status = "cancelled" if isinstance(event.error, Cancelled) else "failed"
        journal.end(run, status, {}, str(event.error))


def filled(value: Any, outputs: Mapping[str, Any]) -> Any:
    """A copy of a request with each FromRun replaced by the output it names."""
    if isinstance(value, FromRun):
        return outputs[value.output]
    if isinstance(value, Mapping):
        return {filled(key, outputs): filled(item, outputs) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, outputs) for item in value]
    return value


def _answered(change: Change, answer: Mapping[str, Any]) -> Change:
    """A change that was made, with what takes it back as the answer tells."""
    back = tuple(
        replace(
            one,
            request={
                name: answer.get(value.member) if isinstance(value, FromAnswer) else value
                for name, value in one.request.items()
            },
        )
        for one in change.back
    )
    return replace(change, back=back)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The fields whose values differ, in the order of `after`, then what is gone."""
    names: Sequence[str] = list(dict.fromkeys([*after, *before]))
    return tuple(
        Difference(name, shown(before.get(name)), shown(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def shown(value: Any) -> str | None:
    """A value as a plan shows it: None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    return str(value)


def _perhaps_made(change: Change, error: Exception, retrying: bool) -> bool:
    """Whether a change that was under way when this error came may have been made."""
    if isinstance(error, AwsError):
        # the guard's own calls come before the change is sent
        return error.operation == change.operation and error.perhaps_done
    if isinstance(error, Cancelled):
        return retrying
    return isinstance(error, Unrecorded) or not isinstance(error, LambdatuiError)
