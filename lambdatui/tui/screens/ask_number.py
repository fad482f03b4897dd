"""Asks for one number."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from lambdatui.errors import BadInput
from lambdatui.tui.screens.ask_line import AskLine
from lambdatui.tui.widgets.key_bar import KeyBar


class AskNumber(AskLine[int]):
    """One question, answered with a whole number from `least` to `most`, or with None."""

    CSS_PATH = "ask_number.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "next", id="ask.answer"),
        Binding("escape", "back", "not now", id="ask.back"),
    ]

    def __init__(self, title: str, question: str, hint: str, value: int, least: int, most: int) -> None:
        super().__init__()
        self.dialog_title, self.hint, self._question = title, hint, question
        self._value, self._least, self._most = value, least, most

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(str(self._value), type="integer", compact=True)
            yield Static("", id="hint", markup=False)
            yield KeyBar()

    def answer(self, text: str) -> int:
        number = int(text) if text.lstrip("-").isdigit() else None
        if number is None or not self._least <= number <= self._most:
            raise BadInput(f"A whole number from {self._least} to {self._most} was expected.")
        return number
