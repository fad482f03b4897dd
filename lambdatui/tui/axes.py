"""Scales of charts: round upper ends, round times, and values as people read them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from lambdatui.aws.metric_history import Unit
from lambdatui.text import milliseconds

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS = (
    5 * _MINUTE,
    10 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    3 * _HOUR,
    6 * _HOUR,
    12 * _HOUR,
    _DAY,
    2 * _DAY,
)


def ceiling(values: Iterable[float | None], unit: Unit) -> float:
    """The round number at or above the greatest value: 1, 2, 3, 4, 5, 6 or 8 times a power of ten.

    Counts have at least 1. A share has no more than 1.0.
    """
    most = max((value for value in values if value is not None), default=0.0)
    if most <= 0:
        return 0.01 if unit == "share" else 1.0
    power = 10.0 ** math.floor(math.log10(most))
    top = next(factor * power for factor in (1, 2, 3, 4, 5, 6, 8, 10) if factor * power >= most * (1 - 1e-9))
    if unit == "share":
        return min(1.0, top)
    return max(1.0, top) if unit == "count" else top


def value(number: float | None, unit: Unit) -> str:
    """A value in few cells: `1.2k`, `0.41 %`, `38.0 ms`; a dash for None."""
    if number is None:
        return "–"
    if number == 0:
        return "0"
    if unit == "ms":
        return _time(number)
    if unit == "share":
        percent = number * 100
        return f"{percent:.3g} %" if percent < 100 else "100 %"
    return count(number)


def _time(number: float) -> str:
    if number >= 3_600_000:
        return f"{number / 3_600_000:.3g} h"
    if number >= 120_000:
        return f"{number / 60_000:.3g} min"
    return milliseconds(number)


def count(number: float) -> str:
    """A count in at most five characters: `7`, `0.5`, `1,234`, `12.3k`, `4.56M`."""
    if number < 10_000:
        return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"
    for name, size in (("k", 1e3), ("M", 1e6), ("G", 1e9)):
        if number < size * 999.5:
            return f"{number / size:.3g}{name}"
    return f"{number:.2g}"


def times(start: float, end: float, most: int) -> list[tuple[float, str]]:
    """At most so many round times of here between two moments, in seconds since the epoch, each as a label.

    A day's first is named by the day.
    """
    step = next((step for step in _STEPS if (end - start) / step < most), 7 * _DAY)
    found = []
    first = dt.datetime.fromtimestamp(start).astimezone()
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    moment = midnight + math.ceil((start - midnight) / step) * step
    while moment <= end:
        here = dt.datetime.fromtimestamp(moment).astimezone()
        found.append((moment, f"{here.day} {here:%b}" if (here.hour, here.minute) == (0, 0) else f"{here:%H:%M}"))
        moment += step
    return found
