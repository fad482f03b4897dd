"""SpEL, Spring's expression language, as Spinnaker's pipelines use it: text with `${…}` in it, read into a tree. Pure.

A real parser: what it does not know is a `NotSpel` with the place in the text, never a guess. It follows "Spring
Expression Language" of Spring's reference, without assignment, constructors and beans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lambdatui.pipeline.spinnaker.spel_tree import (
    Binary,
    Call,
    Elvis,
    Helper,
    Index,
    ListOf,
    MapOf,
    Member,
    Name,
    Node,
    Projection,
    Selection,
    Ternary,
    Unary,
    Value,
)


class NotSpel(ValueError):
    """A text that is no expression. `at` counts characters of it from 0."""

    def __init__(self, words: str, at: int) -> None:
        super().__init__(words)
        self.words = words
        self.at = at


@dataclass(frozen=True, slots=True)
class Embedded:
    """One `${…}` of a text, with its place."""

    source: str
    tree: Node
    at: int


def template(text: str) -> list[str | Embedded]:
    """The parts of a text, in their order: plain text, and expressions. Raises NotSpel.

    Expressions do not nest; a `}` within quotes or braces does not end one.
    """
    parts: list[str | Embedded] = []
    at = 0
    while (start := text.find("${", at)) >= 0:
        if start > at:
            parts.append(text[at:start])
        end = _closing(text, start + 2)
        source = text[start + 2 : end]
        try:
            tree = parse(source)
        except NotSpel as error:
            raise NotSpel(error.words, start + 2 + error.at) from None
        parts.append(Embedded(source, tree, start))
        at = end + 1
    if at < len(text):
        parts.append(text[at:])
    return parts


def _closing(text: str, at: int) -> int:
    depth, quote = 0, ""
    for index in range(at, len(text)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            if not depth:
                return index
            depth -= 1
    raise NotSpel("an expression begins here with ${ and has no end.", at - 2)


# Tokens

Kind = Literal["text", "number", "name", "sign", "end"]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    value: Any
    at: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<number>0[xX][0-9a-fA-F]+[lL]?|\d+\.\d+(?:[eE][+-]?\d+)?[dDfF]?|\d+[eE][+-]?\d+|\d+[lLdDfF]?)
    | (?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
    | (?P<sign>\?\.|\?:|\.\?\[|\.\^\[|\.\$\[|\.!\[|==|!=|<=|>=|&&|\|\||[-+*/%^<>!?:.,()\[\]{}\#])
    )""",
    re.VERBOSE,
)

_WORDS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "and": "&&",
    "or": "||",
    "not": "!",
    "div": "/",
    "mod": "%",
    "matches": "matches",
}


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            what = "a text that does not end" if text[at] in "'\"" else f"'{text[at]}'"
            raise NotSpel(f"{what} was not expected here.", at)
        kind: Any = found.lastgroup
        place = found.start(kind)
        yield _Token(kind, _meant(kind, found[kind]), place)
        at = found.end()
    yield _Token("end", "", len(text))


def _meant(kind: Kind, source: str) -> Any:
    if kind == "text":
        quote = source[0]
        return source[1:-1].replace(quote * 2, quote)
    if kind == "number":
        if source[:2] in ("0x", "0X"):
            return int(source.rstrip("lL"), 16)
        plain = source.rstrip("lLdDfF")
        return float(plain) if any(sign in plain for sign in ".eE") or source[-1] in "dDfF" else int(plain)
    return source


# The parser: each level of binding is one method, the loosest first

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!=", "<", "<=", ">", ">=", "matches"),
    ("+", "-"),
    ("*", "/", "%"),
    ("^",),
)
_DEEPEST = 40
"""How deeply expressions may nest: no person writes more, and a hostile file shall not exhaust the stack."""


