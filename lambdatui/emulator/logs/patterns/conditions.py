"""What the kinds of filter pattern have in common: values to compare with, and conditions joined by && and ||."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

Subject = TypeVar("Subject")

Matches = Callable[[str], bool]
"""Whether a log event's message matches."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_REGEX_CHARACTERS = re.compile(r"[A-Za-z0-9_#=@/;,\-^$?\[\]{}|\\*+. ]*")
_DEEPEST = 50

ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


class PatternMistake(Exception):
    """The text is no filter pattern. The message is AWS's."""


def regex(text: str) -> re.Pattern[str]:
    """The regular expression that stands between two per cent signs: AWS takes a part of the usual syntax only."""
    if not _REGEX_CHARACTERS.fullmatch(text):
        bad = next(character for character in text if not _REGEX_CHARACTERS.fullmatch(character))
        raise PatternMistake(f"Invalid character(s) in term '{bad}'")
    try:
        return re.compile(text, re.ASCII)
    except re.error:
        raise PatternMistake(f"Invalid filter pattern: invalid regular expression '{text}'") from None


def number(text: str) -> float | None:
    """The number that a text is, with sign, fraction and exponent, or None."""
    return float(text) if _NUMBER.fullmatch(text) else None


def wildcard(text: str) -> Callable[[str], bool]:
    """Equality with a text in which an asterisk at the start or the end stands for anything.

    An asterisk in the middle is one: `Ev*ent` is the text `Ev*ent`.
    """
    starts, ends = text.startswith("*"), len(text) > 1 and text.endswith("*")
    middle = text[1 if starts else 0 : len(text) - 1 if ends else len(text)]
    if starts and ends:
        return lambda value: middle in value
    if starts:
        return lambda value: value.endswith(middle)
    if ends:
        return lambda value: value.startswith(middle)
    return lambda value: value == text


class Tokens:
    """The tokens of a pattern, one after another: a kind and a text each. `pattern` names the kinds by its groups."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._tokens = list(_split(pattern, text))
        self._position = 0

    def next(self) -> tuple[str, str]:
        """The next token. Raises PatternMistake at the end."""
        if self.is_at_end():
            raise PatternMistake("Invalid filter pattern")
        self._position += 1
        return self._tokens[self._position - 1]

    def take(self, *texts: str, kind: str = "sign") -> str | None:
        """The next token's text if it is of this kind and one of these, else None and nothing is taken."""
        if any(self.sees(text, kind=kind) for text in texts):
            return self.next()[1]
        return None

    def sees(self, text: str, *, kind: str = "sign") -> bool:
        """Whether the next token is this one."""
        return not self.is_at_end() and self._tokens[self._position] == (kind, text)

    def is_at_end(self) -> bool:
        """Whether there are no more."""
        return self._position == len(self._tokens)


def _split(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = pattern.match(text, position)
        if match is None or match.lastgroup is None:
            bad = text[position:].lstrip()[:1]
            raise PatternMistake(f"Invalid character(s) in term '{bad}'")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


def unquoted(text: str) -> str:
    """What stands between quotation marks: `\\"` is a quotation mark and `\\\\` a backslash."""
    return re.sub(r"\\(.)", r"\1", text)


def joined(
    tokens: Tokens, condition: Callable[[Tokens], Callable[[Subject], bool]], depth: int = 0
) -> Callable[[Subject], bool]:
    """Conditions joined by && and ||, && binding closer, with parentheses. `condition` reads a single one."""
    if depth > _DEEPEST:
        raise PatternMistake("Invalid filter pattern")
    alternatives = [_all_of(tokens, condition, depth)]
    while tokens.take("||"):
        alternatives.append(_all_of(tokens, condition, depth))
    return lambda subject: any(holds(subject) for holds in alternatives)


def _all_of(
    tokens: Tokens, condition: Callable[[Tokens], Callable[[Subject], bool]], depth: int
) -> Callable[[Subject], bool]:
    parts: list[Callable[[Subject], bool]] = []
    while not parts or tokens.take("&&"):
        if not tokens.take("("):
            parts.append(condition(tokens))
            continue
        parts.append(joined(tokens, condition, depth + 1))
        if not tokens.take(")"):
            raise PatternMistake("Invalid filter pattern")
    return lambda subject: all(holds(subject) for holds in parts)
