"""One metric's verdict as Kayenta's judge gives it: MannWhitneyClassifier, with what NetflixACAJudge puts into it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lambdatui.canary import effect_size, mann_whitney
from lambdatui.canary.canary_config import CanaryAnalysis
from lambdatui.canary.cleaning import Values
from lambdatui.canary.quantities import number, quantity, span, times
from lambdatui.canary.report import Interval, Label

TOLERANCE = 0.25
"""The band is this share of the estimated shift, on either side of 0."""
NOISE = 1e-5
"""The standard deviation of the noise, as a share of the value, where each side has one value only."""
_SEED = 20171130


@dataclass(frozen=True, slots=True)
class Classified:
    """A metric's label, the rule that decided it, and its figures. `critical`: the label fails the canary alone."""

    label: Label
    rule: str
    words: str
    critical: bool = False
    ratio: float = math.nan
    effect: float = math.nan
    interval: Interval | None = None
    band: float | None = None
    warnings: tuple[str, ...] = ()


def classify(
    experiment: Values,
    control: Values,
    analysis: CanaryAnalysis,
    *,
    unit: str = "",
    tolerance: float = TOLERANCE,
    confidence: float = mann_whitney.CONFIDENCE,
) -> Classified:
    """The verdict on cleaned values. `tolerance` and `confidence` are fixed in Kayenta's judge."""
    if not experiment.size or not control.size:
        return _without_data(experiment, control, analysis)
    if np.array_equal(np.sort(experiment), np.sort(control)):
        return Classified("Pass", "identical", "both sides have the very same values.", ratio=1.0)
    if np.unique(np.concatenate([experiment, control])).size == 1:
        words = f"every value on both sides is {quantity(float(control[0]), unit)}."
        return Classified("Pass", "one value", words, ratio=1.0)
    try:
        return _compared(experiment, control, analysis, unit, tolerance, confidence)
    except mann_whitney.AllTied:
        words = f"{experiment.size} and {control.size} values are too few, or too alike, to be compared."
        return Classified("Error", "not comparable", words)


def _without_data(experiment: Values, control: Values, analysis: CanaryAnalysis) -> Classified:
    lacking = [name for name, side in (("the canary", experiment), ("the baseline", control)) if not side.size]
    words = f"there is no data of {' and '.join(lacking)}"
    if analysis.nan_strategy == "replace":
        return Classified("Pass", "no data counts as 0", f"{words}, which counts as 0.", ratio=1.0)
    if analysis.must_have_data and not analysis.critical:
        return Classified("NodataFailMetric", "must have data", f"{words}, and this metric must have some.", ratio=1.0)
    if analysis.critical:
        return Classified("Nodata", "critical without data", f"{words}, and this metric is critical.", True, 1.0)
    return Classified("Nodata", "no data", f"{words}.", ratio=1.0)


def _noisy(experiment: Values, control: Values) -> tuple[Values, Values]:
    """Both, with noise where each has one value only: ranks alone would not tell how far apart they are."""
    if np.unique(experiment).size > 1 or np.unique(control).size > 1:
        return experiment, control
    # Kayenta's noise is another one each time; ours is not, so that the same samples are always judged alike
    random = np.random.default_rng(_SEED)
    return (
        experiment + random.normal(0, abs(float(experiment[0])) * NOISE, experiment.size),
        control + random.normal(0, abs(float(control[0])) * NOISE, control.size),
    )


def _compared(
    experiment: Values, control: Values, analysis: CanaryAnalysis, unit: str, tolerance: float, confidence: float
) -> Classified:
    found = mann_whitney.interval(*_noisy(experiment, control), confidence)
    band = tolerance * abs(found.estimate)
    limits = analysis.effect_size
    ratio = effect_size.mean_ratio(experiment, control)
    effect = ratio if limits.measure == "meanRatio" else effect_size.cles(experiment, control)
    shown = _effect(effect, limits.measure)
    where = f"the shift lies between {span(found.low, found.high, unit, 'and')} ({confidence:.0%} sure)"
    beyond = f"beyond the tolerance of ±{quantity(band, unit)}"

    def result(label: Label, rule: str, words: str, critical: bool = False) -> Classified:
        hints = _hints(found, effect, limits.measure)
        return Classified(label, rule, words, critical, ratio, effect, found, band, hints)

    above, below = found.low > band, found.high < -band
    if above and analysis.direction != "decrease":
        least = limits.limit("allowed_increase")
        if not (math.isnan(effect) or effect >= least):
            return result("Pass", "effect is allowed", f"{where}, but {shown}, and less than {least:g} is allowed.")
        critical, why = _criticality(effect, limits.limit("critical_increase"), analysis.critical, up=True)
        return result("High", "interval above band", f"higher: {where}, {beyond}; {shown}.{why}", critical)
    if below and analysis.direction != "increase":
        most = limits.limit("allowed_decrease")
        if not (math.isnan(effect) or effect <= most):
            return result("Pass", "effect is allowed", f"{where}, but {shown}, and more than {most:g} is allowed.")
        critical, why = _criticality(effect, limits.limit("critical_decrease"), analysis.critical, up=False)
        return result("Low", "interval below band", f"lower: {where}, {beyond}; {shown}.{why}", critical)
    if above or below:
        way = "higher" if above else "lower"
        return result("Pass", "direction is allowed", f"{way}, which is not minded: {where}.")
    return result("Pass", "interval within band", f"as good: {where}, which is not {beyond}.")


def _criticality(effect: float, limit: float, is_critical: bool, up: bool) -> tuple[bool, str]:
    if not is_critical:
        return False, ""
    if math.isnan(effect) or (effect >= limit if up else effect <= limit):
        return True, " It is critical."
    return False, f" It is critical from {limit:g} {'on' if up else 'down'} only."


def _effect(effect: float, measure: str) -> str:
    if measure == "cles":
        return f"the canary's value is the greater in {effect:.0%} of all pairs"
    if math.isnan(effect):
        return "a mean is 0, so that there is no ratio of them"
    return f"its mean is {times(effect)} the baseline's"


def _hints(found: Interval, effect: float, measure: str) -> tuple[str, ...]:
    hints = []
    if max(abs(found.low), abs(found.high)) <= 2 * mann_whitney.PRECISION:
        hints.append(
            f"The shift is as small as Kayenta's judge can tell ({number(mann_whitney.PRECISION)}): this verdict is "
            "chance. Give the metric in a smaller unit, or take the exact judge."
        )
    if measure == "meanRatio" and math.isnan(effect):
        hints.append("A mean of 0 has no ratio, so that any shift counts; effectSize.measure: cles has an answer.")
    return tuple(hints)
