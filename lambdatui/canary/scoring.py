"""From metrics' verdicts to a score and a verdict on the whole: Kayenta's WeightedSumScorer and score classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lambdatui.canary.quantities import number
from lambdatui.canary.report import GroupScore, MetricVerdict, Outcome

NODATA_LIMIT = 50.0
"""From so many percent of metrics without data on, the score is 0."""
_COUNTED = ("Pass", "High", "Low", "NodataFailMetric")


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, and what decided it in a sentence."""

    value: float
    words: str
    groups: tuple[GroupScore, ...]


def score(metrics: Sequence[MetricVerdict], weights: Mapping[str, float], *, early: bool = False) -> Score:
    """The score of metrics; muted ones are left out. `weights` are the groups' points of 100.

    `early` is for a look after which others come: data that are not there yet are no failure then. Kayenta's is not.
    """
    counted = [metric for metric in metrics if not metric.muted]
    groups = _groups(counted, weights)
    failures = [metric for metric in counted if metric.critical and metric.label != "Pass"]
    if failures:
        first = failures[0]
        return Score(0.0, f"{first.name}, which is critical: {first.words}", groups)
    absent = [metric for metric in counted if metric.label == "Nodata"]
    # Kayenta divides by the number of metrics; where all are muted that is 0 by 0, which is not over the limit
    if counted and not early and 100 * len(absent) / len(counted) >= NODATA_LIMIT:
        words = f"{len(absent)} of {len(counted)} metrics have no data ({absent[0].name}: {absent[0].words})"
        return Score(0.0, f"{words}: with half of them or more, nothing can be said.", groups)
    total = _rounded(sum((100.0 if group.no_data else group.score) * group.weight / 100 for group in groups))
    return Score(total, _told(counted, groups), groups)


def outcome(value: float, passing: float, marginal: float) -> Outcome:
    """What a score means to a pipeline: `marginal` or less fails, and `passing` or more is good."""
    if value <= marginal:
        return "fail"
    return "pass" if value >= passing else "marginal"


def _groups(metrics: Sequence[MetricVerdict], weights: Mapping[str, float]) -> tuple[GroupScore, ...]:
    names = list(dict.fromkeys(group for metric in metrics for group in metric.groups))
    without = [name for name in names if name not in weights]
    share = (100 - sum(weights.values())) / len(without) if without else 0.0
    found = []
    for name in names:
        labels = [metric.label for metric in metrics for group in metric.groups if group == name]
        total = sum(label in _COUNTED for label in labels)
        value = 100 * labels.count("Pass") / total if total else 0.0
        found.append(GroupScore(name, value, weights.get(name, share), not total))
    return tuple(found)


def _rounded(value: float) -> float:
    """To two decimals, halves away from 0, of the digits that are written, as Java's BigDecimal of a text does it."""
    return float(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _told(metrics: Sequence[MetricVerdict], groups: Sequence[GroupScore]) -> str:
    bad = [metric for metric in metrics if metric.label not in ("Pass", "Nodata")]
    if not metrics:
        return "there is no metric that counts."
    if not bad:
        absent = [metric.name for metric in metrics if metric.label == "Nodata"]
        if len(absent) == len(metrics):
            return "there are not enough data yet to say anything."
        others = f" ({', '.join(absent)}: no data)" if absent else ""
        return f"every metric is as good as the baseline's{others}."
    lost = [
        f"group {group.name} has {number(group.score)} % of its {number(group.weight)} points"
        for group in groups
        if not group.no_data and group.score < 100
    ]
    named = "; ".join(f"{metric.name} {metric.words.rstrip('.')}" for metric in bad[:2])
    more = f" ({len(bad) - 2} more.)" if len(bad) > 2 else ""
    return f"{named}.{more}{' So ' + ', '.join(lost) + '.' if lost else ''}"
