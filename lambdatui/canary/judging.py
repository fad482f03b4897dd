"""The judges by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from lambdatui.canary.canary_config import DEFAULT_MARGINAL, DEFAULT_PASS, NETFLIX_ACA, CanaryConfig
from lambdatui.canary.report import Judgement
from lambdatui.canary.series import Pair

JudgeName = Literal["exact", "kayenta"]


def judge_of(config: CanaryConfig) -> JudgeName:
    """The judge that a config names; a judge of Kayenta's whatever its version is ours of that name."""
    return "exact" if config.judge.name == "exact" else "kayenta"


def is_known(config: CanaryConfig) -> bool:
    """Whether the judge that a config names is one of these."""
    return config.judge.name in ("exact", NETFLIX_ACA)


def thresholds(config: CanaryConfig, passing: float | None, marginal: float | None) -> tuple[float, float]:
    """The scores to pass, and to be no failure: those given, else the config's, else 75 and 50."""
    own = config.classifier.score_thresholds
    if passing is None:
        passing = own.passing if own else DEFAULT_PASS
    if marginal is None:
        marginal = own.marginal if own else DEFAULT_MARGINAL
    return passing, marginal


def judge(
    name: JudgeName,
    config: CanaryConfig,
    pairs: Mapping[str, Pair],
    scores: tuple[float, float],
    *,
    look: int = 1,
    looks: int = 1,
    alpha: float,
    min_samples: int,
) -> Judgement:
    """The verdict of a judge on pairs by the names of the config's metrics. scipy is imported here, and no sooner."""
    if name == "exact":
        from lambdatui.canary import exact_judge

        return exact_judge.judge(config, pairs, *scores, look=look, looks=looks, alpha=alpha, min_samples=min_samples)
    from lambdatui.canary import kayenta_judge

    return replace(kayenta_judge.judge(config, pairs, *scores), look=look, looks=looks)
