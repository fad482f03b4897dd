"""The metrics of the week before the last hour, by five minutes: days and nights, a little chance, few errors."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

from lambdatui.emulator.cloudwatch.aggregates import Columns, Spread, spread_of
from lambdatui.emulator.world.tale import Pace

WEEK = 7 * 86_400
_STEP = 300
_QUANTILES = 40


def daylight(time: float) -> float:
    """How busy the shop is at this time (epoch seconds), from 0.25 at night to 1 in the evening, UTC."""
    return 0.625 + 0.375 * math.sin((time / 3600 % 24 - 14) / 24 * 2 * math.pi)


def week(
    chance: random.Random, pace: Pace, start: float, end: float, now: float, left_out: tuple[float, float] | None = None
) -> dict[str, Columns]:
    """Each metric of a function between two times, but for a window that is told elsewhere."""
    spread, mean, low, high = _durations(pace)
    columns = {name: Columns() for name in ("Invocations", "Errors", "Throttles", "Duration")}
    first = int(start) // _STEP * _STEP
    for time in range(first, int(end) // _STEP * _STEP, _STEP):
        if left_out is not None and left_out[0] <= time < left_out[1]:
            continue
        expected = pace.per_hour / 3600 * _STEP * daylight(time) / daylight(now)
        count = _poisson(chance, expected)
        if not count:
            continue
        failed = float(_poisson(chance, count * pace.errors)) if pace.errors else 0.0
        failed = min(failed, float(count))
        number = float(count)
        columns["Invocations"].append(time, number, number, 1.0, 1.0)
        columns["Errors"].append(
            time, number, failed, float(failed == number), float(failed > 0), _ones(failed, number)
        )
        columns["Throttles"].append(time, number, 0.0, 0.0, 0.0)
        columns["Duration"].append(time, number, number * mean * chance.uniform(0.96, 1.04), low, high, spread)
    return {**columns, "ConcurrentExecutions": columns["Invocations"]}  # one at a time: the same numbers


def _durations(pace: Pace) -> tuple[Spread, float, float, float]:
    """A lognormal distribution as so many equally likely values; their mean, the lowest and the highest."""
    normal = NormalDist(math.log(pace.median_ms), pace.sigma)
    values = [math.exp(normal.inv_cdf((number + 0.5) / _QUANTILES)) for number in range(_QUANTILES)]
    return spread_of(dict.fromkeys(values, 1.0)), sum(values) / len(values), values[0], values[-1]


def _ones(failed: float, number: float) -> Spread | None:
    return None if failed in (0.0, number) else spread_of({0.0: number - failed, 1.0: failed})


def _poisson(chance: random.Random, expected: float) -> int:
    """A Poisson number; from 30 on, a normal one is as good."""
    if expected > 30:
        return max(0, round(chance.normalvariate(expected, math.sqrt(expected))))
    limit, product, number = math.exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number
