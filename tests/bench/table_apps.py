"""The same list in two tables, each with a filter line: `python -m tests.bench.table_apps ours|textual COUNT`.

`textual` is what one writes first: a DataTable that is cleared and filled anew for each filter.
"""

from __future__ import annotations

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input

from lambdatui.aws.listing import FunctionRecord, record
from lambdatui.aws.scope import Scope
from lambdatui.tui import themes
from lambdatui.tui.function_list import FunctionList
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.record_table import Column, RecordTable
from tests.bench.list_server import function

SCOPE = Scope("", "eu-west-1")


def records(count: int) -> list[FunctionRecord]:
    return [record(SCOPE, function(number, SCOPE.region)) for number in range(count)]


CELLS = ("name", "runtime", "memory", "timeout", "modified", "role")


class Ours(App[None]):
    """RecordTable over a FunctionList, as the functions screen has it."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.functions = FunctionList()
        self.source = records(count)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield FilterInput(self.filter, lambda: self.set_focus(self.query_one(RecordTable)))
        columns: list[Column[FunctionRecord]] = [
            Column(name, name.upper(), lambda r, name=name: str(getattr(r, name)), 12, grow=1, most=30)
            for name in CELLS
        ]
        yield RecordTable(columns, lambda r: r.arn)

    def on_mount(self) -> None:
        start = time.perf_counter()
        self.functions.records.put(self.source)
        self.query_one(RecordTable).show(self.functions.records.shown)
        self.query_one(Input).placeholder = f"FILLED {(time.perf_counter() - start) * 1000:.1f} ms"
        self.set_focus(self.query_one(RecordTable))

    def filter(self, text: str) -> None:
        self.functions.set_filter(text)
        self.query_one(RecordTable).show(self.functions.records.shown, changed=False)

    def key_slash(self) -> None:
        self.set_focus(self.query_one(Input))
        self.functions.records.ready_to_filter()


class Textuals(App[None]):
    """DataTable, cleared and filled for each filter."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.source = [(r, r.name.lower()) for r in records(count)]

    def compose(self) -> ComposeResult:
        yield Input(compact=True)
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        start = time.perf_counter()
        table = self.query_one(DataTable)
        table.add_columns(*(name.upper() for name in CELLS))
        self.fill("")
        self.query_one(Input).cursor_blink = False
        self.query_one(Input).placeholder = f"FILLED {(time.perf_counter() - start) * 1000:.1f} ms"
        table.focus()

    def fill(self, text: str) -> None:
        table = self.query_one(DataTable)
        table.clear()
        rows = [r for r, name in self.source if text in name]
        table.add_rows([[str(getattr(r, name)) for name in CELLS] for r in rows])

    def on_input_changed(self, event: Input.Changed) -> None:
        self.fill(event.value.lower())

    def key_slash(self) -> None:
        self.query_one(Input).focus()


if __name__ == "__main__":
    {"ours": Ours, "textual": Textuals}[sys.argv[1]](int(sys.argv[2])).run()
