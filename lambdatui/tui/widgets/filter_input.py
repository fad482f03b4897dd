"""The filter line: each key filters in the same frame in which it is echoed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class FilterInput(Input):
    """A one-line input that calls `on_text` as its value changes, and `on_leave` when the reader is done with it."""

    DEFAULT_CSS = """
    FilterInput { height: 1; border: none; padding: 0; background: $background; width: 1fr; }
    FilterInput:focus { border: none; background-tint: $foreground 0%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(True)", "clear", show=True, id="filter.clear"),
        Binding("enter,down", "leave(False)", "to the list", show=True, id="filter.done"),
    ]

    def __init__(self, on_text: Callable[[str], None], on_leave: Callable[[], None], placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._on_text = on_text
        self._leave = on_leave

    def _watch_value(self, value: str) -> None:
        super()._watch_value(value)
        if self.is_mounted:
            self._on_text(value)

    def action_leave(self, clear: bool) -> None:
        if clear:
            self.value = ""
        self._leave()
