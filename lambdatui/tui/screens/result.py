"""One invocation whole: its answer, its log, what was sent, its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.text import clean, one_line
from lambdatui.tui import invocation_words
from lambdatui.tui.offers import Copyable
from lambdatui.tui.widgets.body_view import BodyView
from lambdatui.tui.widgets.json_tree import JsonTree, Node, path_of
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import RecordTable
from lambdatui.tui.widgets.tab_bar import TabBar

ANSWER, LOG, SENT = range(3)

BESIDE_FROM = 120
"""Cells of width, from which the answer and the log stand side by side."""


class ResultScreen(ModalScreen[bool]):
    """Shows one invocation. It ends with whether the reader goes on to its log.

    `sent` makes the payload that was sent once more; it runs in a thread and may raise LambdatuiError. None where that
    cannot be known.
    """

    CSS_PATH = "result.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "pane(0)", "answer, log, sent", id="result.answer", key_display="1-3"),
        Binding("2", "pane(1)", "the log's tail", show=False, id="result.tail"),
        Binding("3", "pane(2)", "what was sent", show=False, id="result.sent"),
        Binding("tab", "step(1)", "next pane", show=False, id="result.next"),
        Binding("shift+tab", "step(-1)", "pane before", show=False, id="result.before"),
        Binding("l", "log", "in the log", id="result.log"),
        Binding("w", "write", "write to a file", id="result.write"),
        Binding("y", "app.copy", "copy", id="result.copy"),
        Binding("Y", "app.select_here", "select here", show=False, id="result.select_here"),
        Binding("escape,q", "close", "close", id="result.close", key_display="esc"),
    ]

    def __init__(self, invocation: Invocation, sent: Callable[[], bytes] | None = None) -> None:
        super().__init__()
        self._invocation = invocation
        self._make_sent = sent
        self._sent: bytes | None = None
        self._active = ANSWER

    def compose(self) -> ComposeResult:
        one = self._invocation
        with Vertical(classes="dialog"):
            yield Static("", id="result-head")
            yield TabBar(["Answer", "Log", "Sent"])
            with Horizontal(id="result-panes"):
                yield BodyView(one.payload, id="result-answer")
                with VerticalScroll(id="result-log"):
                    yield Static(invocation_words.log(one.log) if one.log else Content(_no_log(one)))
                with VerticalScroll(id="result-sent"):
                    yield Static("", id="result-sent-word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        one = self._invocation
        side = f" · {one.side}" if one.side else ""
        self.query_one(".dialog").border_title = Content(
            f"{'Warm-up' if one.warm_up else 'Invocation'} {one.number}{side}"
        )
        self._show_pane(ANSWER)

    def on_resize(self, _: events.Resize) -> None:
        self.query_one("#result-head", Static).update(self._head(self.query_one(TabBar).size.width))
        self._show_pane(self._active)

    def _head(self, width: int) -> Content:
        one = self._invocation
        lines, used = [Content("")], 0
        for name, value, style in invocation_words.figures(one):
            # a name and its value stay together
            if used and used + len(name) + len(value) + 1 > width:
                lines.append(Content(""))
                used = 0
            lines[-1] += Content.assemble((f"{name} ", "$muted"), (f"{value}   ", style))
            used += len(name) + len(value) + 4
        lines.append(Content.assemble(("request ", "$muted"), one_line(one.request_id) or "– AWS gave it none"))
        if one.error:
            lines.append(Content.assemble((one_line(one.error)[:2000], "bold $bad")))
        return Content("\n").join(lines)

    # the panes

    def _panes(self) -> list[Widget]:
        return [self.query_one(name) for name in ("#result-answer", "#result-log", "#result-sent")]

    def _show_pane(self, active: int) -> None:
        self._active = active
        beside = self.app.size.width >= BESIDE_FROM and active != SENT
        panes = self._panes()
        for index, pane in enumerate(panes):
            pane.display = index == active or (beside and index != SENT)
        self.query_one(TabBar).active = active
        pane = panes[active]
        self.set_focus(pane.place if isinstance(pane, BodyView) else pane, scroll_visible=False)
        if active == SENT and self._sent is None:
            self.run_worker(self._show_sent(), group="sent", exclusive=True, exit_on_error=False)

    async def _show_sent(self) -> None:
        word = self.query_one("#result-sent-word", Static)
        if self._make_sent is None:
            word.update("It is not known what was sent: a run that was saved elsewhere does not say.")
            return
        word.update("Making it once more …")
        try:
            self._sent = await asyncio.to_thread(self._make_sent)
        except (LambdatuiError, OSError) as error:
            word.update(Content.assemble((f"✖ It cannot be made once more: {one_line(str(error))}", "$bad")))
            return
        scroll = self.query_one("#result-sent")
        view = BodyView(self._sent, id="result-sent")
        view.display = scroll.display
        await scroll.remove()
        await self.query_one("#result-panes").mount(view)
        if self._active == SENT:
            self.set_focus(view.place, scroll_visible=False)

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        self._show_pane(event.index)

    def action_pane(self, index: int) -> None:
        self._show_pane(index)

    def action_step(self, by: int) -> None:
        self._show_pane((self._active + by) % 3)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """A text of the answer is shown whole."""
        from lambdatui.tui.screens.document import DocumentScreen

        if isinstance(event.table, JsonTree) and isinstance(event.record, Node):
            value = event.record.value
            text = value if isinstance(value, str) else str(value)
            self.app.push_screen(DocumentScreen(path_of(event.record) or "value", text))

    # copying and writing

    def copies(self) -> Sequence[Copyable]:
        """The parts of the invocation, that of the pane in front first."""
        one = self._invocation
        parts = [
            Copyable("answer", one.payload.decode("utf-8", "replace")),
            Copyable("log", one.log),
            Copyable("payload that was sent", (self._sent or b"").decode("utf-8", "replace")),
        ]
        return [
            parts[self._active],
            *(part for part in parts if part is not parts[self._active]),
            Copyable("request id", one.request_id),
            Copyable("error", one.error),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "log":
            # one that AWS never took has no request id, and no log
            return bool(self._invocation.request_id)
        if action == "write":
            return self._active != SENT or bool(self._sent)
        return True

    def action_write(self) -> None:
        """Writes what the pane in front shows, whole."""
        from lambdatui.tui.screens.ask_path import AskPath

        one = self._invocation
        name, data = (
            (f"answer-{one.number}.json", one.payload),
            (f"log-{one.number}.txt", clean(one.log).encode()),
            (f"payload-{one.number}.json", self._sent or b""),
        )[self._active]

        def written(path: Path | None) -> None:
            if path is not None:
                self.notify(f"{len(data):,} bytes written to {path.absolute()}.", markup=False)

        question = f"{len(data):,} bytes, as they came. Where to?"
        self.app.push_screen(
            AskPath("Write to a file", question, name, lambda path: _write(path, data), endings=(".json", ".txt")),
            written,
        )

    def action_log(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)


def _no_log(one: Invocation) -> str:
    return "No log came with the answer." if one.status else "There is no log: no answer came."


def _write(path: Path, data: bytes) -> Path:
    """Writes a file that is not there yet. Raises BadInput or OSError."""
    if path.is_dir():
        raise BadInput(f"{path}: this is a folder; the name of a file was expected.")
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise BadInput(f"{path}: this file is there already.") from None
    return path
