"""A field's value in one line, as a form shows it. Secret values are masked; what is empty is told from what is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdatui.aws.masking import MASK
from lambdatui.text import one_line
from lambdatui.tui.form.fields import FormField, Kind, Shape

EMPTY = "empty"
_NAMING = ("source", "statement_id", "target_group", "arn", "type", "qualifier", "kind")
"""What an entry of a list is best known by."""


def counted(number: int, word: str) -> str:
    """`1 entry`, `3 entries`."""
    if number == 1:
        return f"1 {word}"
    return f"{number} {word[:-1]}ies" if word.endswith("y") else f"{number} {word}s"


def told(field: FormField, value: Any) -> str:
    """A field's value in one line."""
    if field.secret and field.shape.kind is Kind.MAP and isinstance(value, Mapping):
        return counted(len(value), "variable") if value else ""
    return of_shape(field.shape, value, field.secret)


def of_shape(shape: Shape, value: Any, secret: bool = False) -> str:
    """A value of this shape in one line."""
    if value is None:
        return ""
    if shape.is_json and not isinstance(value, str):
        return one_line(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _of_list(shape, value, secret)
    if isinstance(value, Mapping):
        return _of_mapping(shape, value, secret)
    if secret:
        return MASK if value != "" else EMPTY
    return one_line(str(value))


def _of_list(shape: Shape, values: list[Any], secret: bool) -> str:
    if shape.item is not None and shape.item.kind is Kind.GROUP:
        return counted(len(values), "entry") if values else ""
    return ", ".join(of_shape(shape.item or Shape(Kind.TEXT), value, secret) for value in values)


def _of_mapping(shape: Shape, value: Mapping[str, Any], secret: bool) -> str:
    if shape.kind is not Kind.GROUP:
        item = shape.item or Shape(Kind.TEXT)
        return ", ".join(f"{one_line(str(key))}={of_shape(item, one, secret)}" for key, one in value.items())
    known = {field.name: field for field in shape.fields}
    parts = [
        f"{known[name].title.lower()} {told(known[name], part)}"
        for name, part in value.items()
        if name in known and told(known[name], part)
    ]
    return " · ".join(parts)


def name_of(entry: Any, index: int) -> str:
    """What an entry of a list of groups is called."""
    if isinstance(entry, Mapping):
        for key in _NAMING:
            if text := entry.get(key):
                return one_line(str(text)).removeprefix("arn:aws:")
    return f"entry {index + 1}"
