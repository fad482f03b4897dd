"""Whether a canary's metrics differ from the baseline's by more than chance: the exact judge without its words.

Rates are judged by Fisher's exact test, durations by the Mann-Whitney test and the slowest of them by the quantile test
(`exact_tests`). The chance that a canary as good as the baseline raises any alarm, with all its metrics (Holm) and at
all its looks (`alpha_spending`), is at most `alpha`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lambdatui.canary import alpha_spending, cleaning, effect_size, exact_tests
from lambdatui.canary.canary_config import CanaryConfig, MetricConfig
from lambdatui.canary.cleaning import Values
from lambdatui.canary.exact_tests import Chances
from lambdatui.canary.report import Label
from lambdatui.canary.series import Pair

ALPHA = 0.05
MIN_SAMPLES = 20
MIN_PERIODS = 5
"""So many values are enough where each sums up a minute of calls: with fewer, no test could tell anything."""
_ALIKE = Chances(1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Sides:
    """One metric's two sides side by side, before anything is decided."""

    metric: MetricConfig
    pair: Pair
    experiment: Values
    """What is drawn and counted of the canary: of a rate, that of each call or period that had one."""
    control: Values
    sizes: tuple[int, int]
    """How many calls or values: the canary's, the control's."""
    chances: Chances = _ALIKE
    ratio: float = math.nan
    """Of the means, or of the rates."""
    effect: float = math.nan
    """What the limits of the effect are compared with."""

    @property
    def p_value(self) -> float:
        """The chance of so great a difference, in the direction that is bad, between two that are alike."""
        return self.chances.of(self.metric.analysis.direction)

    def needed(self, min_samples: int) -> int:
        """How many calls or values a side must have."""
        by_period = self.pair.of_periods and self.pair.kind != "rate"
        return min(min_samples, MIN_PERIODS) if by_period else min_samples


@dataclass(frozen=True, slots=True)
class Decision:
    """A metric's label, the rule that decided, and whether it is critical."""

    sides: Sides
    label: Label
    rule: str
    critical: bool
    corrected: float
    """The p-value beside those of the other metrics."""
    level: float
    """What `corrected` must not exceed at this look."""
    share: float
    """What a single metric's p-value must not exceed, whatever the others are."""


def decide(
    config: CanaryConfig,
    pairs: Mapping[str, Pair],
    *,
    look: int = 1,
    looks: int = 1,
    alpha: float = ALPHA,
    min_samples: int = MIN_SAMPLES,
) -> tuple[Decision, ...]:
    """The decision on each of the config's metrics, in their order, at one look of several.

    A metric with fewer than `min_samples` calls or values on a side (MIN_PERIODS minutes) has no data, which counts
    against the canary at the last look only. Muted metrics take no share of `alpha`.
    """
    level = alpha_spending.at_look(alpha, look, looks)
    sides = [_sides(metric, pairs.get(metric.name) or Pair.of_nothing(metric.name)) for metric in config.metrics]
    tested = [one for one in sides if min(one.sizes) >= one.needed(min_samples) and not one.metric.analysis.muted]
    by_name = dict(
        zip((one.metric.name for one in tested), exact_tests.corrected([one.p_value for one in tested]), strict=True)
    )
    share = level / max(1, len(tested))
    found = []
    for one in sides:
        corrected = by_name.get(one.metric.name, one.p_value)
        if min(one.sizes) >= one.needed(min_samples):
            label, rule, critical = _label(one, corrected, level)
        else:
            label, rule, critical = _without_data(one, early=look < looks)
        found.append(Decision(one, label, rule, critical, corrected, level, share))
    return tuple(found)


def _label(one: Sides, corrected: float, level: float) -> tuple[Label, str, bool]:
    if corrected > level:
        return "Pass", "within chance", False
    analysis, effect = one.metric.analysis, one.effect
    limits = analysis.effect_size
    if one.chances.higher <= one.chances.lower:
        if effect < limits.limit("allowed_increase"):
            return "Pass", "effect is allowed", False
        return "High", "beyond chance", analysis.critical and not effect < limits.limit("critical_increase")
    if effect > limits.limit("allowed_decrease"):
        return "Pass", "effect is allowed", False
    return "Low", "beyond chance", analysis.critical and not effect > limits.limit("critical_decrease")


def _without_data(one: Sides, early: bool) -> tuple[Label, str, bool]:
    analysis = one.metric.analysis
    if analysis.critical and not early:
        return "Nodata", "critical without data", True
    if analysis.must_have_data and not early:
        return "NodataFailMetric", "must have data", False
    return "Nodata", "too few samples", False


def _sides(metric: MetricConfig, pair: Pair) -> Sides:
    analysis = metric.analysis
    by_cles = analysis.effect_size.measure == "cles"
    if pair.kind == "rate":
        return _rates(metric, pair, by_cles)
    experiment, control = (cleaning.cleaned(side, analysis) for side in (pair.experiment, pair.control))
    sizes = experiment.size, control.size
    if not min(sizes):
        return Sides(metric, pair, experiment, control, sizes)
    ratio = effect_size.mean_ratio(experiment, control)
    if pair.kind == "tail":
        chances, _, (above, control_above) = exact_tests.tail(experiment, control)
        effect = _effect(above / sizes[0], control_above / sizes[1], by_cles)
        return Sides(metric, pair, experiment, control, sizes, chances, ratio, effect)
    effect = effect_size.cles(experiment, control) if by_cles else ratio
    return Sides(metric, pair, experiment, control, sizes, exact_tests.shift(experiment, control), ratio, effect)


def _rates(metric: MetricConfig, pair: Pair, by_cles: bool) -> Sides:
    # a period without calls has no rate, whatever counts as 0; and an event is never an outlier
    experiment, control = (cleaning.without_nan(side.plain, "remove") for side in (pair.experiment, pair.control))
    (events, of), (control_events, control_of) = pair.experiment.events, pair.control.events
    if not of or not control_of:
        return Sides(metric, pair, experiment, control, (of, control_of))
    rate, control_rate = events / of, control_events / control_of
    chances = exact_tests.rates(events, of, control_events, control_of)
    ratio, effect = _effect(rate, control_rate, False), _effect(rate, control_rate, by_cles)
    return Sides(metric, pair, experiment, control, (of, control_of), chances, ratio, effect)


def _effect(rate: float, control_rate: float, by_cles: bool) -> float:
    """The ratio of two rates, NaN where either is 0; or, of a call on either side, how often the canary's is worse."""
    if by_cles:
        return 0.5 + (rate - control_rate) / 2
    return rate / control_rate if rate and control_rate else math.nan
