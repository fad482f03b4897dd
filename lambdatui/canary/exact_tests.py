"""Tests whose chance of a false alarm is what they say, however few samples there are.

All of them condition on what was measured on both sides together, and ask how often chance alone would share it out
so unevenly: nothing is assumed of how values are spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom, mannwhitneyu, rankdata

from lambdatui.canary.cleaning import Values

MOST_ENUMERATED = 80
"""Up to so many values on both sides together, ranks are enumerated; beyond, the normal approximation is as good."""
TAIL = 0.95
"""The slowest calls are those above this quantile of both sides together."""


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance, where both sides are alike, that the canary is so much higher, or so much lower."""

    higher: float
    lower: float

    def of(self, direction: str) -> float:
        """The p-value of a test against `increase`, `decrease` or `either`."""
        if direction == "either":
            return min(1.0, 2 * min(self.higher, self.lower))
        return self.higher if direction == "increase" else self.lower


def rates(events: int, of: int, control_events: int, control_of: int) -> Chances:
    """Fisher's exact test: `events` among `of` on the canary's side, against the control's."""
    both, marked = of + control_of, events + control_events
    return Chances(float(hypergeom.sf(events - 1, both, marked, of)), float(hypergeom.cdf(events, both, marked, of)))


def shift(experiment: Values, control: Values) -> Chances:
    """The Mann-Whitney test: exact, ties and all, up to MOST_ENUMERATED values, and with the normal approximation,
    corrected for ties and continuity, beyond. Both hold values."""
    if experiment.size + control.size > MOST_ENUMERATED:
        found = [
            float(mannwhitneyu(experiment, control, alternative=side, method="asymptotic").pvalue)
            for side in ("greater", "less")
        ]
        # all values equal: there is nothing to rank
        return Chances(*(1.0 if np.isnan(p) else p for p in found))
    if experiment.size > control.size:
        # fewer to be drawn are sooner enumerated, and what makes one side higher makes the other lower
        other = shift(control, experiment)
        return Chances(other.lower, other.higher)
    # twice the ranks are whole numbers, whatever the ties
    ranks = np.rint(2 * rankdata(np.concatenate([experiment, control]))).astype(np.int64)
    chances = _rank_sums(ranks, experiment.size)
    observed = int(ranks[: experiment.size].sum())
    return Chances(float(chances[observed:].sum()), float(chances[: observed + 1].sum()))


def _rank_sums(ranks: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
    """The chance of each sum of `size` of these ranks, drawn without putting back."""
    total = int(np.sort(ranks)[-size:].sum())
    # chosen[k][s]: the chance that k of those looked at so far are drawn and that their sum is s
    chosen = np.zeros((size + 1, total + 1))
    chosen[0, 0] = 1.0
    count = ranks.size
    for index, rank in enumerate(ranks):
        left = count - index
        drawn = np.arange(size + 1)
        take = np.clip((size - drawn) / left, 0.0, 1.0)[:, None]
        taken = chosen * take
        chosen *= 1 - take
        chosen[1:, rank:] += taken[:-1, : total + 1 - rank]
    sums: npt.NDArray[np.float64] = chosen[size]
    return sums


def tail(experiment: Values, control: Values, quantile: float = TAIL) -> tuple[Chances, float, tuple[int, int]]:
    """Whether one side has more than its share of the largest values: the quantile test of Westenberg and Mood.

    Gives the chances, the value above which one is counted, and how many of each side are: the canary's, the control's.
    """
    limit = float(np.quantile(np.concatenate([experiment, control]), quantile, method="inverted_cdf"))
    above = int((experiment > limit).sum()), int((control > limit).sum())
    return rates(above[0], experiment.size, above[1], control.size), limit, above


def corrected(p_values: list[float]) -> list[float]:
    """Holm's correction: judged by these, one or more false alarms among all come as rarely as in one test alone."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    found, highest = [1.0] * len(p_values), 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[index]))
        found[index] = highest
    return found
