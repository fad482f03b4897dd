"""What a Logs Insights query is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass


class QueryMistake(Exception):
    """The text is no query. `start` and `end` are the offsets of what is wrong."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float


@dataclass(frozen=True, slots=True)
class Field:
    name: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time such as `5m`, in milliseconds."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in lower case; `*` as an argument is the Field `*`."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """`operator` is one of and or = != < <= > >= + - * / % ^."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Like:
    """Whether a text has a part, or whether a regular expression finds something in it."""

    operand: Expression
    pattern: str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class In:
    operand: Expression
    items: tuple[Expression, ...]


Expression = Literal | Field | Duration | Call | Binary | Not | Like | In


@dataclass(frozen=True, slots=True)
class Column:
    """An expression and the name that its values are shown under: its alias, or the expression as it was written."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Fields:
    """`fields` adds columns; `display` shows these alone."""

    columns: tuple[Column, ...]
    is_display: bool


@dataclass(frozen=True, slots=True)
class Filter:
    condition: Expression


@dataclass(frozen=True, slots=True)
class Parse:
    """Takes fields out of a text by a regular expression, one a group."""

    source: Expression
    pattern: re.Pattern[str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    columns: tuple[Column, ...]
    by: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """Columns, and whether each is descending."""

    keys: tuple[tuple[Column, bool], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    number: int


Command = Fields | Filter | Parse | Stats | Sort | Limit
