"""How a run of a pipeline stands, stage by stage, from what it tells or from what the journal has of it. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
from lambdatui.pipeline.status import Status
from lambdatui.stages.event import Asked, AtStep, Done, Event, Failed, Note, Progress, Result, Started

if TYPE_CHECKING:
    from lambdatui.canary.report import Judgement
    from lambdatui.journal import PipelineRun, StageRecord
    from lambdatui.pipeline.pipeline_file import PipelineFile
    from lambdatui.stages.load.figures import Figures
    from lambdatui.stages.plan import Plan
    from lambdatui.tui.rollout_words import Shown

KEPT_LINES = 200


@dataclass(slots=True)
class StageProgress:
    """One stage: how it stands, and what it has told so far. Times are in seconds since the epoch."""

    id: str
    title: str
    kind: str
    status: Status = Status.WAITING
    began: float | None = None
    ended: float | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """As the file says them, or, of a run in the journal, with their expressions resolved."""
    plan: Plan | None = None
    lines: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    """What it did and noted: the words, and a colour."""
    progress: Progress | None = None
    rollout: Shown | None = None
    figures: Figures | None = None
    """What its invocations add up to."""
    judgements: list[Judgement] = field(default_factory=list)
    """What its judge has said, look by look."""
    asked: Asked | None = None
    """What a person is asked now."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""

    def seconds(self, now: float) -> float | None:
        """How long it has taken, until now or until its end; None where it has not begun."""
        if self.began is None:
            return None
        return max(0.0, (self.ended if self.ended is not None else now) - self.began)

    @property
    def waits_for_a_person(self) -> bool:
        """Whether it goes on only when somebody says so."""
        held = (
            self.rollout is not None and self.rollout.at is not None and self.rollout.at.phase in ("asking", "paused")
        )
        return self.status is Status.RUNNING and (self.asked is not None or held)

    def take(self, event: Event) -> None:
        """Hears of an event of the stage that runs."""
        if self.rollout is not None:
            self.rollout.take(event)
        match event:
            case Started(_, change):
                self.lines.append((f"◌ {change.operation}  {change.target}", "$busy"))
            case Done(_, change):
                under_way = (f"◌ {change.operation}  {change.target}", "$busy")
                if under_way in self.lines:
                    self.lines.remove(under_way)
                self.lines.append((f"✔ {change.operation}  {change.target}", "$ok"))
                self.progress = None
            case Note(text):
                self.lines.append((text, "$muted"))
            case Progress():
                self.progress = event
            case AtStep():
                self.progress = None
                words = f"{event.phase} at {event.percent:g} %"
                self.lines.append((f"{words}: {event.words}" if event.words else words, "$muted"))
            case Result(value):
                self._result(value)
            case Asked():
                self.asked = event
            case Failed():
                for change in event.done:
                    self.lines.append((f"  done all the same: {change.operation}  {change.target}", "$warn"))
                if event.unsure is not None:
                    words = f"? {event.unsure.operation}  {event.unsure.target}: not known whether it was done"
                    self.lines.append((words, "$warn"))
            case _:
                pass

    def _result(self, value: Any) -> None:
        from lambdatui.aws.invocations import Invocation
        from lambdatui.canary.report import Judgement
        from lambdatui.stages.rollout.probes import Probed
        from lambdatui.stages.rollout.verdict import Verdict

        match value:
            case Invocation():
                if self.figures is None:
                    from lambdatui.stages.load.figures import Figures

                    self.figures = Figures()
                self.figures.add(value)
            case Judgement():
                self.judgements.append(value)
                self.lines.append((f"look {value.look} of {value.looks}: {value.outcome}, {value.score:g}", "$muted"))
            case Verdict():
                self.lines.append((f"{value.gate}: {value.words}", "$bad" if value.outcome == "fail" else "$muted"))
            case Probed():
                failures = "; ".join(value.failures)
                word = f"probe {value.probe + 1}: {failures or 'as expected'}"
                self.lines.append((word, "$bad" if failures else "$muted"))
            case _:
                pass


