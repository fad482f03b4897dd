"""Check: conditions that must hold, or the pipeline does not go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from lambdatui.errors import StageFailed
from lambdatui.stages.interlude import Interlude
from lambdatui.stages.stage import Event, Finished, Note, Plan, World
from lambdatui.stages.strategy import Part


class Condition(Part):
    """One condition."""

    that: bool
    """What must be true: an expression, such as `${{ stages.canary.status == 'done' }}`."""
    message: str | None = None
    """What is said where it is not."""


class Check(Interlude):
    """Fails unless every condition holds."""

    kind: ClassVar[str] = "check"
    outputs: ClassVar[Mapping[str, str]] = {"held": "How many conditions held."}

    conditions: Annotated[list[Condition], Field(min_length=1)]
    """What must hold. All are looked at."""

    @property
    def title(self) -> str:
        return f"Check {len(self.conditions)} condition{'' if len(self.conditions) == 1 else 's'}"

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        broken = []
        for number, condition in enumerate(self.conditions, 1):
            words = condition.message or f"condition {number}"
            if condition.that:
                yield Note(f"It holds: {words}")
            else:
                broken.append(words)
        if broken:
            raise StageFailed(f"{len(broken)} of {len(self.conditions)} conditions do not hold: {'; '.join(broken)}")
        yield Finished({"held": len(self.conditions)})
