"""How the code and the environment that a plan replaces can be put back later, said before they are replaced.

The journal keeps neither: both come back only from a published version that holds the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.aws.versions import Version
from lambdatui.stages.stage import Change

ENVIRONMENT_OF = "EnvironmentOf"
"""The member of a before-state that names the version which has the same environment."""


def foreseen(account: Account, function: str, now: Function, changes: Sequence[Change]) -> list[Change]:
    """The changes, those of code and environment with a true word on their undo. Raises AwsError."""
    if not any(_replaces(change) for change in changes):
        return list(changes)
    published = aws.list_versions(account, function)
    return [_told(change, now, published) if _replaces(change) else change for change in changes]


def former_environment(account: Account, function: str, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """A before-state with the values of its environment, where a version is named that has them. Raises AwsError."""
    named = before.get(ENVIRONMENT_OF)
    found = next((one for one in aws.list_versions(account, function) if one.name == named), None) if named else None
    return before if found is None else {**before, "Environment": _environment(found.configuration)}


def _replaces(change: Change) -> bool:
    if change.operation == "UpdateFunctionCode":
        return True
    return change.operation == "UpdateFunctionConfiguration" and bool(_variables(change.before.get("Environment")))


def _told(change: Change, now: Function, published: Sequence[Version]) -> Change:
    if change.operation == "UpdateFunctionCode":
        return replace(change, undo=code_undo(change.before, published))
    there = _environment(now.configuration)
    same = next((one.name for one in published if _environment(one.configuration) == there), None)
    if same is not None:
        return replace(change, before={**change.before, ENVIRONMENT_OF: same})
    others = len(change.before) > 1
    return replace(change, undo="put the former settings back, but for the environment's values" if others else "")


def code_undo(stands: Mapping[str, Any], published: Sequence[Version]) -> str:
    """How the code of a before-state is put back; empty where it cannot be."""
    if stands.get("ImageUri"):
        return "put the image back"
    found = next((one.name for one in published if one.sha256 == stands["CodeSha256"]), None)
    return f"put the code of version {found} back" if found else ""


def _environment(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {"Variables": dict(_variables(configuration.get("Environment")))}


def _variables(environment: Mapping[str, Any] | None) -> Mapping[str, str]:
    found: Mapping[str, str] = (environment or {}).get("Variables") or {}
    return found
