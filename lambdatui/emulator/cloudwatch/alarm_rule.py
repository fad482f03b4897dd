"""The rule of a composite alarm: `ALARM("errors") AND NOT OK(latency)`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Holds = Callable[[Callable[[str], str]], bool]
"""Whether a rule holds, told what gives the state of an alarm by name."""

_TOKEN = re.compile(r'\s*(?:(?P<sign>[()])|"(?P<text>[^"]*)"|(?P<word>[^\s()"]+))')
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_DEEPEST = 50


class RuleMistake(ValueError):
    """The text is no rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and the names of the alarms that it asks about."""

    holds: Holds
    names: frozenset[str]


def parse_rule(text: str) -> Rule:
    """The rule that a text says. Raises RuleMistake."""
    parser = _Parser(list(_tokens(text)))
    holds = parser.disjunction(0)
    parser.expect_end()
    return Rule(holds, frozenset(parser.names))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise RuleMistake(f"what begins at position {position} cannot be read")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0
        self.names: set[str] = set()

    def disjunction(self, depth: int) -> Holds:
        if depth > _DEEPEST:
            raise RuleMistake("it is nested too deeply")
        parts = [self._conjunction(depth)]
        while self._take("OR"):
            parts.append(self._conjunction(depth))
        return lambda state: any(part(state) for part in parts)

    def expect_end(self) -> None:
        if self._position < len(self._tokens):
            raise RuleMistake(f"'{self._tokens[self._position][1]}' is not expected")

    def _conjunction(self, depth: int) -> Holds:
        parts = [self._condition(depth)]
        while self._take("AND"):
            parts.append(self._condition(depth))
        return lambda state: all(part(state) for part in parts)

    def _condition(self, depth: int) -> Holds:
        kind, text = self._next()
        if (kind, text) == ("word", "NOT"):
            negated = self._condition(depth + 1) if depth < _DEEPEST else self.disjunction(depth + 1)
            return lambda state: not negated(state)
        if (kind, text) == ("sign", "("):
            inner = self.disjunction(depth + 1)
            self._expect(")")
            return inner
        if kind == "word" and text in ("TRUE", "FALSE"):
            return lambda state: text == "TRUE"
        if kind == "word" and text in _STATES:
            self._expect("(")
            _, name = self._next()
            self._expect(")")
            name = name.rpartition(":alarm:")[2]  # a name or an ARN
            self.names.add(name)
            return lambda state: state(name) == text
        raise RuleMistake(f"'{text}' is not expected")

    def _next(self) -> tuple[str, str]:
        if self._position == len(self._tokens):
            raise RuleMistake("it ends too early")
        self._position += 1
        return self._tokens[self._position - 1]

    def _take(self, text: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position] in (("word", text), ("sign", text)):
            self._position += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise RuleMistake(f"'{text}' was expected")
