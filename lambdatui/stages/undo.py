"""Undo: takes back what the journal says was done, after a look at what stands there now."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.aws.masking import holds_a_mask
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Entry, Journal, Run
from lambdatui.stages.around import settling
from lambdatui.stages.change import read_back
from lambdatui.stages.guarded_run import GuardedRun, known_outputs
from lambdatui.stages.pruning.deletion import archive_addresses
from lambdatui.stages.rollout.stopped import GONE_ON
from lambdatui.stages.stage import Change, Danger, Event, FromAnswer, FunctionName, Place, Plan, World
from lambdatui.stages.undoing.aftermath import Thing, things
from lambdatui.stages.undoing.foreseen_undo import former_environment
from lambdatui.stages.undoing.taking_back import Found, taken_back

_ALIAS = ("CreateAlias", "UpdateAlias", "DeleteAlias")
# how these are taken back follows from what stood there before
_BY_BEFORE = (*_ALIAS, "UpdateFunctionConfiguration", "UpdateFunctionCode")
_TAGGING = ("TagResource", "UntagResource")
_OF_ITSELF = ("undo", "put_back")
_PUBLISH = "PublishVersion"
# a run of which the journal says this has nothing left to undo, or another one undoes it with its own
_OVER = ("put back", "nothing had moved", GONE_ON)


class Undo(GuardedRun):
    """Takes back calls that the journal holds, the newest first. `of_run`, `of_entry` and `last` make one."""

    kind: ClassVar[str] = "undo"

    function: FunctionName
    entries: Annotated[list[int], Field(min_length=1)]
    """Numbers of the journal's entries."""
    of: str = ""
    """The run that they are all of."""
    title: str = ""
    """What is undone, in words."""
    anyway: bool = False
    """Take back what somebody has changed since, too."""

    @classmethod
    def of_run(cls, journal: Journal, run: Run, **more: Any) -> Undo:
        """What takes back a whole run. Versions that it published stay. Raises Refused where it changed nothing."""
        return cls.of_act(run, _made(journal, run), **more)

    @classmethod
    def of_act(cls, run: Run, made: Sequence[Entry], **more: Any) -> Undo:
        """As `of_run`, of a run and the calls that it made."""
        done = [entry for entry in made if _counts(entry) and entry.operation != _PUBLISH]
        if not done:
            raise Refused(f"'{run.title}' changed nothing that could be undone.")
        return _of(done, run.id, run.title, more)

    @classmethod
    def of_entry(cls, entry: Entry, **more: Any) -> Undo:
        """What takes back one call. Raises Refused where AWS refused it."""
        if not _counts(entry):
            raise Refused(f"{entry.operation} {entry.target} was not done ({entry.status}): there is nothing to undo.")
        return _of([entry], "", f"{entry.operation} {entry.target}", more)

    @classmethod
    def named(cls, journal: Journal, name: str, **more: Any) -> Undo:
        """What takes back a run by its id, or a call by its number. Raises BadInput, Refused."""
        run = journal.run(name)
        if run is not None:
            return cls.of_run(journal, run, **more)
        entry = journal.entry(int(name)) if name.isdecimal() else None
        if entry is None:
            raise BadInput(f"There is no run and no call '{name}' in the journal.", "`lambdatui history` lists them.")
        return cls.of_entry(entry, **more)

    @classmethod
    def last(cls, journal: Journal, function: str | None = None, **more: Any) -> Undo:
        """What takes back the newest run that changed something and is not undone yet. Raises Refused."""
        runs = journal.runs(function=function)
        undone = {str(run.inputs.get("of", "")) for run in runs if run.kind == cls.kind and run.status == "done"}
        for run in runs:
            if run.kind in _OF_ITSELF or run.id in undone or run.status == "running" or _is_taken_back(run):
                continue
            made = _made(journal, run)
            if any(_counts(entry) and entry.operation != _PUBLISH for entry in made):
                return cls.of_act(run, made, **more)
        raise Refused(f"The journal holds nothing{f' of {function}' if function else ''} that could be undone.")

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        entries = _joined(self._found(world, place))
        now = functions.find(account, self.function)
        if now is None:
            raise Refused(f"{self.function} is not there any more: nothing of it can be undone.")
        changes: list[Change] = []
        warnings: list[str] = []
        notes: list[str] = []
        meanwhile: list[Thing] = []
        is_back: dict[tuple[str, str], bool] = {}
        for entry in entries:
            change = self._whole(account, _change(entry))
            found = things(account, change, entry.result, now)
            # what a newer one of these calls has changed again is as that one left it
            meanwhile += [
                thing
                for thing in found
                if not (thing.untouched or thing.back or (_about(entry), thing.field) in is_back)
            ]
            for thing in found:
                is_back.setdefault((_about(entry), thing.field), thing.back)
            if found and all(is_back[_about(entry), thing.field] for thing in found):
                notes.append(f"{entry.operation} {entry.target}: what was there before stands there already")
                continue
            back, words = self._back(account, entry, change, now, world)
            changes += back
            warnings += words
        if meanwhile:
            told = f"{self.function} was changed since: {'; '.join(str(thing) for thing in meanwhile)}."
            if not self.anyway:
                raise Refused(told, "Nothing was done. --anyway takes it back all the same.")
            warnings.insert(0, told)
        if warnings and not changes and not notes:
            raise Refused(" ".join(warnings))
        title = f"Undo: {self.title}"
        return Plan(title, place, tuple(changes), tuple(warnings), tuple(notes), {"outputs": known_outputs(now)})

    def _whole(self, account: Account, change: Change) -> Change:
        """A change with the environment that stood there, where a version has it: the journal has no values."""
        if change.operation != "UpdateFunctionConfiguration" or not change.before:
            return change
        return replace(change, before=former_environment(account, self.function, change.before))

    def _found(self, world: World, place: Place) -> list[Entry]:
        """The entries, newest first. Raises BadInput, or Refused where they were made elsewhere."""
        if world.journal is None:
            raise Refused("There is no journal to undo from.")
        found = []
        for number in sorted(self.entries, reverse=True):
            entry = world.journal.entry(number)
            if entry is None:
                raise BadInput(f"There is no call {number} in the journal.")
            if (entry.account_id, entry.region) != (place.account_id, place.region):
                raise Refused(
                    f"{entry.operation} {entry.target} was done in {entry.account_id} {entry.region}, and this is "
                    f"{place.account_id} {place.region}.",
                    f"Give --profile {entry.profile or '…'} and --region {entry.region}.",
                )
            found.append(entry)
        return found

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        yield from settling.settled(world, self.account(world), self.function, change, answer)
        return (yield from super().settle(world, change, answer, outputs))

    def _back(self, account: Account, entry: Entry, change: Change, now: Function, world: World) -> Found:
        """The changes that take back one entry, each with its own way back."""
        if entry.operation == _PUBLISH:
            return _unpublished(entry), ()
        lost = [f"{entry.operation} {entry.target} cannot be undone."]
        if address := next(iter(archive_addresses(entry.before).values()), None):
            return (), [
                f"{lost[0]} It was archived first: `lambdatui restore {entry.function} {address}` publishes it."
            ]
        if not change.back and not (entry.operation in _BY_BEFORE and (entry.before or entry.operation in _ALIAS)):
            return (), lost
        if any(holds_a_mask(back.request) for back in change.back):
            return (), [f"{lost[0]} It takes a secret, and the journal keeps none."]
        # what others have changed since was told before
        back, words = taken_back(account, change, now, world, anyway=True)
        return [_with_way_back(one, entry) for one in back], words


