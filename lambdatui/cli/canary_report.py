"""A judgement of a canary in words for a terminal: the score, a table of the metrics, and why."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import textwrap
from collections.abc import Iterator

from lambdatui.canary.quantities import number
from lambdatui.canary.report import Judgement, MetricVerdict
from lambdatui.cli import output

MARKS = {"pass": ("✔", "green"), "marginal": ("▲", "yellow"), "fail": ("✖", "red")}
_LABELS = {"Pass": "✔", "High": "✖", "Low": "✖", "Nodata": "◌", "NodataFailMetric": "✖", "Error": "▲"}
_SAID = {"Nodata": "no data", "NodataFailMetric": "no data"}
_WIDEST = 120
_UNIT = re.compile(r"(?<=\d) (?=%|ms|MB)")


def headline(judgement: Judgement, title: str) -> str:
    """The judgement in one line. `title` says what was judged."""
    look = f"look {judgement.look} of {judgement.looks}: " if judgement.looks > 1 else ""
    if judgement.outcome == "pass" and all(metric.label == "Nodata" for metric in judgement.metrics):
        return f"◌ {look}{title}: too early to say"
    return f"{MARKS[judgement.outcome][0]} {look}{title}: {verdict(judgement)}"


def verdict(judgement: Judgement) -> str:
    """Such as `fail, score 0 of 100 (75 passes, 50 or less fails)`."""
    limits = f"{judgement.pass_score:g} passes, {judgement.marginal_score:g} or less fails"
    return f"{judgement.outcome}, score {judgement.score:g} of 100 ({limits})"


def lines(judgement: Judgement, title: str, baseline: str, canary: str) -> Iterator[str]:
    """The whole report. `baseline` and `canary` are the versions."""
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    yield headline(judgement, title)
    yield from _wrapped(_sentence(judgement.words), width, "  ")
    if judgement.window is not None:
        yield f"  looked at: {_span(judgement.window)}"
    if judgement.control_window is not None:
        yield f"  baseline:  {_span(judgement.control_window)}"
    yield ""
    titles = ["", "METRIC", "VERDICT", f"BASELINE {baseline}", f"CANARY {canary}", "RATIO", "SAMPLES", "GROUP"]
    rows = [titles, *(_row(metric) for metric in judgement.metrics)]
    for line in output.aligned(rows):
        yield f"  {line}"
    yield ""
    for metric in judgement.metrics:
        yield from _wrapped(f"{metric.name}: {_sentence(metric.words)}", width, "  ")
        for more in (*([metric.power.words] if metric.power else []), *metric.warnings):
            yield from _wrapped(_sentence(more), width, "      ")
    for warning in judgement.warnings:
        yield from _wrapped(f"▲ {_sentence(warning)}", width, "  ")
    points = [
        f"{group.name} {number((100 if group.no_data else group.score) * group.weight / 100)} of {number(group.weight)}"
        for group in judgement.groups
    ]
    if points:
        yield from _wrapped(f"points: {', '.join(points)}", width, "  ")


def _row(metric: MetricVerdict) -> list[str]:
    tags = [
        ", ".join(metric.groups) or "–",
        *(["critical"] if metric.critical else []),
        *(["muted"] if metric.muted else []),
    ]
    return [
        _LABELS[metric.label],
        metric.name,
        _SAID.get(metric.label, metric.label),
        metric.figure(metric.control),
        metric.figure(metric.experiment),
        number(metric.ratio) if metric.ratio == metric.ratio else "–",
        f"{metric.control.count} + {metric.experiment.count}",
        " ".join(tags),
    ]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span(window: tuple[float, float]) -> str:
    begin, end = (dt.datetime.fromtimestamp(moment).astimezone() for moment in window)
    return (
        f"{begin:%Y-%m-%d %H:%M} to {end:%H:%M}"
        if begin.date() == end.date()
        else f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    )


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """Lines of a text; a number stays with its unit."""
    bound = _UNIT.sub("\N{NO-BREAK SPACE}", text)
    found = textwrap.wrap(bound, width, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in found]
