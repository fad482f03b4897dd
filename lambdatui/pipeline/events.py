"""What a run of a pipeline tells as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lambdatui.errors import LambdatuiError
from lambdatui.pipeline.status import Status
from lambdatui.stages.plan import Plan
from lambdatui.stages.stage import Event


@dataclass(frozen=True, slots=True)
class PipelineBegan:
    """The first event. `statuses` are not empty where a run is taken up again: how its stages stand already."""

    run: str
    attempt: int
    parameters: Mapping[str, Any]
    """The values in force, secret ones masked."""
    statuses: Mapping[str, Status] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageBegan:
    """A stage has begun."""

    id: str


@dataclass(frozen=True, slots=True)
class StagePlanned:
    """A stage's expressions are resolved, and its plan is made: what it is about to do."""

    id: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class StageEvent:
    """An event of a stage that runs. One that waits for a person tells Asked."""

    id: str
    event: Event


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage is over, or was skipped. `error` is there where it failed, whatever the pipeline makes of that."""

    id: str
    status: Status
    outputs: Mapping[str, Any]
    error: LambdatuiError | None = None


@dataclass(frozen=True, slots=True)
class PipelinePaused:
    """No further stage begins until a person says go on."""


@dataclass(frozen=True, slots=True)
class PipelineWentOn:
    """A pause has ended."""


@dataclass(frozen=True, slots=True)
class PipelineEnded:
    """The last event. `status` is done, failed or cancelled; `error` is that of the stage that failed first."""

    status: Status
    error: LambdatuiError | None = None


PipelineEvent: TypeAlias = (
    PipelineBegan
    | StageBegan
    | StagePlanned
    | StageEvent
    | StageEnded
    | PipelinePaused
    | PipelineWentOn
    | PipelineEnded
)