def can_be_undone(entry: Entry) -> bool:
    """Whether an entry is one that Undo can take back, as far as the journal alone tells."""
    if not _counts(entry):
        return False
    return bool(entry.back) or entry.operation == _PUBLISH or (entry.operation in _BY_BEFORE and bool(entry.undo))


def _is_taken_back(run: Run) -> bool:
    """Whether a run's changes were put back, or are part of the run that went on with it."""
    return run.settled.startswith(_OVER)


def _made(journal: Journal, run: Run) -> list[Entry]:
    """The calls of a run, newest first; of a rollout that was gone on with, those of its beginning, too."""
    made = journal.entries(run=run.id)
    before = journal.run(str(run.inputs.get("run_id", ""))) if run.kind == "resume" else None
    if before is not None and before.settled == f"{GONE_ON} {run.id}":
        made += _made(journal, before)
    return made


def _counts(entry: Entry) -> bool:
    """Whether a call was made, or may have been. What goes through S3 on its way is left there."""
    return entry.status in ("done", "unknown") and entry.service != "s3"


def _of(entries: Sequence[Entry], run: str, title: str, more: Mapping[str, Any]) -> Undo:
    first = entries[0]
    place = {"profile": first.profile or None, "region": first.region}
    return Undo(
        function=first.function, entries=[entry.id for entry in entries], of=run, title=title, **(place | dict(more))
    )


