"""Asks for one number."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.tui.widgets.key_bar import KeyBar


class AskNumber(ModalScreen[int | None]):
    """One question, answered with a whole number from `least` to `most`, or with None."""

    CSS_PATH = "ask_number.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "next", id="ask.answer"),
        Binding("escape", "back", "not now", id="ask.back"),
    ]

    def __init__(self, title: str, question: str, hint: str, value: int, least: int, most: int) -> None:
        super().__init__()
        self._title, self._question, self._hint = title, question, hint
        self._value, self._least, self._most = value, least, most

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(str(self._value), type="integer", compact=True)
            yield Static(self._hint, id="hint", markup=False)
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
        number = int(text) if text.lstrip("-").isdigit() else None
        if number is None or not self._least <= number <= self._most:
            hint = self.query_one("#hint", Static)
            hint.update(f"A whole number from {self._least} to {self._most} was expected.")
            hint.add_class("trouble")
            return
        self.dismiss(number)

    def action_back(self) -> None:
        self.dismiss(None)
