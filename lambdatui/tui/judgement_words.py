"""A judgement of a canary in lines: the score, a line a metric with its verdict, and why. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from textual.content import Content

from lambdatui.canary.quantities import chance, number, percent, quantity, span
from lambdatui.canary.report import Judgement, MetricVerdict
from lambdatui.text import one_line
from lambdatui.tui.areas import areas
from lambdatui.tui.labelled import hanging, labelled

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


def legend(baseline: str, canary: str) -> Content:
    """Which colour is which side."""
    return Content.assemble(
        ("■ ", "$stable"),
        (f"baseline {one_line(baseline)}".rstrip(), "bold $stable"),
        "   ",
        ("■ ", "$canary"),
        (f"canary {one_line(canary)}".rstrip(), "bold $canary"),
    )


def points(judgement: Judgement) -> Content | None:
    """What the score is made of: the points of each group of metrics; None where there is one group alone."""
    if len(judgement.groups) < 2:
        return None
    parts: list[str | tuple[str, str]] = [("points  ", "$muted")]
    for group in judgement.groups:
        got = group.score * group.weight / 100
        tone = "$muted" if group.no_data else "$ok" if group.score >= 100 else "$bad"
        word = ", no data" if group.no_data else ""
        parts += [
            f"{one_line(group.name)} ",
            (f"{got:.3g}", f"bold {tone}"),
            (f" of {group.weight:.3g}{word}   ", "$muted"),
        ]
    return Content.assemble(*parts)


def as_text(judgement: Judgement, title: str, sides: tuple[str, str]) -> str:
    """A judgement as plain text, to be pasted: the score, each metric with why, and its figures."""
    lines = [one_line(title), *(line.plain for line in summary(judgement))]
    for metric in judgement.metrics:
        lines += ["", one_line(metric.name), *(line.plain for line in _figures(metric, *sides))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


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
                f" {metric.figure(metric.control):>10} → {metric.figure(metric.experiment):<10}",
            )
        )
        lines.append(hanging(Content.assemble((f"   {one_line(metric.words)}", "$muted")), 3))
    lines += [hanging(Content.assemble((f" ▲ {one_line(words)}", "$warn")), 3) for words in judgement.warnings]
    return lines


def ratio(metric: MetricVerdict) -> str:
    """The canary's mean as a multiple of the baseline's."""
    return f"×{number(metric.ratio)}" if metric.ratio == metric.ratio else "–"


def looks(judgements: Sequence[Judgement]) -> Content:
    """The scores of all looks so far, as a time line."""
    parts: list[str | tuple[str, str]] = [("looks ", "$muted")]
    for one in judgements:
        glyph, colour = OUTCOMES[one.outcome]
        parts += [(f"{glyph} {one.score:g}", colour), "  "]
    last = judgements[-1]
    if last.looks > last.look:
        parts.append((f"{last.looks - last.look} to come", "$muted"))
    return Content.assemble(*parts)


def metric_lines(metric: MetricVerdict, width: int, baseline: str, canary: str) -> list[Content]:
    """One metric in full: why, the figures of both sides, how they are spread, how they went, what would be seen."""
    glyph, word, colour = LABELS[metric.label]
    tags = [*metric.groups, *(["critical"] if metric.critical else []), *(["muted"] if metric.muted else [])]
    lines = [
        Content.assemble(
            (f"{glyph} {word}", f"bold {colour}"), (f"   {metric.rule}   {', '.join(map(one_line, tags))}", "$muted")
        ),
        Content(one_line(metric.words)),
    ]
    if metric.power is not None:
        lines.append(Content.assemble((one_line(metric.power.words), "$muted")))
    lines += [Content.assemble((f"▲ {one_line(warning)}", "$warn")) for warning in metric.warnings]
    lines += [Content(""), *_figures(metric, baseline, canary, width)]
    lines += _distribution(metric, width)
    lines += _timeline(metric, width)
    return lines


def _figures(metric: MetricVerdict, baseline: str, canary: str, width: int = 100) -> list[Content]:
    return [*_table(metric, baseline, canary, width), *_interval(metric)]


def _table(metric: MetricVerdict, baseline: str, canary: str, width: int) -> list[Content]:
    # the likeliest first: those that there is no room for are left out
    names = ("count", "mean", "median", "p95", "max", "min", "std")[: max(1, (width - 14) // 11)]
    head = Content.assemble((" " * 14 + "".join(f"{name:>11}" for name in names), "bold $muted"))
    lines = [head]
    for title, side, colour in (
        (f"baseline {baseline}", metric.control, "$stable"),
        (f"canary {canary}", metric.experiment, "$canary"),
    ):
        cells = [str(side.count)] + [
            quantity(getattr(side, name), metric.unit) if side.count else "–" for name in names[1:]
        ]
        lines.append(
            Content.assemble((f"{one_line(title):<14}", f"bold {colour}"), "".join(f"{cell:>11}" for cell in cells))
        )
    return lines


def _interval(metric: MetricVerdict) -> list[Content]:
    found: list[tuple[str, str]] = []
    if metric.ratio == metric.ratio:
        found.append(("ratio", ratio(metric)))
    if metric.interval is not None:
        between = span(metric.interval.low, metric.interval.high, metric.unit)
        found.append((f"difference, {percent(metric.interval.confidence)} sure", between))
    if metric.band is not None:
        found.append(("must exceed", f"±{quantity(metric.band, metric.unit)}"))
    if metric.effect == metric.effect and metric.effect_measure != "meanRatio":
        found.append((metric.effect_measure, number(metric.effect)))
    if metric.p_value is not None:
        limit = f", {chance(metric.threshold)} counts" if metric.threshold is not None else ""
        found.append(("chance of it in two alike", f"{chance(metric.p_value)}{limit}"))
    return [Content(""), *labelled(found, 28)] if found else []


_ROWS = 6
_SIDES = ("$stable", "$canary")


def _distribution(metric: MetricVerdict, width: int) -> list[Content]:
    """How the values of both sides are spread, as shares of each side, drawn over each other."""
    found = metric.distribution
    if found is None or metric.kind == "rate" or not sum(found.control) + sum(found.experiment):
        return []
    shares = [[count / (sum(side) or 1) or None for count in side] for side in (found.control, found.experiment)]
    top = max((value or 0.0 for side in shares for value in side), default=1.0)
    cells = max(20, min(width - 10, 8 * len(found.control)))
    lines = [Content(""), Content.assemble(("how the values are spread", "bold $muted"))]
    lines += _areas(shares, top, cells, percent(top))
    low, high = quantity(found.edges[0], metric.unit), quantity(found.edges[-1], metric.unit)
    lines.append(Content.assemble((f"{'':>8} {low}{' ' * max(1, cells - len(low) - len(high))}{high}", "$muted")))
    return lines


def _timeline(metric: MetricVerdict, width: int) -> list[Content]:
    """The means of both sides as time went."""
    found = metric.timeline
    if found is None or len(found.control) < 2:
        return []
    series = [list(found.control), list(found.experiment)]
    top = max((value for side in series for value in side if value is not None), default=0.0)
    if top <= 0:
        return []
    cells = max(20, width - 10)
    lines = [Content(""), Content.assemble(("the means as time went", "bold $muted"))]
    lines += _areas(series, top, cells, quantity(top, metric.unit))
    begin, end = (dt.datetime.fromtimestamp(at).astimezone() for at in (found.begin, found.end))
    first, last = f"{begin:%H:%M:%S}", f"{end:%H:%M:%S}"
    lines.append(Content.assemble((f"{'':>8} {first}{' ' * max(1, cells - 16)}{last}", "$muted")))
    return lines


def _areas(series: Sequence[Sequence[float | None]], top: float, cells: int, label: str) -> list[Content]:
    lines = []
    for index, row in enumerate(areas(series, top, cells, _ROWS)):
        parts: list[str | tuple[str, str]] = [(f"{label if index == 0 else '':>8} ", "$muted")]
        for cell in row:
            behind = f" on {_SIDES[cell.behind]}" if cell.behind is not None else ""
            parts.append((cell.character, f"{_SIDES[cell.front]}{behind}") if cell.front is not None else " ")
        lines.append(Content.assemble(*parts))
    return lines
