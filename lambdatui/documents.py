"""Reads the YAML files a person writes: settings, themes, deploy files, pipelines.

A mistake in one of them meets one sentence that names the file, the line, the field, what was expected and the near
match. YAML's own traps are closed: a duplicate key is an error, and the loader is the safe one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lambdatui.errors import BadInput

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from yaml import MarkedYAMLError, Node

Model = TypeVar("Model", bound="BaseModel")

FieldPath = tuple[str | int, ...]

_FIELD = re.compile(r"([A-Za-z_][\w.-]*): ")


class Document:
    """What a YAML file holds: plain values, and the line on which each of them stands.

    `source` is how messages name it (a path as the person typed it); `value` is a mapping, a list or a scalar;
    `lines` maps a field's path, such as `("stages", 0, "alias")`, to its line, counted from 1.
    """

    def __init__(self, source: str, value: Any, lines: Mapping[FieldPath, int]) -> None:
        self.source = source
        self.value = value
        self.lines = lines

    def place(self, path: FieldPath) -> str:
        """`FILE:LINE` of a field, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.source}:{self.lines.get(path, 1)}"


def read(path: Path | str) -> Document:
    """The document in a file. Raises BadInput where it cannot be read or is not YAML."""
    return parse(text_in(path), str(path))


def text_in(path: Path | str) -> str:
    """The text in a file. Raises BadInput where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise BadInput(f"{path}: is a folder, a file was expected.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text (byte {error.start}).") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}.") from None


def parse(text: str, source: str) -> Document:
    """The document in a text. Raises BadInput with the line where it is not YAML or repeats a key."""
    import yaml

    try:
        loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
        reader = loader(text)
        try:
            node = reader.get_single_node()
            lines: dict[FieldPath, int] = {}
            if node is not None:
                _walk(node, (), lines, source, set())
            value = reader.construct_document(node) if node is not None else None
        finally:
            reader.dispose()
    except yaml.MarkedYAMLError as error:
        raise BadInput(_not_yaml(error, text, source)) from None
    except yaml.YAMLError as error:
        raise BadInput(f"{source}: not YAML: {' '.join(str(error).split())}.") from None
    except (ValueError, OverflowError) as error:
        # what looks like a date or a number and is none, such as 2026-02-30
        raise BadInput(f"{source}: a value in it is not what it looks like: {error}.", "Put it in quotes.") from None
    return Document(source, value, lines)


def _not_yaml(error: MarkedYAMLError, text: str, source: str) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"{source}:{mark.line + 1}" if mark else source
    problem = error.problem or "not YAML"
    if problem.startswith("but "):
        problem = f"{error.context} {problem}"
    lines = text.splitlines()
    if mark and mark.line < len(lines) and "\t" in _indent(lines[mark.line]):
        problem = "a tab stands where YAML wants spaces"
    return f"{place}: {problem}."


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _walk(node: Node, path: FieldPath, lines: dict[FieldPath, int], source: str, seen: set[int]) -> None:
    import yaml

    lines.setdefault(path, node.start_mark.line + 1)
    # an anchor may stand in many places, and in itself: its fields have one place, the first
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            name = getattr(key, "value", None)
            if not isinstance(name, str) or key.tag == "tag:yaml.org,2002:merge":
                continue
            here = (*path, name)
            if here in lines:
                raise BadInput(
                    f"{source}:{key.start_mark.line + 1}: '{name}' stands here a second time; "
                    f"the first is on line {lines[here]}."
                )
            lines[here] = key.start_mark.line + 1
            _walk(child, here, lines, source, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*path, index), lines, source, seen)


def check(document: Document, model: type[Model], context: Any = None) -> Model:
    """The document as an instance of a pydantic model. Raises BadInput that names the first field that is wrong."""
    from pydantic import ValidationError

    if not isinstance(document.value, dict):
        raise BadInput(f"{document.source}:1: a mapping of fields was expected, not {_kind(document.value)}.")
    try:
        return model.model_validate(document.value, context=context)
    except ValidationError as error:
        raise BadInput(explain(error, document, model)) from None


def explain(error: ValidationError, document: Document, model: type[Any]) -> str:
    """One sentence for a pydantic error: where, which field, what was expected, the near match; how many more."""
    from lambdatui import mistakes

    mistake = mistakes.first(error, model, document.value)
    field = "" if mistake.names_field else f"{mistake.field}: "
    return f"{document.place(mistake.path)}: {field}{mistake.words}"


def located(error: BadInput, document: Document) -> BadInput:
    """The error with `FILE:LINE` before it, where its sentence begins with a field that stands in the document.

    That is what a check says that knows the values and not where they were read, such as `vpc.subnets: …`.
    """
    found = _FIELD.match(error.message)
    if found is None:
        return error
    path = tuple(int(part) if part.isdigit() else part for part in found[1].split("."))
    if path[:1] not in document.lines:
        return error
    return BadInput(f"{document.place(path)}: {error.message}", error.hint)


def _kind(value: Any) -> str:
    return {type(None): "nothing", list: "a list", str: "text", int: "a number", bool: "a truth value"}.get(
        type(value), type(value).__name__
    )
