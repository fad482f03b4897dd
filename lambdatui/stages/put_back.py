"""Put back: takes back what a run did before it failed, as far as AWS permits."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pydantic import PrivateAttr

from lambdatui.aws import functions, packages, versions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.stages import configuration, traffic
from lambdatui.stages.attached_settings import standing
from lambdatui.stages.guarded_run import GuardedRun, known_outputs
from lambdatui.stages.stage import (
    Change,
    Danger,
    Difference,
    Failed,
    FromRun,
    FunctionName,
    Plan,
    Stage,
    World,
    differences,
)

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
            backs, words = _taken_back(account, change, now, world)
            changes += backs
            warnings += words
        if any(change.operation == "DeleteFunction" for change in changes):
            # all that was done to a new function goes with it
            changes, warnings = [change for change in changes if change.operation == "DeleteFunction"], []
        return Plan(title, place, tuple(changes), tuple(warnings), facts={"outputs": known_outputs(now)})


def _taken_back(
    account: Account, change: Change, now: Function, world: World
) -> tuple[Sequence[Change], Sequence[str]]:
    """The changes that take back a change, as they can be made now, and a word on what cannot be."""
    if change.operation == "UpdateFunctionConfiguration":
        return configuration.put_back(change, now)
    if change.operation == "UpdateFunctionCode":
        return _code_back(account, change, now, world)
    if change.operation == "UpdateAlias":
        return _alias_back(account, change.back[0]), ()
    if change.operation == "CreateFunction":
        return [replace(back, danger=Danger.DESTRUCTIVE) for back in change.back], ()
    there = list(standing(account, change))
    if there and all(before == found for _, before, found in there):
        return (), ()
    ours = [(field, before == found) for back in change.back for field, before, found in standing(account, back)]
    if theirs := [field for field, same in ours if not same]:
        return (), [f"{', '.join(theirs)}: somebody else has changed it since, so it is left."]
    return change.back, ()


def _code_back(account: Account, change: Change, now: Function, world: World) -> tuple[Sequence[Change], Sequence[str]]:
    """The change that gives a function its former code again, or why there is none."""
    former, there = change.before, now.configuration.get("CodeSha256", "")
    if former["CodeSha256"] == there:
        return (), ()
    request = {"FunctionName": change.request["FunctionName"], "RevisionId": FromRun("revision")}
    if "Architectures" in former:
        request["Architectures"] = former["Architectures"]
    lines = (Difference("code", f"sha256 {there[:8]}", f"sha256 {former['CodeSha256'][:8]}"),)
    if former.get("ImageUri"):
        return [Change("UpdateFunctionCode", change.target, lines, {**request, "ImageUri": former["ImageUri"]})], ()
    source = _version_with(versions.list_versions(account, change.target), former["CodeSha256"])
    if source is None:
        return (), [f"The former code cannot be put back: no version of {change.target} holds it."]
    package = functions.get(account, change.target, source)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.zip"
        packages.download(account, package, file, lambda _, __: None, world.clock)
        request["ZipFile"] = file.read_bytes()
    return [Change("UpdateFunctionCode", change.target, lines, request)], ()


def _version_with(published: Sequence[versions.Version], sha256: str) -> str | None:
    return next((version.name for version in published if version.sha256 == sha256), None)


def _alias_back(account: Account, change: Change) -> Sequence[Change]:
    """The change of an alias back, under the RevisionId that it has now."""
    request = change.request
    now = account.call("lambda", "GetAlias", {"FunctionName": request["FunctionName"], "Name": request["Name"]})
    alias = versions.alias(now)
    routing = {"AdditionalVersionWeights": dict(alias.extra)}
    there = traffic.in_words(alias.version, alias.extra)
    wanted = traffic.in_words(request["FunctionVersion"], request["RoutingConfig"]["AdditionalVersionWeights"])
    if there == wanted and request["Description"] == alias.description:
        return ()
    guarded = replace(
        change,
        differences=differences({"traffic": there}, {"traffic": wanted}),
        request={**request, "RevisionId": alias.revision},
        before={"FunctionVersion": alias.version, "RoutingConfig": routing},
    )
    return (guarded,)
