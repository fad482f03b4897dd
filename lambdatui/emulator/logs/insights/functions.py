"""The functions of Logs Insights: those of one event's values, and those that sum up many."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from lambdatui.emulator.cloudwatch.statistics import percentile

Value = str | float | bool | None


def number(value: Value) -> float | None:
    """The number that a value is or says, or None."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            found = float(value)
        except ValueError:
            return None
        return found if math.isfinite(found) else None
    return value


def text(value: Value) -> str:
    """A value as it is shown: a whole number has no fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return value


def _numeric(function: Callable[[float], float]) -> Callable[..., Value]:
    def of(value: Value) -> Value:
        found = number(value)
        try:
            return None if found is None else float(function(found))
        except ValueError:
            return None

    return of


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    def of(*values: Value) -> Value:
        found = [item for value in values if (item := number(value)) is not None]
        return choose(found) if found else None

    return of


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _strip(strip: Callable[..., str]) -> Callable[..., Value]:
    return lambda value, characters=None: strip(text(value), *([text(characters)] if characters is not None else []))


def _substr(value: Value, start: Value, length: Value = None) -> Value:
    first = int(number(start) or 0)
    rest = text(value)[first:]
    return rest if length is None else rest[: int(number(length) or 0)]


def _date_floor(value: Value, milliseconds: Value) -> Value:
    moment, period = number(value), number(milliseconds)
    return None if moment is None or not period else moment // period * period


def _date_ceil(value: Value, milliseconds: Value) -> Value:
    moment, period = number(value), number(milliseconds)
    return None if moment is None or not period else -(-moment // period) * period


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "abs": (1, 1, _numeric(abs)),
    "ceil": (1, 1, _numeric(math.ceil)),
    "floor": (1, 1, _numeric(math.floor)),
    "log": (1, 1, _numeric(math.log)),
    "sqrt": (1, 1, _numeric(math.sqrt)),
    "greatest": (1, 99, _extreme(max)),
    "least": (1, 99, _extreme(min)),
    "ispresent": (1, 1, lambda value: value is not None),
    "coalesce": (1, 99, _coalesce),
    "isempty": (1, 1, lambda value: text(value) == ""),
    "isblank": (1, 1, lambda value: text(value).strip() == ""),
    "concat": (1, 99, lambda *values: "".join(map(text, values))),
    "trim": (1, 2, _strip(str.strip)),
    "ltrim": (1, 2, _strip(str.lstrip)),
    "rtrim": (1, 2, _strip(str.rstrip)),
    "strlen": (1, 1, lambda value: float(len(text(value)))),
    "toupper": (1, 1, lambda value: text(value).upper()),
    "tolower": (1, 1, lambda value: text(value).lower()),
    "substr": (2, 3, _substr),
    "replace": (3, 3, lambda value, old, new: text(value).replace(text(old), text(new))),
    "strcontains": (2, 2, lambda value, part: float(text(part) in text(value))),
    "datefloor": (2, 2, _date_floor),
    "dateceil": (2, 2, _date_ceil),
    "frommillis": (1, 1, number),
    "tomillis": (1, 1, number),
    "bin": (1, 1, lambda milliseconds: None),  # it takes @timestamp beside its argument; see evaluation
}
"""Each function's fewest and most arguments, and what computes it."""


def _numbers(values: Sequence[Value]) -> list[float]:
    return [found for value in values if (found := number(value)) is not None]


def _ordered(values: Sequence[Value]) -> list[Value]:
    """Present values in ascending order: as numbers if all are, else as texts."""
    present = [value for value in values if value is not None]
    if len(_numbers(present)) == len(present):
        return sorted(present, key=lambda value: number(value) or 0.0)
    return sorted(present, key=text)


def _mean(values: Sequence[Value]) -> Value:
    numbers = _numbers(values)
    return sum(numbers) / len(numbers) if numbers else None


def _percentile(values: Sequence[Value], percent: Value) -> Value:
    numbers = sorted(_numbers(values))
    return percentile([(found, 1.0) for found in numbers], number(percent) or 0.0) if numbers else None


def _stddev(values: Sequence[Value]) -> Value:
    numbers = _numbers(values)
    return statistics.pstdev(numbers) if numbers else None


AGGREGATES: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "count": (0, 1, lambda values: float(sum(value is not None for value in values))),
    "count_distinct": (1, 1, lambda values: float(len({value for value in values if value is not None}))),
    "sum": (1, 1, lambda values: float(sum(_numbers(values)))),
    "avg": (1, 1, _mean),
    "min": (1, 1, lambda values: next(iter(_ordered(values)), None)),
    "max": (1, 1, lambda values: next(reversed(_ordered(values)), None)),
    "pct": (2, 2, _percentile),
    "percentile": (2, 2, _percentile),
    "median": (1, 1, lambda values: _percentile(values, 50.0)),
    "stddev": (1, 1, _stddev),
    "earliest": (1, 1, lambda values: next((value for value in values if value is not None), None)),
    "latest": (1, 1, lambda values: next((value for value in reversed(values) if value is not None), None)),
}
"""Each aggregate's fewest and most arguments, and what computes it from the values in the order of time."""


def checked(arity: tuple[int, int, Any], given: int) -> bool:
    """Whether a function takes so many arguments."""
    fewest, most, _ = arity
    return fewest <= given <= most
