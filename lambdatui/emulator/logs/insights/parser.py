"""The text of a Logs Insights query becomes commands."""

from __future__ import annotations

import re
from collections.abc import Callable

from lambdatui.emulator.logs.insights.functions import AGGREGATES, FUNCTIONS
from lambdatui.emulator.logs.insights.syntax_tree import (
    Binary,
    Call,
    Column,
    Command,
    Duration,
    Expression,
    Field,
    Fields,
    Filter,
    In,
    Like,
    Limit,
    Literal,
    Not,
    Parse,
    QueryMistake,
    Sort,
    Stats,
)

_SPACE = re.compile(r"(?:\s|#[^\n]*)*")
_NAME = re.compile(r"@?[A-Za-z_][A-Za-z0-9_.@]*|`[^`]+`")
_WORD = re.compile(r"[A-Za-z_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z_])")
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d|w)\b")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/", re.DOTALL)
_SIGN = re.compile(r"!=|<=|>=|=~|[=<>+\-*/%^]")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_DEEPEST = 50
_MOST_OPERATORS = 300
MOST_ROWS = 10_000


def parse_query(text: str) -> list[Command]:
    """The commands of a query. Raises QueryMistake."""
    return _Parser(text).query()


class _Parser:
    """Reads along the text; each method of expressions has one level of precedence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._depth = 0
        self._operators = 0

    def query(self) -> list[Command]:
        commands = [self._command()]
        while self._take("|"):
            commands.append(self._command())
        if not self._is_at_end():
            raise self._mistake()
        return commands

    def _command(self) -> Command:
        start = self._position
        word = self._match(_WORD)
        name = word[0].lower() if word else ""
        readers: dict[str, Callable[[], Command]] = {
            "fields": lambda: Fields(self._columns(), is_display=False),
            "display": lambda: Fields(self._columns(), is_display=True),
            "filter": lambda: Filter(self._expression()),
            "parse": self._parse,
            "stats": self._stats,
            "sort": self._sort,
            "limit": self._limit,
        }
        if name not in readers:
            self._position = start
            raise self._mistake(f"'{name}' is no command of the embedded AWS: {', '.join(readers)}" if name else "")
        return readers[name]()

    def _columns(self) -> tuple[Column, ...]:
        columns = [self._column()]
        while self._take(","):
            columns.append(self._column())
        return tuple(columns)

    def _column(self) -> Column:
        self._skip()
        start = self._position
        expression = self._expression()
        written = " ".join(self._text[start : self._position].split())
        name = self._field_name() if self._keyword("as") else written.strip("`")
        return Column(name, expression)

    def _stats(self) -> Stats:
        columns = self._columns()
        by = self._columns() if self._keyword("by") else ()
        return Stats(columns, by)

    def _sort(self) -> Sort:
        keys = []
        while True:
            column = self._column()
            descending = bool(self._keyword("desc"))
            if not descending:
                self._keyword("asc")
            keys.append((column, descending))
            if not self._take(","):
                return Sort(tuple(keys))

    def _limit(self) -> Limit:
        number = self._match(_NUMBER)
        if number is None or not number[0].isdigit() or not 0 < int(number[0]) <= MOST_ROWS:
            raise self._mistake(f"limit takes a whole number from 1 to {MOST_ROWS}")
        return Limit(int(number[0]))

    def _parse(self) -> Parse:
        self._skip()
        source: Expression = Field("@message")
        if self._text[self._position : self._position + 1] not in ('"', "'", "/"):
            source = Field(self._field_name())
        regex = self._match(_REGEX)
        if regex is not None:
            pattern = self._compiled(regex[1])
            if not pattern.groupindex:
                raise self._mistake("the regular expression of parse needs named groups")
            return Parse(source, pattern, tuple(pattern.groupindex))
        glob = self._match(_TEXT)
        if glob is None:
            raise self._mistake()
        parts = _unescaped(glob).split("*")
        if not self._keyword("as"):
            raise self._mistake("'as' was expected")
        names = [self._field_name()]
        while self._take(","):
            names.append(self._field_name())
        if len(names) != len(parts) - 1:
            raise self._mistake(f"{len(parts) - 1} fields were expected, one for each asterisk")
        # what stands for the last asterisk goes on to the end of the line, the others' as far as they must
        groups = ["(.*?)"] * (len(names) - 1) + ["(.*)" if not parts[-1] else "(.*?)"]
        pairs = zip(parts, [*groups, ""], strict=True)
        return Parse(source, re.compile("".join(re.escape(part) + group for part, group in pairs)), tuple(names))

    def _expression(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._mistake("the expression is nested too deeply")
        node = self._conjunction()
        while self._keyword("or"):
            node = self._binary("or", node, self._conjunction())
        self._depth -= 1
        return node

    def _conjunction(self) -> Expression:
        node = self._negation()
        while self._keyword("and"):
            node = self._binary("and", node, self._negation())
        return node

    def _negation(self) -> Expression:
        negative = False
        while self._keyword("not"):
            negative = not negative
        node = self._comparison()
        return Not(node) if negative else node

    def _comparison(self) -> Expression:
        node = self._sum()
        start = self._position
        negative = bool(self._keyword("not"))
        if self._keyword("like") or self._sign("=~"):
            like = Like(node, self._like_pattern())
            return Not(like) if negative else like
        if self._keyword("in"):
            inside = In(node, self._list())
            return Not(inside) if negative else inside
        self._position = start
        operator = self._sign(*_COMPARISONS)
        return self._binary(operator, node, self._sum()) if operator else node

    def _like_pattern(self) -> str | re.Pattern[str]:
        regex = self._match(_REGEX)
        if regex is not None:
            return self._compiled(regex[1])
        text = self._match(_TEXT)
        if text is None:
            raise self._mistake("a text or a regular expression was expected")
        return _unescaped(text)

    def _list(self) -> tuple[Expression, ...]:
        if not self._take("["):
            raise self._mistake("'[' was expected")
        items = [self._sum()]
        while self._take(","):
            items.append(self._sum())
        if not self._take("]"):
            raise self._mistake("']' was expected")
        return tuple(items)

    def _sum(self) -> Expression:
        node = self._product()
        while operator := self._sign("+", "-"):
            node = self._binary(operator, node, self._product())
        return node

    def _product(self) -> Expression:
        node = self._power()
        while operator := self._sign("*", "/", "%"):
            node = self._binary(operator, node, self._power())
        return node

    def _power(self) -> Expression:
        node = self._atom()
        while self._sign("^"):
            node = self._binary("^", node, self._atom())
        return node

    def _atom(self) -> Expression:
        if self._take("("):
            node = self._expression()
            if not self._take(")"):
                raise self._mistake("')' was expected")
            return node
        if self._sign("-"):
            return Binary("-", Literal(0.0), self._atom_deeper())
        duration = self._match(_DURATION)
        if duration is not None:
            return Duration(int(duration[1]) * _MILLISECONDS[duration[2]])
        number = self._match(_NUMBER)
        if number is not None:
            return Literal(float(number[0]))
        text = self._match(_TEXT)
        if text is not None:
            return Literal(_unescaped(text))
        start = self._position
        name = self._field_name()
        if not self._take("("):
            return Field(name)
        function = name.lower()
        if function not in FUNCTIONS and function not in AGGREGATES:
            self._position = start
            raise self._mistake(f"'{name}' is no function of the embedded AWS")
        return Call(function, self._arguments())

    def _binary(self, operator: str, left: Expression, right: Expression) -> Expression:
        self._operators += 1
        if self._operators > _MOST_OPERATORS:
            raise self._mistake("the query is too complex")
        return Binary(operator, left, right)

    def _atom_deeper(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._mistake("the expression is nested too deeply")
        node = self._atom()
        self._depth -= 1
        return node

    def _arguments(self) -> tuple[Expression, ...]:
        if self._take(")"):
            return ()
        if self._take("*"):
            arguments: list[Expression] = [Field("*")]
        else:
            arguments = [self._expression()]
            while self._take(","):
                arguments.append(self._expression())
        if not self._take(")"):
            raise self._mistake("')' was expected")
        return tuple(arguments)

    def _field_name(self) -> str:
        name = self._match(_NAME)
        if name is None:
            raise self._mistake()
        return name[0].strip("`")

    def _compiled(self, text: str) -> re.Pattern[str]:
        source = re.sub(r"\(\?<([A-Za-z])", r"(?P<\1", text.replace("\\/", "/"))
        source = re.sub(r"^\^\(\?i\)", "(?i)^", source)  # Java takes flags anywhere, Python at the start only
        try:
            return re.compile(source)
        except re.error as error:
            raise self._mistake(f"the regular expression is invalid: {error}") from None

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._position)
        assert match is not None
        self._position = match.end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip()
        match = pattern.match(self._text, self._position)
        if match is not None:
            self._position = match.end()
        return match

    def _keyword(self, word: str) -> bool:
        self._skip()
        match = _WORD.match(self._text, self._position)
        if match is None or match[0].lower() != word:
            return False
        self._position = match.end()
        return True

    def _sign(self, *signs: str) -> str | None:
        self._skip()
        match = _SIGN.match(self._text, self._position)
        if match is None or match[0] not in signs:
            return None
        self._position = match.end()
        return match[0]

    def _take(self, character: str) -> bool:
        self._skip()
        if not self._text.startswith(character, self._position):
            return False
        self._position += 1
        return True

    def _is_at_end(self) -> bool:
        self._skip()
        return self._position == len(self._text)

    def _mistake(self, sentence: str = "") -> QueryMistake:
        self._skip()
        start = self._position
        rest = re.match(r"\S*", self._text[start:])
        found = rest[0] if rest else ""
        line = self._text.count("\n", 0, start) + 1
        place = f"line {line} and position {start - self._text.rfind(chr(10), 0, start)}"
        what = f"unexpected symbol found {found}" if found else "unexpected end of the query"
        return QueryMistake(f"{sentence or what} at {place}", start, start + len(found))


def _unescaped(match: re.Match[str]) -> str:
    text = match[1] if match[1] is not None else match[2]
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
