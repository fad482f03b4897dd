"""A judgement of a canary in lines: the score, a line a metric with its verdict, and why. Pure."""

from __future__ import annotations

from textual.content import Content

from lambdatui.canary.quantities import number, quantity
from lambdatui.canary.report import Judgement, MetricVerdict, Stats
from lambdatui.text import one_line

OUTCOMES = {"pass": ("✔", "$ok"), "marginal": ("▲", "$warn"), "fail": ("✖", "$bad")}
LABELS = {
    "Pass": ("✔", "alike", "$ok"),
    "High": ("▲", "higher", "$bad"),
    "Low": ("▼", "lower", "$bad"),
    "Nodata": ("◌", "no data", "$muted"),
    "NodataFailMetric": ("✖", "no data", "$bad"),
    "Error": ("?", "error", "$warn"),
}
"""A metric's verdict: a sign, a word and a colour."""


def score(judgement: Judgement) -> Content:
    """The outcome, the score as a bar, and what passes."""
    glyph, colour = OUTCOMES[judgement.outcome]
    cells = round(judgement.score / 5)
    look = f"   look {judgement.look} of {judgement.looks}" if judgement.looks > 1 else ""
    return Content.assemble(
        (f"{glyph} {judgement.outcome}", f"bold {colour}"),
        "  ",
        ("█" * cells, colour),
        ("░" * (20 - cells), "$muted"),
        (f" {judgement.score:g}", "bold"),
        (f" of 100   {judgement.pass_score:g} passes, {judgement.marginal_score:g} or less fails{look}", "$muted"),
    )


def summary(judgement: Judgement) -> list[Content]:
    """The score, why, and a line for each metric."""
    lines = [score(judgement), Content(one_line(judgement.words))]
    width = max((len(metric.name) for metric in judgement.metrics), default=0)
    for metric in judgement.metrics:
        glyph, word, colour = LABELS[metric.label]
        lines.append(
            Content.assemble(
                (f" {glyph} ", f"bold {colour}"),
                f"{one_line(metric.name):<{width}}  ",
                (f"{word:<8}", colour),
                f" {figure(metric, metric.control):>10} → {figure(metric, metric.experiment):<10} ",
                (one_line(metric.words), "$muted"),
            )
        )
    lines += [Content.assemble((f" ▲ {one_line(warning)}", "$warn")) for warning in judgement.warnings]
    return lines


def figure(metric: MetricVerdict, side: Stats) -> str:
    """What the metric is about, with its unit: a share, the p95, or the median; a dash where there is nothing."""
    if not side.count:
        return "–"
    value = {"rate": side.mean, "tail": side.p95}.get(metric.kind, side.median)
    return quantity(value, metric.unit)


def ratio(metric: MetricVerdict) -> str:
    """The canary's mean as a multiple of the baseline's."""
    return f"×{number(metric.ratio)}" if metric.ratio == metric.ratio else "–"
