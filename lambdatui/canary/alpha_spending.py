"""How the chance of a false alarm is spent over several looks at the same canary.

Who looks six times at the 5 % level is alarmed by chance far more often than in 5 % of cases. Here the looks share one
budget: look k may raise a false alarm with a chance of at most `spent(t_k) - spent(t_k-1)`, where t is the share of the
looks that were made. By Boole's inequality the chance of one anywhere is at most their sum, which is the budget, and
that for any test that keeps its level at each look, whatever its samples have to do with those of other looks: windows
may grow or slide. Tests that assume jointly normal statistics spend less carefully, and hold only for many samples.

The spending function is that of Lan and DeMets (Biometrika 70, 1983, 659-663) after O'Brien and Fleming: little is
spent early, when samples are few, and a version that is broken outright is told all the same.
"""

from __future__ import annotations

import math

from scipy.special import ndtri
from scipy.stats import norm


def spent(alpha: float, share: float) -> float:
    """How much of the budget is spent once this share of the looks, 0.0 to 1.0, was made."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return alpha
    return float(2 * norm.sf(-ndtri(alpha / 2) / math.sqrt(share)))


def at_look(alpha: float, look: int, looks: int) -> float:
    """The level of one look, counted from 1, of so many."""
    return spent(alpha, look / looks) - spent(alpha, (look - 1) / looks)
