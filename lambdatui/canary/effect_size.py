"""How large a difference is: Kayenta's two measures."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import rankdata

from lambdatui.canary.cleaning import Values


def mean_ratio(experiment: Values, control: Values) -> float:
    """The experiment's mean as a multiple of the control's; NaN where either is 0. Both hold values."""
    above, below = float(experiment.mean()), float(control.mean())
    return math.nan if above == 0 or below == 0 else above / below


def cles(experiment: Values, control: Values) -> float:
    """The common language effect size: the share of pairs in which the experiment's value is the greater.

    A tie counts half. A. Vargha, H. D. Delaney, Journal of Educational and Behavioral Statistics 25 (2), 2000.
    """
    first, second = experiment.size, control.size
    ranks = rankdata(np.concatenate([experiment, control]))[:first]
    return float((2 * ranks.sum() - first * (first + 1)) / (2 * first * second))
