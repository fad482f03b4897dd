"""A pipeline as it runs: a line for each thing a stage does on standard error, or JSON lines on standard output."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from lambdatui.aws.invocations import Invocation
from lambdatui.canary.report import Judgement
from lambdatui.cli import output, plan_output
from lambdatui.pipeline.event_data import as_data
from lambdatui.pipeline.events import (
    PipelineBegan,
    PipelineEnded,
    PipelineEvent,
    PipelinePaused,
    PipelineWentOn,
    StageBegan,
    StageEnded,
    StageEvent,
    StagePlanned,
)
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.planning import StagePlan
from lambdatui.pipeline.status import Status
from lambdatui.stages import progress_words
from lambdatui.stages.event import Asked, AtStep, Done, Event, Note, Progress, Result
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.text import one_line

GLYPHS: Mapping[str, tuple[str, str | None]] = {
    Status.WAITING: ("·", None),
    Status.RUNNING: ("◌", "cyan"),
    Status.DONE: ("✔", "green"),
    Status.IGNORED: ("▲", "yellow"),
    Status.SKIPPED: ("–", None),
    Status.FAILED: ("✖", "red"),
    Status.HALTED: ("✖", "red"),
    Status.CANCELLED: ("■", "yellow"),
    "unknown": ("?", "yellow"),
}
"""A state's glyph and colour; its word stands beside it."""
_LONGEST = 60


class PipelineOutput:
    """Takes the events of a run. With `as_json`, each that is kept is a line of JSON with `event`, `stage` and `at`."""

    def __init__(self, file: PipelineFile, as_json: bool) -> None:
        self._names = {entry.id: entry.title for entry in file.pipeline.stages}
        self._width = max((len(name) for name in self._names), default=0)
        self._as_json = as_json
        self._progress = output.Progress()
        self._began: dict[str, float] = {}
        self._running: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def take(self, event: PipelineEvent) -> None:
        """Tells an event."""
        if isinstance(event, StageEvent) and isinstance(event.event, Progress):
            self._running[event.id] = progress_words.told(event.event)
            self._show_progress()
            return
        if isinstance(event, StageEvent) and isinstance(event.event, Result) and _is_one_of_many(event.event):
            return
        if self._as_json and (data := as_data(event)):
            output.data_json({**data, "at": round(time.time(), 3)})
        self._progress.clear()
        match event:
            case PipelineBegan(run, attempt, _, _):
                again = f", attempt {attempt}" if attempt > 1 else ""
                output.word(f"Run {run}{again}", bold=True)
            case StageBegan(id):
                self._began[id] = time.monotonic()
                self._line(id, Status.RUNNING, self._title(id))
            case StagePlanned(id, plan):
                self._planned(id, plan)
            case StageEvent(id, inner):
                self._inner(id, inner)
            case StageEnded():
                self._ended(event)
            case PipelinePaused():
                output.word("Paused: no further stage begins.", fg="yellow")
            case PipelineWentOn():
                output.word("Goes on.")
            case PipelineEnded(status, _):
                glyph, colour = GLYPHS[status]
                output.word(f"{glyph} {status}", fg=colour, bold=True)
        self._show_progress()

    def _title(self, id: str) -> str:  # noqa: A002 - what it is
        return "" if self._names[id] == id else self._names[id]

    def _line(self, id: str, status: Status, words: str) -> None:  # noqa: A002 - what it is
        glyph, colour = GLYPHS[status]
        output.word(f"{glyph} {id:<{self._width}}  {status:<9}  {words}".rstrip(), fg=colour)

    def _detail(self, id: str, words: str, **style: Any) -> None:  # noqa: A002 - what it is
        output.word(f"  {id:<{self._width}}  {one_line(words)}", **style)

    def _planned(self, id: str, plan: Any) -> None:  # noqa: A002 - what it is
        for change in plan.changes:
            self._detail(id, f"{plan_output.glyph(change)} {change.operation} {change.target}")
        for warning in plan.warnings:
            self._detail(id, f"▲ {warning}", fg="yellow")

    def _inner(self, id: str, event: Event) -> None:  # noqa: A002 - what it is
        match event:
            case Done(_, change):
                self._detail(id, f"✔ {change.operation} {change.target}", fg="green")
            case Note(text):
                self._detail(id, text, dim=True)
            case AtStep(index, percents, percent, phase, words):
                where = f"at {percent:g} %, step {index + 1} of {len(percents)}" if phase == "baking" else phase
                self._detail(id, f"{where}{': ' + words if words else ''}")
            case Result(Verdict() as verdict):
                self._detail(id, f"{verdict.outcome}: {verdict.gate}: {verdict.words}")
            case Result(Probed() as probed):
                words = "; ".join(probed.failures) or "as expected"
                self._detail(id, f"probe {probed.invocation.number}: {words}")
            case Result(Judgement() as judgement):
                self._detail(id, f"score {judgement.score:g}, {judgement.outcome}: {judgement.words}")
            case Asked(question, choices):
                answers = " · ".join(choices) if choices else "y yes · n no"
                self._detail(id, f"? {question}  [{answers}]", fg="yellow", bold=True)
            case _:
                pass

    def _ended(self, event: StageEnded) -> None:
        began = self._began.pop(event.id, None)
        self._running.pop(event.id, None)
        took = f"{time.monotonic() - began:.1f} s" if began is not None else ""
        told = str(event.error) if event.error is not None else ", ".join(outputs_in_short(event.outputs))
        self._line(event.id, event.status, "  ".join(part for part in (took, one_line(told)) if part))

    def _show_progress(self) -> None:
        if self._running:
            told = [f"{name}: {words}" for name, words in self._running.items()]
            self._progress.show("    " + "   ".join(told[:2]))


