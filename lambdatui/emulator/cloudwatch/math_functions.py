"""The functions of metric math that take values: all but METRICS and SEARCH, which need the request around them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from lambdatui.emulator.cloudwatch.math_values import (
    MathMistake,
    TimeSeries,
    Value,
    across,
    each,
    folded,
)


class Window(NamedTuple):
    """The request around an expression: start and end in epoch seconds, and the shortest period of its metrics."""

    start: int
    end: int
    period: int


def _series(value: Value) -> TimeSeries:
    if not isinstance(value, TimeSeries):
        raise MathMistake("A time series was expected")
    return value


def _array(value: Value) -> list[TimeSeries]:
    if not isinstance(value, list):
        raise MathMistake("An array of time series was expected")
    return value


def _number(value: Value) -> float:
    if not isinstance(value, float):
        raise MathMistake("A scalar was expected")
    return value


def _grid(series: TimeSeries, window: Window) -> range:
    """Every period of the request."""
    return range(window.start, window.end, series.period)


def _per_value(function: Callable[[float], float | None]) -> Callable[..., Value]:
    return lambda window, value: each(value, lambda series: series.mapped(function))


def _folding(function: Callable[[list[float]], float]) -> Callable[..., Value]:
    return lambda window, value: folded(value, function)


def _avg(window: Window, value: Value) -> Value:
    if isinstance(value, list):  # what is missing counts as 0
        return across(value, lambda values, number: sum(values) / number)
    return folded(value, lambda values: sum(values) / len(values))


def _datapoint_count(window: Window, value: Value) -> Value:
    return folded(value, lambda values: float(len(values)))


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: function(value) if value > 0 else None


def _steps(series: TimeSeries, step: Callable[[int, float], float]) -> TimeSeries:
    """From each pair of neighbours: what `step` makes of the seconds and the difference between them."""
    points = {
        time: step(time - earlier, value - before)
        for (earlier, before), (time, value) in pairwise(series.points.items())
    }
    return series.with_points(points)


def _diff(window: Window, value: Value) -> Value:
    return each(value, lambda series: _steps(series, lambda seconds, difference: difference))


def _diff_time(window: Window, value: Value) -> Value:
    return each(value, lambda series: _steps(series, lambda seconds, difference: float(seconds)))


def _rate(window: Window, value: Value) -> Value:
    return each(value, lambda series: _steps(series, lambda seconds, difference: difference / seconds))


def _running_sum(window: Window, value: Value) -> Value:
    def summed(series: TimeSeries) -> TimeSeries:
        return series.with_points(dict(zip(series.points, accumulate(series.points.values()), strict=True)))

    return each(value, summed)


def _fill(window: Window, value: Value, filler: Value | str) -> Value:
    def filled(series: TimeSeries) -> TimeSeries:
        points = series.points
        if filler == "REPEAT":
            return series.with_points(dict(_repeated(series, window)))
        if filler == "LINEAR":
            return series.with_points(dict(_interpolated(series, window)))
        if isinstance(filler, TimeSeries):
            return series.with_points(dict(sorted({**filler.points, **points}.items())))
        if isinstance(filler, str | list):
            raise MathMistake("FILL takes a scalar, a time series, REPEAT or LINEAR")
        return series.with_points({time: points.get(time, filler) for time in _grid(series, window)})

    return each(value, filled)


def _repeated(series: TimeSeries, window: Window) -> Iterator[tuple[int, float]]:
    last: float | None = None
    for time in _grid(series, window):
        last = series.points.get(time, last)
        if last is not None:
            yield time, last


def _interpolated(series: TimeSeries, window: Window) -> Iterator[tuple[int, float]]:
    yield from list(series.points.items())[:1]
    for (earlier, before), (later, after) in pairwise(series.points.items()):
        for time in range(earlier + series.period, later, series.period):
            yield time, before + (after - before) * (time - earlier) / (later - earlier)
        yield later, after


def _if(window: Window, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    if isinstance(condition, list) or isinstance(then, list) or isinstance(otherwise, list):
        raise MathMistake("IF takes no arrays")
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        if chosen is None:
            return TimeSeries("", then.period if isinstance(then, TimeSeries) else 60)
        return chosen

    def points() -> Iterator[tuple[int, float]]:
        for time, is_true in condition.points.items():
            branch = then if is_true else otherwise
            if isinstance(branch, float):
                yield time, branch
            elif branch is not None and time in branch.points:
                yield time, branch.points[time]
            elif is_true:
                yield time, 0.0

    return condition.with_points(dict(points()))


def _first(window: Window, value: Value) -> Value:
    return (_array(value) or [TimeSeries("", 60)])[0]


def _last(window: Window, value: Value) -> Value:
    return (_array(value) or [TimeSeries("", 60)])[-1]


def _metric_count(window: Window, value: Value) -> Value:
    return float(len(_array(value)))


def _period(window: Window, value: Value) -> Value:
    if not _series(value).is_metric:
        raise MathMistake("PERIOD can be applied to metrics only")
    return float(_series(value).period)


def _remove_empty(window: Window, value: Value) -> Value:
    return [series for series in _array(value) if series.points]


def _slice(window: Window, value: Value, start: Value, end: Value | None = None) -> Value:
    return _array(value)[int(_number(start)) : int(_number(end)) if end is not None else None]


_SORT_KEYS: dict[str, Callable[[list[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
    "SUM": sum,
}


def _sort(window: Window, value: Value, function: Value | str, order: Value | str, limit: Value | None = None) -> Value:
    if function not in _SORT_KEYS or order not in ("ASC", "DESC"):
        raise MathMistake("SORT takes AVG, MIN, MAX or SUM, and ASC or DESC")
    key = _SORT_KEYS[str(function)]
    ordered = sorted(
        (series for series in _array(value) if series.points),
        key=lambda series: key(list(series.points.values())),
        reverse=order == "DESC",
    )
    return ordered if limit is None else ordered[: int(_number(limit))]


def _time_series(window: Window, value: Value) -> Value:
    return TimeSeries("", window.period, dict.fromkeys(range(*window), _number(value)))


def _calendar(part: Callable[[dt.datetime], int]) -> Callable[..., Value]:
    def of(window: Window, value: Value) -> Value:
        series = _series(value)
        return series.with_points(
            {time: float(part(dt.datetime.fromtimestamp(time, dt.UTC))) for time in _grid(series, window)}
        )

    return of


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "ABS": (1, 1, _per_value(abs)),
    "AVG": (1, 1, _avg),
    "CEIL": (1, 1, _per_value(lambda value: float(math.ceil(value)))),
    "DATAPOINT_COUNT": (1, 1, _datapoint_count),
    "DATE": (1, 1, _calendar(lambda moment: moment.day)),
    "DAY": (1, 1, _calendar(lambda moment: moment.isoweekday())),
    "DIFF": (1, 1, _diff),
    "DIFF_TIME": (1, 1, _diff_time),
    "EPOCH": (1, 1, _calendar(lambda moment: int(moment.timestamp()))),
    "FILL": (2, 2, _fill),
    "FIRST": (1, 1, _first),
    "FLOOR": (1, 1, _per_value(lambda value: float(math.floor(value)))),
    "HOUR": (1, 1, _calendar(lambda moment: moment.hour)),
    "IF": (2, 3, _if),
    "LAST": (1, 1, _last),
    "LOG": (1, 1, _per_value(_logarithm(math.log))),
    "LOG10": (1, 1, _per_value(_logarithm(math.log10))),
    "MAX": (1, 1, _folding(max)),
    "METRIC_COUNT": (1, 1, _metric_count),
    "MIN": (1, 1, _folding(min)),
    "MINUTE": (1, 1, _calendar(lambda moment: moment.minute)),
    "MONTH": (1, 1, _calendar(lambda moment: moment.month)),
    "PERIOD": (1, 1, _period),
    "RATE": (1, 1, _rate),
    "REMOVE_EMPTY": (1, 1, _remove_empty),
    "RUNNING_SUM": (1, 1, _running_sum),
    "SLICE": (2, 3, _slice),
    "SORT": (3, 4, _sort),
    "STDDEV": (1, 1, _folding(statistics.pstdev)),
    "SUM": (1, 1, _folding(sum)),
    "TIME_SERIES": (1, 1, _time_series),
    "YEAR": (1, 1, _calendar(lambda moment: moment.year)),
}
"""Each function's fewest and most arguments, and what computes it from the request's window and the arguments."""

WORDS = frozenset({"REPEAT", "LINEAR", "ASC", "DESC", *_SORT_KEYS})
"""Names that are arguments of functions and not Ids of queries, which begin with a small letter."""
