"""Runs a pipeline: each stage as soon as those that it needs are over, independent ones side by side."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.errors import LambdatuiError
from lambdatui.journal import PipelineRuns, StageRecord
from lambdatui.pipeline import parameters as parameter_values
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.document import GoTo, StageEntry
from lambdatui.pipeline.event_data import as_data
from lambdatui.pipeline.events import (
    PipelineBegan,
    PipelineEnded,
    PipelineEvent,
    PipelinePaused,
    PipelineWentOn,
    StageEnded,
    StageEvent,
)
from lambdatui.pipeline.execution import Execution
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.run_state import RunState
from lambdatui.pipeline.status import Status
from lambdatui.stages.event import Asked, Note
from lambdatui.stages.stage import World

LOOK_SECONDS = 0.2
"""How often it looks at the time and at the cancel token while nothing happens."""
_BEHIND = 2000
"""How many events may wait for whoever reads them before the stages wait, too."""


@dataclass(frozen=True)
class Begun:
    """What is there of a run that is taken up again: the journal's records, by stage."""

    run: str
    attempt: int
    stays: Mapping[str, StageRecord]
    """The stages that are over, and stay so."""
    goes_on: Mapping[str, StageRecord]
    """The stages that were under way or failed, and go on from their records."""


class Runner:
    """One run of a pipeline, from its beginning or, with `begun`, from where an earlier process or attempt left it.

    `world` has to have a journal; its clock's cancel token ends the run, and its folder counts for nothing: paths are
    relative to the pipeline's file. `controls` take what a person wishes, from any thread.
    """

    def __init__(
        self,
        world: World,
        file: PipelineFile,
        parameters: Mapping[str, Any],
        *,
        controls: PipelineControls | None = None,
        begun: Begun | None = None,
    ) -> None:
        assert world.journal is not None, "a pipeline is run with a journal"
        self.file = file
        self.controls = controls or PipelineControls()
        self._world = world
        self._runs = PipelineRuns(world.journal)
        self._begun = begun
        self._parameters = dict(parameters)
        self._events: queue.Queue[PipelineEvent | None] = queue.Queue(_BEHIND)
        self._executions: dict[str, Execution] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._first_error: LambdatuiError | None = None
        self._paused = False
        self._halts = False
        self.state = self._opened(world.journal.path.parent)

    @property
    def run(self) -> str:
        """The run's id in the journal."""
        return self.state.run

    def _opened(self, folder: Path) -> RunState:
        pipeline, begun = self.file.pipeline, self._begun
        if begun is None:
            kept = parameter_values.shown(pipeline, self._parameters)
            name = self._runs.begin(
                name=pipeline.name,
                source=self.file.document.source,
                folder=str(self.file.folder),
                text=self.file.text,
                parameters=kept,
                alone=pipeline.one_at_a_time,
            )
            attempt = 1
        else:
            name, attempt = begun.run, begun.attempt
        run = self._runs.run(name)
        assert run is not None
        state = RunState(
            self.file,
            self._parameters,
            run=name,
            attempt=attempt,
            started=run.started,
            folder=folder / "pipelines" / name,
        )
        for stage, record in begun.stays.items() if begun is not None else ():
            state.put(stage, Status(record.status), record.outputs, record.error)
            self._halts |= record.status == Status.FAILED
        return state

    def events(self) -> Iterator[PipelineEvent]:
        """All that happens, from PipelineBegan to PipelineEnded. Never raises LambdatuiError; to be read once.

        A reader who leaves early ends the run as a cancel does.
        """
        self.controls.wakes(self._wake)
        shown = parameter_values.shown(self.file.pipeline, self._parameters)
        try:
            yield PipelineBegan(self.run, self.state.attempt, shown, self.state.statuses)
            yield from self._all()
            ended = PipelineEnded(self._outcome(), self._first_error)
            words = self.state.unsecret(str(ended.error)) if ended.error and ended.status is not Status.DONE else ""
            with suppress(LambdatuiError):
                # the run has ended all the same; the next start finds that its process is gone
                self._runs.end(self.run, str(ended.status), words)
            yield ended
        finally:
            self._leave()

    def _all(self) -> Iterator[PipelineEvent]:
        while True:
            if self._paused != (self.controls.paused and not self._stops):
                self._paused = not self._paused
                yield PipelinePaused() if self._paused else PipelineWentOn()
            if self._stops:
                # a halt leaves nothing half-moved; what a person stops is left for them to decide on
                put_back = self.controls.put_back or not self._cancelled
                for execution in list(self._executions.values()):
                    execution.stop(put_back=put_back)
            elif not self._paused:
                self._begin_ready()
            if not self._threads and not self._paused:
                return
            for execution in list(self._executions.values()):
                execution.look_at_the_time()
            event = self._next()
            if event is None:
                continue
            if isinstance(event, StageEnded):
                self._over(event)
            yield event

    @property
    def _cancelled(self) -> bool:
        return self.controls.cancelled or self._world.clock.cancelled

    @property
    def _stops(self) -> bool:
        return self._halts or self._cancelled

    def _next(self) -> PipelineEvent | None:
        try:
            return self._events.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return None

    def _wake(self) -> None:
        try:
            self._events.put_nowait(None)
        except queue.Full:
            # it is awake
            pass

    # which stages begin

    def _begin_ready(self) -> None:
        statuses = self.state.statuses
        for entry in self.file.pipeline.stages:
            if len(self._threads) >= self.file.pipeline.concurrency:
                return
            if statuses[entry.id] is Status.WAITING and self._ready(entry, statuses):
                self._begin(entry)

    def _ready(self, entry: StageEntry, statuses: Mapping[str, Status]) -> bool:
        graph = self.file.graph
        callers = graph.called_by.get(entry.id, ())
        if callers and not any(statuses[caller] is Status.HALTED for caller in callers):
            return False
        return all(statuses[name].lets_on for name in graph.needs[entry.id])

    def _begin(self, entry: StageEntry) -> None:
        self.state.put(entry.id, Status.RUNNING)
        record = self._begun.goes_on.get(entry.id) if self._begun is not None else None
        controls = self.controls.of(entry.id)
        execution = Execution(self._world, self.state, entry, self._runs, controls, self._tell, record)
        thread = threading.Thread(target=execution.run, name=f"stage-{entry.id}", daemon=True)
        self._executions[entry.id] = execution
        self._threads[entry.id] = thread
        thread.start()

    def _tell(self, event: PipelineEvent) -> None:
        """Takes an event from a stage's thread: into the journal, and on to whoever reads."""
        match event:
            case StageEvent(stage, Note(text)):
                event = StageEvent(stage, Note(self.state.unsecret(text)))
            case StageEvent(stage, Asked(question, choices)):
                event = StageEvent(stage, Asked(self.state.unsecret(question), choices))
            case _:
                pass
        data = as_data(event)
        if data:
            try:
                self._runs.told(self.run, self.state.attempt, data.pop("stage", ""), self.state.unsecret(data))
            except LambdatuiError:
                # what was done is told all the same; the journal's trouble is told by the call that it kept from going
                pass
        self._events.put(event)

    def _over(self, event: StageEnded) -> None:
        entry = self.file.pipeline.stage(event.id)
        self.state.put(event.id, event.status, event.outputs, str(event.error) if event.error else "")
        self._threads.pop(event.id).join()
        self._executions.pop(event.id)
        if event.error is not None and self._first_error is None and event.status is not Status.IGNORED:
            self._first_error = event.error
        if event.status is Status.FAILED and entry.on_failure == "halt":
            self._halts = True

    def _outcome(self) -> Status:
        statuses = self.state.statuses
        if any(status is Status.FAILED for status in statuses.values()):
            return Status.FAILED
        if self._cancelled or any(status is Status.CANCELLED for status in statuses.values()):
            return Status.CANCELLED
        for entry in self.file.pipeline.stages:
            fails = isinstance(entry.on_failure, GoTo) or entry.on_failure == "fail_at_end"
            if fails and statuses[entry.id] is Status.HALTED:
                return Status.FAILED
        return Status.DONE

    def _leave(self) -> None:
        """Ends what still runs, where the reader has left."""
        self.controls.wakes(lambda: None)
        for execution in self._executions.values():
            execution.stop(put_back=False)
        while any(thread.is_alive() for thread in self._threads.values()):
            try:
                # a stage that has more to tell than fits must not wait for ever
                self._events.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                pass
