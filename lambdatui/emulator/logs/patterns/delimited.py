"""Patterns for messages of fields with spaces between: `[ip, ..., status = 5* && status != 503, bytes > 1000]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
        "(?P<phrase>(?:[^"\\]|\\.)*)"
      | %(?P<regex>[^%]+)%
      | (?P<rest>\.\.\.)
      | (?P<sign>&&|\|\||!=|<=|>=|[=<>(),])
      | (?P<word>[A-Za-z0-9_.*:/+\-@$]+)
    )""",
    re.VERBOSE,
)
_FIELD = re.compile(r'"([^"]*)"|\[([^\]]*)\]|(\S+)')

Holds = Callable[[str], bool]
"""Whether a field's value fulfils a condition."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """The fields before an ellipsis and those after it; `after` is None where there is no ellipsis."""

    before: tuple[Holds, ...]
    after: tuple[Holds, ...] | None

    def __call__(self, message: str) -> bool:
        fields = split(message)
        after = self.after or ()
        wanted = len(self.before) + len(after)
        if len(fields) < wanted or (self.after is None and len(fields) > wanted):
            return False
        pairs = [*zip(self.before, fields, strict=False), *zip(after, fields[len(fields) - len(after) :], strict=True)]
        return all(holds(field) for holds, field in pairs)


def split(message: str) -> list[str]:
    """The fields of a message; what stands in quotation marks or square brackets is one field."""
    return [next(group for group in match.groups() if group is not None) for match in _FIELD.finditer(message)]


def parse_delimited(text: str) -> Matches:
    """What a pattern of fields asks of a message. Raises PatternMistake."""
    tokens = Tokens(_TOKEN, text)
    before: list[Holds] = []
    after: list[Holds] | None = None
    for part in _parts(tokens):
        if part is None:
            if after is not None:
                raise PatternMistake("Invalid filter pattern")
            after = []
        else:
            (before if after is None else after).append(part)
    return Delimited(tuple(before), None if after is None else tuple(after))


def _parts(tokens: Tokens) -> Iterator[Holds | None]:
    """Each field's condition, None for the ellipsis. A field may have no name and no condition."""
    while True:
        if tokens.take("...", kind="rest"):
            yield None
        elif tokens.is_at_end() or tokens.sees(","):
            yield lambda value: True
        else:
            yield joined(tokens, _condition)
        if tokens.is_at_end():
            return
        if not tokens.take(","):
            raise PatternMistake("Invalid filter pattern")


def _condition(tokens: Tokens) -> Holds:
    kind, _ = tokens.next()
    if kind != "word":
        raise PatternMistake("Invalid filter pattern")
    sign = tokens.take("=", "!=", *ORDERS)
    if sign is None:
        return lambda value: True
    return _comparison(sign, *tokens.next())


def _comparison(sign: str, kind: str, text: str) -> Holds:
    if sign in ORDERS:
        bound = number(text) if kind == "word" else None
        if bound is None:
            raise PatternMistake("Invalid filter pattern")
        order = ORDERS[sign]
        return lambda value: (found := number(value)) is not None and order(found, bound)
    equals = _equality(kind, text)
    return equals if sign == "=" else lambda value: not equals(value)


def _equality(kind: str, text: str) -> Holds:
    if kind == "regex":
        found = regex(text).search
        return lambda value: found(value) is not None
    if kind == "phrase":
        return wildcard(unquoted(text))
    if kind != "word":
        raise PatternMistake("Invalid filter pattern")
    wanted, like = number(text), wildcard(text)
    return lambda value: number(value) == wanted if wanted is not None and number(value) is not None else like(value)
