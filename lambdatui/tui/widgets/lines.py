"""Lines of text, some of them with a name before the value."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from lambdatui.tui.labelled import wrapped


class Lines(Widget):
    """As high as its lines are at its width."""

    DEFAULT_CSS = """
    Lines { height: auto; }
    """

    def __init__(self, *lines: Content, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: Sequence[Content] = lines

    def update(self, lines: Sequence[Content]) -> None:
        """Shows other lines."""
        self._lines = lines
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(wrapped(self._lines, max(1, width)))

    def render(self) -> Content:
        return Content("\n").join(wrapped(self._lines, max(1, self.content_size.width)))
