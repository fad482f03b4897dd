"""Patterns for JSON messages: `{ $.level = "ERROR" && ($.ms > 300 || $.user.id NOT EXISTS) }`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from lambdatui.emulator.logs.patterns.conditions import (
    ORDERS,
    Matches,
    PatternMistake,
    Tokens,
    joined,
    number,
    regex,
    unquoted,
    wildcard,
)

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<selector>\$(?:\.[A-Za-z0-9_\-@]+|\.?\['[^']*'\]|\[(?:\d+|\*)\])*)
      | "(?P<phrase>(?:[^"\\]|\\.)*)"
      | %(?P<regex>[^%]+)%
      | (?P<sign>&&|\|\||!=|<=|>=|[=<>()])
      | (?P<word>[A-Za-z0-9_.*:/+\-@]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.?\['(?P<quoted>[^']*)'\]|\.(?P<name>[A-Za-z0-9_\-@]+)|\[(?P<index>\d+|\*)\]")

Condition = Callable[[Any], bool]
"""Whether a document fulfils it."""

_MISSING = object()


def parse_json(text: str) -> Matches:
    """What a pattern of JSON conditions asks of a message: to be an object or array that fulfils them.

    Raises PatternMistake.
    """
    tokens = Tokens(_TOKEN, text)
    if tokens.is_at_end():
        raise PatternMistake("Invalid filter pattern")
    condition: Condition = joined(tokens, _condition)
    if not tokens.is_at_end():
        raise PatternMistake("Invalid filter pattern")

    def matches(message: str) -> bool:
        start = message.lstrip()[:1]
        if start not in ("{", "["):
            return False
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return condition(document)

    return matches


def _condition(tokens: Tokens) -> Condition:
    kind, text = tokens.next()
    if kind != "selector":
        raise PatternMistake("Invalid filter pattern")
    values = _selector(text)
    if tokens.take("IS", kind="word"):
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}
        word = tokens.take(*wanted, kind="word")
        if word is None:
            raise PatternMistake("Invalid filter pattern")
        return lambda document: any(value is wanted[word] for value in values(document))
    if tokens.take("NOT", kind="word"):
        if not tokens.take("EXISTS", kind="word"):
            raise PatternMistake("Invalid filter pattern")
        return lambda document: all(value is _MISSING for value in values(document))
    if tokens.take("EXISTS", kind="word"):
        return lambda document: any(value is not _MISSING for value in values(document))
    sign = tokens.take("=", "!=", *ORDERS)
    if sign is None:
        raise PatternMistake("Invalid filter pattern")
    holds = _comparison(sign, *tokens.next())
    return lambda document: any(_is_scalar(value) and holds(value) for value in values(document))


def _comparison(sign: str, kind: str, text: str) -> Callable[[Any], bool]:
    if sign in ORDERS:
        bound = number(text) if kind == "word" else None
        if bound is None:
            raise PatternMistake("Invalid filter pattern")
        order = ORDERS[sign]
        return lambda value: _is_number(value) and order(value, bound)
    equals = _equality(kind, text)
    return equals if sign == "=" else lambda value: not equals(value)


def _equality(kind: str, text: str) -> Callable[[Any], bool]:
    if kind == "regex":
        found = regex(text).search
        return lambda value: found(_text(value)) is not None
    if kind == "phrase":
        same = wildcard(unquoted(text))
        return lambda value: same(_text(value))
    if kind != "word":
        raise PatternMistake("Invalid filter pattern")
    wanted, like = number(text), wildcard(text)
    return lambda value: value == wanted if _is_number(value) and wanted is not None else like(_text(value))


def _selector(text: str) -> Callable[[Any], list[Any]]:
    """What gives the values that a selector leads to: one, or one for each item where it has a `[*]`."""
    steps = list(_steps(text))

    def values(document: Any) -> list[Any]:
        found = [document]
        for step in steps:
            found = [value for item in found for value in _stepped(item, step)]
        return found

    return values


def _steps(text: str) -> Iterator[str | int]:
    for match in _STEP.finditer(text, 1):
        if match["index"] is not None:
            yield int(match["index"]) if match["index"] != "*" else "*"
        else:
            yield "." + (match["name"] if match["name"] is not None else match["quoted"])


def _stepped(value: Any, step: str | int) -> list[Any]:
    if step == "*":
        return value if isinstance(value, list) else [_MISSING]
    if isinstance(step, int):
        return [value[step]] if isinstance(value, list) and step < len(value) else [_MISSING]
    return [value.get(step[1:], _MISSING)] if isinstance(value, dict) else [_MISSING]


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
