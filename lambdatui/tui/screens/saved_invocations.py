"""The saved runs of a function's invocations: one is opened, or compared with what is shown."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lambdatui.errors import LambdatuiError
from lambdatui.stages.load.saved import SavedRun, SavedRuns
from lambdatui.text import ago, milliseconds, one_line, size
from lambdatui.tui import states
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable


class Picked(NamedTuple):
    """What is to be done with a run."""

    act: Literal["open", "compare", "judge"]
    saved: SavedRun


class SavedTable(RecordTable[SavedRun]):
    """The runs, the newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "open", id="saved_invocations.open")]


class SavedInvocations(ModalScreen[Picked | None]):
    """Lists the saved runs of `function`. `comparable` says whether a run is shown that one can be compared with."""

    CSS_PATH = "saved_invocations.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "compare with what is shown", id="saved_invocations.compare"),
        Binding("C", "judge", "judge a canary by it", id="saved_invocations.judge"),
        Binding("escape,q", "back", "back", id="saved_invocations.back", key_display="esc"),
    ]

    def __init__(self, function: str, *, comparable: bool) -> None:
        super().__init__()
        self._function = function
        self._comparable = comparable

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield SavedTable(_columns(), lambda saved: saved.name, empty="Reading …")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(f"Saved runs of {one_line(self._function)}")
        table = self.query_one(SavedTable)
        table.styles.height = max(6, min(20, self.app.size.height - 8))
        self.set_focus(table)
        self.run_worker(self._read(), group="saved", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        table = self.query_one(SavedTable)
        try:
            found = await asyncio.to_thread(lambda: SavedRuns().list())
        except (LambdatuiError, OSError) as error:
            table.empty = f"✖ {one_line(str(error))}"
            table.redraw()
            return
        table.empty = "There is none yet. Each run is saved as it goes, the last 50 of all functions."
        table.show([saved for saved in found if saved.function == self._function])
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("compare", "judge"):
            has_rows = bool(self.query(SavedTable)) and bool(self.query_one(SavedTable).rows)
            return has_rows and (self._comparable or action == "judge")
        return True

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.dismiss(Picked("open", event.record))

    def action_compare(self) -> None:
        self._end("compare")

    def action_judge(self) -> None:
        self._end("judge")

    def _end(self, act: Literal["compare", "judge"]) -> None:
        saved = self.query_one(SavedTable).record
        if saved is not None:
            self.dismiss(Picked(act, saved))

    def action_back(self) -> None:
        self.dismiss(None)


def moment(saved: SavedRun) -> str:
    """When a run was begun, as a time of here."""
    here = dt.datetime.fromtimestamp(saved.started).astimezone()
    return f"{here.day} {here:%b %H:%M:%S}"


def _columns() -> list[Column[SavedRun]]:
    def age(saved: SavedRun) -> Cell:
        return ago((states.now() - dt.datetime.fromtimestamp(saved.started, dt.UTC)).total_seconds()), "muted"

    def ended(saved: SavedRun) -> Cell:
        if saved.running:
            return "◌ runs", "busy"
        if not saved.figures:
            return "▲ cut off", "warn"
        rate = saved.figures.get("success_rate")
        if not isinstance(rate, int | float):
            return "?", "muted"
        return (f"● {rate * 100:.4g} % ok", "ok") if rate == 1 else (f"✖ {rate * 100:.4g} % ok", "bad")

    def figure(saved: SavedRun, name: str, point: str) -> str:
        found: Any = saved.figures.get(name)
        value = found.get(point) if isinstance(found, Mapping) else found
        if not isinstance(value, int | float):
            return "–"
        return f"{value:,}" if not point else milliseconds(value)

    return [
        Column("when", "BEGUN", moment, 15),
        Column("age", "", age, 11, priority=3),
        Column("qualifier", "VERSION", lambda saved: one_line(saved.qualifier) or "$LATEST", 9, grow=1),
        Column("count", "RUNS", lambda saved: figure(saved, "count", ""), 9, align="right"),
        Column("ended", "ENDED", ended, 14),
        Column("p50", "P50", lambda saved: figure(saved, "latency_ms", "p50"), 9, priority=1, align="right"),
        Column("p99", "P99", lambda saved: figure(saved, "latency_ms", "p99"), 9, priority=2, align="right"),
        Column("size", "SIZE", lambda saved: (size(saved.size), "muted"), 9, priority=4, align="right"),
    ]
