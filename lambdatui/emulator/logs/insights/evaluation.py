"""A Logs Insights query is carried out on records."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key

from lambdatui.emulator.logs.insights.discovered_fields import Record
from lambdatui.emulator.logs.insights.functions import AGGREGATES, FUNCTIONS, Value, checked, number, text
from lambdatui.emulator.logs.insights.parser import MOST_ROWS
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

_MOMENTS = ("@timestamp", "@ingestionTime")
_MOMENT_FUNCTIONS = ("bin", "datefloor", "dateceil", "frommillis")

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "^": operator.pow,
}
_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Row = list[dict[str, str]]
"""One row of results as AWS shows it: `{"field": name, "value": text}` for each field that the record has."""


class Result:
    """The rows of a query, and how many records it matched."""

    def __init__(self, rows: list[Row], matched: int) -> None:
        self.rows = rows
        self.matched = matched


def check(commands: Sequence[Command]) -> None:
    """Raises QueryMistake where a function has the wrong number of arguments, or an aggregate is out of place."""
    for command in commands:
        match command:
            case Fields(columns, _):
                expressions = [column.expression for column in columns]
            case Filter(condition):
                expressions = [condition]
            case Stats(columns, by):
                for column in columns:
                    if not _has_aggregate(column.expression):
                        raise QueryMistake(f"'{column.name}' in stats is no aggregate", 0, 0)
                    _check(column.expression, aggregates=True)
                expressions = [column.expression for column in by]
            case _:
                expressions = []
        for expression in expressions:
            _check(expression, aggregates=False)


def carry_out(commands: Sequence[Command], records: Iterable[Record]) -> Result:
    """Runs a query that was checked on records in the order of time."""
    rows = list(records)
    shown = [Column("@timestamp", Field("@timestamp")), Column("@message", Field("@message"))]
    has_columns = has_stats = has_sort = False
    matched = len(rows)
    limit = MOST_ROWS
    for command in commands:
        match command:
            case Fields(columns, is_display):
                for column in columns:
                    if not isinstance(column.expression, Field) or column.expression.name != column.name:
                        for row in rows:
                            row[column.name] = _value(column.expression, row)
                shown = [*columns] if is_display or not has_columns else [*shown, *columns]
                has_columns = True
            case Filter(condition):
                rows = [row for row in rows if _is_true(_value(condition, row))]
                matched = matched if has_stats else len(rows)
            case Parse():
                for row in rows:
                    _parse(command, row)
            case Stats(columns, by):
                rows = _grouped(columns, by, rows)
                shown = [*by, *columns]
                has_columns = has_stats = True
            case Sort(keys):
                rows = _sorted(rows, keys)
                has_sort = True
            case Limit(count):
                limit = count
    if not has_sort and not has_stats:
        rows = rows[::-1]  # the latest first
    return Result([_shown(row, shown, with_pointer=not has_stats) for row in rows[:limit]], matched)


def _shown(row: Record, columns: Sequence[Column], *, with_pointer: bool) -> Row:
    cells = []
    for column in columns:
        value = row.get(column.name)
        if value is not None:
            cells.append({"field": column.name, "value": _moment(value) if _is_moment(column) else text(value)})
    if with_pointer and row.get("@ptr") is not None:
        cells.append({"field": "@ptr", "value": text(row["@ptr"])})
    return cells


def _is_moment(column: Column) -> bool:
    match column.expression:
        case Field(name):
            return name in _MOMENTS or column.name in _MOMENTS
        case Call(function, (Field(name),)) if function in ("min", "max", "earliest", "latest"):
            return name in _MOMENTS
        case Call(function, _):
            return function in _MOMENT_FUNCTIONS
        case _:
            return False


def _moment(value: Value) -> str:
    milliseconds = number(value)
    if milliseconds is None:
        return text(value)
    moment = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _value(expression: Expression, row: Record) -> Value:
    match expression:
        case Literal(value):
            return value
        case Field(name):
            return row.get(name)
        case Duration(milliseconds):
            return float(milliseconds)
        case Call("bin", (period,)):
            return FUNCTIONS["datefloor"][2](row.get("@timestamp"), _value(period, row))
        case Call(function, arguments):
            return FUNCTIONS[function][2](*(_value(argument, row) for argument in arguments))
        case Binary(sign, left, right):
            return _combined(sign, _value(left, row), lambda: _value(right, row))
        case Not(operand):
            return not _is_true(_value(operand, row))
        case Like(operand, pattern):
            found = text(_value(operand, row))
            return pattern in found if isinstance(pattern, str) else pattern.search(found) is not None
        case In(operand, items):
            wanted = _value(operand, row)
            return any(_compared(wanted, _value(item, row)) == 0 for item in items)


def _combined(sign: str, left: Value, right: Callable[[], Value]) -> Value:
    if sign == "and":
        return _is_true(left) and _is_true(right())
    if sign == "or":
        return _is_true(left) or _is_true(right())
    other = right()
    if sign in _ARITHMETIC:
        first, second = number(left), number(other)
        if first is None or second is None:
            return None
        try:
            result = _ARITHMETIC[sign](first, second)
        except (ZeroDivisionError, OverflowError):
            return None
        return result if isinstance(result, float) else None
    order = _compared(left, other)
    if sign == "!=":
        return order != 0
    return order is not None and _ORDERS[sign](order, 0)


def _compared(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; as numbers if both are, else as texts. None where a value is missing."""
    if left is None or right is None:
        return None
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    return (text(left) > text(right)) - (text(left) < text(right))


