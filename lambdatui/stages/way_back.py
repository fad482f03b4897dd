"""Way back: gives an alias a routing that it has had, by default the one before the last change."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws.functions import LATEST
from lambdatui.errors import Refused
from lambdatui.journal import Routing
from lambdatui.moments import clock_words
from lambdatui.stages.alias_standing import AliasStanding, routing_of, told
from lambdatui.stages.lost_answers import looked_up
from lambdatui.stages.route import AliasName
from lambdatui.stages.stage import Change, Event, FunctionName, Plan, Stage, World
from lambdatui.stages.undoing.past_routings import PastRouting, of_journal, of_trail, past, previous

_PAGES = 1


class WayBack(Stage):
    """Restores an alias's routing. Where none is given, the newest that the alias had and has no more."""

    kind: ClassVar[str] = "way_back"
    outputs: ClassVar[Mapping[str, str]] = {
        "version": "The alias's main version.",
        "weights": "AdditionalVersionWeights: the other version's share, 0.0 to 1.0.",
    }

    function: FunctionName
    alias: AliasName
    version: str | None = None
    """The main version to go back to; absent means the routing before the last change."""
    weights: dict[str, Annotated[float, Field(gt=0, lt=1)]] = Field(default_factory=dict, max_length=1)
    """The second version's share, 0.0 to 1.0."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        standing = AliasStanding.read(account, self.function, self.alias)
        if standing.now is None:
            raise Refused(
                f"{standing.target}: there is no such alias.", "An alias that was deleted comes back by undo."
            )
        now = routing_of(standing.now)
        if self.version is not None:
            after, notes = Routing(self.version, self.weights), list[str]()
        else:
            known = self._previous(world, now)
            after, notes = known.routing, [_told_of(known)]
        for name in (after.version, *after.weights):
            if name != LATEST and standing.version(name) is None:
                raise Refused(
                    f"{standing.target} cannot go back to {told(after)}: version {name} is not there any more."
                )
        standing.check_weights(after, standing.name in standing.provisioned, "Remove it first.")
        change: Change | None = standing.moved(after)
        outputs: dict[str, Any] = {"version": after.version, "weights": dict(after.weights)}
        title = f"Back on {standing.target}: {told(after)}"
        return Plan(title, place, (change,) if change else (), notes=tuple(notes), facts={"outputs": outputs})

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        making = super().make(world, change, outputs, run)
        return (yield from looked_up(world, self.account(world), change, outputs, run, making))

    def _previous(self, world: World, now: Routing) -> PastRouting:
        """The routing before the last change. CloudTrail is asked where the last change was not made from here."""
        account = self.account(world)
        entries = of_journal(world.journal, account, self.function) if world.journal is not None else []
        known = past(entries, (), self.alias)
        if not known or known[0].routing != now:
            known = past(entries, of_trail(account, self.function, self.alias, world.clock, _PAGES), self.alias)
        found = previous(known, now)
        if found is None:
            raise Refused(
                f"{self.function}:{self.alias}: neither the journal nor CloudTrail knows of another routing than "
                f"{told(now)}."
            )
        return found


def _told_of(known: PastRouting) -> str:
    if known.found:
        return f"it was so until {clock_words(known.at)}"
    return f"it was made so at {clock_words(known.at)} by {known.who or 'nobody that is known'}"
