"""The fields of a deployment, from a file and from `--set`; a mistake is told where it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from lambdatui import documents, mistakes
from lambdatui.documents import Document
from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy

Path = tuple[str, ...]

# what nothing at all stands for, by what pydantic says of a text in its place
_EMPTY: Mapping[str, Any] = {"dict_type": {}, "model_type": {}, "list_type": []}


def deployment(document: Document | None, flags: Sequence[str]) -> Deploy:
    """The deployment that a file says, with what `flags` (`NAME=VALUE`, parts by dots) say in its place.

    A VALUE is YAML, and nothing at all is what is empty. Raises BadInput that names the file's line, or the flag.
    """
    given = dict(_split(flag) for flag in flags)
    if document is None:
        document = Document("--set", {}, {})
    elif not given:
        return documents.check(document, Deploy)
    if not isinstance(document.value, dict):
        return documents.check(document, Deploy)
    values = {path: _read(path, text) for path, text in given.items()}
    try:
        return Deploy.model_validate(_with(document.value, values))
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path, kind = tuple(str(part) for part in problem["loc"]), problem["type"]
            if path in given and kind == "string_type":
                # what looks like a number may be meant as text
                values[path] = given[path]
            elif path in given and kind in _EMPTY and not given[path].strip():
                values[path] = _EMPTY[kind]
    merged = _with(document.value, values)
    try:
        return Deploy.model_validate(merged)
    except ValidationError as error:
        mistake = mistakes.first(error, Deploy, merged)
        flag = next((path for path in given if mistake.path[: len(path)] == path), None)
        if flag is None:
            raise BadInput(
                documents.explain(error, Document(document.source, merged, document.lines), Deploy)
            ) from None
        field = "" if mistake.names_field else f"{mistake.field}: "
        raise BadInput(f"--set {field}{mistake.words}") from None


def _split(flag: str) -> tuple[Path, str]:
    name, sign, text = flag.partition("=")
    path = tuple(name.strip().split("."))
    if not sign or not all(path):
        raise BadInput(f"--set {flag}: NAME=VALUE was expected, such as memory=512.")
    return path, text


def _read(path: Path, text: str) -> Any:
    if not text.strip():
        return ""
    return documents.parse(text, f"--set {'.'.join(path)}").value


def _with(value: Mapping[str, Any], given: Mapping[Path, Any]) -> dict[str, Any]:
    """A copy with these parts in it. Raises BadInput where a part is asked for of what has none."""
    merged = dict(value)
    for path, item in given.items():
        inner = merged
        for depth, name in enumerate(path[:-1]):
            part = inner.get(name)
            if part is not None and not isinstance(part, Mapping):
                where = ".".join(path[: depth + 1])
                raise BadInput(f"--set {'.'.join(path)}: {where} is no mapping in the file, so it has no parts.")
            inner[name] = dict(part or {})
            inner = inner[name]
        inner[path[-1]] = item
    return merged
