"""What a call changed: what stood there before it, what it left, and what is there now. It is read to take a call back.

All three come in one form, so that they can be compared. What the journal masked is compared masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import asynchronous, policies, target_groups, versions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST, Function
from lambdatui.aws.masking import holds_a_mask, masked
from lambdatui.stages import traffic
from lambdatui.stages.around import async_invocation
from lambdatui.stages.around.event_source_members import TITLES, plain
from lambdatui.stages.around.permission import content
from lambdatui.stages.around.permission import lines as statement_lines
from lambdatui.stages.around.standing_around import place, there
from lambdatui.stages.settings.setting_table import SETTINGS
from lambdatui.stages.stage import Change, shown

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a call changed, by a name. None stands for nothing."""

    field: str
    was: Any
    left: Any
    now: Any

    @property
    def untouched(self) -> bool:
        """Whether it is as the call left it."""
        return _same(self.left, self.now)

    @property
    def back(self) -> bool:
        """Whether it is as it was before the call."""
        return not holds_a_mask(self.was) and _same(self.was, self.now)

    def __str__(self) -> str:
        return f"{self.field} {_told(self.left)} → {_told(self.now)}"


def things(account: Account, change: Change, answer: Answer, function: Function | None) -> list[Thing]:
    """What a change that was made is about. `answer` is AWS's answer to it, `function` what is there now.

    Nothing for an operation that is not known here, or a removal of what is not known. Raises AwsError.
    """
    reader = _READERS.get(change.operation)
    if reader is None or (change.before is None and change.operation.startswith(("Delete", "Remove", "Deregister"))):
        return []
    return list(reader(account, change, answer, function))


