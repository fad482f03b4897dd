"""Approve: a person says whether to go on, and may choose how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from lambdatui.errors import StageFailed, near_match
from lambdatui.stages.event import Asked
from lambdatui.stages.interlude import Interlude
from lambdatui.stages.stage import Event, Finished, Note, Plan, World

TICK_SECONDS = 0.5
"""How soon an answer is heeded."""


class Approve(Interlude):
    """Asks a person. No ends it as failed."""

    kind: ClassVar[str] = "approve"
    outputs: ClassVar[Mapping[str, str]] = {
        "choice": "The answer that was chosen; empty where there was none to choose.",
        "by": "Who answered, as far as known.",
        "at": "When, in UTC, such as 2026-11-24T17:18:52+00:00.",
    }

    message: Annotated[str, Field(min_length=1)] = "Go on?"
    """What the person is asked."""
    choices: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(default_factory=list)
    """The answers to choose from; without them yes and no."""

    @property
    def title(self) -> str:
        return f"Ask: {self.message}"

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        clock, controls = world.clock, world.controls
        yield Asked(self.message, tuple(self.choices))
        while True:
            wish = controls.take()
            if wish == "abort":
                raise StageFailed(f"Somebody said no: {self.message}")
            if wish == "go on":
                controls.answer()
            answer = controls.take_answer()
            if answer is None:
                clock.sleep(TICK_SECONDS)
            elif self.choices and answer.choice not in self.choices:
                options = ", ".join(self.choices)
                yield Note(
                    f"One of {options} was expected, not '{answer.choice}'.{near_match(answer.choice, self.choices)}"
                )
                yield Asked(self.message, tuple(self.choices))
            else:
                yield Finished({"choice": answer.choice, "by": answer.by, "at": _told(clock.now())})
                return


def _told(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, dt.UTC).isoformat(timespec="seconds")
