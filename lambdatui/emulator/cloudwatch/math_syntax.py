"""The syntax of metric math: an expression's text becomes a tree.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^()\[\],<>])
    )""",
    re.VERBOSE,
)

_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_DEEPEST = 50
_LONGEST = 600


class SyntaxMistake(Exception):
    """The text is no expression. The message is as AWS has it after `Error in expression 'id': `."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """The Id of another query, or a word such as REPEAT or DESC."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Array:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`operator` is one of + - * / ^ == != <= >= < > AND OR."""

    operator: str
    left: Node
    right: Node


Node = Number | Text | Name | Call | Array | Negation | Binary


def parse(text: str) -> Node:
    """The tree of an expression. Raises SyntaxMistake."""
    tokens = list(_tokens(text))
    if len(tokens) > _LONGEST:
        raise SyntaxMistake("The expression is too complex")
    parser = _Parser(tokens)
    node = parser.disjunction(0)
    if parser.peek() is not None:
        raise SyntaxMistake("Invalid syntax")
    return node


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise SyntaxMistake("Invalid syntax")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


class _Parser:
    """Recursive descent; each method has one level of precedence and is told how deep it is."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0

    def peek(self) -> str | None:
        """The next sign or name, or an empty string for another kind of token, or None at the end."""
        if self._position == len(self._tokens):
            return None
        kind, text = self._tokens[self._position]
        return text if kind in ("sign", "name") else ""

    def disjunction(self, depth: int) -> Node:
        node = self._conjunction(depth)
        while self._take("||", "OR"):
            node = Binary("OR", node, self._conjunction(depth))
        return node

    def _conjunction(self, depth: int) -> Node:
        node = self._comparison(depth)
        while self._take("&&", "AND"):
            node = Binary("AND", node, self._comparison(depth))
        return node

    def _comparison(self, depth: int) -> Node:
        node = self._sum(depth)
        while operator := self._take(*_COMPARISONS):
            node = Binary(operator, node, self._sum(depth))
        return node

    def _sum(self, depth: int) -> Node:
        node = self._product(depth)
        while operator := self._take("+", "-"):
            node = Binary(operator, node, self._product(depth))
        return node

    def _product(self, depth: int) -> Node:
        node = self._signed(depth)
        while operator := self._take("*", "/"):
            node = Binary(operator, node, self._signed(depth))
        return node

    def _signed(self, depth: int) -> Node:
        negative = False
        while sign := self._take("-", "+"):
            negative ^= sign == "-"
        node = self._power(depth)
        return Negation(node) if negative else node

    def _power(self, depth: int) -> Node:
        node = self._atom(depth)
        if self._take("^"):
            return Binary("^", node, self._signed(_deeper(depth)))
        return node

    def _atom(self, depth: int) -> Node:
        if self._position == len(self._tokens):
            raise SyntaxMistake("Invalid syntax")
        kind, text = self._tokens[self._position]
        self._position += 1
        if kind == "number":
            return Number(float(text))
        if kind == "text":
            return Text(text[1:-1])
        if kind == "name":
            return Call(text, self._items(")", depth)) if self._take("(") else Name(text)
        if text == "[":
            return Array(self._items("]", depth))
        if text == "(":
            node = self.disjunction(_deeper(depth))
            self._expect(")")
            return node
        raise SyntaxMistake("Invalid syntax")

    def _items(self, end: str, depth: int) -> tuple[Node, ...]:
        if self._take(end):
            return ()
        items = [self.disjunction(_deeper(depth))]
        while self._take(","):
            items.append(self.disjunction(_deeper(depth)))
        self._expect(end)
        return tuple(items)

    def _take(self, *texts: str) -> str | None:
        text = self.peek()
        if text is None or text not in texts:
            return None
        self._position += 1
        return text

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise SyntaxMistake("Invalid syntax")


def _deeper(depth: int) -> int:
    if depth == _DEEPEST:
        raise SyntaxMistake("The expression is too complex")
    return depth + 1