def parse(text: str) -> Node:
    """The tree of one expression. Raises NotSpel."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        tree = self._expression()
        if self._token.kind != "end":
            raise self._unexpected("the end of the expression")
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _unexpected(self, expected: str) -> NotSpel:
        token = self._token
        found = "the expression ends" if token.kind == "end" else f"'{token.value}' stands"
        return NotSpel(f"{found} where {expected} was expected.", token.at)

    def _is(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.value == sign

    def _take(self, sign: str) -> bool:
        if self._is(sign):
            self._next += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected(f"'{sign}'")

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotSpel(f"it is nested more than {_DEEPEST} deep.", self._token.at)
        value = self._binary(0)
        if self._take("?:"):
            value = Elvis(value, self._expression())
        elif self._take("?"):
            then = self._expression()
            self._need(":")
            value = Ternary(value, then, self._expression())
        self._depth -= 1
        return value

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        value = self._binary(level + 1)
        while (operator := self._operator(_LEVELS[level])) is not None:
            at = self._token.at
            self._next += 1
            value = Binary(operator, value, self._binary(level + 1), at)
        return value

    def _operator(self, among: tuple[str, ...]) -> str | None:
        token = self._token
        if token.kind == "name":
            word = _WORDS.get(str(token.value).lower())
            return word if word in among else None
        return token.value if token.kind == "sign" and token.value in among else None

    def _unary(self) -> Node:
        if self._operator(("!",)) is not None:
            self._next += 1
            return Unary("not", self._nested())
        for sign in ("-", "+"):
            if self._take(sign):
                return Unary(sign, self._nested())
        return self._postfix(self._primary())

    def _nested(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotSpel(f"it is nested more than {_DEEPEST} deep.", self._token.at)
        value = self._unary()
        self._depth -= 1
        return value

    def _postfix(self, value: Node) -> Node:
        while True:
            at = self._token.at
            if self._take("["):
                value = Index(value, self._expression(), at)
                self._need("]")
            elif self._is(".") or self._is("?."):
                safe = self._token.value == "?."
                self._next += 1
                value = self._member(value, safe, at)
            elif self._token.kind == "sign" and self._token.value in (".?[", ".^[", ".$["):
                which: Any = {".?[": "all", ".^[": "first", ".$[": "last"}[self._token.value]
                self._next += 1
                value = Selection(value, which, self._expression(), at)
                self._need("]")
            elif self._take(".!["):
                value = Projection(value, self._expression(), at)
                self._need("]")
            else:
                return value

    def _member(self, of: Node, safe: bool, at: int) -> Node:
        if self._token.kind != "name":
            raise self._unexpected("the name of a property")
        name = str(self._token.value)
        self._next += 1
        if self._is("("):
            return Call(of, name, self._arguments(), safe, at)
        return Member(of, name, safe, at)

    def _arguments(self) -> tuple[Node, ...]:
        self._need("(")
        found: list[Node] = []
        if not self._is(")"):
            found.append(self._expression())
            while self._take(","):
                found.append(self._expression())
        self._need(")")
        return tuple(found)

    def _primary(self) -> Node:
        token = self._token
        if token.kind in ("text", "number"):
            self._next += 1
            return Value(token.value)
        if token.kind == "name":
            return self._named(token)
        if self._take("("):
            value = self._expression()
            self._need(")")
            return value
        if self._take("#"):
            return self._helper(token.at)
        if self._take("{"):
            return self._braces()
        raise self._unexpected("a value")

    def _named(self, token: _Token) -> Node:
        self._next += 1
        constants = {"true": True, "false": False, "null": None}
        name = str(token.value)
        if name.lower() in constants:
            return Value(constants[name.lower()])
        if name == "T" and self._is("("):
            raise NotSpel("Java's classes, T(…), are not there outside of Spinnaker.", token.at)
        if name == "new" and self._token.kind == "name":
            raise NotSpel("Java's constructors, new …, are not there outside of Spinnaker.", token.at)
        if self._is("("):
            raise NotSpel(f"'{name}(…)' is no function; Spinnaker's begin with #.", token.at)
        return Name(name, token.at)

    def _helper(self, at: int) -> Node:
        if self._token.kind != "name":
            raise self._unexpected("the name of a function")
        name = str(self._token.value)
        self._next += 1
        return Helper(name, self._arguments() if self._is("(") else None, at)

    def _braces(self) -> Node:
        if self._take(":"):
            self._need("}")
            return MapOf(())
        if self._take("}"):
            return ListOf(())
        first_at = self._next
        first = self._expression()
        if not self._take(":"):
            items = [first]
            while self._take(","):
                items.append(self._expression())
            self._need("}")
            return ListOf(tuple(items))
        pairs = [(self._key(first, first_at), self._expression())]
        while self._take(","):
            at = self._next
            key = self._expression()
            self._need(":")
            pairs.append((self._key(key, at), self._expression()))
        self._need("}")
        return MapOf(tuple(pairs))

    def _key(self, node: Node, token: int) -> str:
        if isinstance(node, Name):
            return node.name
        if isinstance(node, Value):
            return str(node.value)
        raise NotSpel("a map's key must be a name or a text.", self._tokens[token].at)
