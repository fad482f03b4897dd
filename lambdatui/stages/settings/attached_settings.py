"""The settings of a function that have calls of their own: tags, reserved concurrency, recursion and the like.

Each is read where it is asked for, and changed where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdatui.aws import concurrency
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.functions import Function
from lambdatui.aws.parts import permitted
from lambdatui.errors import BadInput
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.settings.setting_groups import RuntimeManagement
from lambdatui.stages.stage import Change, Danger, Difference

_UNKNOWN = frozenset({"UnknownOperationException", "UnknownOperation", "NotImplementedException", "InvalidAction"})


def code_signing(account: Account, settings: FunctionSettings, function: str) -> list[Change]:
    """The change of the code signing configuration of a function that is there."""
    if settings.code_signing is None:
        return []
    answer = _read(account, "code_signing", "GetFunctionCodeSigningConfig", function)
    before = str(answer.get("CodeSigningConfigArn") or "")
    if settings.code_signing == before:
        return []
    forth, back = (_code_signing(function, there, wanted) for there, wanted in (
        (before, settings.code_signing), (settings.code_signing, before),
    ))  # fmt: skip
    return [_undone_by(forth, [back], "put the former code signing back")]


def _code_signing(function: str, there: str, wanted: str) -> Change:
    lines = (Difference("code signing", there or None, wanted or None),)
    before = {"CodeSigningConfigArn": there}
    if not wanted:
        request = {"FunctionName": function}
        return Change("DeleteFunctionCodeSigningConfig", function, lines, request, before=before)
    request = {"FunctionName": function, "CodeSigningConfigArn": wanted}
    return Change("PutFunctionCodeSigningConfig", function, lines, request, before=before)


def runtime_management(account: Account, settings: FunctionSettings, function: str, exists: bool) -> list[Change]:
    """The change of when the runtime of $LATEST is updated."""
    asked = settings.runtime_management
    if asked is None:
        return []
    answer: Mapping[str, Any] = {}
    if exists:
        answer = _read(account, "runtime_management", "GetRuntimeManagementConfig", function)
    before = _managed(answer.get("UpdateRuntimeOn") or "Auto", answer.get("RuntimeVersionArn"))
    after = _managed_after(asked, before)
    if after == before:
        return []
    return [
        _undone_by(
            _runtime_management(function, before, after),
            [_runtime_management(function, after, before)],
            "put the former runtime management back",
        )
    ]


def _managed(update_on: str, version: str | None) -> dict[str, str]:
    return {"UpdateRuntimeOn": update_on} | ({"RuntimeVersionArn": version} if version else {})


def _managed_after(asked: RuntimeManagement, before: Mapping[str, str]) -> dict[str, str]:
    if asked.removes:
        return _managed("Auto", None)
    update_on = asked.update_on or ("Manual" if asked.version else before["UpdateRuntimeOn"])
    if update_on != "Manual":
        if asked.version:
            raise BadInput(f"runtime_management.version: it goes with `update_on: Manual`, not with {update_on}.")
        return _managed(update_on, None)
    version = asked.version or before.get("RuntimeVersionArn")
    if not version:
        raise BadInput("runtime_management.version: `update_on: Manual` needs the ARN of the runtime's version.")
    return _managed(update_on, version)


def _runtime_management(function: str, there: Mapping[str, str], wanted: Mapping[str, str]) -> Change:
    lines = tuple(
        Difference(label, there.get(name), wanted.get(name))
        for label, name in (("runtime updates", "UpdateRuntimeOn"), ("runtime version", "RuntimeVersionArn"))
        if there.get(name) != wanted.get(name)
    )
    request = {"FunctionName": function, **wanted}
    return Change("PutRuntimeManagementConfig", function, lines, request, before=dict(there))


def recursion(account: Account, settings: FunctionSettings, function: str, exists: bool) -> list[Change]:
    """The change of whether Lambda ends recursive loops."""
    if settings.recursion is None:
        return []
    before = "Terminate"
    if exists:
        answer = _read(account, "recursion", "GetFunctionRecursionConfig", function)
        before = str(answer.get("RecursiveLoop") or before)
    if settings.recursion == before:
        return []
    forth, back = (
        Change(
            "PutFunctionRecursionConfig",
            function,
            (Difference("recursive loops", there, wanted),),
            {"FunctionName": function, "RecursiveLoop": wanted},
            before={"RecursiveLoop": there},
        )
        for there, wanted in ((before, settings.recursion), (settings.recursion, before))
    )
    return [_undone_by(forth, [back], f"recursive loops back to {before}")]


def reserved_concurrency(
    account: Account, settings: FunctionSettings, function: str, now: Function | None
) -> list[Change]:
    """The change of the reserved concurrency. Callers may notice one that is less than before.

    Raises BadInput where it is more than the account has to give.
    """
    asked = settings.reserved_concurrency
    if asked is None:
        return []
    before, after = now.reserved_concurrency if now else None, None if asked == "" else asked
    if before == after:
        return []
    if after is not None and after > (before or 0):
        _check_reservable(account, function, before, after)
    undo = "reserve none again" if before is None else f"reserve {before} again"
    forth = _reserved(function, before, after)
    return [_undone_by(forth, [_reserved(function, after, before)], undo)]


def _check_reservable(account: Account, function: str, before: int | None, after: int) -> None:
    limits = permitted(lambda: concurrency.limits(account))
    if isinstance(limits, AwsError) or after <= concurrency.most_reservable(limits.unreserved, before, 0):
        return
    provisioned = permitted(lambda: concurrency.list_provisioned(account, function))
    own = sum(entry.requested for entry in provisioned) if not isinstance(provisioned, AwsError) else 0
    most = concurrency.most_reservable(limits.unreserved, before, own)
    if after > most:
        raise BadInput(
            f"reserved_concurrency: {most} or less was expected, not {after}: of the account's {limits.limit}, "
            f"AWS keeps {concurrency.UNRESERVED_MINIMUM} for the functions that reserve none."
        )


def reserved_warnings(changes: list[Change]) -> tuple[str, ...]:
    """A word on a function that will take no invocations."""
    return tuple(
        f"{change.target} will take no invocations: 0 executions are reserved for it."
        for change in changes
        if change.operation == "PutFunctionConcurrency" and change.request["ReservedConcurrentExecutions"] == 0
    )


def _reserved(function: str, before: int | None, after: int | None) -> Change:
    lines = (
        Difference(
            "reserved concurrency",
            None if before is None else str(before),
            None if after is None else str(after),
        ),
    )
    stood = {"ReservedConcurrentExecutions": before}
    if after is None:
        return Change("DeleteFunctionConcurrency", function, lines, {"FunctionName": function}, before=stood)
    less = after == 0 or (before is not None and after < before)
    return Change(
        "PutFunctionConcurrency",
        function,
        lines,
        {"FunctionName": function, "ReservedConcurrentExecutions": after},
        danger=Danger.TRAFFIC if less else Danger.SAFE,
        before=stood,
    )


def tagging(settings: FunctionSettings, function: str, now: Function) -> list[Change]:
    """The changes of a function's tags; those that AWS made itself (`aws:`) are not touched."""
    if settings.tags is None:
        return []
    arn = now.configuration["FunctionArn"]
    there = {key: value for key, value in now.tags.items() if not key.startswith("aws:")}
    added = {key: value for key, value in settings.tags.items() if there.get(key) != value}
    gone = [key for key in there if key not in settings.tags]
    undo = "put the former tags back"
    changes = []
    if added:
        former = {key: there[key] for key in added if key in there}
        new = {key: value for key, value in added.items() if key not in there}
        back = [_tagged(function, arn, added, former)] if former else []
        back += [_untagged(function, arn, new)] if new else []
        forth = _tagged(function, arn, there, added)
        changes.append(_undone_by(forth, back, undo))
    if gone:
        former = {key: there[key] for key in gone}
        changes.append(_undone_by(_untagged(function, arn, former), [_tagged(function, arn, {}, former)], undo))
    return changes


