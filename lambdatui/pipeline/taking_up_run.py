"""A run that ended, or whose process is gone, is taken up again: from the document that it began with."""

from __future__ import annotations

from collections.abc import Mapping
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


def runner(
    world: World,
    run: str,
    given: Mapping[str, Any] | None = None,
    *,
    controls: PipelineControls | None = None,
    stage: str | None = None,
) -> Runner:
    """What goes on with a run: where its process is gone, with what was under way; else from what failed.

    Stages that ended well keep their outputs. `given` are the values of secret parameters, which the journal does not
    keep. With `stage`, that one and all that it leads to are run anew. Raises BadInput or Refused.
    """
    assert world.journal is not None
    runs = PipelineRuns(world.journal)
    known = runs.run(run)
    if known is None:
        raise BadInput(f"There is no run '{run}' of a pipeline in the journal.", "`lambdatui runs` lists them.")
    if known.status == "running":
        raise Refused(f"{known.name}: this run is under way, in process {known.pid}.", "Stop it there first.")
    file = pipeline_file.parse(known.text, known.source, Path(known.folder))
    parameters = _parameters(file, known, given or {})
    records = runs.stages(run)
    reset, going_on = _chosen(file.graph, known, records, stage)
    attempt = runs.take_up(run, again=known.status != "unknown").attempt
    runs.forget(run, tuple(reset))
    stays = {name: one for name, one in records.items() if name not in reset and name not in going_on}
    return Runner(world, file, parameters, controls=controls, begun=Begun(run, attempt, stays, going_on))


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
