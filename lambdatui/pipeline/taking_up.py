"""A stage that was begun before, by a process that is gone or a try that failed: what is left to do, and nothing twice.

What its plan had resolved, such as the number that `newest` stood for, stays so.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from lambdatui.aws import versions as aws
from lambdatui.aws.errors import NotFound
from lambdatui.errors import LambdatuiError, StageFailed
from lambdatui.journal import Journal, PipelineRuns, Run, StageRecord
from lambdatui.pipeline.run_stage import RunPipeline
from lambdatui.stages.delete import Delete
from lambdatui.stages.event import Asked
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.resume import Resume
from lambdatui.stages.rollout.blue_green import BlueGreen
from lambdatui.stages.rollout.gradual import Gradual
from lambdatui.stages.rollout.stopped import stopped_run
from lambdatui.stages.route import Route, Simple, Weighted
from lambdatui.stages.stage import Event, Failed, Finished, Note, Plan, Stage, World
from lambdatui.stages.wait import Wait

AGAIN, AS_DONE, FAIL = "run it again", "take it as done", "let it fail"
"""What may become of invocations that were under way when their process ended."""
ANSWERS = (AGAIN, AS_DONE, FAIL)
_TICK_SECONDS = 0.2

Taken = Stage | Finished | Failed
"""What is left to run, or how it has ended."""


def planned(stage: Stage, plan: Plan, earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a plan has resolved, as JSON values: its targets, and the outputs that are known before the run.

    `earlier` is what the stage's first plan had resolved, where this is not the first: that counts, not what is left.
    """
    if earlier:
        return dict(earlier)
    outputs = {name: value for name, value in plan.facts.get("outputs", {}).items() if name in stage.outputs}
    return {"outputs": outputs, "targets": [[change.operation, change.target] for change in plan.changes]}


