"""The exact judge: for counts of errors, for few samples, and for looking again and again.

Rates are judged by Fisher's exact test, durations by the Mann-Whitney test and the slowest of them by the quantile test
(`exact_tests`). The chance that a canary as good as the baseline raises any alarm, with all its metrics (Holm) and at
all its looks (`alpha_spending`), is at most `alpha`. Configs, groups, critical metrics and scores are Kayenta's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lambdatui.canary import alpha_spending, cleaning, effect_size, exact_tests, mann_whitney, power, scoring, summary
from lambdatui.canary.canary_config import CanaryConfig, MetricConfig
from lambdatui.canary.cleaning import Values
from lambdatui.canary.exact_tests import Chances
from lambdatui.canary.quantities import chance, percent, quantity, span, times
from lambdatui.canary.report import Interval, Judgement, Label, MetricVerdict, Power
from lambdatui.canary.series import Pair

NAME = "exact"
ALPHA = 0.05
MIN_SAMPLES = 20
_ALIKE = Chances(1.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One metric's two sides side by side, before anything is decided. `words` compare them."""

    metric: MetricConfig
    pair: Pair
    experiment: Values
    control: Values
    sizes: tuple[int, int] = (0, 0)
    """How many events or values: the canary's, the control's."""
    chances: Chances = _ALIKE
    ratio: float = math.nan
    effect: float = math.nan
    words: str = ""
    interval: Interval | None = None

    @property
    def p_value(self) -> float:
        return self.chances.of(self.metric.analysis.direction)


def judge(
    config: CanaryConfig,
    pairs: Mapping[str, Pair],
    passing: float,
    marginal: float,
    *,
    look: int = 1,
    looks: int = 1,
    alpha: float = ALPHA,
    min_samples: int = MIN_SAMPLES,
) -> Judgement:
    """The verdict on pairs by the names of the config's metrics, at one look of several.

    A metric with fewer than `min_samples` calls or values on a side has no data. Muted metrics take no
    share of `alpha`.
    """
    level = alpha_spending.at_look(alpha, look, looks)
    compared = [_compared(metric, pairs.get(metric.name) or Pair.of_nothing(metric.name)) for metric in config.metrics]
    tested = [one for one in compared if min(one.sizes) >= min_samples and not one.metric.analysis.muted]
    corrected = exact_tests.corrected([one.p_value for one in tested])
    by_name = {one.metric.name: p for one, p in zip(tested, corrected, strict=True)}
    each = level / max(1, len(tested))
    metrics = tuple(
        _verdict(one, by_name.get(one.metric.name), level, each, min_samples, (look, looks)) for one in compared
    )
    score = scoring.score(metrics, config.classifier.group_weights)
    return Judgement(
        NAME,
        scoring.outcome(score.value, passing, marginal),
        score.value,
        score.words,
        metrics,
        score.groups,
        passing,
        marginal,
        look,
        looks,
    )


def _compared(metric: MetricConfig, pair: Pair) -> _Compared:
    analysis = metric.analysis
    sides = []
    for side in (pair.experiment, pair.control):
        values = cleaning.without_nan(side.plain, analysis.nan_strategy)
        # an event is never an outlier
        if analysis.outliers.strategy == "remove" and pair.kind != "rate":
            values = cleaning.without_outliers(values, analysis.outliers.outlier_factor)
        sides.append(values)
    experiment, control = sides
    if pair.kind == "rate":
        return _rate(metric, pair, experiment, control)
    sizes = experiment.size, control.size
    if not min(sizes):
        return _Compared(metric, pair, experiment, control, sizes)
    ratio = effect_size.mean_ratio(experiment, control)
    measured = ratio if analysis.effect_size.measure == "meanRatio" else effect_size.cles(experiment, control)
    if pair.kind == "tail":
        return _tail(metric, pair, experiment, control, ratio)
    try:
        found = mann_whitney.interval(experiment, control, 0.95)
    except mann_whitney.AllTied:
        found = None
    # between ends that are not told from 0, there is nothing to say
    told = found and max(abs(found.low), abs(found.high)) > mann_whitney.PRECISION
    where = f", a shift of {span(found.low, found.high, pair.unit)} (95 % sure)" if found and told else ""
    words = (
        f"median {quantity(summary.stats(experiment).median, pair.unit)}, the baseline's "
        f"{quantity(summary.stats(control).median, pair.unit)}{where}"
    )
    chances = exact_tests.shift(experiment, control)
    return _Compared(metric, pair, experiment, control, sizes, chances, ratio, measured, words, found)


def _rate(metric: MetricConfig, pair: Pair, experiment: Values, control: Values) -> _Compared:
    (events, of), (control_events, control_of) = pair.experiment.events, pair.control.events
    if not of or not control_of:
        return _Compared(metric, pair, experiment, control, (of, control_of))
    rate, control_rate = events / of, control_events / control_of
    ratio = rate / control_rate if rate and control_rate else math.nan
    # of two events, one on either side, the share of pairs in which the canary's is the worse
    worse = 0.5 + (rate - control_rate) / 2
    effect = ratio if metric.analysis.effect_size.measure == "meanRatio" else worse
    words = (
        f"{events:,} of {of:,} ({percent(rate)}), the baseline {control_events:,} of {control_of:,} "
        f"({percent(control_rate)})"
    )
    chances = exact_tests.rates(events, of, control_events, control_of)
    return _Compared(metric, pair, experiment, control, (of, control_of), chances, ratio, effect, words)