def _is_true(value: Value) -> bool:
    return value is True or (isinstance(value, float) and value != 0)


def _parse(command: Parse, row: Record) -> None:
    found = command.pattern.search(text(_value(command.source, row)))
    if found is not None:
        groups = found.groups() if not command.pattern.groupindex else [found[name] for name in command.names]
        row.update(zip(command.names, groups, strict=True))


def _grouped(columns: Sequence[Column], by: Sequence[Column], rows: Sequence[Record]) -> list[Record]:
    groups: dict[tuple[Value, ...], list[Record]] = {}
    for row in rows:
        key = tuple(row[column.name] if column.name in row else _value(column.expression, row) for column in by)
        groups.setdefault(key, []).append(row)
    if not by:
        groups.setdefault((), [])
    result = []
    for key, members in groups.items():
        names = [column.name for column in by]
        totals = {column.name: _total(column.expression, members) for column in columns}
        result.append({**dict(zip(names, key, strict=True)), **totals})
    if len(by) == 1 and isinstance(by[0].expression, Call) and by[0].expression.function == "bin":
        result.sort(key=lambda row: number(row[by[0].name]) or 0.0, reverse=True)
    return result


def _total(expression: Expression, rows: Sequence[Record]) -> Value:
    match expression:
        case Call("count", () | (Field("*"),)):
            return float(len(rows))
        case Call(function, (argument, *more)) if function in AGGREGATES:
            values = [_value(argument, row) for row in rows]
            return AGGREGATES[function][2](values, *(_value(extra, {}) for extra in more))
        case Call(function, arguments):
            return FUNCTIONS[function][2](*(_total(argument, rows) for argument in arguments))
        case Binary(sign, left, right):
            return _combined(sign, _total(left, rows), lambda: _total(right, rows))
        case _:
            return _value(expression, {})


def _sorted(rows: list[Record], keys: Sequence[tuple[Column, bool]]) -> list[Record]:
    for column, descending in reversed(keys):
        name, expression = column.name, column.expression

        def of(row: Record, name: str = name, expression: Expression = expression) -> Value:
            return row[name] if name in row else (None if _has_aggregate(expression) else _value(expression, row))

        present = [row for row in rows if of(row) is not None]
        present.sort(key=cmp_to_key(lambda a, b: _compared(of(a), of(b)) or 0), reverse=descending)
        rows = present + [row for row in rows if of(row) is None]
    return rows


def _has_aggregate(expression: Expression) -> bool:
    match expression:
        case Call(function, arguments):
            return function in AGGREGATES or any(map(_has_aggregate, arguments))
        case Binary(_, left, right):
            return _has_aggregate(left) or _has_aggregate(right)
        case Not(operand) | Like(operand, _) | In(operand, _):
            return _has_aggregate(operand)
        case _:
            return False


def _check(expression: Expression, *, aggregates: bool) -> None:
    match expression:
        case Call(function, arguments):
            if function in AGGREGATES:
                if not aggregates:
                    raise QueryMistake(f"'{function}' is an aggregate and can stand in stats only", 0, 0)
                aggregates = False
            if not checked(AGGREGATES.get(function) or FUNCTIONS[function], len(arguments)):
                raise QueryMistake(f"'{function}' does not take {len(arguments)} arguments", 0, 0)
            for argument in arguments:
                _check(argument, aggregates=aggregates)
        case Binary(_, left, right):
            _check(left, aggregates=aggregates)
            _check(right, aggregates=aggregates)
        case Not(operand) | Like(operand, _):
            _check(operand, aggregates=aggregates)
        case In(operand, items):
            for part in (operand, *items):
                _check(part, aggregates=aggregates)
        case _:
            pass
