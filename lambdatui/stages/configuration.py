"""The settings of a function as changes: what CreateFunction is given, and what UpdateFunctionConfiguration changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.aws.functions import Function
from lambdatui.stages.function_settings import FunctionSettings
from lambdatui.stages.setting_table import SETTINGS, Setting
from lambdatui.stages.stage import Change, Difference, FromRun

# AWS has no form in which there is nothing of these
_FOR_GOOD = {"RuntimeConfig": {}, "AcceleratorConfig": {"AcceleratorMemorySize": None}}


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
        back=_back(function, before, lines),
    )


def _back(function: str, before: Mapping[str, Any], lines: list[Difference]) -> tuple[Change, ...]:
    request = {name: form for name, form in before.items() if form is not None and form != _FOR_GOOD.get(name)}
    reversed_lines = tuple(Difference(line.field, line.after, line.before) for line in lines)
    return (Change("UpdateFunctionConfiguration", function, reversed_lines, {"FunctionName": function, **request}),)
