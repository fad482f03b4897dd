"""Takes up what a person asks of a rollout that runs: holds it, sends it back a step, or has it put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lambdatui.stages.rollout.alias_writer import AliasWriter
from lambdatui.stages.stage import Event, Note, World

TICK_SECONDS = 1.0
"""How soon a person's wish is heeded."""


class Aborted(Exception):
    """A person wants the routing from before."""


class StepBack(Exception):
    """A person wants the step before. Only raised where there is one in force."""


class Wishes:
    """The world's controls, for the rollout of this alias. `watched` is what goes on while it is held."""

    def __init__(self, world: World, alias: AliasWriter, watched: Callable[[], Iterator[Event]]) -> None:
        self._world = world
        self._alias = alias
        self._watched = watched

    def heed(self) -> Iterator[Event]:
        """Takes up all wishes; a pause lasts until it is ended. Raises Aborted, StepBack, Cancelled."""
        while (wish := self._world.controls.take()) is not None:
            if wish == "abort":
                raise Aborted
            if wish == "step back":
                if self._alias.state.step >= 0:
                    raise StepBack
                yield Note("There is no step to go back from.")
            elif wish == "pause":
                before = self._alias.phase
                yield from self.held("paused by a person")
                yield self._alias.at(before)
            else:
                yield Note("Nothing waits for a go.")

    def held(self, words: str, asking: bool = False) -> Iterator[Event]:
        """Waits until a person says go on. The bake stands still meanwhile; the gates are watched.

        Raises Aborted, StepBack, Cancelled, and what `watched` raises.
        """
        clock, alias = self._world.clock, self._alias
        began = clock.now()
        alias.keep(phase="asking" if asking else "paused")
        yield alias.at("asking" if asking else "paused", words)
        while (wish := self._world.controls.take()) != "go on":
            if wish == "abort":
                raise Aborted
            if wish == "step back" and alias.state.step >= 0:
                raise StepBack
            if wish is None:
                clock.sleep(TICK_SECONDS)
            yield from self._watched()
        if alias.state.bake_began is not None:
            alias.keep(bake_began=alias.state.bake_began + clock.now() - began, phase="baking")
