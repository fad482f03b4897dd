"""Run: another pipeline, as a stage of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, PrivateAttr

from lambdatui.errors import Cancelled, StageFailed
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineBegan, PipelineEnded, StageBegan, StageEnded, StageEvent
from lambdatui.pipeline.status import Status
from lambdatui.stages.event import Asked, Event, Failed, Finished, Note
from lambdatui.stages.interlude import Interlude
from lambdatui.stages.plan import Plan
from lambdatui.stages.world import World


class RunPipeline(Interlude):
    """Runs another pipeline and waits for its end. What it asks a person is asked here."""

    kind: ClassVar[str] = "run"
    outputs: ClassVar[Mapping[str, str]] = {
        "run": "The run's id in the journal.",
        "status": "How it ended: done, failed or cancelled.",
        "stages": "The outputs of its stages, by their ids.",
    }

    pipeline: Annotated[str, Field(min_length=1)]
    """The file of the other pipeline, from this one's folder."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """The values of its parameters."""

    _child: str = PrivateAttr("")
    _within: PipelineControls = PrivateAttr(default_factory=PipelineControls)

    @property
    def title(self) -> str:
        return f"Run {self.pipeline}"

    def taking_up(self, child: str) -> RunPipeline:
        """The stage that goes on with this run of the other pipeline."""
        again = self.model_copy()
        again._child = child
        return again

    def put_back(self) -> None:
        """Ends the other pipeline as a halt does: its rollouts are put back."""
        self._within.cancel(put_back=True)

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        from lambdatui.pipeline import pipeline_file, taking_up_run
        from lambdatui.pipeline.parameters import values
        from lambdatui.pipeline.runner import Runner

        controls = self._within = PipelineControls(shared=world.controls)
        if self._child:
            taking = taking_up_run.prepared(world, self._child)
            declared = taking.file.pipeline.parameters
            secrets = {name: value for name, value in self.parameters.items() if declared[name].secret}
            runner = taking.runner(world, secrets, controls=controls)
        else:
            file = pipeline_file.read(world.path(self.pipeline))
            runner = Runner(world, file, values(file.pipeline, self.parameters), controls=controls)
        found = {name: dict(runner.state.outputs(name)) for name in runner.file.graph.ids}
        for event in runner.events():
            match event:
                case PipelineBegan(name):
                    yield Note(f"run {name} of {self.pipeline}")
                case StageBegan(stage):
                    yield Note(f"{stage}: begins")
                case StageEvent(stage, Asked(question, choices)):
                    yield Asked(f"{stage}: {question}", choices)
                case StageEvent(stage, Note(text)):
                    yield Note(f"{stage}: {text}")
                case StageEnded(stage, status, outputs, error):
                    found[stage] = dict(outputs)
                    yield Note(f"{stage}: {status}{f': {error}' if error else ''}")
                case PipelineEnded(status, error):
                    ended = {
                        "run": runner.run,
                        "status": str(status),
                        "stages": {name: one for name, one in found.items() if one},
                    }
                    if status is Status.DONE:
                        yield Finished(ended)
                    elif status is Status.CANCELLED:
                        yield Failed(Cancelled(f"{self.pipeline} was stopped."), (), (), outputs=ended)
                    else:
                        words = f"{self.pipeline} failed: {error}" if error else f"{self.pipeline} failed."
                        yield Failed(StageFailed(words), (), (), outputs=ended)
                case _:
                    pass
