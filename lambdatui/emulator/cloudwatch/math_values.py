"""What metric math computes with: numbers, time series, and arrays of time series."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace


class MathMistake(Exception):
    """What an expression asks for cannot be computed. The message follows AWS's `Error in expression 'id': `."""


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Values by the start of their period, in epoch seconds and ascending order; what is missing is not in it.

    `is_metric` tells a metric from the result of an expression.
    """

    label: str
    period: int
    points: dict[int, float] = field(default_factory=dict)
    is_metric: bool = False

    def mapped(self, function: Callable[[float], float | None]) -> TimeSeries:
        """Each value put through a function; a point whose result is None is dropped."""
        points = {time: result for time, value in self.points.items() if (result := function(value)) is not None}
        return replace(self, points=points, is_metric=False)

    def with_points(self, points: dict[int, float]) -> TimeSeries:
        """The same with other values."""
        return replace(self, points=points, is_metric=False)


Value = float | TimeSeries | list[TimeSeries]


def divided(left: float, right: float) -> float | None:
    """A quotient; a division by zero drops the point."""
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return result if isinstance(result, float) else None  # a root of a negative number is no number here


_OPERATIONS: dict[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divided,
    "^": _power,
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
    "AND": lambda left, right: float(bool(left) and bool(right)),
    "OR": lambda left, right: float(bool(left) or bool(right)),
}


def combined(sign: str, left: Value, right: Value) -> Value:
    """The result of a binary operator. Between two time series a value that only one has is 0 in the other."""
    operation = _OPERATIONS[sign]

    def finite(a: float, b: float) -> float | None:
        result = operation(a, b)
        return result if result is not None and math.isfinite(result) else None

    if isinstance(left, list) and isinstance(right, list):
        raise MathMistake(f"Operator '{sign}' cannot be applied to two arrays of time series")
    if isinstance(left, list):
        return [_as_series(combined(sign, item, right)) for item in left]
    if isinstance(right, list):
        return [replace(_as_series(combined(sign, left, item)), label=item.label) for item in right]
    if isinstance(left, TimeSeries) and isinstance(right, TimeSeries):
        times = sorted(left.points.keys() | right.points.keys())
        pairs = ((time, finite(left.points.get(time, 0.0), right.points.get(time, 0.0))) for time in times)
        return left.with_points({time: result for time, result in pairs if result is not None})
    if isinstance(left, TimeSeries):
        assert isinstance(right, float)
        return left.mapped(lambda value: finite(value, right))
    if isinstance(right, TimeSeries):
        return right.mapped(lambda value: finite(left, value))
    result = finite(left, right)
    if result is None:
        raise MathMistake("Division by zero")
    return result


def each(value: Value, function: Callable[[TimeSeries], TimeSeries]) -> TimeSeries | list[TimeSeries]:
    """A function applied to a time series, or to each of an array."""
    if isinstance(value, list):
        return [function(item) for item in value]
    if isinstance(value, TimeSeries):
        return function(value)
    raise MathMistake("A time series was expected, not a scalar")


def folded(value: Value, function: Callable[[list[float]], float]) -> Value:
    """A time series becomes a number; an array becomes a time series, from the values that there are at each time."""
    if isinstance(value, TimeSeries):
        return function(list(value.points.values())) if value.points else 0.0
    if isinstance(value, list):
        return across(value, lambda values, _: function(values))
    return value


def across(array: list[TimeSeries], function: Callable[[list[float], int], float]) -> TimeSeries:
    """One time series from an array; the function gets the values at a time and how many time series there are."""
    if not array:
        return TimeSeries("", 60)
    times = sorted(set().union(*(item.points for item in array)))
    points = {
        time: function([item.points[time] for item in array if time in item.points], len(array)) for time in times
    }
    return array[0].with_points(points)


def flattened(values: Iterable[Value]) -> list[TimeSeries]:
    """The time series of `[a, b]`, where an item may be an array itself."""
    flat: list[TimeSeries] = []
    for value in values:
        if isinstance(value, list):
            flat += value
        elif isinstance(value, TimeSeries):
            flat.append(value)
        else:
            raise MathMistake("An array can hold time series only")
    return flat


def _as_series(value: Value) -> TimeSeries:
    assert isinstance(value, TimeSeries)
    return value
