"""The interval of the shift between two samples, by inverting the Mann-Whitney (Wilcoxon rank sum) test.

As Kayenta's MannWhitney does it, which follows R's wilcox.test with conf.int, its normal approximation, its correction
for ties and for continuity.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from lambdatui.canary import brent
from lambdatui.canary.cleaning import Values
from lambdatui.canary.report import Interval

CONFIDENCE = 0.98
PRECISION = brent.TOLERANCE
"""The ends of an interval, and its estimate, are known to this much."""


class AllTied(Exception):
    """Every value is equal to every other, once shifted: there is no interval."""


def statistic(experiment: Values, control: Values, shift: float = 0.0) -> float:
    """The standardized rank sum of `experiment - shift` among both: 0 where neither is the greater. Raises AllTied."""
    first, second = float(experiment.size), float(control.size)
    ranks = rankdata(np.concatenate([experiment - shift, control]))
    excess = float(ranks[: experiment.size].sum()) - first * (first + 1) / 2 - first * second / 2
    ties = np.unique(ranks, return_counts=True)[1].astype(np.float64)
    both = first + second
    variance = first * second / 12 * (both + 1 - float((ties**3 - ties).sum()) / (both * (both - 1)))
    if variance <= 0:
        raise AllTied
    correction = math.copysign(0.5, excess) if excess else 0.0
    return (excess - correction) / math.sqrt(variance)


def interval(experiment: Values, control: Values, confidence: float = CONFIDENCE) -> Interval:
    """Where the shift of the experiment against the control lies. Both hold values, and none is NaN. Raises AllTied."""
    begin, end = float(experiment.min() - control.max()), float(experiment.max() - control.min())
    at_begin, at_end = statistic(experiment, control, begin), statistic(experiment, control, end)
    quantile = -float(ndtri((1 - confidence) / 2))

    def root(level: float) -> float:
        return brent.root(
            lambda shift: statistic(experiment, control, shift) - level, begin, end, at_begin - level, at_end - level
        )

    def limit(level: float) -> float:
        if at_begin - level <= 0:
            return begin
        if at_end - level >= 0:
            return end
        return root(level)

    return Interval(limit(quantile), limit(-quantile), root(0.0), confidence)