def _tail(metric: MetricConfig, pair: Pair, experiment: Values, control: Values, ratio: float) -> _Compared:
    chances, limit, (above, control_above) = exact_tests.tail(experiment, control)
    share, control_share = above / experiment.size, control_above / control.size
    effect = share / control_share if share and control_share else math.nan
    words = (
        f"{above:,} of {experiment.size:,} are above {quantity(limit, pair.unit)} ({percent(share)}), the baseline "
        f"{control_above:,} of {control.size:,} ({percent(control_share)})"
    )
    sizes = experiment.size, control.size
    return _Compared(metric, pair, experiment, control, sizes, chances, ratio, effect, words)


def _verdict(
    one: _Compared, corrected: float | None, level: float, each: float, min_samples: int, looks: tuple[int, int]
) -> MetricVerdict:
    analysis = one.metric.analysis
    label, rule, words, critical = _decided(one, corrected, level, min_samples, looks)
    unit = one.pair.plain_unit
    return MetricVerdict(
        name=one.metric.name,
        label=label,
        words=words,
        rule=rule,
        groups=one.metric.groups,
        critical=critical,
        muted=analysis.muted,
        direction=analysis.direction,
        unit=unit,
        kind=one.pair.kind,
        control=summary.stats(one.control),
        experiment=summary.stats(one.experiment),
        ratio=one.ratio,
        effect=one.effect,
        effect_measure=analysis.effect_size.measure,
        interval=one.interval,
        p_value=one.p_value if min(one.sizes) else None,
        threshold=each,
        power=_power(one, each / 2 if analysis.direction == "either" else each),
        distribution=summary.distribution(one.control, one.experiment),
        timeline=summary.timeline(one.pair.control, one.pair.experiment),
    )


def _power(one: _Compared, level: float) -> Power:
    if one.pair.kind == "rate":
        events, calls = one.pair.control.events
        return power.of_rate(one.pair.experiment.events[1], events, calls, level)
    if one.pair.kind == "tail":
        if not min(one.sizes):
            return Power("without values on both sides nothing would be seen.")
        _, _, (_, above) = exact_tests.tail(one.experiment, one.control)
        return power.of_rate(one.experiment.size, above, one.control.size, level)
    return power.of_shift(one.experiment, one.control, level, one.pair.unit)


def _decided(
    one: _Compared, corrected: float | None, level: float, min_samples: int, looks: tuple[int, int]
) -> tuple[Label, str, str, bool]:
    """The label, the rule that decided, its sentence, and whether it is critical."""
    analysis = one.metric.analysis
    if min(one.sizes) < min_samples:
        return _without_data(one, min_samples)
    p_value = one.p_value if corrected is None else corrected
    limits = analysis.effect_size
    at = f" at look {looks[0]} of {looks[1]}" if looks[1] > 1 else ""
    by_chance = f"chance alone does so in {chance(p_value)} of trials (alarm at {chance(level)} or less{at})"
    if p_value > level:
        return "Pass", "within chance", f"{one.words}; {by_chance}.", False
    higher = one.chances.higher <= one.chances.lower
    way: Label = "High" if higher else "Low"
    effect = one.effect
    told = "" if math.isnan(effect) or one.pair.kind == "rate" else f"; {_effect(effect, limits.measure)}"
    allowed = limits.limit("allowed_increase" if higher else "allowed_decrease")
    if not math.isnan(effect) and (effect < allowed if higher else effect > allowed):
        words = f"{one.words}{told}: {'less' if higher else 'more'} than {allowed:g} is allowed."
        return "Pass", "effect is allowed", words, False
    limit = limits.limit("critical_increase" if higher else "critical_decrease")
    critical = analysis.critical and (math.isnan(effect) or (effect >= limit if higher else effect <= limit))
    words = f"{'higher' if higher else 'lower'}: {one.words}{told}; {by_chance}."
    return way, "beyond chance", words, critical


def _without_data(one: _Compared, min_samples: int) -> tuple[Label, str, str, bool]:
    analysis = one.metric.analysis
    of = "calls" if one.pair.kind == "rate" else "values"
    words = f"{one.sizes[0]:,} {of} of the canary and {one.sizes[1]:,} of the baseline; {min_samples} are needed."
    if analysis.critical:
        return "Nodata", "critical without data", words, True
    if analysis.must_have_data:
        return "NodataFailMetric", "must have data", words, False
    return "Nodata", "too few samples", words, False


def _effect(effect: float, measure: str) -> str:
    if measure == "cles":
        return f"the canary is the higher in {effect:.0%} of all pairs"
    return f"{times(effect)} the baseline"
