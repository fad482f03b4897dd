"""Plan: the changes that a stage would make, in a place, before any of them is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdatui.aws.account import Identity
from lambdatui.aws.guard import reads
from lambdatui.stages.change import Change, Danger


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan acts, as STS and botocore say it: what every confirmation repeats."""

    account_id: str
    arn: str
    profile: str
    region: str
    read_only: bool = False
    """Whether the guard will refuse every change there."""

    @property
    def principal(self) -> str:
        return Identity(self.account_id, self.arn).principal

    def __str__(self) -> str:
        profile = f" {self.profile}" if self.profile else ""
        return f"{self.account_id}{profile} {self.region} as {self.principal}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stage would do. An empty one means that there is nothing to do."""

    title: str
    place: Place
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was found and decided, such as the number that a selector stands for."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What `run` needs of what was read, and outputs that are known already."""
    watches: bool = False
    """Whether there is something to do besides changes: a last bake to sit out."""

    @property
    def empty(self) -> bool:
        return not (self.changes or self.watches)

    @property
    def refused(self) -> bool:
        """Whether the guard will refuse it: a change in a read-only place."""
        return self.place.read_only and not all(reads(change.operation, change.request) for change in self.changes)

    @property
    def danger(self) -> Danger:
        """The worst of its changes."""
        order = list(Danger)
        return max((change.danger for change in self.changes), key=order.index, default=Danger.SAFE)
