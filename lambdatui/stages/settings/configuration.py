"""The settings of a function as changes: what CreateFunction is given, and what UpdateFunctionConfiguration changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lambdatui.aws.functions import Function
from lambdatui.aws.masking import holds_a_mask
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.settings.setting_table import SETTINGS, Setting
from lambdatui.stages.stage import Change, Difference, FromRun

# AWS has no form in which there is nothing of these
_FOR_GOOD: Mapping[str, Any] = {"RuntimeConfig": {}, "AcceleratorConfig": {"AcceleratorMemorySize": None}}


def created(settings: FunctionSettings, function: str) -> tuple[dict[str, Any], tuple[Difference, ...]]:
    """The members of CreateFunction that say the settings, and a line for each. What is empty is not there."""
    request: dict[str, Any] = {}
    lines: list[Difference] = []
    for setting in SETTINGS:
        asked = getattr(settings, setting.field)
        if asked is None:
            continue
        form = setting.wanted(asked, {"FunctionName": function})
        if form != setting.none or isinstance(asked, int):
            request[setting.member] = form
            lines += _of_a_new_one(setting, form)
    return request, tuple(lines)


def _of_a_new_one(setting: Setting, form: Any) -> tuple[Difference, ...]:
    if setting.member == "Environment":
        return setting.differences(setting.none, form)
    return tuple(Difference(name, None, text) for name, text in setting.lines(form).items() if text is not None)


def updated(settings: FunctionSettings, function: str, now: Function) -> Change | None:
    """The change that brings the settings that were asked for; None where all of them stand there.

    It is sent with the RevisionId that the run has come to.
    """
    wanted: dict[str, Any] = {}
    before: dict[str, Any] = {}
    lines: list[Difference] = []
    for setting in SETTINGS:
        asked = getattr(settings, setting.field)
        if asked is None:
            continue
        there = setting.stands(now.configuration)
        form = setting.wanted(asked, now.configuration)
        if form != there:
            wanted[setting.member], before[setting.member] = form, there
            lines += setting.differences(there, form)
    if not wanted:
        return None
    return Change(
        "UpdateFunctionConfiguration",
        function,
        tuple(lines),
        {"FunctionName": function, **wanted, "RevisionId": FromRun("revision")},
        undo="put the former settings back",
        before=before,
    )


def put_back(change: Change, now: Function, *, anyway: bool = False) -> tuple[Sequence[Change], Sequence[str]]:
    """The change that takes back an UpdateFunctionConfiguration, and a word on each setting that is left as it is.

    Nothing is sent of what stands there as before; what somebody else has changed since is theirs, unless it is to be
    taken back `anyway`. A setting whose former value was masked when it was written down is left.
    """
    request: dict[str, Any] = {}
    stands: dict[str, Any] = {}
    lines: list[Difference] = []
    words: list[str] = []
    for setting in SETTINGS:
        if setting.member not in change.before:
            continue
        before, there = change.before[setting.member], setting.stands(now.configuration)
        if there == before:
            continue
        label = setting.field.replace("_", " ")
        if holds_a_mask(before):
            words.append(f"{label}: its values are secret, and were not written down.")
        elif there != change.request[setting.member] and not anyway:
            words.append(f"{label}: somebody else has changed it since, so it is left.")
        elif before is None or before == _FOR_GOOD.get(setting.member):
            words.append(f"{label}: AWS has no way of taking it away again.")
        else:
            request[setting.member], stands[setting.member] = before, there
            lines += setting.differences(there, before)
    if not request:
        return (), words
    members = {"FunctionName": change.request["FunctionName"], **request, "RevisionId": FromRun("revision")}
    back = Change(
        "UpdateFunctionConfiguration",
        change.target,
        tuple(lines),
        members,
        undo="put the former settings back",
        before=stands,
    )
    return [back], words