def _is_one_of_many(result: Result) -> bool:
    """Whether the figures of the stage tell of it, with all the others."""
    return isinstance(result.value, Invocation)


def outputs_in_short(outputs: Mapping[str, Any]) -> Iterable[str]:
    """The outputs that are told in a line: short values, such as `version 42`."""
    for name, value in outputs.items():
        if isinstance(value, bool):
            yield f"{name} {'yes' if value else 'no'}"
        elif (
            isinstance(value, str | int | float)
            and 0 < len(str(value)) <= _LONGEST
            and not str(value).startswith("arn:")
        ):
            yield f"{name} {value}"


def tell_plan(file: PipelineFile, plans: Iterable[StagePlan], line: output.Teller) -> None:
    """What the pipeline would do, stage by stage."""
    line(file.pipeline.name)
    if file.pipeline.description:
        line(f"  {one_line(file.pipeline.description)}")
    for found in plans:
        entry = found.entry
        needs = file.graph.before(entry.id)
        order = f"  after {', '.join(needs)}" if needs else ""
        line("")
        line(f"{entry.id}  {entry.type}{order}{'  ' + entry.title if entry.title != entry.id else ''}")
        if found.skipped:
            line("  – skipped: its condition is false")
            continue
        callers = file.graph.called_by.get(entry.id, ())
        if callers:
            line(f"  · only where {' or '.join(callers)} fails")
        if found.when:
            line(f"  · only if {found.when}")
        if found.plan is not None:
            if found.after:
                line(f"  · as things stand now; {', '.join(found.after)} comes first")
            _tell_one(found, line)
        elif found.error is not None:
            line(f"  ✖ {found.error}")
        else:
            line(f"  · planned after {', '.join(found.after)}{': ' + found.words if found.words else ''}")


def _tell_one(found: StagePlan, line: output.Teller) -> None:
    plan = found.plan
    assert plan is not None
    line(f"  {plan.title}")
    if plan.place.account_id:
        line(f"    {plan_output.place(plan)}")
        if plan.empty and found.entry.type != "canary":
            line("    Nothing to change.")
    for change in plan.changes:
        for text in plan_output.change_lines(change):
            line(f"    {text}")
    for warning in plan.warnings:
        line(f"    ▲ {warning}")
    for note in plan.notes:
        line(f"    · {note}")


def plan_as_data(file: PipelineFile, plans: Iterable[StagePlan]) -> dict[str, Any]:
    """What the pipeline would do as a JSON document."""
    return {
        "status": "planned",
        "pipeline": file.pipeline.name,
        "stages": [
            {
                "id": found.entry.id,
                "type": found.entry.type,
                "needs": list(file.graph.needs[found.entry.id]),
                "called_by": list(file.graph.called_by.get(found.entry.id, ())),
                "skipped": found.skipped,
                "when": found.when,
                "after": list(found.after),
                "plan": plan_output.as_data(found.plan) if found.plan is not None else None,
                "error": str(found.error or found.words),
            }
            for found in plans
        ],
    }
