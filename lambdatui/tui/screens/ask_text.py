"""Asks for one line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from lambdatui.tui.screens.ask_line import AskLine
from lambdatui.tui.widgets.key_bar import KeyBar

T = TypeVar("T")


class AskText(AskLine[T], Generic[T]):
    """One question, answered with what `meaning` makes of the line, or with None.

    `meaning` raises BadInput where the line will not do; an empty line is one like any other.
    """

    CSS_PATH = "ask_text.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "take", id="ask_text.answer"),
        Binding("escape", "back", "not now", id="ask_text.back"),
    ]

    def __init__(self, title: str, question: str, hint: str, value: str, meaning: Callable[[str], T]) -> None:
        super().__init__()
        self.dialog_title, self.hint, self._question = title, hint, question
        self._value, self._meaning = value, meaning

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(self._value, compact=True)
            yield Static("", id="hint", markup=False)
            yield KeyBar()

    def answer(self, text: str) -> T:
        return self._meaning(text)
