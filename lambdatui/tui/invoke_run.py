"""A run of invocations as it is watched: its figures, its rows, its failures, how it ended."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lambdatui.aws.invocations import Chunk, Invocation
from lambdatui.aws.masking import MASK
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.stage import Event, Failed, Finished, Note, Result
from lambdatui.tui.invocation_rows import LIGHT, InvocationRows, SavedPages

if TYPE_CHECKING:
    from lambdatui.stages.load.payloads import Payloads

_LARGE = 1024 * 1024
_BATCH = 1_000
_STREAMED = 4_000
"""Bytes of an answer that is streamed that are remembered: its end is shown as it comes."""


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
        self.events: Payloads | None = None
        """What is sent; None for a saved run, of which it is made once more."""
        self.saved_from: float | None = None
        """When a saved run was begun, in seconds since the epoch; None for one that was watched."""
        self.stream: tuple[int, bytes] | None = None
        """The answer that is being streamed: the number of its invocation, and the end of what has come of it."""
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
        """How many invocations there will be; None where nobody knows."""
        return self.stage.total

    @property
    def share(self) -> float | None:
        """How much of it is done, 0.0 to 1.0."""
        if self.over:
            return None if self.wanted is None else self.figures.count / max(1, self.wanted)
        if self.wanted is not None:
            return self.figures.count / self.wanted
        return min(1.0, self.elapsed / self.stage.duration) if self.stage.duration else None

    @property
    def payload_is_known(self) -> bool:
        """Whether what was sent can be made once more: of a saved run, what was typed is not kept."""
        stage = self.stage
        if self.saved_from is None:
            return True
        return any(value is not None for value in (stage.payload_file, stage.library, stage.shape))

    @property
    def was_stopped(self) -> bool:
        return isinstance(self.error, Cancelled)

    def take(self, events: Iterable[Event]) -> None:
        """Takes what a stage has told."""
        came: list[Invocation] = []
        for event in events:
            if type(event) is Result:
                if isinstance(event.value, Invocation):
                    came.append(event.value)
                elif isinstance(event.value, Chunk):
                    self._take_chunk(event.value)
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

    def _take_chunk(self, chunk: Chunk) -> None:
        before = self.stream[1] if self.stream is not None and chunk.index and self.stream[0] == chunk.number else b""
        self.stream = chunk.number, (before + chunk.data)[-_STREAMED:]

    def _end(self, error: LambdatuiError | None) -> None:
        self.error = error
        self.seconds = time.monotonic() - self._started
        self.over = True


def of_saved(path: Path, wanted: Callable[[int], None]) -> InvokeRun:
    """A saved run: its figures and failures, and its rows as they are looked at. Blocks. Raises BadInput."""
    with Reader(path) as reader:
        run = InvokeRun(_stage_of(reader.head), wanted=wanted)
        started = reader.head.get("started")
        run.saved_from = float(started) if isinstance(started, int | float) else 0.0
        batch: list[Invocation] = []
        for one in reader:
            batch.append(one)
            if len(batch) == _BATCH:
                run.add(batch)
                batch = []
        run.add(batch)
        run.rows = InvocationRows.of_saved(SavedPages(path), len(reader), wanted)
        run.over = True
        ended = reader.end.get("ended")
        run.seconds = max(0.0, float(ended) - run.saved_from) if isinstance(ended, int | float) else 0.0
        if not reader.end:
            run.notes.append("It did not end: its program was killed, or is still at it.")
        return run


def _stage_of(head: Mapping[str, Any]) -> Invoke:
    """The stage of a saved run, as far as its inputs were kept; the payload that was typed was not."""
    inputs = head.get("inputs")
    given = {
        name: value
        for name, value in (inputs.items() if isinstance(inputs, Mapping) else ())
        if name in Invoke.model_fields and value != MASK and name not in ("payload", "template", "client_context")
    }
    try:
        return Invoke.model_validate({**given, "success_rate": 0.0})
    except ValidationError:
        return Invoke(function=str(head.get("function") or "function"), success_rate=0.0)
