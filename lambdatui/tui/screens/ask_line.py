"""What the dialogs share that ask for one line: the field, enter, the words beneath it, escape."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.errors import BadInput

T = TypeVar("T")


class AskLine(ModalScreen[T | None], Generic[T]):
    """One line. It ends with what `answer` makes of it, or with None.

    A subclass composes a `.dialog` with an Input and a `#hint`, and binds `answer` and `back` to keys.
    """

    dialog_title: str = ""
    hint: str = ""

    def answer(self, text: str) -> T:
        """What a line means, without blanks around it. Raises BadInput, whose words stand beneath the field."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = self.dialog_title
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._say(self.hint)

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_answer()

    def action_answer(self) -> None:
        try:
            self.dismiss(self.answer(self.query_one(Input).value.strip()))
        except BadInput as error:
            self._say(error.message, trouble=True)

    def action_back(self) -> None:
        self.dismiss(None)

    def _say(self, words: str, trouble: bool = False) -> None:
        line = self.query_one("#hint", Static)
        line.update(words)
        line.set_class(trouble, "trouble")
