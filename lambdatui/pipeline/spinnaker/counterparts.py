"""Java's methods, Spinnaker's functions and values of JSON, as the expressions of our pipelines write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

Kind = Literal["text", "number", "any"]
"""What kind of value an expression gives, as far as that is known."""

_REGEX_SIGNS = re.compile(r"[.^$*+?()\[\]{}|\\]")


def _method(pattern: str) -> Callable[..., str]:
    return pattern.format


METHODS: Mapping[tuple[str, int], tuple[Callable[..., str], Kind]] = {
    ("contains", 1): (_method("({1} in {0})"), "any"),
    ("containsKey", 1): (_method("({1} in {0})"), "any"),
    ("startsWith", 1): (_method("{0}.startswith({1})"), "any"),
    ("endsWith", 1): (_method("{0}.endswith({1})"), "any"),
    ("equals", 1): (_method("({0} == {1})"), "any"),
    ("equalsIgnoreCase", 1): (_method("(({0} | lower) == ({1} | lower))"), "any"),
    ("isEmpty", 0): (_method("(({0} | length) == 0)"), "any"),
    ("length", 0): (_method("({0} | length)"), "number"),
    ("size", 0): (_method("({0} | length)"), "number"),
    ("toString", 0): (_method("({0} | string)"), "text"),
    ("toLowerCase", 0): (_method("({0} | lower)"), "text"),
    ("toUpperCase", 0): (_method("({0} | upper)"), "text"),
    ("trim", 0): (_method("({0} | trim)"), "text"),
    ("concat", 1): (_method("({0} ~ {1})"), "text"),
    ("replace", 2): (_method("({0} | replace({1}, {2}))"), "text"),
    ("replaceAll", 2): (_method("({0} | replace({1}, {2}))"), "text"),
    ("split", 1): (_method("{0}.split({1})"), "any"),
    ("substring", 1): (_method("{0}[{1}:]"), "text"),
    ("substring", 2): (_method("{0}[{1}:{2}]"), "text"),
    ("indexOf", 1): (_method("{0}.find({1})"), "number"),
    ("lastIndexOf", 1): (_method("{0}.rfind({1})"), "number"),
    ("matches", 1): (_method("({0} is matching({1}))"), "any"),
    ("keySet", 0): (_method("({0} | list)"), "any"),
}
"""Java's methods by name and number of values: how we say them, and what they give."""

FUNCTIONS: Mapping[str, tuple[str, Kind]] = {
    "toInt": ("({} | int)", "number"),
    "toFloat": ("({} | float)", "number"),
    "toBoolean": ("({} | to_boolean)", "any"),
    "toJson": ("({} | to_json)", "text"),
    "readJson": ("({} | from_json)", "any"),
    "readYaml": ("({} | from_yaml)", "any"),
    "toBase64": ("({} | to_base64)", "text"),
    "fromBase64": ("({} | from_base64)", "text"),
    "alphanumerical": ("({} | alphanumeric)", "text"),
}
"""Spinnaker's functions of one value: how we say them, and what they give."""


def without_regex(pattern: str) -> str | None:
    """The text that a regular expression of a single meaning stands for: `-`, or `\\.`; else None."""
    if re.search(r"\\[A-Za-z0-9]", pattern) or _REGEX_SIGNS.search(re.sub(r"\\.", "", pattern)):
        return None
    return re.sub(r"\\(.)", r"\1", pattern)


def written(value: Any) -> str:
    """A value of JSON as our expressions write it."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(key))}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return repr(value)


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("}}", "}\\x7d")
    return f"'{escaped}'"
