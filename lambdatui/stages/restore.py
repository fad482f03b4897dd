"""Restore: a version that was archived is published again, under a new number; $LATEST ends as it began."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws import functions, objects, packages
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput, LambdatuiError, Refused, StageFailed
from lambdatui.stages.guarded_run import GuardedRun, known_outputs, waited
from lambdatui.stages.packages import uploading
from lambdatui.stages.packages.code import Code, gather
from lambdatui.stages.packages.uploading import UploadChange, UploadTo
from lambdatui.stages.pruning import archive_places, version_archive
from lambdatui.stages.pruning.archive_places import PACKAGE, Prefix
from lambdatui.stages.pruning.version_archive import Archived
from lambdatui.stages.settings import configuration
from lambdatui.stages.settings.setting_table import SETTINGS
from lambdatui.stages.stage import (
    Change,
    Danger,
    Difference,
    Done,
    Event,
    Finished,
    FromRun,
    FunctionName,
    Note,
    Plan,
    Started,
    World,
    differences,
)

# a version's description is given as it is published
_SETTINGS = tuple(setting for setting in SETTINGS if setting.member != "Description")


class Restore(GuardedRun):
    """Publishes an archived version again; where the function is gone, makes it again with that code and settings."""

    kind: ClassVar[str] = "restore"
    outputs: ClassVar[Mapping[str, str]] = {
        "version": "The version that was published, or that is there already with the same code and settings.",
        "sha256": "CodeSha256 of the archived code, base64.",
    }

    function: FunctionName
    archived: Annotated[str, Field(min_length=1)]
    """The archive: a folder, or s3://bucket/prefix, as the deletion told it."""
    upload_to: UploadTo | None = None
    """Where in S3 a package of more than 50 MB goes on its way; else where the settings say."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        archived = version_archive.read(archive_places.at(self.archived, world.folder), account)
        if archived.function != functions.plain_name(self.function):
            raise BadInput(f"{self.archived}: this is an archive of {archived.function}, not of {self.function}.")
        code = self._archived_code(world, account, archived)
        now = functions.find(account, self.function)
        notes = [f"archived {archived.at}", f"from {archive_places.told(str(archived.place))}"]
        if (archived.account_id, archived.region) != (place.account_id, place.region):
            notes.append(f"it was archived in {archived.account_id} {archived.region}")
        outputs = {"sha256": archived.sha256, **known_outputs(now)}
        title = f"Bring back {self._named(archived)}"
        if now is None:
            changes = (*code.upload_changes(), self._creation(archived, code))
            warning = "The function is gone: its aliases, permissions, URLs and event source mappings do not come back."
            return Plan(title, place, changes, (warning,), tuple(notes), {"outputs": outputs, "there": 0})
        if (now.configuration.get("PackageType") == "Image") != bool(archived.image):
            raise Refused(f"{self.function} and the archive are not both images: AWS keeps a function what it is.")
        code_there, code_back = self._code_steps(world, account, now, archived, code)
        settings_there, settings_back, words = self._setting_steps(now, archived)
        there, back = [*code_there, *settings_there], [*code_back, *settings_back]
        warnings = [f"{word} It is left out." for word in words]
        if there:
            warnings.insert(
                0,
                "$LATEST holds what was archived until the version is published, and then what it holds now again: "
                "whoever calls it without a version gets that meanwhile.",
            )
        return Plan(
            title,
            place,
            (*there, self._publication(archived), *back),
            tuple(warnings),
            tuple(notes),
            {"outputs": outputs, "back": len(back)},
        )

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """Makes the changes in their order; where one fails, $LATEST is put back before that is told."""
        outputs: dict[str, Any] = dict(plan.facts["outputs"])
        ending = len(plan.changes) - plan.facts.get("back", 0)
        touched = False
        try:
            for index, change in enumerate(plan.changes):
                world.clock.check()
                touched = touched or (index < ending and change.operation.startswith("UpdateFunction"))
                yield from self._made(world, index, change, outputs, run)
        except LambdatuiError as error:
            if touched:
                yield from self._put_back(world, plan, ending, run, error)
            raise
        # the run's own is that of $LATEST
        yield Finished(self._documented({**outputs, "sha256": plan.facts["outputs"]["sha256"]}))

    def _made(
        self, world: World, index: int, change: Change, outputs: dict[str, Any], run: str
    ) -> Generator[Event, None, None]:
        yield Started(index, change)
        answer = yield from self.make(world, change, outputs, run)
        yield Done(index, change, answer)
        if change.operation in ("PublishVersion", "CreateFunction"):
            outputs["version"] = answer["Version"]
        outputs.update((yield from self.settle(world, change, answer, outputs)))

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if isinstance(change, UploadChange):
            return (yield from uploading.sent(change, self.account(world), world, run))
        return (yield from super().make(world, change, outputs, run))

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if change.operation != "PublishVersion":
            return (yield from super().settle(world, change, answer, outputs))
        account = self.account(world)
        yield from waited(world, account, self.function, answer["Version"])
        # publishing gives $LATEST another RevisionId
        return known_outputs(functions.get(account, self.function))

    def _put_back(
        self, world: World, plan: Plan, ending: int, run: str, error: LambdatuiError
    ) -> Generator[Event, None, None]:
        """Puts back what $LATEST was, as far as it is not so. Raises StageFailed where that fails, too."""
        yield Note(f"{error}")
        yield Note(f"putting {self.function} back as it was")
        # the operator may have stopped the run, and its clock with it
        again = World(world.accounts, folder=world.folder, journal=world.journal, on_retry=world.on_retry)
        account = self.account(again)
        try:
            yield from waited(again, account, self.function)
            for index, change in enumerate(plan.changes[ending:], start=ending):
                now = functions.get(account, self.function)
                if _needed(change, now):
                    outputs = {**plan.facts["outputs"], **known_outputs(now)}
                    yield from self._made(again, index, change, outputs, run)
        except LambdatuiError as other:
            raise StageFailed(
                f"{error.message} And {self.function} could not be put back as it was: {other.message}",
                "Look at its code and settings: they may be those of the archive.",
            ) from None

    def _archived_code(self, world: World, account: Account, archived: Archived) -> Code:
        """The archived code, ready to be sent. Raises Refused where it is not what was archived."""
        place = archived.place
        if archived.image:
            return Code({"ImageUri": archived.image}, archived.sha256, archived.image)
        in_reach = isinstance(place, Prefix) and objects.bucket_region(account, place.bucket) in ("", account.region)
        if in_reach:
            code = gather(f"{place}/{PACKAGE}", world, account)
        else:
            with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
                file = Path(folder) / PACKAGE
                place.package(account, file, packages.LIMIT)
                # what is gathered holds the file open
                code = gather(str(file), world, account, self.upload_to)
        if code.sha256 not in ("", archived.sha256):
            raise Refused(f"{place}: the package is not what was archived: its SHA-256 is another.")
        return code

    def _code_steps(
        self, world: World, account: Account, now: Function, archived: Archived, code: Code
    ) -> tuple[list[Change], list[Change]]:
        """The changes that give $LATEST the archived code, uploads first, and those that give it its own again."""
        stands = _code_of(now.configuration)
        wanted = {**_code_of(archived.configuration), "CodeSha256": archived.sha256}
        if stands == wanted:
            return [], []
        former = self._former_code(world, account, now)
        if former.is_image:
            stands["ImageUri"] = former.named["ImageUri"]
        key = now.code.get("SourceKMSKeyArn")
        kept = {"SourceKMSKeyArn": key} if key else {}
        # all that has to go through S3 goes before anything is changed
        uploads = [*former.upload_changes(), *code.upload_changes()]
        there = self._code_change(_told(stands), _told(wanted), {**code.request, **kept}, wanted, stands)
        back = self._code_change(_told(wanted), _told(stands), {**former.request, **kept}, stands, wanted)
        return [*uploads, replace(there, undo=_UNDO)], [back]

    def _code_change(
        self,
        before: Mapping[str, str],
        after: Mapping[str, str],
        code: Mapping[str, Any],
        wanted: Mapping[str, Any],
        stands: Mapping[str, Any],
    ) -> Change:
        request = {
            "FunctionName": self.function,
            **code,
            "Architectures": wanted["Architectures"],
            "RevisionId": FromRun("revision"),
        }
        lines = differences(before, after)
        return Change("UpdateFunctionCode", self.function, lines, request, danger=Danger.TRAFFIC, before=dict(stands))

    def _setting_steps(self, now: Function, archived: Archived) -> tuple[list[Change], list[Change], Sequence[str]]:
        """The change that gives $LATEST the archived settings, the one that gives it its own again, and words on what
        AWS cannot bring back."""
        wanted = {one.member: one.stands(archived.configuration) for one in _SETTINGS}
        asked = Change("", self.function, request={"FunctionName": self.function, **wanted}, before=wanted)
        found, words = configuration.put_back(asked, now, anyway=True)
        there = [replace(change, danger=Danger.TRAFFIC, undo=_UNDO) for change in found]
        back = [
            replace(
                change,
                differences=tuple(Difference(line.field, line.after, line.before) for line in change.differences),
                request={"FunctionName": self.function, **change.before, "RevisionId": FromRun("revision")},
                before={name: change.request[name] for name in change.before},
                danger=Danger.TRAFFIC,
                undo="",
            )
            for change in found
        ]
        return there, back, words

    def _former_code(self, world: World, account: Account, now: Function) -> Code:
        """The code that $LATEST has, ready to be sent again."""
        if packages.is_image(now):
            return Code({"ImageUri": now.code["ImageUri"]}, "", now.code["ImageUri"])
        if place := now.code.get("ResolvedS3Object"):
            return Code({**place, "S3ObjectStorageMode": "REFERENCE"}, "", "the object in S3")
        with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
            file = Path(folder) / PACKAGE
            packages.download(account, now, file, lambda _, __: None, world.clock)
            return gather(str(file), world, account, self.upload_to)

    def _publication(self, archived: Archived) -> Change:
        request: dict[str, Any] = {
            "FunctionName": self.function,
            "RevisionId": FromRun("revision"),
            "Description": archived.description,
        }
        if not archived.image:
            request["CodeSha256"] = archived.sha256
        after = {"version": f"a new number, for what was {archived.version}"}
        if archived.description:
            after["description"] = archived.description
        return Change("PublishVersion", self.function, differences({}, after), request, undo="delete the version")

    def _creation(self, archived: Archived, code: Code) -> Change:
        """The change that makes the function again."""
        request: dict[str, Any] = {"FunctionName": self.function, "Code": dict(code.request), "Publish": True}
        request["Architectures"] = archived.configuration.get("Architectures") or ["x86_64"]
        request["PackageType"] = "Image" if archived.image else "Zip"
        for setting in SETTINGS:
            form = setting.stands(archived.configuration)
            if form is not None and form != setting.none:
                request[setting.member] = form
        # AWS's own cannot be given
        request["Tags"] = {key: value for key, value in archived.tags.items() if not key.startswith("aws:")}
        gone = Change(
            "DeleteFunction",
            self.function,
            (Difference("function", self.function, None),),
            {"FunctionName": self.function},
            danger=Danger.DESTRUCTIVE,
        )
        after = {"code": f"sha256 {archived.sha256[:8]}", "version": f"1, for what was {archived.version}"}
        return Change(
            "CreateFunction",
            self.function,
            differences({}, after),
            request,
            undo="delete the function",
            back=(gone,),
        )

    def _named(self, archived: Archived) -> str:
        words = f" “{archived.description}”" if archived.description else ""
        return f"{archived.function}:{archived.version}{words}"


_UNDO = "put back after publishing"


def _code_of(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What is told apart of code: its SHA-256 and what it is built for."""
    return {
        "CodeSha256": configuration.get("CodeSha256", ""),
        "Architectures": configuration.get("Architectures") or ["x86_64"],
    }


def _told(code: Mapping[str, Any]) -> dict[str, str]:
    return {"code": f"sha256 {code['CodeSha256'][:8]}", "architecture": ", ".join(code["Architectures"])}


def _needed(change: Change, now: Function) -> bool:
    """Whether a change that puts $LATEST back changes anything."""
    if change.operation == "UpdateFunctionCode":
        left: bool = _code_of(now.configuration) == _code_of(change.before)
        return left
    return any(
        one.stands(now.configuration) != change.request[one.member] for one in SETTINGS if one.member in change.request
    )
