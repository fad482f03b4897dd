"""Wait: let some time pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from lambdatui.stages.interlude import Interlude
from lambdatui.stages.stage import Event, Finished, Note, Plan, Progress, World
from lambdatui.stages.strategy import Seconds

TICK_SECONDS = 1.0
"""How soon the wish to go on at once is heeded."""


class Wait(Interlude):
    """Waits. A person may end it early, with the controls' go_on."""

    kind: ClassVar[str] = "wait"
    outputs: ClassVar[Mapping[str, str]] = {"waited": "How long it waited, in seconds."}

    duration: Annotated[Seconds, Field(ge=0, le=7 * 86_400)]
    """How long: seconds, or such as 90s, 10m, 1h30m."""

    @property
    def title(self) -> str:
        return f"Wait {self.duration:g} s"

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        clock = world.clock
        began = clock.now()
        while (waited := clock.now() - began) < self.duration:
            if world.controls.take() == "go on":
                yield Note("The rest of the wait is skipped.")
                break
            yield Progress("waiting", round(waited), round(self.duration), " s")
            clock.sleep(min(TICK_SECONDS, self.duration - waited))
        yield Finished({"waited": round(clock.now() - began, 3)})
