"""Runs of pipelines for tests: from the text of a document to what it told."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.pipeline import pipeline_file
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEnded, PipelineEvent, StageEnded
from lambdatui.pipeline.parameters import values
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.runner import Runner
from lambdatui.pipeline.status import Status
from lambdatui.stages.stage import World


class Told:
    """What a run told."""

    def __init__(self, runner: Runner, hear: Callable[[PipelineEvent], None] = lambda event: None) -> None:
        self.run = runner.run
        self.events: list[PipelineEvent] = []
        for event in runner.events():
            self.events.append(event)
            hear(event)

    @property
    def ended(self) -> PipelineEnded:
        last = self.events[-1]
        assert isinstance(last, PipelineEnded), last
        return last

    @property
    def stages(self) -> dict[str, StageEnded]:
        """The end of each stage, in their order."""
        return {event.id: event for event in self.events if isinstance(event, StageEnded)}

    @property
    def statuses(self) -> dict[str, str]:
        return {name: str(event.status) for name, event in self.stages.items()}

    def outputs(self, stage: str) -> Mapping[str, Any]:
        return self.stages[stage].outputs

    def error(self, stage: str) -> str:
        return str(self.stages[stage].error)

    def done(self) -> Told:
        assert self.ended.status is Status.DONE, (self.ended, self.statuses)
        return self


def parsed(text: str, world: World | None = None) -> PipelineFile:
    """A document, its file in the world's folder."""
    from pathlib import Path

    return pipeline_file.parse(textwrap.dedent(text), "release.yaml", world.folder if world is not None else Path.cwd())


def runner(world: World, text: str, *, controls: PipelineControls | None = None, **parameters: Any) -> Runner:
    file = parsed(text, world)
    return Runner(world, file, values(file.pipeline, parameters), controls=controls)


def ran(
    world: World,
    text: str,
    hear: Callable[[PipelineEvent], None] = lambda event: None,
    *,
    controls: PipelineControls | None = None,
    **parameters: Any,
) -> Told:
    """Runs a document to its end."""
    return Told(runner(world, text, controls=controls, **parameters), hear)
