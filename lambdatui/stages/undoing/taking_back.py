"""Which calls take back a call that was made, as they can be sent now, and what cannot be taken back.

Shared by what puts back a run that failed, and by what undoes an entry of the journal.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lambdatui.aws import functions, packages, versions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.functions import Function
from lambdatui.stages import traffic
from lambdatui.stages.settings import attached_settings, configuration
from lambdatui.stages.stage import Change, Danger, Difference, FromRun, World, differences
from lambdatui.stages.undoing.foreseen_undo import code_undo

Found = tuple[Sequence[Change], Sequence[str]]
"""Changes, and a word on each thing that they do not take back."""


def taken_back(account: Account, change: Change, now: Function, world: World, *, anyway: bool = False) -> Found:
    """The changes that take back one that was made, as `now` permits. What stands as before needs none.

    What somebody else has changed since is left, unless it is to be taken back `anyway`. Raises AwsError.
    """
    if change.operation == "UpdateFunctionConfiguration":
        return configuration.put_back(change, now, anyway=anyway)
    if change.operation == "UpdateFunctionCode":
        return _code_back(account, change, now, world)
    if change.operation in ("CreateAlias", "UpdateAlias", "DeleteAlias"):
        return _alias_back(account, change), ()
    if change.operation == "CreateFunction":
        return [replace(back, danger=Danger.DESTRUCTIVE) for back in change.back], ()
    there = list(attached_settings.standing(account, change))
    if there and all(before == found for _, before, found in there):
        return (), ()
    if not anyway and (theirs := list(_others(account, change.back))):
        return (), [f"{', '.join(theirs)}: somebody else has changed it since, so it is left."]
    return [attached_settings.replanned(account, back) if anyway else back for back in change.back], ()


def _others(account: Account, backs: Sequence[Change]) -> Iterator[str]:
    """What is not as the change left it, that these are to take back."""
    for back in backs:
        for field, before, found in attached_settings.standing(account, back):
            if before != found:
                yield field


def _code_back(account: Account, change: Change, now: Function, world: World) -> Found:
    """The change that gives a function its former code again, or why there is none."""
    former, there = change.before, now.configuration.get("CodeSha256", "")
    if former["CodeSha256"] == there:
        return (), ()
    request = {"FunctionName": change.request["FunctionName"], "RevisionId": FromRun("revision")}
    stands: dict[str, Any] = {"CodeSha256": there}
    if "Architectures" in former:
        request["Architectures"] = former["Architectures"]
        stands["Architectures"] = now.configuration.get("Architectures", ["x86_64"])
    if "ImageUri" in now.code:
        stands["ImageUri"] = now.code["ImageUri"]
    published = versions.list_versions(account, change.target)
    back = Change(
        "UpdateFunctionCode",
        change.target,
        (Difference("code", f"sha256 {there[:8]}", f"sha256 {former['CodeSha256'][:8]}"),),
        undo=code_undo(stands, published),
        before=stands,
    )
    if former.get("ImageUri"):
        return [replace(back, request={**request, "ImageUri": former["ImageUri"]})], ()
    source = _version_with(published, former["CodeSha256"])
    if source is None:
        return (), [f"The former code cannot be put back: no version of {change.target} holds it."]
    package = functions.get(account, change.target, source)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.zip"
        packages.download(account, package, file, lambda _, __: None, world.clock)
        request["ZipFile"] = file.read_bytes()
    return [replace(back, request=request)], ()


def _version_with(published: Sequence[versions.Version], sha256: str) -> str | None:
    return next((version.name for version in published if version.sha256 == sha256), None)


def _alias_back(account: Account, change: Change) -> Sequence[Change]:
    """The change of an alias back, under the RevisionId that it has now; none where it stands as before."""
    name = {"FunctionName": change.request["FunctionName"], "Name": change.request["Name"]}
    try:
        now = versions.alias(account.call("lambda", "GetAlias", name))
    except NotFound:
        now = None
    before = change.before
    if not before:
        return () if now is None else [_alias_deleted(change.target, name, now)]
    weights = (before.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    wanted = traffic.in_words(before["FunctionVersion"], weights)
    request = {
        **name,
        "FunctionVersion": before["FunctionVersion"],
        "RoutingConfig": {"AdditionalVersionWeights": weights},
        **({"Description": before["Description"]} if "Description" in before else {}),
    }
    if now is None:
        gone = Change("DeleteAlias", change.target, (Difference("traffic", wanted, None),), name)
        return [
            Change(
                "CreateAlias",
                change.target,
                differences({}, {"traffic": wanted}),
                request,
                undo=f"delete the alias {name['Name']}",
                back=(gone,),
            )
        ]
    stands, target = _stands(now), {"traffic": wanted, "description": before.get("Description", now.description)}
    there = {"traffic": traffic.in_words(now.version, now.extra), "description": now.description}
    if there == target:
        return ()
    return [
        Change(
            "UpdateAlias",
            change.target,
            differences(there, target),
            {**request, "RevisionId": now.revision},
            danger=Danger.TRAFFIC,
            undo=there["traffic"].replace("all traffic to", "all traffic back to"),
            before=stands,
        )
    ]


def _alias_deleted(target: str, name: Mapping[str, str], now: versions.Alias) -> Change:
    there = traffic.in_words(now.version, now.extra)
    return Change(
        "DeleteAlias",
        target,
        (Difference("traffic", there, None),),
        name,
        danger=Danger.TRAFFIC,
        undo="make the alias again",
        before=_stands(now),
    )


def _stands(now: versions.Alias) -> dict[str, Any]:
    return {
        "FunctionVersion": now.version,
        "RoutingConfig": {"AdditionalVersionWeights": dict(now.extra)},
        "Description": now.description,
        "RevisionId": now.revision,
    }
