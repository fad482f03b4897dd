"""What an expression of SpEL is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: text, number, true, false, null."""

    value: Any


@dataclass(frozen=True, slots=True)
class ListOf:
    """`{1, 2}`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """`{a: 1, 'b c': 2}`."""

    items: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A property of what is looked at: `parameters`, or `name` in a selection."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Helper:
    """A call of one of Spinnaker's functions: `#stage('Deploy')`. `arguments` is None for `#root` and `#this`."""

    name: str
    arguments: tuple[Node, ...] | None
    at: int


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`, or `of?.name`, which gives null where `of` is null."""

    of: Node
    name: str
    safe: bool
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A method: `of.name(arguments)`."""

    of: Node
    name: str
    arguments: tuple[Node, ...]
    safe: bool
    at: int


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    of: Node
    key: Node
    at: int


@dataclass(frozen=True, slots=True)
class Selection:
    """`of.?[condition]`: all that meet it; `.^[…]` the first, `.$[…]` the last."""

    of: Node
    which: Literal["all", "first", "last"]
    condition: Node
    at: int


@dataclass(frozen=True, slots=True)
class Projection:
    """`of.![what]`: `what` of each."""

    of: Node
    what: Node
    at: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`!a`, `-a`."""

    operator: Literal["not", "-", "+"]
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`a + b` and the like; the words of SpEL (`eq`, `and`) are told as signs."""

    operator: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Ternary:
    """`a ? b : c`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Elvis:
    """`a ?: b`: `b` where `a` is null or an empty text."""

    value: Node
    otherwise: Node


Node: TypeAlias = (
    Value
    | ListOf
    | MapOf
    | Name
    | Helper
    | Member
    | Call
    | Index
    | Selection
    | Projection
    | Unary
    | Binary
    | Ternary
    | Elvis
)
