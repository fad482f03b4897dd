"""Kayenta's NetflixACAJudge-v1.0: cleaned series, the shift's interval, a score of groups."""

from __future__ import annotations

from collections.abc import Mapping

from lambdatui.canary import cleaning, power, scoring, summary
from lambdatui.canary.canary_config import NETFLIX_ACA, CanaryConfig, MetricConfig
from lambdatui.canary.classification import classify
from lambdatui.canary.report import Judgement, MetricVerdict
from lambdatui.canary.series import Pair

FEWEST_POINTS = 50
"""Kayenta warns of a baseline with fewer."""


def judge(config: CanaryConfig, pairs: Mapping[str, Pair], passing: float, marginal: float) -> Judgement:
    """The verdict on pairs by the names of the config's metrics; one that is not there has no data."""
    metrics = tuple(verdict(metric, pairs.get(metric.name)) for metric in config.metrics)
    score = scoring.score(metrics, config.classifier.group_weights)
    few = [metric.name for metric in metrics if 0 < metric.control.count < FEWEST_POINTS]
    warnings = (
        (f"{', '.join(few)}: fewer than {FEWEST_POINTS} values of the baseline, which this judge needs.",)
        if few
        else ()
    )
    return Judgement(
        NETFLIX_ACA,
        scoring.outcome(score.value, passing, marginal),
        score.value,
        score.words,
        metrics,
        score.groups,
        passing,
        marginal,
        warnings=warnings,
    )


def verdict(metric: MetricConfig, pair: Pair | None) -> MetricVerdict:
    """The verdict on one metric."""
    pair = pair or Pair.of_nothing(metric.name)
    analysis = metric.analysis
    experiment, control = (cleaning.cleaned(side, analysis) for side in (pair.experiment, pair.control))
    unit = pair.plain_unit
    found = classify(experiment, control, analysis, unit=unit)
    return MetricVerdict(
        name=metric.name,
        label=found.label,
        words=found.words,
        rule=found.rule,
        groups=metric.groups,
        critical=found.critical,
        muted=analysis.muted,
        direction=analysis.direction,
        unit=unit,
        kind=pair.kind,
        control=summary.stats(control),
        experiment=summary.stats(experiment),
        ratio=found.ratio,
        effect=found.effect,
        effect_measure=analysis.effect_size.measure,
        interval=found.interval,
        band=found.band,
        power=power.of_interval(experiment, control, unit),
        distribution=summary.distribution(control, experiment),
        timeline=summary.timeline(pair.control, pair.experiment),
        warnings=found.warnings,
    )
