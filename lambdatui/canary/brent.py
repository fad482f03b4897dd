"""The root of a function between two points, by Brent's method: Algorithms for Minimization without Derivatives, 4.

scipy's `brentq` is the same method with other tolerances. The function whose root Kayenta looks for is a step function:
where on a step the search ends, within the tolerance, decides verdicts on values that are all but equal. So each step
is made as `zeroin` makes it, which R's `uniroot` and Kayenta's KayentaBrentSolver follow.
"""

from __future__ import annotations

from collections.abc import Callable

TOLERANCE = 1e-4
MOST_STEPS = 1001
_EPSILON = 2.220446049250313e-16


def root(function: Callable[[float], float], begin: float, end: float, at_begin: float, at_end: float) -> float:
    """A point between `begin` and `end` where the function is 0, or changes its sign within TOLERANCE.

    `at_begin` and `at_end` are the function's values there, of different signs.
    """
    if at_begin == 0:
        return begin
    if at_end == 0:
        return end
    # best is the nearest so far, last the one before it; the root lies between best and other
    last, best, other = begin, end, begin
    at_last, at_best, at_other = at_begin, at_end, at_begin
    for _ in range(MOST_STEPS):
        former_step = best - last
        if abs(at_other) < abs(at_best):
            last, best, other = best, other, best
            at_last, at_best, at_other = at_best, at_other, at_best
        tolerance = 2 * _EPSILON * abs(best) + TOLERANCE / 2
        step = (other - best) / 2
        if abs(step) <= tolerance or at_best == 0:
            return best
        if abs(former_step) >= tolerance and abs(at_last) > abs(at_best):
            step = _interpolated(last, best, other, at_last, at_best, at_other, former_step, tolerance, step)
        if abs(step) < tolerance:
            step = tolerance if step > 0 else -tolerance
        last, at_last = best, at_best
        best += step
        at_best = function(best)
        if (at_best > 0) == (at_other > 0) and at_best != 0 and at_other != 0:
            other, at_other = last, at_last
    return best


def _interpolated(
    last: float,
    best: float,
    other: float,
    at_last: float,
    at_best: float,
    at_other: float,
    former_step: float,
    tolerance: float,
    half: float,
) -> float:
    """The step to where a line, or an inverse parabola, through the points known is 0; `half` where that is no gain."""
    width = other - best
    if last == other:
        ratio = at_best / at_last
        over, under = width * ratio, 1.0 - ratio
    else:
        down, ratio, across = at_last / at_other, at_best / at_other, at_best / at_last
        over = across * (width * down * (down - ratio) - (best - last) * (ratio - 1.0))
        under = (down - 1.0) * (ratio - 1.0) * (across - 1.0)
    if over > 0:
        under = -under
    else:
        over = -over
    inside = over < 0.75 * width * under - abs(tolerance * under) / 2
    return over / under if inside and over < abs(former_step * under / 2) else half
