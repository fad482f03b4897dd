"""The stages of a Spinnaker pipeline by the names that expressions know them by, and what those may read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """One stage: Spinnaker's words for it, and ours."""

    id: str
    """Our id of it; empty where it was not carried over."""
    name: str
    ref_id: str
    kind: str
    """Our type of stage: `deploy`, `route` …"""
    spinnaker_type: str
    inputs: Mapping[str, Any]
    """What stands in its JSON, for its context shows its inputs, too."""


@dataclass(slots=True)
class Scope:
    """What an expression may name, and what became of it on the way."""

    application: str
    pipeline: str
    stages: Sequence[Known] = ()
    variables: dict[str, str] = field(default_factory=dict)
    """What `evaluateVariables` names, as our expressions."""
    expected_artifacts: Sequence[Mapping[str, Any]] = ()
    profiles: Mapping[str, str] = field(default_factory=dict)
    """The AWS profile of each Spinnaker account."""
    pipelines: Mapping[str, str] = field(default_factory=dict)
    """The names of the pipelines of the same file, by Spinnaker's id."""
    current: Known | None = None
    before: frozenset[str] | None = None
    """The refIds of the stages that are over when the current one begins; None where that is not known."""
    asked: set[str] = field(default_factory=set)
    """Parameters that were read, declared or not."""
    doubts: list[str] = field(default_factory=list)
    """What was carried over, and may mean something else."""

    def by_name(self, name: str) -> list[Known]:
        """The stages of a name, in the order in which they stand in the JSON. Names are case-sensitive, not unique."""
        return [stage for stage in self.stages if stage.name == name]

    @property
    def visible(self) -> tuple[Known, ...]:
        """The stages whose state an expression may ask for: those that are over by then."""
        known = (stage for stage in self.stages if stage.id)
        return tuple(stage for stage in known if self.before is None or stage.ref_id in self.before)

    def by_ref_id(self, ref_id: str) -> list[Known]:
        return [stage for stage in self.stages if stage.ref_id == ref_id]


OUTPUTS: Mapping[str, Mapping[str, str]] = {
    "deploy": {
        "functionARN": "outputs.function_arn",
        "resourceId": "outputs.function_arn",
        "versionId": "outputs.version",
        "lambdaCreated": "outputs.created",
    },
    "update_code": {
        "functionARN": "outputs.function_arn",
        "resourceId": "outputs.function_arn",
        "versionId": "outputs.version",
    },
    "route": {
        "deployment:majorVersionDeployed": "outputs.version",
        "deployment:minorVersionDeployed": "outputs.weights | list | first",
    },
    "delete": {"deleteTask:deleteVersion": "outputs.deleted | join(',')"},
    "canary": {"canaryScore": "outputs.score", "canaryScores": "outputs.scores"},
    "approve": {"judgmentInput": "outputs.choice"},
}
"""What Spinnaker's stages leave in their context and outputs, by our type of stage, and where it is with us."""

STATUSES: Mapping[str, str] = {
    "NOT_STARTED": "waiting",
    "RUNNING": "running",
    "PAUSED": "running",
    "SUCCEEDED": "done",
    "FAILED_CONTINUE": "ignored",
    "SKIPPED": "skipped",
    "TERMINAL": "failed",
    "STOPPED": "halted",
    "CANCELED": "cancelled",
}
"""Spinnaker's statuses and ours."""
