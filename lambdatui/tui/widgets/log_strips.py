"""How the rows of a log look: an invocation in columns, a line beneath it or outside of any in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_lines import Level, LogLine
from lambdatui.text import one_line
from lambdatui.tui import log_columns, log_text
from lambdatui.tui.log_rows import LogRows, Place
from lambdatui.tui.widgets.cells import ELLIPSIS, fit
from lambdatui.tui.widgets.record_table import GAP, Column, Tone, layout

LEFT = 3
"""Cells before the first column: the cursor, whether an entry is unfolded, a blank."""

RIGHT = 2
"""Cells after the last: a blank, the scroll bar."""

INDENT = LEFT + log_columns.TIME + GAP + log_columns.MARK + GAP
"""Cells before the text of a line."""


class LogStrips:
    """Draws the rows of a log, `width` cells wide. `style` gives the style of a name: a tone, `cursor`, `match` …"""

    def __init__(self, rows: LogRows, style: Callable[[str], Style]) -> None:
        self.rows = rows
        self.wrap = False
        self.match: re.Pattern[str] | None = None
        """What is made visible in texts."""
        self.has_focus = False
        self._style = style
        self._columns: list[tuple[Column[Invoked], int]] = []
        self._width = 0

    @property
    def width(self) -> int:
        return self._width

    @width.setter
    def width(self, cells: int) -> None:
        self._width = cells
        self._columns = layout(log_columns.columns(cells), cells - LEFT - RIGHT)

    def height(self, place: Place) -> int:
        """How many lines of the screen a row takes."""
        line = self.rows.line_at(place)
        return len(self._pieces(line, place)) if line is not None else 1

    def _pieces(self, line: LogLine, place: Place) -> list[str]:
        width = self._width - INDENT - RIGHT
        if not place.line and not self.wrap:
            return [fit(log_text.first_line(line), max(1, width)).rstrip()]
        return log_text.pieces(log_text.text(line), width, self.wrap)

    def header(self) -> Strip:
        """The titles of the columns."""
        titles = (" " * GAP).join(fit(column.title, cells, column.align) for column, cells in self._columns)
        return Strip(
            [Segment(fit(" " * LEFT + titles, self._width), self._style("") + self._style("header"))], self._width
        )

    def row(self, place: Place, at_cursor: bool) -> list[Strip]:
        """A row, in as many lines as `height` says."""
        plain = self._style("")
        if at_cursor:
            plain += self._style("cursor" if self.has_focus else "cursor-blurred")

        def toned(tone: Tone) -> Style:
            # on the focused cursor a tone would drown in its colour; the glyph and the word still tell
            return plain + self._style(tone) if tone and not (at_cursor and self.has_focus) else plain

        mark = Segment("▸" if at_cursor else " ", plain)
        line = self.rows.line_at(place)
        if line is None:
            entry = self.rows.shown[place.entry]
            assert isinstance(entry, Invoked)
            parts = [mark, *self._invoked(entry, plain, toned)]
            return [_strip(parts, self._width, plain)]
        strips = []
        text_style = toned("bad" if line.level >= Level.ERROR else "warn" if line.level == Level.WARN else "")
        rail = Segment("│ " if place.line else "  ", toned("muted"))
        for number, piece in enumerate(self._pieces(line, place)):
            if number:
                head = [Segment(" " * (INDENT - LEFT), plain)]
            else:
                word, tone = log_columns.level(line.level)
                head = [
                    Segment(fit(log_columns.time(line.timestamp), log_columns.TIME) + " " * GAP, toned("muted")),
                    Segment(fit(word, log_columns.MARK) + " " * GAP, toned(tone)),
                ]
            parts = [mark if not number else Segment(" ", plain), rail, *head, *self._text(piece, text_style)]
            strips.append(_strip(parts, self._width, plain))
        return strips

    def _invoked(self, entry: Invoked, plain: Style, toned: _Toned) -> list[Segment]:
        fold = " " if not entry.lines else "−" if self.rows.is_unfolded(entry) else "+"
        parts = [Segment(f"{fold} ", toned("muted"))]
        for column, cells in self._columns:
            if column.key == "words":
                parts += self._words(entry, cells, toned)
                continue
            cell = column.cell(entry)
            text, tone = cell if isinstance(cell, tuple) else (cell, "")
            parts.append(Segment(fit(text, cells, column.align) + " " * GAP, toned(tone)))
        return parts

    def _words(self, entry: Invoked, cells: int, toned: _Toned) -> list[Segment]:
        line = self.rows.filter.headline(entry)
        if line is None:
            text, level = (one_line(entry.failure.words), Level.ERROR) if entry.failure else ("", Level.NONE)
        else:
            text, level = log_text.first_line(line), line.level
        tone: Tone = "bad" if level >= Level.ERROR else "warn" if level == Level.WARN else ""
        return self._text(fit(self._from_match(text, cells), cells).rstrip(), toned(tone))

    def _from_match(self, text: str, cells: int) -> str:
        """A text from so far on that what is looked for is in sight."""
        found = self.match.search(text) if self.match else None
        if found is None or found.end() < cells:
            return text
        return ELLIPSIS + text[max(0, found.start() - cells // 3) :]

    def _text(self, text: str, style: Style) -> list[Segment]:
        """A text with what is looked for made visible in it."""
        if self.match is None:
            return [Segment(text, style)]
        parts, at = [], 0
        for found in self.match.finditer(text):
            if found.end() > found.start():
                parts.append(Segment(text[at : found.start()], style))
                parts.append(Segment(found.group(), style + self._style("match")))
                at = found.end()
        return [*parts, Segment(text[at:], style)]


def _strip(parts: list[Segment], width: int, plain: Style) -> Strip:
    # neighbours of one style are one segment: a flood of lines is a flood of bytes to the terminal
    return Strip(parts).adjust_cell_length(width, plain).simplify()


class _Toned(Protocol):
    """From a tone to a style."""

    def __call__(self, tone: Tone, /) -> Style: ...
