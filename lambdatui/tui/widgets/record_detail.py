"""A table, and what is under its cursor in full: beneath it, or beside it where there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content

from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.record_table import RecordTable

R = TypeVar("R")

BESIDE_FROM = 150
"""Cells of width, from which the detail stands beside the table."""

TALL_ENOUGH = 9
"""Rows, below which the table needs them all."""


class RecordDetail(Container, Generic[R]):
    """`describe` gives the title and the lines of a record."""

    DEFAULT_CSS = """
    RecordDetail { height: 1fr; }
    RecordDetail > VerticalScroll {
        height: 45%;
        max-height: 14;
        padding: 0 1;
        border-top: solid $rule;
        border-title-color: $accent;
        border-title-style: bold;
        scrollbar-size-vertical: 1;
    }
    RecordDetail.-beside { layout: horizontal; }
    RecordDetail.-beside > RecordTable { width: 3fr; }
    RecordDetail.-beside > VerticalScroll {
        width: 2fr;
        height: 1fr;
        max-height: 100%;
        border-top: none;
        border-left: solid $rule;
    }
    RecordDetail.-alone > VerticalScroll { display: none; }
    """

    def __init__(self, table: RecordTable[R], describe: Callable[[R], tuple[str, Sequence[Content]]]) -> None:
        super().__init__()
        self.table = table
        self._describe = describe

    def compose(self) -> ComposeResult:
        yield self.table
        with VerticalScroll(can_focus=False):
            yield Lines()

    @property
    def detail_width(self) -> int:
        """How many cells a line of the detail has."""
        return self.query_one(Lines).size.width or max(20, self.size.width - 4)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= BESIDE_FROM, "-beside")
        self.set_class(event.size.height < TALL_ENOUGH or not self.table.rows, "-alone")
        self.show_detail()

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self.show_detail()

    def show_detail(self) -> None:
        """Shows what is under the cursor; to be called when the rows have changed."""
        record = self.table.record
        self.set_class(self.size.height < TALL_ENOUGH or record is None, "-alone")
        if record is None:
            return
        title, lines = self._describe(record)
        pane = self.query_one(VerticalScroll)
        if self.has_class("-beside"):
            lines = [Content.assemble((title, "bold $accent")), Content(""), *lines]
            pane.border_title = None
        else:
            pane.border_title = Content(title)
        pane.scroll_home(animate=False)
        pane.query_one(Lines).update(lines)