class PipelineProgress:
    """A pipeline, run or not: every stage by its id, in the order of the file."""

    def __init__(self, file: PipelineFile) -> None:
        self.file = file
        self.stages = {
            entry.id: StageProgress(entry.id, entry.title, entry.type, inputs=entry.inputs)
            for entry in file.pipeline.stages
        }
        self.run = ""
        """The run's id in the journal; empty before there is one."""
        self.attempt = 1
        self.parameters: Mapping[str, Any] = {}
        self.status: Status | None = None
        """None before it runs."""
        self.elsewhere = False
        """Whether another process runs it: it can be looked at, and not be steered."""
        self.paused = False
        self.began: float | None = None
        self.ended: float | None = None
        self.error = ""

    @property
    def runs(self) -> bool:
        """Whether it is run from here."""
        return self.status is Status.RUNNING and not self.elsewhere

    @property
    def asking(self) -> list[StageProgress]:
        """The stages that wait for a person."""
        return [stage for stage in self.stages.values() if stage.waits_for_a_person]

    def take(self, event: PipelineEvent, now: float) -> str:
        """Hears of an event, and says which stage it was about; empty for the pipeline's own."""
        match event:
            case PipelineBegan(run, attempt, parameters, statuses):
                self.run, self.attempt, self.parameters = run, attempt, parameters
                self.status, self.began, self.ended = Status.RUNNING, now, None
                for name, status in statuses.items():
                    self.stages[name].status = status
            case StageBegan(name):
                stage = self.stages[name]
                stage.status, stage.began = Status.RUNNING, now
                return name
            case StagePlanned(name, plan):
                stage = self.stages[name]
                stage.plan = plan
                stage.rollout = _rollout(plan)
                return name
            case StageEvent(name, inner):
                self.stages[name].take(inner)
                return name
            case StageEnded(name, status, outputs, error):
                stage = self.stages[name]
                stage.status, stage.outputs, stage.error = status, outputs, str(error) if error else ""
                stage.ended, stage.asked, stage.progress = now, None, None
                return name
            case PipelinePaused():
                self.paused = True
            case PipelineWentOn():
                self.paused = False
            case PipelineEnded(status, error):
                self.status, self.ended, self.error = status, now, str(error) if error else ""
        return ""

    def answered(self, stage: str) -> None:
        """A person has answered what a stage asked."""
        self.stages[stage].asked = None

    def recall(self, run: PipelineRun, records: Mapping[str, StageRecord], told: Sequence[tuple[str, str]]) -> None:
        """Takes a run from the journal: its records by stage, and the words of its events, each with its stage."""
        self.run, self.attempt, self.parameters = run.id, run.attempt, run.parameters
        self.status = Status.CANCELLED if run.status == "unknown" else Status(run.status)
        self.elsewhere = self.status is Status.RUNNING
        self.began, self.ended, self.error = run.started, run.finished, run.error
        for name, record in records.items():
            if name not in self.stages:
                continue
            stage = self.stages[name]
            stage.status, stage.began, stage.ended = Status(record.status), record.started, record.finished
            if run.status == "unknown" and stage.status is Status.RUNNING:
                stage.status, stage.error = Status.CANCELLED, "it was under way when its process ended"
            stage.inputs, stage.outputs = record.inputs, record.outputs
            stage.error = stage.error or record.error
            stage.judgements = _judged(record.outputs)
        for name, words in told:
            if name in self.stages:
                self.stages[name].lines.append((words, "$muted"))


def _judged(outputs: Mapping[str, Any]) -> list[Judgement]:
    """The judgement that a stage ended with, if it judged. Of those before it, the journal has the scores alone."""
    if "report" not in outputs:
        return []
    from lambdatui.canary.report import Judgement

    judgement = Judgement.from_data(outputs["report"])
    return [judgement] if judgement is not None else []


def _rollout(plan: Plan) -> Shown | None:
    from lambdatui.journal import RolloutState
    from lambdatui.tui.rollout_words import Shown

    state = plan.facts.get("state")
    return Shown(state) if isinstance(state, RolloutState) else None
