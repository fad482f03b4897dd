"""Prune: deletions of versions of several functions in one place, as one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from lambdatui.aws.errors import CredentialsError
from lambdatui.errors import LambdatuiError
from lambdatui.stages.delete import Delete
from lambdatui.stages.pruning.deletion import Deleting, Deletion, Outcome
from lambdatui.stages.pruning.version_uses import UsesReader
from lambdatui.stages.stage import Plan, World
from lambdatui.text import size


class Prune(Deleting):
    """Deletes versions of several functions of one account and region; each has a retention of its own.

    A function of which something cannot be read is told and left whole; the others are pruned. Where archives go is
    said here, and counts for all.
    """

    kind: ClassVar[str] = "prune"
    outputs: ClassVar[Mapping[str, str]] = {
        "deleted": "The versions that were deleted, such as checkout-api:38.",
        "archived": "Where the archives are that were made first.",
        "freed": "Bytes of code storage that came back.",
    }

    deletions: Annotated[list[Delete], Field(min_length=1)]
    """One for each function."""

    @model_validator(mode="after")
    def _in_one_place(self) -> Prune:
        if any((one.profile, one.region) != (self.profile, self.region) for one in self.deletions):
            raise ValueError("every deletion must be in the profile and region of the whole.")
        return self

    @property
    def subject(self) -> str:
        """The function, or how many they are: what is typed before anything is deleted."""
        count = len(self.deletions)
        return self.deletions[0].function if count == 1 else f"{count} functions"

    def plan(self, world: World) -> Plan:
        reader = UsesReader(self.account(world))
        plans: list[Plan] = []
        warnings: list[str] = []
        for one in self.deletions:
            world.clock.check()
            try:
                plans.append(one.planned(world, reader))
            except CredentialsError:
                raise
            except LambdatuiError as error:
                if len(self.deletions) == 1:
                    raise
                warnings.append(str(error))
        changes = tuple(change for plan in plans for change in plan.changes)
        freed = sum(change.size for change in changes if isinstance(change, Deletion))
        # the same words on the archive stand in each plan
        warnings += dict.fromkeys(word for plan in plans for word in plan.warnings)
        if len(self.deletions) == 1:
            title, notes = plans[0].title, plans[0].notes
        else:
            title = f"Prune {len(self.deletions)} functions"
            touched = sum(not plan.empty for plan in plans)
            notes = (f"{len(changes)} versions of {touched} functions go; {size(freed)} of code storage come back",)
        return Plan(title, self.place(world), changes, tuple(warnings), notes, {"outputs": {"deleted": []}})

    def told(self, outcome: Outcome) -> Mapping[str, Any]:
        return {
            "deleted": [f"{function}:{version}" for function, version in outcome.deleted],
            "archived": outcome.archived,
            "freed": outcome.freed,
        }
