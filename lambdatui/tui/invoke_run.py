"""A run of invocations as it is watched: its figures, its rows, its failures, how it ended."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.stage import Event, Failed, Finished, Note, Result
from lambdatui.tui.invocation_rows import LIGHT, InvocationRows

_LARGE = 1024 * 1024


class InvokeRun:
    """Takes the events of a stage, in the event loop; what it knows is true at any moment.

    `asked` is the share of each version that the alias asks for. `wanted` hears of pages of rows that are to be read.
    """

    def __init__(
        self, stage: Invoke, asked: Mapping[str, float] | None = None, wanted: Callable[[int], None] | None = None
    ) -> None:
        self.stage = stage
        self.asked: Mapping[str, float] = asked or {}
        self.figures = Figures()
        self.rows = InvocationRows(wanted)
        self.failed = array("L")
        """The numbers of those that were not ok, as they came."""
        self.examples: dict[int, Invocation] = {}
        """The first invocation of each group of errors, by its number."""
        self.notes: list[str] = []
        self.error: LambdatuiError | None = None
        """Why the run failed; None where it did not."""
        self.over = False
        self.seconds = 0.0
        """How long it took; 0.0 until it is over."""
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since it began, or that it took."""
        return self.seconds if self.over else time.monotonic() - self._started

    @property
    def sides(self) -> bool:
        """Whether two qualifiers run side by side."""
        return self.stage.other_qualifier is not None

    @property
    def has_rate(self) -> bool:
        return self.stage.rate is not None

    @property
    def wanted(self) -> int | None:
        """How many invocations there will be; None where a duration limits them."""
        count = self.stage.count
        return count * (2 if self.sides else 1) if count is not None else None

    @property
    def share(self) -> float | None:
        """How much of it is done, 0.0 to 1.0."""
        if self.over:
            return None if self.wanted is None else self.figures.count / max(1, self.wanted)
        if self.wanted is not None:
            return self.figures.count / self.wanted
        return min(1.0, self.elapsed / self.stage.duration) if self.stage.duration else None

    @property
    def was_stopped(self) -> bool:
        return isinstance(self.error, Cancelled)

    def take(self, events: Iterable[Event]) -> None:
        """Takes what a stage has told."""
        came: list[Invocation] = []
        for event in events:
            if type(event) is Result:
                came.append(event.value)
            elif isinstance(event, Note):
                self.notes.append(event.text)
            elif isinstance(event, Failed):
                self._end(event.error)
            elif isinstance(event, Finished):
                self._end(None)
        if came:
            self.add(came)

    def add(self, came: list[Invocation]) -> None:
        """Takes invocations in the order in which they came."""
        figures = self.figures
        groups = len(figures.errors)
        for one in came:
            figures.add(one)
            if one.outcome != "ok" and not one.warm_up:
                self.failed.append(one.number)
                if len(figures.errors) > groups:
                    groups = len(figures.errors)
                    self.examples[one.number] = (
                        replace(one, payload=one.payload[:LIGHT]) if len(one.payload) > _LARGE else one
                    )
        self.rows.extend(came)

    def _end(self, error: LambdatuiError | None) -> None:
        self.error = error
        self.seconds = time.monotonic() - self._started
        self.over = True
