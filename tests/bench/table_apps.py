"""The same list in two tables, each with a filter line: `python -m tests.bench.table_apps ours|textual COUNT`.

`textual` is what one writes first: a DataTable that is cleared and filled anew for each filter.

With `ours-streamed` and `textual-streamed` the list comes in pages of 50 from a thread instead, PAGES_A_SECOND of them
from the key `s` on; each draws in its filter line, when all are shown, how late the event loop was.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input

from lambdatui.aws.listing import FunctionRecord, record
from lambdatui.aws.scope import Scope
from lambdatui.tui import themes
from lambdatui.tui.feed import Feed
from lambdatui.tui.function_list import FunctionList
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.record_table import Column, RecordTable
from tests.bench.list_server import function

SCOPE = Scope("", "eu-west-1")
PAGE = 50
PAGES_A_SECOND = 100


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
        self.begin()
        self.set_focus(self.query_one(RecordTable))

    def begin(self) -> None:
        start = time.perf_counter()
        self.functions.records.put(self.source)
        self.query_one(RecordTable).show(self.functions.records.shown)
        self.query_one(Input).placeholder = f"FILLED {(time.perf_counter() - start) * 1000:.1f} ms"

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
        self.query_one(Input).cursor_blink = False
        self.begin()
        self.query_one(DataTable).focus()

    def begin(self) -> None:
        start = time.perf_counter()
        self.query_one(DataTable).add_columns(*(name.upper() for name in CELLS))
        self.fill("")
        self.query_one(Input).placeholder = f"FILLED {(time.perf_counter() - start) * 1000:.1f} ms"

    def fill(self, text: str) -> None:
        table = self.query_one(DataTable)
        table.clear()
        rows = [r for r, name in self.source if text in name]
        table.add_rows([[str(getattr(r, name)) for name in CELLS] for r in rows])

    def on_input_changed(self, event: Input.Changed) -> None:
        self.fill(event.value.lower())

    def key_slash(self) -> None:
        self.query_one(Input).focus()


class Stream:
    """Pages from a thread, and how late a timer of 10 ms is until the last of them is shown.

    `give` is called in the thread with each page; whoever shows it tells `shown` of it.
    """

    def __init__(self, app: App[None], source: Sequence[Any], give: Callable[[Sequence[Any]], object]) -> None:
        self._app = app
        self._source = source
        self._give = give
        self._left = len(source)

    def start(self) -> None:
        threading.Thread(target=self._work, daemon=True).start()
        self._app.run_worker(self._measure())

    def shown(self, count: int) -> None:
        self._left -= count

    def _work(self) -> None:
        start = time.perf_counter()
        for number in range(0, len(self._source), PAGE):
            time.sleep(max(0.0, start + number / PAGE / PAGES_A_SECOND - time.perf_counter()))
            self._give(self._source[number : number + PAGE])

    async def _measure(self) -> None:
        lags = []
        while self._left:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            lags.append((time.perf_counter() - before - 0.01) * 1000)
        lags.sort()
        self._app.query_one(Input).placeholder = f"STREAMED {lags[len(lags) * 99 // 100]:.1f} {lags[-1]:.1f} ms"


class OursStreamed(Ours):
    """Takes pages as the functions screen does."""

    def begin(self) -> None:
        # as the app does when its first frame is drawn
        self.call_after_refresh(gc.freeze)
        self.feed: Feed[Sequence[FunctionRecord]] = Feed(self, self.take)
        self.stream = Stream(self, self.source, self.feed.put)
        self.query_one(Input).placeholder = "READY"

    def take(self, pages: list[Sequence[FunctionRecord]]) -> None:
        for page in pages:
            self.functions.found_page(SCOPE, page, last=False)
            self.stream.shown(len(page))
        self.query_one(RecordTable).show(self.functions.records.shown)

    def key_s(self) -> None:
        self.stream.start()


class TextualsStreamed(Textuals):
    """Has the event loop add the rows of each page, as Textual's guide tells threads to."""

    def begin(self) -> None:
        self.stream = Stream(self, self.source, lambda page: self.call_from_thread(self.take, page))
        self.query_one(DataTable).add_columns(*(name.upper() for name in CELLS))
        self.query_one(Input).placeholder = "READY"

    def take(self, page: Sequence[tuple[FunctionRecord, str]]) -> None:
        self.query_one(DataTable).add_rows([str(getattr(r, name)) for name in CELLS] for r, _ in page)
        self.stream.shown(len(page))

    def key_s(self) -> None:
        self.stream.start()


APPS = {"ours": Ours, "textual": Textuals, "ours-streamed": OursStreamed, "textual-streamed": TextualsStreamed}

if __name__ == "__main__":
    APPS[sys.argv[1]](int(sys.argv[2])).run()
