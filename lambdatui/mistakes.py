"""What is wrong with what a person typed, in one sentence: pydantic's errors in an operator's words.

A file, a form and a command's flags all build the same models, so that a mistake is worded here once, whatever the
place in which it was made. A field that is declared with `repr=False` is secret: its value is never repeated.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from lambdatui.errors import near_match

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

FieldPath = tuple[str | int, ...]

_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "dataclass_type": "a mapping of fields",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "invalid_key": "a name",
}
_LONGEST = 60
# what YAML reads from text without quotes
_UNQUOTED = (bool, int, float, dt.date)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field, as a path from the top of what was typed, and what is wrong with it.

    `words` is a sentence; it is about `field` where `names_field` is false, and has the field's name in it otherwise.
    """

    path: FieldPath
    words: str
    names_field: bool = False

    @property
    def field(self) -> str:
        """The path as people write it, such as `strategy.percent`."""
        return ".".join(str(part) for part in self.path)


def first(error: ValidationError, model: type[Any], value: Any) -> Mistake:
    """The first mistake of a pydantic error, with how many more there are.

    `value` is what was checked: with it the members of unions, which pydantic puts into its paths, are told from the
    fields.
    """
    problems = error.errors(include_url=False)
    mistake = _mistake(problems[0], model, value)
    more = len(problems) - 1
    return dataclasses.replace(mistake, words=f"{mistake.words} ({more} more after this.)") if more else mistake


def each(error: ValidationError, model: type[Any], value: Any) -> Iterator[tuple[Mistake, str]]:
    """Every mistake of a pydantic error, with pydantic's word for its kind, such as `missing`. As for `first`."""
    for problem in error.errors(include_url=False):
        yield _mistake(problem, model, value), problem["type"]


def words(problem: ErrorDetails, secret: bool = False, help: str = "") -> str:  # noqa: A002 - what it is
    """What was expected, and what stands there instead unless that is `secret`. `help` describes the field."""
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    shown = "" if secret else _shown(given)
    but = f", not {shown}" if shown else ""
    if kind in _EXPECTED:
        quotes = "; put it in quotes" if kind == "string_type" and isinstance(given, _UNQUOTED) else ""
        limits = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in context.items()}
        return f"{_EXPECTED[kind].format_map(limits)} was expected{but}{quotes}."
    if kind in ("literal_error", "union_tag_invalid"):
        options = _options(str(context.get("expected" if kind == "literal_error" else "expected_tags", "")))
        given = given if kind == "literal_error" else context.get("tag")
        but = "" if secret else f", not {_shown(given)}"
        return f"{' or '.join(options)} was expected{but}.{near_match(str(given), options)}"
    if kind in ("too_short", "too_long"):
        limit = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"{limit} was expected, not {context['actual_length']}."
    if kind == "string_pattern_mismatch":
        return _ended(f"{shown or 'this'} will not do{': ' + help if help else ''}")
    message = problem["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return _ended(message)
    return _ended(f"{message[:1].lower()}{message[1:]}{but}")


def _mistake(problem: ErrorDetails, model: type[Any], value: Any) -> Mistake:
    kind, path = problem["type"], _path(problem, value)
    field = ".".join(str(part) for part in path)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = fields_at(model, path[:-1])
        return Mistake(path, f"there is no field '{field}'.{near_match(str(path[-1]), known)}", names_field=True)
    if kind in ("missing", "missing_argument"):
        return Mistake(path, f"the field '{field}' is missing.", names_field=True)
    if kind == "union_tag_not_found":
        name = str(problem.get("ctx", {}).get("discriminator", "kind")).strip("'")
        return Mistake(path, f"the field '{field}.{name}' is missing.", names_field=True)
    if kind == "union_tag_invalid":
        path = (*path, str(problem.get("ctx", {}).get("discriminator", "kind")).strip("'"))
    info = fields_at(model, path[:-1]).get(str(path[-1])) if path else None
    help = (info.help if info else "") or ""  # noqa: A001 - what it is
    return Mistake(path, words(problem, _secret(model, path), help), names_field=not path)


def _path(problem: ErrorDetails, value: Any) -> FieldPath:
    """Pydantic's location without what is no place in the input: the names of a union's members, `[key]`."""
    location = [part for part in problem["loc"] if part != "[key]"]
    path: list[str | int] = []
    current = value
    for index, part in enumerate(location):
        missing, is_mapping = problem["type"].startswith("missing"), isinstance(current, Mapping)
        # what a member of a union says of itself as a whole ends with the member's name
        is_name = is_mapping and current.get("kind") == part and not missing
        absent = index == len(location) - 1 and (missing or is_mapping) and not is_name
        if _holds(current, part):
            current = current[part]
        elif not absent:
            continue
        path.append(part)
    return tuple(path)


def _holds(value: Any, part: str | int) -> bool:
    return part in value if isinstance(value, Mapping) else isinstance(value, list | tuple) and isinstance(part, int)


@dataclass(frozen=True, slots=True)
class _Field:
    annotation: Any
    help: str
    secret: bool


def fields_at(model: type[Any], path: FieldPath) -> dict[str, _Field]:
    """The fields that a model (or the part of it at `path`) knows, by the name they have in a file."""
    current = [model]
    for part in path:
        known = _fields(current)
        # what is no field's name is an index, a key of a mapping, or the name of a union's member
        if part in known:
            current = _models_in(known[str(part)].annotation)
    return _fields(current)


def _secret(model: type[Any], path: FieldPath) -> bool:
    return any(
        known.secret
        for index, part in enumerate(path)
        if (known := fields_at(model, path[:index]).get(str(part))) is not None
    )


def _fields(models: list[type[Any]]) -> dict[str, _Field]:
    import annotated_types
    from pydantic import BaseModel

    found: dict[str, _Field] = {}
    for model in models:
        if issubclass(model, BaseModel):
            for name, info in model.model_fields.items():
                found[info.alias or name] = _Field(info.annotation, info.description or "", not info.repr)
        elif dataclasses.is_dataclass(model):
            # limits in the settings' types are named there and not imported: see settings.py
            hints = get_type_hints(model, localns=vars(annotated_types))
            found |= {entry.name: _Field(hints[entry.name], "", False) for entry in dataclasses.fields(model)}
    return found


def _models_in(annotation: Any) -> list[type[Any]]:
    from pydantic import BaseModel

    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation)):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _options(expected: str) -> list[str]:
    """The choices in a message of pydantic's, such as `'x86_64' or 'arm64'`."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ") if part.strip()]


def _shown(given: Any) -> str:
    """A value as the person wrote it, cut where it is long; empty for what is no single value."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, Mapping | list | tuple | set):
        return ""
    text = f"'{given}'" if isinstance(given, str) else str(given)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
