"""One stage of a pipeline as it runs: resolved, planned, carried out, tried again where that is safe."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from lambdatui import log
from lambdatui.aws.clients import Retry
from lambdatui.aws.errors import AwsError, Conflict, Throttled, Unreachable
from lambdatui.aws.masking import masked
from lambdatui.clock import PartClock
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, Refused, StageFailed
from lambdatui.journal import PipelineRuns, StageRecord, within
from lambdatui.pipeline import resolving, taking_up
from lambdatui.pipeline.document import StageEntry
from lambdatui.pipeline.events import PipelineEvent, StageBegan, StageEnded, StageEvent, StagePlanned
from lambdatui.pipeline.run_stage import RunPipeline
from lambdatui.pipeline.run_state import RunState
from lambdatui.pipeline.status import Status
from lambdatui.stages.controls import Controls
from lambdatui.stages.stage import Event, Failed, Finished, Note, Stage, World

FIRST_PAUSE_SECONDS = 5.0
"""How long it waits before it tries again; twice as long each time."""

Tell = Callable[[PipelineEvent], None]


class Execution:
    """One stage of one run. `record` is what the journal has of it where the run is taken up again."""

    def __init__(
        self,
        world: World,
        state: RunState,
        entry: StageEntry,
        runs: PipelineRuns,
        controls: Controls,
        tell: Tell,
        record: StageRecord | None = None,
    ) -> None:
        self.entry = entry
        self._state = state
        self._runs = runs
        self._tell = tell
        self._record = record
        self._planned: Mapping[str, Any] | None = record.planned if record is not None else None
        self._clock = PartClock(world.clock)
        self._controls = controls
        self._running: Stage | None = None
        self._stopped = False
        self._overdue = False
        self._began = world.clock.now() if record is None else record.started
        self._world = World(
            world.accounts,
            clock=self._clock,
            folder=state.file.folder,
            journal=world.journal,
            on_retry=self._retried,
            anyway=world.anyway,
            controls=controls,
        )
        self._deadline = None if entry.stage_timeout is None else world.clock.now() + entry.stage_timeout

    def stop(self, *, put_back: bool) -> None:
        """Ends the stage at its next safe point. A rollout is put back, or left at the step it is at."""
        if self._stopped:
            return
        self._stopped = True
        running = self._running
        if put_back and isinstance(running, RunPipeline):
            running.put_back()
        elif put_back and running is not None and running.is_rollout:
            self._controls.abort()
        else:
            self._clock.cancel()

    def look_at_the_time(self) -> None:
        """Ends the stage where it takes longer than it may: a rollout is put back."""
        if self._deadline is not None and not self._stopped and self._world.clock.now() >= self._deadline:
            self._overdue = True
            self.stop(put_back=True)

    def run(self) -> None:
        """Carries the stage out, and tells of it; the last thing it tells is StageEnded. Never raises."""
        try:
            with within(self._state.run, self.entry.id):
                ended = self._ended()
        except Exception as error:  # noqa: BLE001 - whatever happens, the stage has an end
            known = error if isinstance(error, LambdatuiError) else StageFailed(log.unexpected(error))
            ended = StageEnded(self.entry.id, self._failure(known), {}, known)
        if ended.error is not None:
            self._state.mask_error(ended.error)
        kept = self._state.unsecret(masked(dict(ended.outputs)))
        error_words = str(ended.error) if ended.error else ""
        try:
            self._runs.stage_ended(self._state.run, self.entry.id, str(ended.status), kept, error_words)
        except LambdatuiError as error:
            self._tell(StageEvent(self.entry.id, Note(f"The end of this stage is not in the journal: {error}")))
        self._tell(ended)

    def _ended(self) -> StageEnded:
        file, entry = self._state.file, self.entry
        names = self._state.names()
        if not resolving.wanted(file, entry, names):
            return StageEnded(entry.id, Status.SKIPPED, {})
        self._tell(StageBegan(entry.id))
        stage = resolving.stage_of(file, entry, names)
        if self._record is None:
            self._began = self._runs.stage_began(self._state.run, entry.id, self._kept(stage))
        else:
            self._runs.stage_goes_on(self._state.run, entry.id)
        last = self._taken_up(stage) if self._record is not None else self._tries(stage)
        if isinstance(last, Finished):
            return StageEnded(entry.id, Status.DONE, last.outputs)
        error = last.error
        if self._overdue and isinstance(error, Cancelled):
            error = StageFailed(f"{entry.id} took longer than {entry.stage_timeout:g} s. {error.message}", error.hint)
        return StageEnded(entry.id, self._failure(error), last.outputs, error)

    def _failure(self, error: LambdatuiError) -> Status:
        if isinstance(error, Cancelled) and (self._clock.cancelled or self._stopped):
            return Status.CANCELLED
        policy = self.entry.on_failure
        return {"halt": Status.FAILED, "ignore": Status.IGNORED}.get(str(policy), Status.HALTED)

    def _taken_up(self, stage: Stage) -> Finished | Failed:
        """The end of a stage that an earlier process or attempt had begun."""
        assert self._record is not None
        taking = taking_up.taken_up(self._world, self._state.run, stage, self._record)
        found = self._told(taking)
        if not isinstance(found, Stage):
            return found
        return self._tries(found)

    def _told(self, events: Generator[Event, None, taking_up.Taken]) -> taking_up.Taken:
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                found: taking_up.Taken = end.value
                return found
            self._tell(StageEvent(self.entry.id, event))

    def _tries(self, stage: Stage) -> Finished | Failed:
        pause = FIRST_PAUSE_SECONDS
        given: taking_up.Taken = stage
        for left in range(self.entry.retries, -1, -1):
            last = given if isinstance(given, Finished | Failed) else self._try(given)
            if not (isinstance(last, Failed) and left and _passes(last.error)):
                return last
            self._tell(StageEvent(self.entry.id, Note(f"{last.error} It is tried again in {pause:g} s.")))
            try:
                self._clock.sleep(pause)
                of = (self._state.run, self.entry.id)
                given = self._told(taking_up.continued(self._world, of, stage, self._planned, self._began))
            except LambdatuiError as error:
                return Failed(error, (), ())
            pause *= 2
        raise AssertionError

    def _try(self, stage: Stage) -> Finished | Failed:
        try:
            plan = stage.plan(self._world)
        except BadInput as error:
            return Failed(resolving.located(self._state.file, self.entry, error), (), ())
        except LambdatuiError as error:
            return Failed(error, (), ())
        self._tell(StagePlanned(self.entry.id, plan))
        if plan.refused:
            return Failed(Refused("This session is read-only: nothing was done."), (), plan.changes)
        earlier, self._planned = self._planned, taking_up.planned(stage, plan, self._planned)
        self._runs.stage_planned(
            self._state.run, self.entry.id, self._kept(stage), self._state.unsecret(masked(self._planned))
        )
        self._running = stage
        last = self._last(stage.run(self._world, plan))
        if isinstance(last, Finished):
            return Finished(taking_up.outputs(stage, last.outputs, earlier))
        return last

    def _last(self, events: Iterator[Event]) -> Finished | Failed:
        last: Event | None = None
        for last in events:
            self._tell(StageEvent(self.entry.id, last))
        assert isinstance(last, Finished | Failed)
        return last

    def _kept(self, stage: Stage) -> Mapping[str, Any]:
        kept: Mapping[str, Any] = self._state.unsecret(stage.remembered())
        return kept

    def _retried(self, retry: Retry) -> None:
        self._tell(StageEvent(self.entry.id, Note(str(retry))))


def _passes(error: LambdatuiError) -> bool:
    """Whether trying again may help: AWS was out of reach, had too much to do, or another change was under way."""
    return isinstance(error, Throttled | Unreachable | Conflict) or (
        isinstance(error, AwsError) and error.status >= 500
    )
