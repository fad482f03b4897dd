"""Spinnaker's own stages as stages of ours, and what is said of those that have no counterpart. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.pipeline.expressions import parts
from lambdatui.pipeline.spinnaker import canary_stage
from lambdatui.pipeline.spinnaker.counterparts import quoted
from lambdatui.pipeline.spinnaker.reader import Reader, Remark, lost


def wait(reader: Reader) -> dict[str, Any]:
    """`wait`: so many seconds."""
    reader.raw("skipWaitText")
    seconds = reader.number("waitTime")
    if seconds is None:
        reader.remark("waitTime", "is missing: it does not wait.")
    return {"duration": seconds or 0}


def approve(reader: Reader) -> dict[str, Any]:
    """`manualJudgment`."""
    inputs = reader.raw("judgmentInputs")
    options = [item.get("value") if isinstance(item, Mapping) else item for item in inputs or []]
    choices = [reader.said(option, "judgmentInputs", index) for index, option in enumerate(options) if option]
    for unread in ("propagateAuthenticationContext", "judgmentStatus", "judgmentInput"):
        reader.raw(unread)
    made: dict[str, Any] = {"message": reader.text("instructions") or "Go on?"}
    return made | ({"choices": choices} if choices else {})


def check(reader: Reader) -> dict[str, Any]:
    """`checkPreconditions`."""
    made = []
    preconditions = reader.raw("preconditions")
    for index, one in enumerate(preconditions if isinstance(preconditions, list) else []):
        path = ("preconditions", index)
        context = one.get("context") if isinstance(one, Mapping) else None
        if not isinstance(context, Mapping):
            context = {}
        kind = one.get("type") if isinstance(one, Mapping) else None
        if kind == "expression":
            condition = reader.condition(context.get("expression") or "", *path, "context", "expression")
        elif kind == "stageStatus":
            asked = f"#stage({_spel(context.get('stageName'))}).status == {_spel(context.get('stageStatus'))}"
            condition = reader.condition(asked, *path, "context")
        else:
            condition = _failing(reader, f"a precondition of the type '{kind}' has no counterpart.", *path)
        entry: dict[str, Any] = {"that": f"${{{{ {condition} }}}}"}
        if context.get("failureMessage"):
            entry["message"] = reader.said(context["failureMessage"], *path, "context", "failureMessage")
        if isinstance(one, Mapping) and one.get("failPipeline") is False:
            reader.remark("preconditions", "what a single condition does to the pipeline is told by on_failure here.")
        made.append(entry)
    if not made:
        reader.remark("preconditions", "there are none: it always holds.")
    return {"conditions": made or [{"that": True}]}


def remember_variables(reader: Reader) -> None:
    """`evaluateVariables`: no stage of ours; what a name stands for is said where it is read."""
    variables = reader.raw("variables")
    for index, one in enumerate(variables if isinstance(variables, list) else []):
        if isinstance(one, Mapping) and one.get("key"):
            source = str(one.get("value") if one.get("value") is not None else "")
            said = reader.said(source, "variables", index, "value")
            reader.scope.variables[str(one["key"])] = _one_expression(said)


def run(reader: Reader) -> dict[str, Any]:
    """`pipeline`: another pipeline."""
    identity = str(reader.raw("pipeline") or "")
    reader.raw("application")
    name = reader.scope.pipelines.get(identity)
    if name is None:
        reader.remark(
            "pipeline", f"'{identity}' is not in this file: import it, too, and name its file here.", lost=True
        )
    else:
        reader.remark("pipeline", f"it is the pipeline '{name}': its file is expected beside this one.")
    plain = re.sub(r"[^a-z0-9]+", "-", (name or "other").lower()).strip("-")
    made: dict[str, Any] = {"pipeline": f"{plain}.yaml"}
    if reader.flag("waitForCompletion") is False:
        reader.remark("waitForCompletion", "its end is awaited here.")
    parameters = reader.mapping("pipelineParameters")
    return made | ({"parameters": parameters} if parameters else {})


def unknown(reader: Reader) -> dict[str, Any]:
    """A stage that has no counterpart: a check that fails with its place, so that nothing goes on without it."""
    kind = reader.members["type"]
    words = f"a stage of the type '{kind}' has no counterpart: do what it did in another way, or remove it."
    reader.remark("type", words, lost=True)
    return {"conditions": [{"that": False, "message": f"{reader.place('type')}: {words}"}]}


def _failing(reader: Reader, words: str, *path: str | int) -> str:
    reader.remarks.append(Remark(reader.place(*path), words, lost=True))
    return lost(f"{reader.place(*path)}: {words}")


def _spel(value: Any) -> str:
    return "'" + str(value or "").replace("'", "''") + "'"


def _one_expression(said: str) -> str:
    """A text with expressions in it as one expression."""
    told = [quoted(part) if isinstance(part, str) else part.source for part in parts(said)]
    return f"({' ~ '.join(told)})" if len(told) > 1 else told[0] if told else "''"


KINDS: Mapping[str, tuple[str, Callable[[Reader], dict[str, Any]]]] = {
    "wait": ("wait", wait),
    "manualJudgment": ("approve", approve),
    "checkPreconditions": ("check", check),
    "kayentaCanary": ("canary", canary_stage.canary),
    "pipeline": ("run", run),
}
"""Spinnaker's types of stages: our type, and how its inputs are made."""
