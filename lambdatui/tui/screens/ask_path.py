"""Asks for the path of a file, with completion; a path that will not do is told where it was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.errors import BadInput
from lambdatui.text import one_line
from lambdatui.tui.form.paths import PathSuggester
from lambdatui.tui.widgets.key_bar import KeyBar

T = TypeVar("T")


class AskPath(ModalScreen[T | None], Generic[T]):
    """One path. It ends with what `use` makes of it, in a thread, or with None.

    `use` raises BadInput or OSError where the path will not do; a hint of that error goes on in the lines beneath.
    """

    CSS_PATH = "ask_path.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "take", id="ask_path.answer"),
        Binding("escape", "back", "not now", id="ask_path.back"),
    ]

    def __init__(
        self, title: str, question: str, value: str, use: Callable[[Path], T], *, endings: tuple[str, ...]
    ) -> None:
        super().__init__()
        self._title, self._question, self._value = title, question, value
        self._use = use
        self._endings = endings
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(self._value, compact=True, suggester=PathSuggester(*self._endings), select_on_focus=False)
            yield Static("→ completes a path", id="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = self._title
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_answer()

    def action_answer(self) -> None:
        text = self.query_one(Input).value.strip()
        if text and not self._busy:
            self._busy = True
            self.run_worker(self._answer(Path(text).expanduser()), group="ask-path", exit_on_error=False)

    async def _answer(self, path: Path) -> None:
        try:
            self.dismiss(await asyncio.to_thread(self._use, path))
        except BadInput as error:
            lines = [f"✖ {error.message}", *error.hint.splitlines()]
            self._say(Content("\n").join(Content.assemble((one_line(line), "$bad")) for line in lines))
        except OSError as error:
            self._say(Content.assemble((f"✖ {one_line(str(path))}: {error.strerror}.", "$bad")))
        finally:
            self._busy = False

    def _say(self, words: Content) -> None:
        self.query_one("#word", Static).update(words)

    def action_back(self) -> None:
        self.dismiss(None)
