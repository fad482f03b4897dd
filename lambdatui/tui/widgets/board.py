"""Lines that are made for the room there is, and drawn anew without a layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widget import Widget


class Board(Widget, can_focus=True):
    """Shows what `make` gives for a width and a height in cells."""

    DEFAULT_CSS = """
    Board { height: 1fr; background: $background; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, make: Callable[[int, int], Sequence[Content]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make = make

    def render(self) -> Content:
        width, height = self.size
        return Content("\n").join(list(self._make(width, height))[:height])
