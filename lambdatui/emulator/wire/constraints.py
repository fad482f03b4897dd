"""The constraints that a service model puts on an operation's input, checked with AWS's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from lambdatui.emulator.service import ApiError

# What Java's regular expressions name by Unicode property, as Python's character classes come nearest to it.
_PROPERTIES = {r"\p{L}": r"\w", r"\p{Z}": r"\s", r"\p{N}": r"\d", r"\p{S}": r"", r"\p{P}": r""}


_CONTAINERS = ("structure", "list", "map")


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
        if shape.member.type_name in _CONTAINERS:
            for index, item in enumerate(value, 1):
                yield from _errors(shape.member, item, f"{path}.{index}.member", exempt)
        elif shape.member.name not in exempt:
            yield from _contained_errors(shape.member, value, value, path, shape, "Member")
    elif kind == "map":
        yield from _contained_errors(shape.key, value, value, path, shape, "Map keys")
        if shape.value.type_name in _CONTAINERS:
            for key, item in value.items():
                yield from _errors(shape.value, item, f"{path}.{key}.member", exempt)
        else:
            yield from _contained_errors(shape.value, value.values(), value, path, shape, "Map value")


def _own_errors(shape: Any, value: Any, path: str) -> Iterator[str]:
    for broken in _constraints(shape):
        if not broken.holds(value):
            yield f"Value{_quoted(shape, value)} at '{path}' failed to satisfy constraint: {broken.text}"


def _contained_errors(
    item_shape: Any, items: Iterable[Any], value: Any, path: str, shape: Any, noun: str
) -> Iterator[str]:
    """AWS reports scalars in a list or map once for all of them, with every constraint that they have."""
    constraints = _constraints(item_shape)
    if any(not constraint.holds(item) for item in items for constraint in constraints):
        texts = ", ".join([*(constraint.text for constraint in constraints), "Member must not be null"])
        shown = "" if item_shape.metadata.get("sensitive") else _quoted(shape, value)
        yield f"Value{shown} at '{path}' failed to satisfy constraint: {noun} must satisfy constraint: [{texts}]"


class _Constraint(NamedTuple):
    text: str
    holds: Callable[[Any], bool]


@cache
def _constraints(shape: Any) -> tuple[_Constraint, ...]:
    """A shape's own constraints, in AWS's order."""
    return tuple(_made(shape))


def _made(shape: Any) -> Iterator[_Constraint]:
    metadata, kind = shape.metadata, shape.type_name
    low, high = metadata.get("min"), metadata.get("max")
    if kind in ("string", "list", "map", "blob"):
        if high is not None:
            yield _Constraint(f"Member must have length less than or equal to {high}", lambda v: len(v) <= high)
        if low:
            yield _Constraint(f"Member must have length greater than or equal to {low}", lambda v: len(v) >= low)
    elif kind in ("integer", "long", "float", "double"):
        if high is not None:
            yield _Constraint(f"Member must have value less than or equal to {high}", lambda v: v <= high)
        if low is not None:
            yield _Constraint(f"Member must have value greater than or equal to {low}", lambda v: v >= low)
    if kind == "string":
        pattern, values = metadata.get("pattern"), metadata.get("enum")
        if pattern:
            text = f"Member must satisfy regular expression pattern: {pattern}"
            yield _Constraint(text, lambda v: _matches(pattern, v))
        if values:
            yield _Constraint(f"Member must satisfy enum value set: [{', '.join(values)}]", lambda v: v in values)


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


def _quoted(shape: Any, value: Any) -> str:
    return "" if shape.metadata.get("sensitive") else f" '{_shown(value)}'"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    return str(value)
