"""The JSON Schema of a pipeline's file: what editors complete and check by. `schema.json` beside this is its text.

An expression may stand in place of any input of a stage, which the stages' own models do not say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lambdatui.pipeline import stage_types
from lambdatui.pipeline.document import Pipeline

FILE = Path(__file__).with_name("schema.json")
_EXPRESSION = {
    "type": "string",
    "pattern": r"\$\{\{",
    "description": "An expression, such as ${{ parameters.version }} or ${{ stages.deploy.outputs.version }}.",
}
_SINGLE = ("items", "additionalProperties")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")


def schema() -> dict[str, Any]:
    """The schema, as JSON values."""
    whole = Pipeline.model_json_schema()
    definitions: dict[str, Any] = whole.pop("$defs")
    entry = definitions.pop("StageEntry")
    definitions["entry"] = {"properties": entry["properties"]}
    common = {name: {"$ref": f"#/$defs/entry/properties/{name}"} for name in entry["properties"] if name != "type"}
    definitions["expression"] = _EXPRESSION
    options = []
    for kind in stage_types.KINDS:
        found = stage_types.model(kind).model_json_schema()
        parts = found.pop("$defs", {})
        names = {name: f"{kind}.{name}" for name in parts}
        for name, part in parts.items():
            definitions[names[name]] = _open(_renamed(part, names))
        stage = _open(_renamed(found, names))
        definitions[f"stage.{kind}"] = {
            "title": kind,
            "description": stage.get("description", ""),
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **common,
                **stage["properties"],
                "type": {"const": kind, "description": stage.get("description", "")},
            },
            "required": ["id", "type", *stage.get("required", [])],
        }
        options.append({"$ref": f"#/$defs/stage.{kind}"})
    whole["properties"]["stages"]["items"] = {
        "type": "object",
        "required": ["id", "type"],
        "properties": {"type": {"enum": list(stage_types.KINDS)}},
        # an editor tells what is wrong with the one type that is meant, not with all ten
        "allOf": [
            {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": option}
            for kind, option in zip(stage_types.KINDS, options, strict=True)
        ],
    }
    # a parameter without a word about it is a text that has to be given
    named = whole["properties"]["parameters"]["patternProperties"]
    for pattern, parameter in named.items():
        named[pattern] = {"anyOf": [parameter, {"type": "null"}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "A pipeline of lambdatui",
        "$defs": dict(sorted(definitions.items())),
    }


def text() -> str:
    """The schema as `schema.json` has it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy in which the stage's own definitions go by names that no other stage has."""
    if isinstance(value, Mapping):
        found = {key: _renamed(item, names) for key, item in value.items()}
        reference = found.get("$ref")
        if isinstance(reference, str):
            found["$ref"] = f"#/$defs/{names[reference.rpartition('/')[2]]}"
        if isinstance(found.get("discriminator"), dict):
            # of an expression the kind is not known
            del found["discriminator"]
        return found
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def _open(part: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which an expression may stand in place of each value within."""
    found = copy.deepcopy(dict(part))
    if "properties" in found:
        found["properties"] = {name: _or_expression(item) for name, item in found["properties"].items()}
    return _opened_within(found)


def _opened_within(found: dict[str, Any]) -> dict[str, Any]:
    for name in _SINGLE:
        if isinstance(found.get(name), dict):
            found[name] = _or_expression(found[name])
    for name in _SEVERAL:
        if name in found:
            found[name] = [_open(item) for item in found[name]]
    return found


def _or_expression(part: Mapping[str, Any]) -> dict[str, Any]:
    if "const" in part or not part.keys() - {"title", "description", "default"}:
        # a fixed word stays one, and what takes anything takes an expression, too
        return dict(part)
    told = {name: part[name] for name in ("title", "description", "default") if name in part}
    inner = _open({name: item for name, item in part.items() if name not in told})
    options = inner["anyOf"] if inner.keys() == {"anyOf"} else [inner]
    return {**told, "anyOf": [*options, {"$ref": "#/$defs/expression"}]}