def _tagged(function: str, arn: str, there: Mapping[str, str], tags: Mapping[str, str]) -> Change:
    lines = tuple(Difference(f"tag {key}", there.get(key), value) for key, value in tags.items())
    before = {key: there.get(key) for key in tags}
    return Change("TagResource", function, lines, {"Resource": arn, "Tags": dict(tags)}, before=before)


def _untagged(function: str, arn: str, tags: Mapping[str, str]) -> Change:
    lines = tuple(Difference(f"tag {key}", value, None) for key, value in tags.items())
    return Change("UntagResource", function, lines, {"Resource": arn, "TagKeys": list(tags)}, before=dict(tags))


def standing(account: Account, change: Change) -> Iterator[tuple[str, Any, Any]]:
    """What stood there when a change of one of these settings was planned, and what stands there now, each by a name.

    Nothing for changes of anything else, or whose before-state is not known. Raises AwsError.
    """
    if change.before is None:
        return
    now = _now(account, change)
    if now is None:
        return
    for name, before in change.before.items():
        if change.operation in _TAGGING:
            yield f"tag {name}", before, now.get(name)
        elif name == _RESERVED:
            yield "reserved concurrency", before, now.get(name)
        else:
            yield name, before, now.get(name) or ""


def replanned(account: Account, change: Change) -> Change:
    """A change of one of these settings, planned upon what stands there now. Any other comes back as it is."""
    now = _now(account, change) if change.before is not None else None
    if now is None:
        return change
    empty = None if change.operation in _TAGGING or _RESERVED in change.before else ""
    return replace(change, before={name: now.get(name, empty) for name in change.before})


_TAGGING = ("TagResource", "UntagResource")
_RESERVED = "ReservedConcurrentExecutions"
_READ_BY = {
    "FunctionConcurrency": "GetFunctionConcurrency",
    "FunctionCodeSigningConfig": "GetFunctionCodeSigningConfig",
    "FunctionRecursionConfig": "GetFunctionRecursionConfig",
    "RuntimeManagementConfig": "GetRuntimeManagementConfig",
}


def _now(account: Account, change: Change) -> Mapping[str, Any] | None:
    """What stands there of the setting that a change is about; None for any other change."""
    if change.operation in _TAGGING:
        tags: Mapping[str, Any] = account.call("lambda", "ListTags", {"Resource": change.request["Resource"]})["Tags"]
        return tags
    read_by = _READ_BY.get(change.operation.removeprefix("Put").removeprefix("Delete"))
    return account.call("lambda", read_by, {"FunctionName": change.request["FunctionName"]}) if read_by else None


def _undone_by(forth: Change, back: Sequence[Change], undo: str) -> Change:
    return replace(forth, undo=undo, back=tuple(back))


def _read(account: Account, field: str, operation: str, function: str) -> Mapping[str, Any]:
    """What stands there. Raises BadInput where the region does not have the setting, or another AwsError."""
    try:
        return account.call("lambda", operation, {"FunctionName": function})
    except AwsError as error:
        if error.code in _UNKNOWN:
            raise BadInput(f"{field}: Lambda in {account.region} does not have this setting ({operation}).") from None
        raise
