"""A stage of a pipeline in lines: how it stands, what it asks, what it measured and judged, what it did. Pure."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from lambdatui.pipeline.status import Status
from lambdatui.stages import progress_words
from lambdatui.text import one_line
from lambdatui.tui.labelled import hanging
from lambdatui.tui.pipeline_progress import PipelineProgress, StageProgress
from lambdatui.tui.widgets.pipeline_graph import GLYPHS, Shown

if TYPE_CHECKING:
    from lambdatui.pipeline.planning import StagePlan

_LONGEST = 240
_MOST_PAIRS = 24
"""How many of a stage's inputs, and of its outputs, are shown."""


def took(seconds: float | None) -> str:
    """A duration as a box shows it, such as `12 s` or `3 min`."""
    if seconds is None:
        return ""
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def box(stage: StageProgress, now: float) -> Shown:
    """What a stage's box in the graph says."""
    if stage.waits_for_a_person:
        return Shown(stage.title, stage.status, "? you")
    if stage.status in (Status.SKIPPED, Status.WAITING):
        return Shown(stage.title, stage.status, "skipped" if stage.status is Status.SKIPPED else "")
    return Shown(stage.title, stage.status, took(stage.seconds(now)))


def headline(progress: PipelineProgress, now: float) -> Content:
    """The whole run in one line."""
    stages = progress.stages.values()
    if progress.status is None:
        count = len(progress.stages)
        return Content.assemble((f" {count} stage{'' if count == 1 else 's'}, not run yet", "$muted"))
    over = sum(stage.status.over for stage in stages)
    left = sum(stage.status is Status.WAITING for stage in stages) if progress.status.over else 0
    missed = f", {left} not reached" if left else ""
    glyph, tone = GLYPHS[progress.status]
    seconds = (progress.ended if progress.ended is not None else now) - (progress.began or now)
    parts: list[str | tuple[str, str]] = [
        (f" {glyph} {progress.status}", f"bold ${tone}"),
        (
            f"   {over} of {len(progress.stages)} stages{missed}   {took(max(0.0, seconds))}   run {progress.run}",
            "$muted",
        ),
    ]
    if progress.attempt > 1:
        parts.append((f"   attempt {progress.attempt}", "$muted"))
    if progress.elsewhere:
        parts.append(("   as it stood when it was opened: another lambdatui runs it", "bold $warn"))
    if progress.paused:
        parts.append(("   ‖ paused: no further stage begins, p goes on", "bold $warn"))
    if progress.runs and progress.asking:
        names = ", ".join(one_line(stage.title) for stage in progress.asking)
        parts.append((f"   ? waits for you: {names}", "bold $warn"))
    return Content.assemble(*parts)


def panel(progress: PipelineProgress, id: str, now: float) -> list[Content]:  # noqa: A002 - the stage's
    """All that is to be said of a stage."""
    stage = progress.stages[id]
    glyph, tone = GLYPHS[stage.status]
    missed = stage.status is Status.WAITING and progress.status is not None and progress.status.over
    facts = [stage.kind, *([one_line(id)] if id != stage.kind else []), took(stage.seconds(now))]
    lines = [
        Content.assemble(
            (f"{glyph} {'not reached' if missed else stage.status}", f"bold ${tone}"),
            f"  {one_line(stage.title)}",
            ("   ".join(["", *filter(None, facts)]), "$muted"),
        )
    ]
    if condition := _condition(progress, id):
        lines.append(_hung(Content.assemble((f"  {condition}", "$muted"))))
    if stage.error:
        lines.append(_hung(Content.assemble((f"✖ {one_line(stage.error)}", "$bad")), 2))
    lines += _question(stage)
    if stage.progress is not None and stage.status is Status.RUNNING:
        lines.append(Content.assemble((one_line(progress_words.told(stage.progress)), "$busy")))
    lines += _rollout(stage)
    lines += _figures(stage)
    lines += _judgement(stage)
    lines += _pairs("outputs", stage.outputs)
    if stage.plan is not None and not stage.plan.empty:
        from lambdatui.tui.widgets.plan_view import plan_content

        lines += [Content(""), _head("plan"), *map(_hung, plan_content(stage.plan).split("\n"))]
    if stage.lines:
        lines += [Content(""), _head("what it did")]
        lines += [_hung(Content.assemble((one_line(text), tone)), 2) for text, tone in stage.lines]
    lines += _pairs("inputs", stage.inputs)
    return lines


def _head(name: str) -> Content:
    return Content.assemble((name.upper(), "bold $muted"))


def _hung(line: Content, more: int = 0) -> Content:
    """A line that goes on beneath its first word, or `more` cells to the right of that."""
    return hanging(line, len(line.plain) - len(line.plain.lstrip()) + more)