def outputs(stage: Stage, found: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """The outputs of a stage, with what an earlier try did of it."""
    if not earlier:
        return dict(found)
    if earlier["outputs"].get("created") and "created" in found:
        return {**found, "created": True}
    if isinstance(stage, Delete) and not stage.whole_function:
        return {**found, "deleted": sorted({*_numbers(earlier), *found.get("deleted", [])}, reverse=True)}
    return dict(found)


def _numbers(earlier: Mapping[str, Any]) -> list[int]:
    return [int(target.rpartition(":")[2]) for operation, target in earlier["targets"] if operation == "DeleteFunction"]


def taken_up(world: World, pipeline_run: str, stage: Stage, record: StageRecord) -> Generator[Event, None, Taken]:
    """What is left of a stage, or how it has ended. May wait for a person. Raises LambdatuiError."""
    assert world.journal is not None
    run = _newest(world.journal, pipeline_run, record.stage, record.started)
    under_way = record.status == "running"
    if isinstance(stage, RunPipeline):
        return _within(PipelineRuns(world.journal), pipeline_run, stage, record)
    if run is not None and under_way:
        if run.status == "done":
            yield Note("It had ended well before its process did.")
            return Finished(run.outputs)
        if run.status in ("failed", "cancelled") and not _unsettled(world.journal, run):
            yield Note("It had ended before its process did.")
            return Failed(StageFailed(run.error), (), ())
    if run is not None and _unsettled(world.journal, run):
        return (yield from continued(world, (pipeline_run, record.stage), stage, record.planned, record.started))
    if isinstance(stage, Invoke) and run is not None and under_way:
        return (yield from _asked(world, stage))
    if isinstance(stage, Wait) and under_way:
        return stage.model_copy(update={"duration": max(0.0, record.started + stage.duration - world.clock.now())})
    return pinned(world, stage, record.planned)


def _within(runs: PipelineRuns, pipeline_run: str, stage: RunPipeline, record: StageRecord) -> Taken:
    """What is left of a pipeline within this one."""
    child = runs.child(pipeline_run, record.stage)
    if child is None or child.started < record.started:
        return stage
    outputs = {name: one.outputs for name, one in runs.stages(child.id).items() if one.outputs}
    ended = {"run": child.id, "status": child.status, "stages": outputs}
    if child.status == "done":
        return Finished(ended)
    if child.status == "failed" and record.status == "running":
        return Failed(StageFailed(f"{stage.pipeline} failed: {child.error}"), (), (), outputs=ended)
    return stage.taking_up(child.id)


def continued(
    world: World, of: tuple[str, str], stage: Stage, earlier: Mapping[str, Any] | None, since: float
) -> Generator[Event, None, Taken]:
    """What is left of a stage after a try that failed, or was never at its end: a rollout goes on from its step.

    `of` is the pipeline's run and the stage's id; `since` is when it began, in seconds since the epoch.
    """
    assert world.journal is not None
    run = _newest(world.journal, *of, since)
    if run is not None and _unsettled(world.journal, run):
        stopped = stopped_run(world.journal, run)
        assert stopped is not None
        yield Note(stopped.sentence)
        return Resume.of(stopped, "go on")
    return pinned(world, stage, earlier)


def pinned(world: World, stage: Stage, earlier: Mapping[str, Any] | None) -> Taken:
    """The stage with what its first plan had resolved. Raises AwsError."""
    if not earlier:
        return stage
    known = earlier["outputs"]
    if isinstance(stage, Route) and "version" in known:
        return stage.model_copy(update={"strategy": _strategy(stage, known)})
    if isinstance(stage, Delete) and not stage.whole_function:
        return _deletion(world, stage, _numbers(earlier))
    return stage


def _strategy(stage: Route, known: Mapping[str, Any]) -> Simple | Weighted | BlueGreen | Gradual:
    version, weights = str(known["version"]), dict(known.get("weights") or {})
    if isinstance(stage.strategy, Gradual | BlueGreen):
        return stage.strategy.model_copy(update={"to": version})
    if not weights:
        return Simple(to=version)
    canary, share = next(iter(weights.items()))
    return Weighted(stable=version, canary=str(canary), percent=round(100 * share, 4))


def _deletion(world: World, stage: Delete, wanted: list[int]) -> Taken:
    try:
        there = {version.number for version in aws.list_versions(stage.account(world), stage.function)}
    except NotFound:
        there = set()
    left = [number for number in wanted if number in there]
    if not left:
        return Finished({"deleted": sorted(wanted, reverse=True), "kept": sorted(there)})
    retention: dict[str, Any] = {"keep": None, "older_than_days": None, "keep_matching": [], "hold": []}
    return stage.model_copy(update={"versions": [str(one) for one in left], **retention})


def _newest(journal: Journal, pipeline_run: str, stage: str, since: float) -> Run | None:
    """The newest run of a stage that began since then."""
    found = journal.runs(pipeline=pipeline_run, stage=stage, limit=1)
    return found[0] if found and found[0].started >= since else None


def _unsettled(journal: Journal, run: Run) -> bool:
    """Whether a run is a rollout that is neither at its end nor put back, nor left for good."""
    return run.status != "done" and not run.settled and journal.state(run.id) is not None


def _asked(world: World, stage: Invoke) -> Generator[Event, None, Taken]:
    question = (
        f"{stage.function} was being invoked when the process ended; how many of the calls were sent is not known. "
        "What is to become of it?"
    )
    yield Asked(question, ANSWERS)
    while True:
        if world.controls.take() == "abort":
            return Failed(StageFailed("It was under way when its process ended, and somebody let it fail."), (), ())
        answer = world.controls.take_answer()
        if answer is None:
            try:
                world.clock.sleep(_TICK_SECONDS)
            except LambdatuiError as error:
                return Failed(error, (), ())
        elif answer.choice == AGAIN:
            return stage
        elif answer.choice == AS_DONE:
            return Finished({})
        elif answer.choice == FAIL:
            return Failed(StageFailed("It was under way when its process ended, and somebody let it fail."), (), ())
        else:
            yield Note(f"One of {', '.join(ANSWERS)} was expected, not '{answer.choice}'.")
