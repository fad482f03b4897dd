"""A run that ended, or whose process is gone, is taken up again: from the document that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput, Refused, near_match
from lambdatui.journal import PipelineRun, PipelineRuns, StageRecord
from lambdatui.pipeline import pipeline_file
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.graph import Graph
from lambdatui.pipeline.parameters import values
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.runner import Begun, Runner
from lambdatui.pipeline.status import Status
from lambdatui.stages.stage import World

_UNDONE = (Status.RUNNING, Status.FAILED, Status.HALTED, Status.CANCELLED)


def found(world: World, run: str) -> PipelineRun | None:
    """The run of a pipeline with this id; None where there is none."""
    return PipelineRuns(world.journal).run(run) if world.journal is not None else None


@dataclass(frozen=True)
class TakingUp:
    """A run that may be taken up: nothing is changed before `runner` is called."""

    known: PipelineRun
    file: PipelineFile
    records: Mapping[str, StageRecord]
    anew: frozenset[str]
    """The stages that ended, and are run again from their beginning."""
    goes_on: Mapping[str, StageRecord]
    """The stages that were under way or failed, and go on from what they had resolved."""

    @property
    def left(self) -> tuple[str, ...]:
        """The stages that may still run, in their order."""
        over = self.records.keys() - self.anew - self.goes_on.keys()
        return tuple(name for name in self.file.graph.order() if name not in over)

    def runner(
        self, world: World, given: Mapping[str, Any] | None = None, *, controls: PipelineControls | None = None
    ) -> Runner:
        """What goes on with it, in this process from now on. `given` are the values of secret parameters.

        Raises BadInput, or Refused where another process has taken it up meanwhile.
        """
        assert world.journal is not None
        runs = PipelineRuns(world.journal)
        parameters = _parameters(self.file, self.known, given or {})
        attempt = runs.take_up(self.known.id, again=self.known.status != "unknown").attempt
        runs.forget(self.known.id, tuple(self.anew))
        stays = {name: one for name, one in self.records.items() if name not in self.anew and name not in self.goes_on}
        begun = Begun(self.known.id, attempt, stays, self.goes_on)
        return Runner(world, self.file, parameters, controls=controls, begun=begun)


def prepared(world: World, run: str, stage: str | None = None) -> TakingUp:
    """How a run would be taken up: where its process is gone, with what was under way; else from what failed.

    Stages that ended well keep their outputs. With `stage`, that one and all that it leads to are run anew. Raises
    BadInput or Refused.
    """
    assert world.journal is not None
    runs = PipelineRuns(world.journal)
    known = runs.run(run)
    if known is None:
        raise BadInput(f"There is no run '{run}' of a pipeline in the journal.", "`lambdatui runs` lists them.")
    if known.status == "running":
        raise Refused(f"{known.name}: this run is under way, in process {known.pid}.", "Stop it there first.")
    file = pipeline_file.parse(known.text, known.source, Path(known.folder))
    records = runs.stages(run)
    anew, goes_on = _chosen(file.graph, known, records, stage)
    return TakingUp(known, file, records, frozenset(anew), goes_on)


def runner(
    world: World,
    run: str,
    given: Mapping[str, Any] | None = None,
    *,
    controls: PipelineControls | None = None,
    stage: str | None = None,
) -> Runner:
    """What goes on with a run: `prepared` and begun in one go."""
    return prepared(world, run, stage).runner(world, given, controls=controls)


def _chosen(
    graph: Graph, known: PipelineRun, records: Mapping[str, StageRecord], stage: str | None
) -> tuple[set[str], dict[str, StageRecord]]:
    """The stages that are run anew, and those that go on from their records."""
    if stage is not None:
        if stage not in graph.ids:
            raise BadInput(f"{known.name} has no stage '{stage}'.{near_match(stage, graph.ids)}")
        if known.status == "unknown":
            raise Refused(
                f"{known.name}: stages were under way when the process of this run ended.",
                "Resume it first, without --from.",
            )
        return {stage, *graph.downstream(stage)}, {}
    if known.status == "unknown":
        return set(), {name: one for name, one in records.items() if one.status == Status.RUNNING}
    if known.status == "done":
        raise Refused(f"{known.name}: this run ended well.", "With --from STAGE, it is run again from there.")
    failed = [name for name, one in records.items() if one.status in _UNDONE]
    reset = {name for one in failed for name in graph.downstream(one)}
    return reset, {name: records[name] for name in failed if name not in reset}


def _parameters(file: PipelineFile, known: PipelineRun, given: Mapping[str, Any]) -> dict[str, Any]:
    declared = file.pipeline.parameters
    for name in given:
        if name not in declared or not declared[name].secret:
            raise BadInput(f"{name}: a run that is taken up keeps its parameters; only secret ones are given anew.")
    kept = {name: value for name, value in known.parameters.items() if value != MASK}
    return values(file.pipeline, {**kept, **given})
