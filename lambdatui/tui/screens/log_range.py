"""From when on a log is read, and to when: one of the usual ranges, or what is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.errors import BadInput
from lambdatui.moments import span
from lambdatui.text import one_line
from lambdatui.tui import states
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Column, RecordTable

USUAL = {"15m": "the last 15 minutes", "1h": "the last hour", "3h": "the last 3 hours", "24h": "the last 24 hours"}
"""What is typed for it, and what it is."""

HINT = "15m, 2h, 3d, 09:30, 2026-11-24 09:30; with an end: 09:00 to 09:30. Without one the log is followed."


class LogRangeScreen(ModalScreen[str | None]):
    """Ends with a span as `moments.span` takes it, or None."""

    CSS_PATH = "log_range.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "not now", id="log_range.back", key_display="esc"),
    ]

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        columns: list[Column[str]] = [
            Column("typed", "", lambda key: key, 5),
            Column("words", "", lambda key: (USUAL[key], "muted"), 20, grow=1),
        ]
        with Vertical(classes="dialog"):
            yield RecordTable(columns, lambda key: key)
            yield Input("" if self._chosen in USUAL else self._chosen, placeholder="or type from when", compact=True)
            yield Static(HINT, id="hint", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "Range of the log"
        field = self.query_one(Input)
        field.cursor_blink = False
        table: RecordTable[str] = self.query_one(RecordTable)
        table.styles.height = len(USUAL) + 1
        table.show(list(USUAL))
        table.go_to(self._chosen)
        self.set_focus(field if field.value else table)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.dismiss(event.record)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        hint = self.query_one("#hint", Static)
        try:
            span(event.value, states.now())
        except BadInput as error:
            hint.update(one_line(str(error)))
            hint.add_class("trouble")
        else:
            self.dismiss(event.value.strip())

    def action_back(self) -> None:
        self.dismiss(None)
