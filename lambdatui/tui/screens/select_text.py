"""Select here: a text alone on the screen, so that the terminal's own selection takes it and nothing else.

The mouse is the terminal's meanwhile. Lines longer than the screen are drawn a second time with the terminal's own
line wrap, so that a selection over them comes without line breaks; Textual itself draws each row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from lambdatui.tui.widgets.key_bar import KeyBar


class SelectableText(Widget, can_focus=True):
    """Draws `text` from the first column on, without a frame or a mark; one page of rows at a time."""

    DEFAULT_CSS = """
    SelectableText { height: 1fr; background: $background; color: $foreground; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,space,down,j", "page(1)", "next page", id="select.next", key_display="space"),
        Binding("pageup,up,k", "page(-1)", "page before", id="select.before", key_display="pgup"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = text.expandtabs(4).split("\n")
        self._top = 0

    @property
    def rows(self) -> list[tuple[str, bool]]:
        """All rows at this width, each with whether the line goes on in the next."""
        return [row for line in self._lines for row in wrapped(line, max(1, self.size.width))]

    @property
    def page(self) -> list[tuple[str, bool]]:
        """The rows on the screen."""
        return self.rows[self._top : self._top + self.size.height]

    def action_page(self, by: int) -> None:
        last = max(0, len(self.rows) - self.size.height)
        self._top = min(max(0, self._top + by * self.size.height), last)
        self.refresh()
        self.refresh_bindings()
        self.call_after_refresh(self.wrap_again)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "page":
            return True
        return self._top > 0 if parameters == (-1,) else self._top + self.size.height < len(self.rows)

    def on_resize(self) -> None:
        self._top = min(self._top, max(0, len(self.rows) - self.size.height))
        self.refresh_bindings()
        self.call_after_refresh(self.wrap_again)

    def render_lines(self, crop: Region) -> list[Strip]:
        width, page, style = self.size.width, self.page, self.rich_style
        texts = [page[y][0] if y < len(page) else "" for y in range(crop.y, crop.bottom)]
        strips = [Strip([Segment(text, style)]).adjust_cell_length(width, style) for text in texts]
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def wrap_again(self) -> None:
        """Has the terminal wrap the long lines on the screen by itself, over what was drawn."""
        driver = self.app._driver
        if driver is None or not self.is_attached:
            return
        for y, text in joined(self.page):
            shown = self.rich_style.render(text, color_system=ColorSystem.TRUECOLOR)
            driver.write(f"\x1b7\x1b[{self.region.y + y + 1};1H\x1b[?7h{shown}\x1b[?7l\x1b8")


class SelectTextScreen(Screen[None]):
    """Shows a text for the terminal's selection."""

    CSS_PATH = "select_text.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,Y", "back", "back; the mouse selects", id="select.back", key_display="esc"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield SelectableText(self._text)
        yield KeyBar()

    def on_mount(self) -> None:
        self._report_mouse(False)

    def on_unmount(self) -> None:
        self._report_mouse(True)

    def _report_mouse(self, wanted: bool) -> None:
        # Textual has no public switch for it, and only the drivers of real terminals have one at all
        switch: Any = getattr(self.app._driver, "_enable_mouse_support" if wanted else "_disable_mouse_support", None)
        if switch is not None:
            switch()

    def action_back(self) -> None:
        self.dismiss(None)


def wrapped(line: str, width: int) -> list[tuple[str, bool]]:
    """A line in rows of `width` cells at most, each with whether the line goes on in the next."""
    rows: list[str] = []
    row: list[str] = []
    used = 0
    for character in line:
        cells = cell_len(character)
        if used + cells > width and row:
            rows.append("".join(row))
            row, used = [], 0
        row.append(character)
        used += cells
    rows.append("".join(row))
    return [(text, index < len(rows) - 1) for index, text in enumerate(rows)]


def joined(rows: Sequence[tuple[str, bool]]) -> list[tuple[int, str]]:
    """The lines that take several of these rows, each with the row in which it starts."""
    found: list[tuple[int, str]] = []
    start: int | None = None
    for y, (_, goes_on) in enumerate(rows):
        if goes_on and start is None:
            start = y
        if start is not None and (not goes_on or y == len(rows) - 1):
            if y > start:
                found.append((start, "".join(text for text, _ in rows[start : y + 1])))
            start = None
    return found
