"""What a pipeline would do, as far as that can be said before any of it is done."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.pipeline import checks, expressions, resolving
from lambdatui.pipeline.document import StageEntry
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.run_state import RunState
from lambdatui.pipeline.status import Status
from lambdatui.stages.change import Danger
from lambdatui.stages.plan import Plan
from lambdatui.stages.stage import Stage, World

_DANGERS = {
    "delete": Danger.DESTRUCTIVE,
    "deploy": Danger.TRAFFIC,
    "update_code": Danger.TRAFFIC,
    "route": Danger.TRAFFIC,
}


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What one stage would do: its plan, or why there is none yet."""

    entry: StageEntry
    plan: Plan | None = None
    after: tuple[str, ...] = ()
    """The stages whose outputs it waits for, or that will have changed what its plan is made upon."""
    when: str = ""
    """The condition that will decide whether it runs at all, where that is not known yet."""
    skipped: bool = False
    """Whether its condition is known to be false."""
    error: LambdatuiError | None = None
    """What keeps it from being planned. Only where no stage before it could change that."""
    words: str = ""
    """What was said where it could not be planned yet."""

    @property
    def danger(self) -> Danger:
        """What an operator should feel: the plan's, or the worst that a stage of its type may do."""
        if self.skipped:
            return Danger.SAFE
        if self.plan is not None and not self.after:
            return self.plan.danger
        return _DANGERS.get(self.entry.type, Danger.SAFE)


def planned(world: World, file: PipelineFile, parameters: Mapping[str, Any], folder: Path) -> Iterator[StagePlan]:
    """Each stage, in an order in which they might run. Reads AWS; changes nothing. Raises LambdatuiError.

    `folder` stands for the run's own.
    """
    state = RunState(file, parameters, run="(run)", attempt=1, started=time.time(), folder=folder)
    here = World(world.accounts, clock=world.clock, folder=file.folder, on_retry=world.on_retry)
    subjects: dict[str, str] = {}
    unknown: set[str] = set()
    for name in file.graph.order():
        entry = file.pipeline.stage(name)
        found = _planned(here, file, state, entry, subjects, unknown)
        if found.plan is None and not found.skipped:
            unknown.add(name)
        if found.error is not None:
            state.mask_error(found.error)
        if found.skipped:
            state.put(name, Status.SKIPPED)
        yield found


def _planned(
    world: World,
    file: PipelineFile,
    state: RunState,
    entry: StageEntry,
    subjects: dict[str, str],
    unknown: set[str],
) -> StagePlan:
    names = state.names()
    when = ""
    if isinstance(entry.when, str) and _later([checks.condition(entry.when)], state):
        when = checks.condition(entry.when).removeprefix("${{").removesuffix("}}").strip()
    else:
        try:
            if not resolving.wanted(file, entry, names):
                return StagePlan(entry, skipped=True)
        except BadInput as error:
            return StagePlan(entry, error=error)
    inputs = [text for _, text in expressions.within(checks.with_defaults(file.pipeline, entry))]
    if later := _later(inputs, state):
        return StagePlan(entry, after=later, when=when)
    upstream = file.graph.upstream(entry.id)
    try:
        stage = resolving.stage_of(file, entry, names)
    except BadInput as error:
        return StagePlan(entry, error=error)
    before = _before(stage, upstream, subjects, unknown, file)
    try:
        plan = stage.plan(world)
    except LambdatuiError as error:
        if isinstance(error, BadInput):
            error = resolving.located(file, entry, error)
        if before:
            return StagePlan(entry, after=before, when=when, words=state.unsecret(str(error)))
        return StagePlan(entry, when=when, error=error)
    if not plan.empty and stage.subject:
        subjects[entry.id] = stage.subject
    return StagePlan(entry, plan, before, when)


def _before(
    stage: Stage, upstream: frozenset[str], subjects: Mapping[str, str], unknown: set[str], file: PipelineFile
) -> tuple[str, ...]:
    """The stages before this one that change the function it is about, or may."""
    if not stage.subject:
        return ()
    return tuple(
        name
        for name in file.graph.ids
        if name in upstream
        and (
            (subjects.get(name) == stage.subject and file.pipeline.stage(name).type != "invoke")
            or (name in unknown and file.pipeline.stage(name).type in _DANGERS)
        )
    )


def _later(texts: list[str], state: RunState) -> tuple[str, ...]:
    """The stages that these expressions read, and that have not run."""
    read = (
        one.names[1]
        for text in texts
        for one in expressions.references(text)
        if one.names[:1] == ("stages",) and one.names[1:]
    )
    return tuple(dict.fromkeys(name for name in read if state.status(name) is Status.WAITING))
