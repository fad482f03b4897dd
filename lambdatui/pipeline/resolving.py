"""A stage as the pipeline's file says it, with its expressions resolved: what is planned and run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lambdatui import mistakes
from lambdatui.documents import FieldPath
from lambdatui.errors import BadInput
from lambdatui.pipeline import checks, expressions, stage_types
from lambdatui.pipeline.document import StageEntry
from lambdatui.pipeline.expressions import ExpressionError
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.stages.stage import Stage


def stage_of(file: PipelineFile, entry: StageEntry, names: Mapping[str, Any]) -> Stage:
    """The stage, its expressions resolved with `names`. Raises BadInput with FILE:LINE."""
    given = checks.with_defaults(file.pipeline, entry)
    try:
        values = expressions.resolved(_explained(entry, given), names)
    except ExpressionError as error:
        raise _located(file, entry, error.path, error.words) from None
    model = stage_types.model(entry.type)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        mistake = mistakes.first(error, model, values)
        field = "" if mistake.names_field else f"{mistake.field}: "
        raise BadInput(f"{file.place(entry.id, mistake.path)}: {entry.id}: {field}{mistake.words}") from None


def wanted(file: PipelineFile, entry: StageEntry, names: Mapping[str, Any]) -> bool:
    """What a stage's `when` says. Raises BadInput with FILE:LINE where that is neither true nor false."""
    if not isinstance(entry.when, str):
        return entry.when is not False
    try:
        found = expressions.resolved(checks.condition(entry.when), names)
    except ExpressionError as error:
        raise _located(file, entry, ("when",), error.words) from None
    if not isinstance(found, bool):
        raise _located(file, entry, ("when",), f"true or false was expected, and it gives {found!r}.")
    return found


def _explained(entry: StageEntry, given: dict[str, Any]) -> dict[str, Any]:
    """A check says which expression does not hold, unless its author has words for it."""
    conditions = given.get("conditions")
    if entry.type != "check" or not isinstance(conditions, list):
        return given
    told = [
        {"message": one["that"].replace("${{", "").replace("}}", "").strip(), **one}
        if isinstance(one, dict) and isinstance(one.get("that"), str)
        else one
        for one in conditions
    ]
    return {**given, "conditions": told}


def _located(file: PipelineFile, entry: StageEntry, path: FieldPath, words: str) -> BadInput:
    return BadInput(f"{file.place(entry.id, path)}: {entry.id}: {'.'.join(map(str, path))}: {words}")


def located(file: PipelineFile, entry: StageEntry, error: BadInput) -> BadInput:
    """The error of a stage's plan with `FILE:LINE` before it, where its sentence begins with one of the fields."""
    field = error.message.partition(":")[0].split(".")[0]
    if field not in entry.inputs:
        return error
    return BadInput(f"{file.place(entry.id, (field,))}: {entry.id}: {error.message}", error.hint)
