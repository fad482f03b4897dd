"""What samples can show: the smallest change that would be seen in four of five trials such as this one.

"No difference was found" says little where none could have been: with 20 calls on either side, a version that fails
one call in ten looks as good as one that never fails.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import binom, hypergeom

from lambdatui.canary.classification import TOLERANCE
from lambdatui.canary.cleaning import Values
from lambdatui.canary.mann_whitney import CONFIDENCE
from lambdatui.canary.quantities import number, percent, quantity
from lambdatui.canary.report import Power

WANTED = 0.8
"""How often such a change is seen."""
_MOST_CALLS = 5000
_UNLIKELY = 1e-6
_MOST_COMPARED = 400


def of_rate(calls: int, control_events: int, control_calls: int, level: float) -> Power:
    """What Fisher's test at this level sees of a rate that grew, given the baseline's and the numbers of calls."""
    if not calls or not control_calls:
        return Power("without calls on both sides nothing would be seen.")
    # half an event more: that none was seen does not mean that there are none
    base = min((control_events + 0.5) / (control_calls + 1), 1.0)
    seen = base if control_events else 0.0
    found = _exact_rate(calls, control_calls, base, level)
    if found is None:
        words = f"{_sizes(calls, control_calls, 'calls')}, no change of a rate would be seen: they are too few."
        return Power(words)
    words = (
        f"{_sizes(calls, control_calls, 'calls')}, a rate that grows from {percent(seen)} to {percent(found)} would be "
        "seen."
    )
    return Power(words, 100 * (found - seen), (found - seen) / seen if seen else None)


def _sizes(experiment: int, control: int, of: str) -> str:
    return f"with {experiment:,} {of} a side" if experiment == control else f"with {experiment:,} and {control:,} {of}"


def _exact_rate(calls: int, control_calls: int, base: float, level: float) -> float | None:
    """The smallest rate that is told from `base` in four of five trials; None where not even 100 % is."""
    if max(calls, control_calls) > _MOST_CALLS:
        # Cohen's h: for so many calls, the arcsine of a rate's root is as good as normal
        wanted = float(ndtri(1 - level) + ndtri(WANTED)) * math.sqrt(1 / calls + 1 / control_calls)
        angle = math.asin(math.sqrt(base)) + wanted / 2
        return math.sin(angle) ** 2 if angle < math.pi / 2 else None
    counts = np.arange(control_calls + 1)
    chances = binom.pmf(counts, control_calls, base)
    counts, chances = counts[chances > _UNLIKELY], chances[chances > _UNLIKELY]
    # the fewest events on the canary's side that are an alarm, for each number on the control's
    alarm = np.array([_fewest(calls, control_calls, int(count), level) for count in counts])

    def seen(rate: float) -> float:
        return float((chances * binom.sf(alarm - 1, calls, rate)).sum())

    if seen(1.0) < WANTED:
        return None
    low, high = base, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) >= WANTED else (middle, high)
    return high


def _fewest(calls: int, control_calls: int, control_events: int, level: float) -> int:
    """So many events among `calls` are an alarm beside `control_events`; more than there are calls where none is."""
    low, high = 0, calls + 1
    while low < high:
        middle = (low + high) // 2
        chance = hypergeom.sf(middle - 1, calls + control_calls, middle + control_events, calls)
        low, high = (low, middle) if middle and chance <= level else (middle + 1, high)
    return low


def of_shift(experiment: Values, control: Values, level: float, unit: str) -> Power:
    """What the Mann-Whitney test at this level sees of values that grew, given the baseline's spread."""
    return _shift(experiment, control, float(-ndtri(level)) if level > 0 else math.inf, unit)


def of_interval(experiment: Values, control: Values, unit: str) -> Power:
    """What Kayenta's judge sees of values that grew: its interval must not only leave out 0 but the band around it."""
    return _shift(experiment, control, float(-ndtri((1 - CONFIDENCE) / 2)) / (1 - TOLERANCE), unit)


def _shift(experiment: Values, control: Values, quantile: float, unit: str) -> Power:
    """By Noether's formula (JASA 82, 1987) for the share of pairs in which the canary's value must be the greater."""
    if experiment.size < 2 or control.size < 2:
        return Power("with so few values, nothing would be seen.")
    sizes = _sizes(experiment.size, control.size, "values")
    both = experiment.size + control.size
    part = experiment.size / both
    share = 0.5 + (quantile + float(ndtri(WANTED))) / math.sqrt(12 * part * (1 - part) * both)
    if share >= 1:
        return Power(f"{sizes}, no change would be seen: they are too few.")
    thinned = np.sort(control)[:: max(1, control.size // _MOST_COMPARED)]
    if np.unique(thinned).size == 1:
        return Power(f"{sizes}, which change would be seen cannot be said: the baseline's are all alike.")
    change = float(np.quantile(np.subtract.outer(thinned, thinned), share))
    median = float(np.median(control))
    if change <= 0:
        return Power(f"{sizes}, which change would be seen cannot be said: too many values are alike.")
    relative = change / abs(median) if median else None
    told = f" ({percent(relative)} of the median {quantity(median, unit)})" if relative is not None else ""
    return Power(f"{sizes}, a shift of {number(change)} {unit}".rstrip() + f"{told} would be seen.", change, relative)
