"""The constraints that a service model puts on an operation's input, checked with AWS's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lambdatui.emulator.service import ApiError

# What Java's regular expressions name by Unicode property, as Python's character classes come nearest to it.
_PROPERTIES = {r"\p{L}": r"\w", r"\p{Z}": r"\s", r"\p{N}": r"\d", r"\p{S}": r"", r"\p{P}": r""}


def check(shape: Any, params: dict[str, Any], exempt: frozenset[str] = frozenset()) -> None:
    """Raises ValidationException if `params` break a constraint of the input shape.

    The text is AWS's: how many errors, and for each the value, the member's path and the constraint. Shapes named in
    `exempt` are not looked at: their service answers with an error of its own.
    """
    errors = list(_errors(shape, params, "", exempt))
    if errors:
        noun = "error" if len(errors) == 1 else "errors"
        raise ApiError("ValidationException", f"{len(errors)} validation {noun} detected: {'; '.join(errors)}", 400)


def _errors(shape: Any, value: Any, path: str, exempt: frozenset[str]) -> Iterator[str]:
    if shape.name in exempt:
        return
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type:
            return
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"Value null at '{_joined(path, name)}' failed to satisfy constraint: Member must not be null"
        members = shape.members
        for name, item in value.items():
            if name in members and item is not None:
                yield from _errors(members[name], item, _joined(path, name), exempt)
        return
    yield from _own_errors(shape, value, path)
    if kind == "list":
        for index, item in enumerate(value, 1):
            yield from _errors(shape.member, item, f"{path}.{index}.member", exempt)
    elif kind == "map":
        yield from _key_errors(shape.key, value, path)
        for key, item in value.items():
            yield from _errors(shape.value, item, f"{path}.{key}.member", exempt)


def _own_errors(shape: Any, value: Any, path: str) -> Iterator[str]:
    metadata = shape.metadata
    if not metadata:
        return
    for constraint in _broken(shape, value):
        shown = "" if metadata.get("sensitive") else f" '{_shown(value)}'"
        yield f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _key_errors(key_shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    broken = sorted({constraint for key in value for constraint in _broken(key_shape, key)})
    if broken:
        yield (
            f"Value at '{path}' failed to satisfy constraint: Map keys must satisfy constraint: [{', '.join(broken)}]"
        )


def _broken(shape: Any, value: Any) -> Iterator[str]:
    metadata = shape.metadata
    kind = shape.type_name
    low, high = metadata.get("min"), metadata.get("max")
    if kind in ("string", "list", "map", "blob"):
        if low is not None and len(value) < low:
            yield f"Member must have length greater than or equal to {low}"
        if high is not None and len(value) > high:
            yield f"Member must have length less than or equal to {high}"
    elif kind in ("integer", "long", "float", "double"):
        if low is not None and value < low:
            yield f"Member must have value greater than or equal to {low}"
        if high is not None and value > high:
            yield f"Member must have value less than or equal to {high}"
    if kind == "string":
        pattern = metadata.get("pattern")
        if pattern and not _matches(pattern, value):
            yield f"Member must satisfy regular expression pattern: {pattern}"
        values = metadata.get("enum")
        if values and value not in values:
            yield f"Member must satisfy enum value set: [{', '.join(values)}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    for java, python in _PROPERTIES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


def _joined(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    return str(value)
