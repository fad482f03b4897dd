"""The one input of a form: it lies over the value that is edited."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input


class FieldEditor(Input):
    """Takes one value. It says when the value is taken, and whether the form goes on to another field."""

    DEFAULT_CSS = """
    FieldEditor { layer: editor; height: 1; border: none; padding: 0; background: $panel; }
    FieldEditor:focus { border: none; background-tint: $foreground 0%; }
    FieldEditor.-wrong { color: $bad; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take(0)", "take", id="field.take"),
        Binding("tab", "take(1, True)", "take, edit the next", id="field.next"),
        Binding("shift+tab", "take(-1, True)", "take, edit the one before", show=False, id="field.before"),
        Binding("down", "take(1)", "take, go down", show=False, id="field.down"),
        Binding("up", "take(-1)", "take, go up", show=False, id="field.up"),
        Binding("f2", "reveal", "show what is typed", id="field.reveal"),
        Binding("escape", "give_up", "as it was", id="field.give_up", key_display="esc"),
    ]

    class Taken(Message):
        """The value is to be taken, then the cursor goes `by` fields on; with `edit`, that one is edited next."""

        def __init__(self, text: str, by: int, edit: bool) -> None:
            super().__init__()
            self.text = text
            self.by = by
            self.edit = edit

    class GivenUp(Message):
        """The value stays as it was."""

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.display = False
        self._secret = False

    @property
    def is_open(self) -> bool:
        """Whether something is edited."""
        return self.display

    def open(self, text: str, placeholder: str, *, secret: bool = False, suggester: Suggester | None = None) -> None:
        """Begins to edit."""
        self._secret = secret
        self.password = secret
        self.suggester = suggester
        self.placeholder = placeholder
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)
        self.set_wrong(False)
        # at once, and not with the next styling: what is typed ahead must find it here
        self.display = True
        self.screen.set_focus(self, scroll_visible=False)

    def close(self) -> None:
        """Ends it, and forgets what was typed."""
        self.display = False
        with self.prevent(Input.Changed):
            self.value = ""
        self.suggester = None

    def set_wrong(self, is_wrong: bool) -> None:
        """Shows whether the value will not do."""
        self.set_class(is_wrong, "-wrong")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._secret if action == "reveal" else True

    def action_reveal(self) -> None:
        self.password = not self.password

    def action_take(self, by: int, edit: bool = False) -> None:
        self.post_message(self.Taken(self.value, by, edit))

    def action_give_up(self) -> None:
        self.post_message(self.GivenUp())
