"""The exact judge: for counts of errors, for few samples, and for looking again and again.

What it decides, and why its false alarms do not add up over metrics and looks, is in `exact_decision`. Configs, groups,
critical metrics and scores are Kayenta's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from lambdatui.canary import exact_tests, mann_whitney, power, scoring, summary
from lambdatui.canary.canary_config import CanaryConfig
from lambdatui.canary.cleaning import Values
from lambdatui.canary.exact_decision import ALPHA, MIN_SAMPLES, Decision, Sides, decide
from lambdatui.canary.quantities import chance, percent, quantity, span, times
from lambdatui.canary.report import Interval, Judgement, MetricVerdict, Power, Stats
from lambdatui.canary.series import Pair, Series

NAME = "exact"


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
    """The verdict on pairs by the names of the config's metrics, at one look of several: see `decide`."""
    decisions = decide(config, pairs, look=look, looks=looks, alpha=alpha, min_samples=min_samples)
    at = f" at look {look} of {looks}" if looks > 1 else ""
    metrics = tuple(_verdict(decision, min_samples, at) for decision in decisions)
    score = scoring.score(metrics, config.classifier.group_weights, early=look < looks)
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


def _verdict(decision: Decision, min_samples: int, at: str) -> MetricVerdict:
    sides = decision.sides
    metric, pair = sides.metric, sides.pair
    analysis, is_rate = metric.analysis, pair.kind == "rate"
    has_both = min(sides.sizes) > 0
    interval = _interval(sides) if pair.kind == "values" and has_both else None
    return MetricVerdict(
        name=metric.name,
        label=decision.label,
        words=_words(decision, interval, min_samples, at),
        rule=decision.rule,
        groups=metric.groups,
        critical=decision.critical,
        muted=analysis.muted,
        direction=analysis.direction,
        unit=pair.plain_unit,
        kind=pair.kind,
        control=_of_all(pair.control, sides.control) if is_rate else summary.stats(sides.control),
        experiment=_of_all(pair.experiment, sides.experiment) if is_rate else summary.stats(sides.experiment),
        ratio=sides.ratio,
        effect=sides.effect,
        effect_measure=analysis.effect_size.measure,
        interval=interval,
        p_value=sides.p_value if has_both else None,
        threshold=decision.share,
        power=_power(sides, decision.share / 2 if analysis.direction == "either" else decision.share),
        distribution=summary.distribution(sides.control, sides.experiment),
        timeline=summary.timeline(pair.control, pair.experiment),
    )


def _of_all(series: Series, plain: Values) -> Stats:
    """The figures of a rate: of all its calls, whatever the periods that they came in."""
    events, of = series.events
    return replace(summary.stats(plain), count=of, mean=100 * events / of if of else 0.0)


def _interval(sides: Sides) -> Interval | None:
    try:
        return mann_whitney.interval(sides.experiment, sides.control, 0.95)
    except mann_whitney.AllTied:
        return None


def _power(sides: Sides, level: float) -> Power:
    pair = sides.pair
    if pair.kind == "rate":
        events, calls = pair.control.events
        return power.of_rate(pair.experiment.events[1], events, calls, level)
    if not min(sides.sizes):
        return Power("without values on both sides nothing would be seen.")
    if pair.kind == "tail":
        _, _, (_, above) = exact_tests.tail(sides.experiment, sides.control)
        return power.of_rate(sides.experiment.size, above, sides.control.size, level)
    return power.of_shift(sides.experiment, sides.control, level, pair.unit)


# words


def _words(decision: Decision, interval: Interval | None, min_samples: int, at: str) -> str:
    sides = decision.sides
    needed = sides.needed(min_samples)
    if min(sides.sizes) < needed:
        of = "calls" if sides.pair.kind == "rate" else "values"
        there = f"{sides.sizes[0]:,} {of} of the canary and {sides.sizes[1]:,} of the baseline"
        return f"{there}; {needed} are needed."
    compared = _compared(sides, interval)
    limits = sides.metric.analysis.effect_size
    has_effect = not math.isnan(sides.effect) and sides.pair.kind != "rate"
    effect = f"; {_effect(sides.effect, limits.measure)}" if has_effect else ""
    higher = sides.chances.higher <= sides.chances.lower
    if decision.rule == "effect is allowed":
        allowed = limits.limit("allowed_increase" if higher else "allowed_decrease")
        return f"{compared}{effect}: {'less' if higher else 'more'} than {allowed:g} is allowed."
    alarm = f"alarm at {chance(decision.level)} or less{at}"
    by_chance = f"chance alone does so in {chance(decision.corrected)} of trials ({alarm})"
    if decision.label == "Pass":
        return f"{compared}; {by_chance}."
    return f"{'higher' if higher else 'lower'}: {compared}{effect}; {by_chance}."


def _compared(sides: Sides, interval: Interval | None) -> str:
    pair, (size, control_size) = sides.pair, sides.sizes
    if pair.kind == "rate":
        (events, of), (control_events, control_of) = pair.experiment.events, pair.control.events
        return f"{_share(events, of)}, the baseline {_share(control_events, control_of)}"
    if pair.kind == "tail":
        _, limit, (above, control_above) = exact_tests.tail(sides.experiment, sides.control)
        slow = f"above {quantity(limit, pair.unit)} are {_share(above, size)}"
        return f"{slow}, of the baseline {_share(control_above, control_size)}"
    medians = (quantity(summary.stats(side).median, pair.unit) for side in (sides.experiment, sides.control))
    words = "median {}, the baseline's {}".format(*medians)
    # between ends that are not told from 0, there is nothing to say
    if interval is None or max(abs(interval.low), abs(interval.high)) <= mann_whitney.PRECISION:
        return words
    return f"{words}, a shift of {span(interval.low, interval.high, pair.unit)} (95 % sure)"


def _share(events: int, of: int) -> str:
    return f"{events:,} of {of:,} ({percent(events / of)})"


def _effect(effect: float, measure: str) -> str:
    if measure == "cles":
        return f"the canary is the higher in {effect:.0%} of all pairs"
    return f"{times(effect)} the baseline"
