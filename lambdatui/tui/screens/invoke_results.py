"""The results of a run as they are looked at: its file is found, pages of it are read, one is opened whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.tui.invocation_rows import LIGHT, Row, SavedPages, Unread
from lambdatui.tui.invoke_run import InvokeRun

if TYPE_CHECKING:
    from lambdatui.tui.screens.invoke import InvokeScreen


class InvokeResults:
    """Reads the file of one run. Made anew for each that is shown."""

    def __init__(self, screen: InvokeScreen) -> None:
        self._screen = screen
        self._reading: set[int] = set()

    async def find_file(self, run: InvokeRun) -> None:
        """Finds the file that a run is saved in as it goes."""
        from lambdatui.stages.load.saved import SavedRuns

        try:
            path = await asyncio.to_thread(lambda: SavedRuns().latest_of_this_process())
        except (LambdatuiError, OSError):
            return
        run.rows.saved = SavedPages(path)
        self._screen.refresh_bindings()

    def page_wanted(self, run: InvokeRun, number: int) -> None:
        """Has a page of rows be read that is not in memory."""
        if number not in self._reading:
            self._reading.add(number)
            self._screen.run_worker(self._read_page(run, number), group="pages", exit_on_error=False)

    async def _read_page(self, run: InvokeRun, number: int) -> None:
        screen, saved = self._screen, run.rows.saved
        try:
            # what is not written yet is asked for again with the next frame, and not as soon as it is found missing
            is_more = saved is not None and run.rows.put(number, await asyncio.to_thread(saved.page, number))
            if is_more and run is screen.run:
                screen.view.table.refresh()
        except (BadInput, OSError) as error:
            screen.say(f"✖ {error}", "$bad")
        finally:
            self._reading.discard(number)

    async def open(self, run: InvokeRun, row: Row, place: int | None) -> None:
        """Opens a result whole; `place` is where it stands in the run, None for the example of a group of errors."""
        if isinstance(row, Unread):
            return
        saved = run.rows.saved
        if place is not None and saved is not None and len(row.payload) == LIGHT:
            try:
                row = await asyncio.to_thread(saved.whole, place)
            except (BadInput, OSError) as error:
                self._screen.notify(str(error), severity="error", markup=False)
        self._show(run, row)

    def _show(self, run: InvokeRun, one: Invocation) -> None:
        from lambdatui.tui.screens.result import ResultScreen

        screen = self._screen

        def closed(log_wanted: bool | None) -> None:
            if log_wanted:
                self._open_log(one)

        def sent() -> bytes:
            return (run.events or screen.payload.made(run.stage, run.saved_from)).payload(one.number)

        screen.app.push_screen(ResultScreen(one, sent if run.payload_is_known else None), closed)

    def _open_log(self, one: Invocation) -> None:
        from lambdatui.tui.screens.function import FunctionView

        screen = self._screen
        screen.app.push_screen(FunctionView(screen.session, screen.scope, screen.function, "logs", one.request_id))
