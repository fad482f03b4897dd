"""The values of a pipeline's parameters: typed by a person, checked against what the document says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput, near_match
from lambdatui.pipeline.document import Parameter, Pipeline

_EXPECTED = {"number": "a number", "boolean": "true or false", "list": "a list, such as a,b,c", "string": "text"}


def values(pipeline: Pipeline, given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every parameter: what is given, as text or as a value of its type, else its default.

    Raises BadInput where one is not known, is missing, or is not what it may be.
    """
    for name in given:
        if name not in pipeline.parameters:
            known = ", ".join(pipeline.parameters) or "none"
            raise BadInput(
                f"{pipeline.name} has no parameter '{name}' (it has: {known}).{near_match(name, pipeline.parameters)}"
            )
    missing = [name for name, one in pipeline.parameters.items() if one.must_be_given and given.get(name) is None]
    if missing:
        described = pipeline.parameters[missing[0]].description
        words = f" ({described})" if described else ""
        more = f" So are: {', '.join(missing[1:])}." if missing[1:] else ""
        raise BadInput(f"the parameter '{missing[0]}' is needed{words}.{more}", f"Give -p {missing[0]}=VALUE.")
    found = {}
    for name, parameter in pipeline.parameters.items():
        value = given.get(name)
        try:
            found[name] = value_of(parameter, parameter.default if value is None else value)
        except ValueError as error:
            raise BadInput(f"the parameter '{name}': {error}") from None
    return found


def value_of(parameter: Parameter, given: Any) -> Any:
    """A value as the parameter's type has it. Raises ValueError, which does not repeat a secret one."""
    if given is None:
        return None
    value = _typed(parameter, given)
    for item in value if isinstance(value, list) else [value]:
        shown = "this" if parameter.secret else repr(item) if isinstance(item, str) else str(item)
        if parameter.choices is not None and item not in parameter.choices:
            options = [str(choice) for choice in parameter.choices]
            near = "" if parameter.secret else near_match(str(item), options)
            raise ValueError(f"one of {', '.join(options)} was expected, not {shown}.{near}")
        if parameter.pattern is not None:
            from lambdatui.pipeline.filters import matching

            if not matching(item, parameter.pattern):
                raise ValueError(f"{shown} does not match {parameter.pattern}")
    return value


def _typed(parameter: Parameter, given: Any) -> Any:
    from lambdatui.pipeline.filters import to_boolean, to_number

    try:
        match parameter.type:
            case "number":
                return to_number(given)
            case "boolean":
                return to_boolean(given)
            case "list":
                return _list(given)
            case "string":
                if isinstance(given, str | int | float) and not isinstance(given, bool):
                    return str(given)
                raise ValueError
    except ValueError:
        shown = "" if parameter.secret else f", not {given!r}" if isinstance(given, str) else f", not {given}"
        raise ValueError(f"{_EXPECTED[parameter.type]} was expected{shown}.") from None


def _list(given: Any) -> list[Any]:
    if isinstance(given, list):
        return given
    if not isinstance(given, str):
        raise ValueError
    if given.lstrip().startswith("["):
        found = json.loads(given)
        if not isinstance(found, list):
            raise ValueError
        return found
    return [item.strip() for item in given.split(",") if item.strip()]


def shown(pipeline: Pipeline, found: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a screen or the journal shows them: secret ones masked."""
    return {
        name: MASK if pipeline.parameters[name].secret and value is not None else value for name, value in found.items()
    }


def unsecret(value: Any, secrets: frozenset[str]) -> Any:
    """A copy of a value in which these texts, wherever they stand, are masked."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {key: unsecret(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [unsecret(item, secrets) for item in value]
    return value