def _joined(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, with all that moved one alias as one."""
    spans: dict[object, list[Entry]] = {}
    for entry in entries:
        key = ("alias", entry.target) if entry.operation in _ALIAS else entry.id
        spans.setdefault(key, []).append(entry)
    return [replace(span[0], before=span[-1].before, undo=span[-1].undo) for span in spans.values()]


def _change(entry: Entry) -> Change:
    """The change that an entry wrote down, with what takes it back as AWS's answer tells."""
    backs = tuple(
        replace(
            back,
            request={
                name: entry.result.get(value.member) if isinstance(value, FromAnswer) else value
                for name, value in back.request.items()
            },
        )
        for back in read_back(entry.back or ())
    )
    return Change(
        entry.operation,
        entry.target,
        request=entry.parameters,
        service=entry.service,
        undo=entry.undo,
        before=entry.before,
        back=backs,
    )


def _about(entry: Entry) -> str:
    """What a call is about: a function's tags are named by its ARN."""
    return str(entry.parameters.get("Resource") or entry.target)


def _with_way_back(back: Change, entry: Entry) -> Change:
    """A change that takes an entry back, with what takes it back itself: what it replaces is what the entry left."""
    if back.undo or back.danger is Danger.DESTRUCTIVE or holds_a_mask(entry.parameters):
        return back
    if back.operation in _TAGGING:
        return replace(back, undo="put these tags back", back=_retagged(back))
    request: Mapping[str, Any] = {name: value for name, value in entry.parameters.items() if name != "RevisionId"}
    before = back.before if back.before is not None else _left(entry)
    if back.operation == "CreateEventSourceMapping":
        request = {"UUID": FromAnswer("UUID")}
    again = Change(entry.operation, entry.target, request=request, service=entry.service, before=entry.before)
    return replace(back, undo="do it again", before=before, back=(again,))


def _left(entry: Entry) -> Any:
    """What an entry left, as a before-state; None where it left nothing."""
    if entry.operation == "AddPermission" and "Statement" in entry.result:
        return {"Statement": json.loads(entry.result["Statement"])}
    if entry.operation.startswith(("Delete", "Remove", "Deregister")):
        return None
    names = ("FunctionName", "Qualifier", "UUID", "RevisionId")
    return {name: value for name, value in entry.parameters.items() if name not in names}


def _retagged(back: Change) -> tuple[Change, ...]:
    """The changes that put the tags back that a change of tags replaces."""
    arn, tags = {"Resource": back.request["Resource"]}, back.request.get("Tags", {})
    former = {key: value for key, value in back.before.items() if value is not None}
    new = [key for key, value in back.before.items() if value is None]
    found = []
    if former:
        before = {key: tags.get(key) for key in former}
        found.append(Change("TagResource", back.target, request={**arn, "Tags": former}, before=before))
    if new:
        before = {key: tags.get(key) for key in new}
        found.append(Change("UntagResource", back.target, request={**arn, "TagKeys": new}, before=before))
    return tuple(found)


def _unpublished(entry: Entry) -> list[Change]:
    """The deletion of a version that was published. AWS refuses it while an alias leads there."""
    version = str(entry.result.get("Version", ""))
    return [
        Change(
            "DeleteFunction",
            f"{entry.function}:{version}",
            request={"FunctionName": entry.function, "Qualifier": version},
            danger=Danger.DESTRUCTIVE,
            before={"CodeSha256": entry.result.get("CodeSha256", "")},
        )
    ]