def _condition(progress: PipelineProgress, id: str) -> str:  # noqa: A002 - the stage's
    """What decides whether a stage begins, besides that those before it are over; empty where nothing does."""
    when = progress.file.pipeline.stage(id).when
    found = [_called(progress.file.graph.called_by.get(id, ()))]
    found += [f"if {one_line(str(when))}"] if when is not None else []
    return ", ".join(filter(None, found))


def _called(callers: Sequence[str]) -> str:
    return f"only if {' or '.join(map(one_line, callers))} fails" if callers else ""


def _question(stage: StageProgress) -> list[Content]:
    if not stage.waits_for_a_person:
        return []
    if stage.asked is None:
        return [Content.assemble(("? y says go on, n puts the traffic back", "bold $warn"))]
    keys = "y answers, n says no" if stage.asked.choices else "y says yes, n says no"
    lines = [
        _hung(Content.assemble((f"? {one_line(stage.asked.question)}", "bold $warn")), 2),
        Content.assemble((f"  {keys}", "$muted")),
    ]
    if stage.asked.choices:
        choices = ", ".join(map(one_line, stage.asked.choices))
        lines.append(_hung(Content.assemble((f"  one of: {choices}", "$muted")), len("one of: ")))
    return lines


def _rollout(stage: StageProgress) -> list[Content]:
    if stage.rollout is None:
        return []
    from lambdatui.tui import rollout_words

    lines = [Content(""), _head("rollout")]
    if stage.status is Status.RUNNING:
        lines += rollout_words.banner(stage.rollout)
    return [*lines, *rollout_words.step_lines(stage.rollout, 12), *rollout_words.gate_lines(stage.rollout)]


def _figures(stage: StageProgress) -> list[Content]:
    figures = stage.figures
    if figures is None:
        return []
    from lambdatui.tui import run_words

    lines = [Content(""), _head("invocations"), run_words.counters(figures, None, None, None)]
    lines.append(run_words.waits(figures, False))
    served = "   ".join(f"{one_line(version)}: {count:,}" for version, count in sorted(figures.versions.items()))
    if served:
        lines.append(Content.assemble((" served by  ", "$muted"), served))
    return lines


def _judgement(stage: StageProgress) -> list[Content]:
    if not stage.judgements:
        return []
    from lambdatui.tui import judgement_words

    return [Content(""), _head("canary"), *judgement_words.summary(stage.judgements[-1])]


def _pairs(name: str, values: Mapping[str, Any]) -> list[Content]:
    """Names and values, of which long ones are cut: a report is shown by its own part."""
    shown = {key: value for key, value in values.items() if value not in (None, "", [], {}) and key != "report"}
    if not shown:
        return []
    width = min(32, max(len(key) for key in shown))
    lines = [Content(""), _head(name)]
    for key, value in itertools.islice(shown.items(), _MOST_PAIRS):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        shown_text = one_line(text)
        cut = shown_text if len(shown_text) <= _LONGEST else f"{shown_text[:_LONGEST]}…"
        lines.append(hanging(Content.assemble((f"{one_line(key):<{width}}  ", "$muted"), cut), width + 2))
    if len(shown) > _MOST_PAIRS:
        lines.append(Content.assemble((f"… and {len(shown) - _MOST_PAIRS} more", "$muted")))
    return lines


def plan_lines(plans: Sequence[StagePlan], called_by: Mapping[str, Sequence[str]]) -> list[Content]:
    """What a run would do, stage by stage, as far as that can be said before it runs.

    `called_by` are the stages that go to one when they fail, by the one's id.
    """
    from lambdatui.tui.widgets.plan_view import change_lines

    lines: list[Content] = []
    for one in plans:
        lines.append(
            Content.assemble(
                (f"{'○' if one.skipped else '▸'} ", "$muted"),
                (one_line(one.entry.title), "bold"),
                (f"   {one.entry.type}", "$muted"),
                (f"   {_chance(one, called_by.get(one.entry.id, ()))}", "$warn" if one.error is None else "$bad"),
            )
        )
        if one.error is not None:
            lines.append(_hung(Content.assemble((f"    ✖ {one_line(str(one.error))}", "$bad")), 2))
        if one.plan is None or one.skipped:
            continue
        if one.plan.empty and one.plan.place.account_id:
            lines.append(Content.assemble(("    nothing to change", "$muted")))
        for change in one.plan.changes:
            lines += [_hung(Content.assemble("    ", line), 2) for line in change_lines(change)]
        lines += [_hung(Content.assemble((f"    ▲ {one_line(words)}", "bold $warn")), 2) for words in one.plan.warnings]
        lines += [_hung(Content.assemble((f"    · {one_line(words)}", "$muted")), 2) for words in one.plan.notes]
    return lines


def _chance(one: StagePlan, callers: Sequence[str]) -> str:
    """Whether and when a stage runs, and how much of its plan is known."""
    if one.skipped:
        return "skipped: its condition is false"
    words = [_called(callers)] if callers else []
    words += [f"if {one_line(one.when)}"] if one.when else []
    if one.after:
        words.append(f"after {', '.join(one.after)}")
    return ", ".join(words)
