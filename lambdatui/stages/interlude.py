"""Interlude: a stage of a pipeline that calls no AWS, such as a wait or a person's yes."""

from __future__ import annotations

from collections.abc import Iterator

from lambdatui import log
from lambdatui.errors import LambdatuiError, StageFailed
from lambdatui.stages.stage import Event, Failed, Place, Plan, Stage, World

NOWHERE = Place("", "", "", "")
"""The place of what acts in no account."""


class Interlude(Stage):
    """A stage that changes nothing in AWS, and asks nothing of it. Subclasses give `title` and `carry_out`.

    Its plan is empty and its runs are not in the journal by themselves: the pipeline's run has them.
    """

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        raise NotImplementedError

    def plan(self, world: World) -> Plan:
        return Plan(self.title, NOWHERE)

    def run(self, world: World, plan: Plan) -> Iterator[Event]:
        return ending(self.carry_out(world, plan, ""))


def ending(events: Iterator[Event]) -> Iterator[Event]:
    """The events, and Failed after them where one is raised: whatever happens, a run ends with an event."""
    try:
        yield from events
    except Exception as error:  # noqa: BLE001 - see above
        known = error if isinstance(error, LambdatuiError) else StageFailed(log.unexpected(error))
        yield Failed(known, (), ())