def _alias(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
    request, before = change.request, change.before
    name = {"FunctionName": request["FunctionName"], "Name": request["Name"]}
    found = there(account, "GetAlias", name)
    now = versions.alias(found) if found else None
    left = None if change.operation == "DeleteAlias" else _routing(request)
    yield Thing("traffic", before and _routing(before), left, now and traffic.in_words(now.version, now.extra))
    if left is not None and "Description" in request:
        was = (before or {}).get("Description") or None
        yield Thing("description", was, request["Description"] or None, now and (now.description or None))


def _routing(members: Mapping[str, Any]) -> str:
    weights = (members.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return traffic.in_words(members.get("FunctionVersion", ""), weights)


def _configuration(_: Account, change: Change, __: Answer, function: Function | None) -> Iterator[Thing]:
    if function is None:
        return
    for setting in SETTINGS:
        if setting.member in (change.before or {}):
            now = setting.stands(function.configuration)
            label = setting.field.replace("_", " ")
            yield Thing(label, change.before[setting.member], change.request.get(setting.member), now)


def _code(_: Account, change: Change, answer: Answer, function: Function | None) -> Iterator[Thing]:
    now = function.configuration.get("CodeSha256") if function else None
    yield Thing("code", (change.before or {}).get("CodeSha256"), answer.get("CodeSha256"), now)


def _creation(_: Account, __: Change, answer: Answer, function: Function | None) -> Iterator[Thing]:
    for field, member in (("code", "CodeSha256"), ("role", "Role"), ("handler", "Handler"), ("memory", "MemorySize")):
        yield Thing(field, None, answer.get(member), function.configuration.get(member) if function else None)


def _version(account: Account, change: Change, answer: Answer, _: Function | None) -> Iterator[Thing]:
    name = {"FunctionName": change.request["FunctionName"], "Qualifier": answer.get("Version")}
    now = there(account, "GetFunctionConfiguration", name) if answer.get("Version") else {}
    yield Thing("version", None, answer.get("Version"), now.get("Version"))


def _tags(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
    now = there(account, "ListTags", {"Resource": change.request["Resource"]}).get("Tags", {})
    left = change.request.get("Tags", {})
    for key in change.request.get("TagKeys", left):
        yield Thing(f"tag {key}", (change.before or {}).get(key), left.get(key), now.get(key))


def _attached(get: str, *names: str) -> Any:
    """The reader of a setting that one call gives and another, or the same, takes."""

    def read(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
        now = there(account, get, place(change.request))
        for name in names:
            was, left = (change.before or {}).get(name), change.request.get(name)
            found = now.get(name) if name in now else now.get(f"Requested{name}")
            yield Thing(_WORDS[name], was, left, found)

    return read


_WORDS = {
    "ReservedConcurrentExecutions": "reserved concurrency",
    "CodeSigningConfigArn": "code signing",
    "UpdateRuntimeOn": "runtime updates",
    "RuntimeVersionArn": "runtime version",
    "RecursiveLoop": "recursive loops",
    "ProvisionedConcurrentExecutions": "provisioned concurrency",
    "AuthType": "authorization",
    "InvokeMode": "invoke mode",
    "Cors": "CORS",
}


def _url(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
    now = there(account, "GetFunctionUrlConfig", place(change.request))
    gone = change.operation.startswith("Delete")
    for name in ("AuthType", "InvokeMode", "Cors"):
        if gone or name in change.request:
            yield Thing(_WORDS[name], (change.before or {}).get(name), change.request.get(name), now.get(name))


def _statement(account: Account, change: Change, answer: Answer, _: Function | None) -> Iterator[Thing]:
    request = change.request
    policy = policies.get(account, request["FunctionName"], request.get("Qualifier", ""))
    now = next((one for one in policy.statements if one.get("Sid") == request["StatementId"]), None)
    was = (change.before or {}).get("Statement")
    left = json.loads(answer["Statement"]) if "Statement" in answer else None
    field = f"statement {request['StatementId']}"
    yield Thing(field, *(one and statement_lines(masked(one)) | _contents(masked(one)) for one in (was, left, now)))


def _contents(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(values) for name, values in content(statement).items()}


def _mapping(account: Account, change: Change, answer: Answer, _: Function | None) -> Iterator[Thing]:
    uuid = change.request.get("UUID") or answer.get("UUID")
    found = there(account, "GetEventSourceMapping", {"UUID": uuid}) if uuid else {}
    now = found if found.get("State") != "Deleting" else {}
    if change.operation != "UpdateEventSourceMapping":
        was_there = change.operation == "DeleteEventSourceMapping"
        here = "there" if now else None
        yield Thing("mapping", "there" if was_there else None, None if was_there else "there", here)
    if not now:
        return
    for name in TITLES:
        if name in change.request:
            was = (change.before or {}).get(name)
            stands = now.get("State") not in ("Disabled", "Disabling") if name == "Enabled" else now.get(name)
            yield Thing(TITLES[name], *(plain(name, one) for one in (was, change.request[name], stands)))


def _event_invoke(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
    qualifier = change.request["Qualifier"]
    settings = asynchronous.get(account, change.request["FunctionName"], None if qualifier == LATEST else qualifier)
    left = {name: value for name, value in change.request.items() if name not in ("FunctionName", "Qualifier")}
    yield Thing("asynchronous invocations", change.before, left or None, async_invocation.kept(settings))


def _targets(account: Account, change: Change, _: Answer, __: Function | None) -> Iterator[Thing]:
    group = target_groups.find(account, change.request["TargetGroupArn"])
    registers = change.operation == "RegisterTargets"
    for target in change.request["Targets"]:
        stands = "registered" if group and target["Id"] in group.targets else None
        yield Thing(
            f"target {target['Id'].rpartition(':function:')[2]}",
            None if registers else "registered",
            "registered" if registers else None,
            stands,
        )


_CONCURRENCY = _attached("GetFunctionConcurrency", "ReservedConcurrentExecutions")
_SIGNING = _attached("GetFunctionCodeSigningConfig", "CodeSigningConfigArn")
_PROVISIONED = _attached("GetProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
_READERS: Mapping[str, Any] = {
    "CreateAlias": _alias,
    "UpdateAlias": _alias,
    "DeleteAlias": _alias,
    "UpdateFunctionConfiguration": _configuration,
    "UpdateFunctionCode": _code,
    "CreateFunction": _creation,
    "PublishVersion": _version,
    "TagResource": _tags,
    "UntagResource": _tags,
    "PutFunctionConcurrency": _CONCURRENCY,
    "DeleteFunctionConcurrency": _CONCURRENCY,
    "PutFunctionCodeSigningConfig": _SIGNING,
    "DeleteFunctionCodeSigningConfig": _SIGNING,
    "PutRuntimeManagementConfig": _attached("GetRuntimeManagementConfig", "UpdateRuntimeOn", "RuntimeVersionArn"),
    "PutFunctionRecursionConfig": _attached("GetFunctionRecursionConfig", "RecursiveLoop"),
    "PutProvisionedConcurrencyConfig": _PROVISIONED,
    "DeleteProvisionedConcurrencyConfig": _PROVISIONED,
    "CreateFunctionUrlConfig": _url,
    "UpdateFunctionUrlConfig": _url,
    "DeleteFunctionUrlConfig": _url,
    "AddPermission": _statement,
    "RemovePermission": _statement,
    "CreateEventSourceMapping": _mapping,
    "UpdateEventSourceMapping": _mapping,
    "DeleteEventSourceMapping": _mapping,
    "PutFunctionEventInvokeConfig": _event_invoke,
    "DeleteFunctionEventInvokeConfig": _event_invoke,
    "RegisterTargets": _targets,
    "DeregisterTargets": _targets,
}


def _same(one: Any, other: Any) -> bool:
    if holds_a_mask(one):
        other = masked(other)
    return bool(_bare(one) == _bare(other))


def _bare(value: Any) -> Any:
    """A value without what is empty: AWS leaves such members out, or gives them empty."""
    if isinstance(value, Mapping):
        return {key: bare for key, item in value.items() if (bare := _bare(item)) is not None} or None
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value] or None
    return None if value == "" else value


def _told(value: Any) -> str:
    if _bare(value) is None:
        return "nothing"
    return shown(masked(value)) or ""
