"""The filters and tests of expressions: jinja2's that are harmless, and a few of our own. Each works within bounds.

`matching` is a regular expression of Rust's kind, by pydantic: it takes linear time, whatever the pattern.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

LONGEST = 250_000
"""How many characters a filter may make."""

_TAKEN = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "int",
    "items",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
]
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")


def to_number(value: Any) -> int | float:
    """A number as text, such as `42` or `1.5`, as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a number was expected, not {_shown(value)}.")
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text) > 100:
        raise ValueError("a number was expected, not a text of that length.")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"a number was expected, not {_shown(value)}.") from None


def to_boolean(value: Any) -> bool:
    """true, yes, on and 1 as true; false, no, off, 0 and nothing as false."""
    word = str(value).strip().lower() if value is not None else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"true or false was expected, not {_shown(value)}.")


def to_json(value: Any) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def from_json(value: Any) -> Any:
    """What a JSON text says."""
    try:
        return json.loads(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"JSON was expected: {error}.") from None


def from_yaml(value: Any) -> Any:
    """What a YAML text says."""
    from lambdatui import documents

    # parse, and not PyYAML alone: it tells a mistake in one sentence
    return documents.parse(str(value), "the text").value


def to_base64(value: Any) -> str:
    """A text's UTF-8 as base64."""
    return base64.b64encode(str(value).encode()).decode()


def from_base64(value: Any) -> str:
    """The text whose UTF-8 this base64 is."""
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValueError("base64 of a text was expected.") from None


def alphanumeric(value: Any) -> str:
    """The letters and digits of a text, without the rest."""
    return "".join(char for char in str(value) if char.isascii() and char.isalnum())


def basename(value: Any) -> str:
    """The last part of a path or an ARN's path, after its last `/`."""
    return str(value).rstrip("/").rpartition("/")[2]


def split(value: Any, by: str | None = None) -> list[str]:
    """A text's parts between `by`, or between spaces."""
    return str(value).split(by)


def replace(value: Any, old: str, new: str, count: int = -1) -> str:
    """A text with `new` in place of `old`."""
    text, old, new = str(value), str(old), str(new)
    if not old:
        raise ValueError("replace: a text was expected that is to be replaced.")
    if len(text) // len(old) * len(new) > LONGEST:
        raise ValueError(f"replace: this makes more than {LONGEST:,} characters.")
    return text.replace(old, new, count)


def join(values: Iterable[Any], by: str = "") -> str:
    """The texts of a list, with `by` between them."""
    texts = [str(value) for value in values]
    if sum(map(len, texts)) + len(str(by)) * len(texts) > LONGEST:
        raise ValueError(f"join: this makes more than {LONGEST:,} characters.")
    return str(by).join(texts)


def matching(value: Any, pattern: str) -> bool:
    """Whether a regular expression matches the whole of a text."""
    try:
        _pattern(pattern).validate_python(str(value))
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> TypeAdapter[str]:
    try:
        return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"^(?:{pattern})$")])
    except SchemaError:
        raise ValueError(f"{_shown(pattern)} is no regular expression, or looks around or back.") from None


def check_pattern(pattern: str) -> None:
    """Raises ValueError where a text is no regular expression that `matching` takes."""
    _pattern(pattern)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


_OURS: Mapping[str, Callable[..., Any]] = {
    "to_number": to_number,
    "number": to_number,
    "to_boolean": to_boolean,
    "bool": to_boolean,
    "to_json": to_json,
    "json": to_json,
    "from_json": from_json,
    "from_yaml": from_yaml,
    "to_base64": to_base64,
    "from_base64": from_base64,
    "alphanumeric": alphanumeric,
    "basename": basename,
    "split": split,
    "join": join,
    "replace": replace,
}

TESTS: Mapping[str, Callable[..., bool]] = {"matching": matching}


def taken(known: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The filters of expressions, of which `known` are jinja2's."""
    return {name: known[name] for name in _TAKEN} | dict(_OURS)
