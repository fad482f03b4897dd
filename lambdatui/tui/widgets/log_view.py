"""A log on Textual's line API: an invocation a line, its own lines beneath it when unfolded.

Only what is seen is drawn. Rows have any height, and there may be 100,000 of them: places are an entry and a line of
it, and moving walks from one to the next. What is kept in sight while lines come and go is an entry, never a number.
"""

from __future__ import annotations

import re
import textwrap
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lambdatui.aws.log_entries import Entry, Invoked
from lambdatui.aws.log_lines import Level, LogLine
from lambdatui.text import one_line
from lambdatui.tui import log_columns, log_text
from lambdatui.tui.log_rows import Anchor, LogRows, Place
from lambdatui.tui.widgets.cells import ELLIPSIS, fit
from lambdatui.tui.widgets.record_table import GAP, TONES, Column, Tone, layout

LEFT = 3
"""Cells before the first column: the cursor, whether an entry is unfolded, a blank."""

INDENT = LEFT + log_columns.TIME + GAP + log_columns.MARK + GAP
"""Cells before the text of a line."""


class LogView(Widget, can_focus=True):
    """Shows the entries of `rows`. While it follows, the newest is in sight; moving up ends that, the end resumes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log-view--header",
        "log-view--cursor",
        "log-view--cursor-blurred",
        "log-view--match",
        "log-view--new",
        "log-view--thumb",
        "log-view--track",
        *(f"log-view--{tone}" for tone in TONES),
    }

    DEFAULT_CSS = """
    LogView {
        height: 1fr;
        background: $background;
        color: $foreground;
        & > .log-view--header { color: $muted; text-style: bold; }
        & > .log-view--cursor { background: $cursor; color: $cursor-text; text-style: bold; }
        & > .log-view--cursor-blurred { background: $cursor-blurred; }
        & > .log-view--match { text-style: bold underline; }
        & > .log-view--new { color: $accent; text-style: bold; }
        & > .log-view--thumb { color: $scroll-thumb; }
        & > .log-view--track { color: $scroll-track; }
        & > .log-view--muted { color: $muted; }
        & > .log-view--ok { color: $ok; }
        & > .log-view--busy { color: $busy; }
        & > .log-view--warn { color: $warn; }
        & > .log-view--bad { color: $bad; }
        & > .log-view--accent { color: $accent; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="log.up"),
        Binding("down,j", "move(1)", "down", show=False, id="log.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="log.page_up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="log.page_down"),
        Binding("home,g", "first", "oldest", show=False, id="log.first"),
        Binding("end,G", "follow", "newest", show=False, id="log.last"),
        Binding("enter", "open", "unfold / open", id="log.open"),
    ]

    class Opened(Message):
        """Enter on a line, which is to be shown whole."""

        def __init__(self, line: LogLine) -> None:
            super().__init__()
            self.line = line

    class Moved(Message):
        """The cursor stands on another row, or the view follows where it did not, or no more."""

    def __init__(self, rows: LogRows) -> None:
        super().__init__()
        self.rows = rows
        self.empty = ""
        """What stands where there is nothing to show."""
        self.wrap = False
        self.follow = True
        """Whether the newest entry is kept in sight."""
        self.new = 0
        """How many entries have come since the view has ceased to follow."""
        self._cursor: Anchor | None = None
        self._top: Anchor | None = None
        self._columns: list[tuple[Column[Invoked], int]] = []
        self._styles: dict[str, Style] = {}
        self._match: re.Pattern[str] | None = None

    # what is shown

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor, or whose line is."""
        place = self._cursor_place()
        return self.rows.shown[place.entry] if place else None

    @property
    def line(self) -> LogLine | None:
        """The line under the cursor; None on an invocation itself."""
        place = self._cursor_place()
        return self.rows.line_at(place) if place else None

    def grew(self, new: int) -> None:
        """More has been taken in: `new` entries are shown that were not before."""
        if not self.follow:
            self.new += new
        self.redraw()

    def redraw(self) -> None:
        """Draws anew: what is shown, or how, is not what it was."""
        self._match = self.rows.filter.words.highlight
        self._settle()
        self.refresh()

    def go_to(self, entry: Entry) -> None:
        """Puts the cursor on an entry that is shown."""
        self._go(Place(self.rows.index(entry), 0))

    # moving

    def action_move(self, by: int) -> None:
        self._step(by, abs(by))

    def action_page(self, by: int) -> None:
        self._step(by, max(1, self._page - 1))

    def action_first(self) -> None:
        self._go(Place(0, 0))

    def action_follow(self) -> None:
        """To the newest entry, which stays in sight from now on."""
        self.follow, self.new = True, 0
        self._settle()
        self.refresh()
        self.post_message(self.Moved())

    def action_pause(self) -> None:
        """Stays where it is, whatever comes."""
        self.follow = False
        self.refresh()
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Unfolds an invocation or folds it; a line is shown whole."""
        place = self._cursor_place()
        if place is None:
            return
        entry, line = self.rows.shown[place.entry], self.rows.line_at(place)
        if line is not None:
            self.post_message(self.Opened(line))
        elif entry.lines:
            self.rows.turn(entry)
            if not self._is_last(place):
                self.follow = False
                # as many of its lines as there is room for come into sight
                foot = self._up_from(Place(place.entry, len(self.rows.details(entry))))
                self._top = self.rows.anchor(min(place, max(foot, self.rows.found(self._top) or place)))
            self.redraw()
            self.post_message(self.Moved())

    def jump(self, by: int) -> bool:
        """Puts the cursor on the next entry that is an error, or the one before; whether there is one."""
        shown, place = self.rows.shown, self._cursor_place()
        at = (place.entry if place else 0) + by
        while 0 <= at < len(shown):
            if shown[at].level >= Level.ERROR:
                self._go(Place(at, 0))
                return True
            at += by
        return False

    def _step(self, by: int, count: int) -> None:
        place = self._cursor_place()
        if place is None:
            return
        for _ in range(count):
            other = self.rows.before(place) if by < 0 else self.rows.after(place)
            if other is None:
                break
            place = other
        self._go(place)

    def _go(self, place: Place) -> None:
        if not self.rows.shown:
            return
        self._cursor = self.rows.anchor(place)
        self.follow = self._is_last(place)
        if self.follow:
            self.new = 0
        self._settle()
        self.refresh()
        self.post_message(self.Moved())

    def _is_last(self, place: Place) -> bool:
        return self.rows.after(place) is None

    # places

    @property
    def _page(self) -> int:
        """Lines of the screen that are there for rows."""
        return max(1, self.size.height - 1 - bool(self.new))

    def _cursor_place(self) -> Place | None:
        return self.rows.found(self._cursor)

    def _settle(self) -> None:
        """Finds the row at the top: the cursor is in sight, and nothing is left blank that could be filled."""
        shown = self.rows.shown
        if not shown:
            self._cursor = self._top = None
            return
        last = self.rows.last
        cursor = last if self.follow else self._cursor_place() or last
        top = self.rows.found(self._top) or cursor
        lowest = self._up_from(cursor)
        if top > cursor:
            top = cursor
        top = max(top, lowest)
        # the last row is not scrolled up farther than the foot of the screen
        top = min(top, self._up_from(last))
        self._cursor, self._top = self.rows.anchor(cursor), self.rows.anchor(top)

    def _up_from(self, place: Place) -> Place:
        """The row at the top of the screen where `place` is the last in sight."""
        room = self._page - self._height(place)
        while (before := self.rows.before(place)) is not None:
            room -= self._height(before)
            if room < 0:
                break
            place = before
        return place

    def _height(self, place: Place) -> int:
        line = self.rows.line_at(place)
        return len(self._pieces(line, place)) if line is not None else 1

    def _pieces(self, line: LogLine, place: Place) -> list[str]:
        width = self.size.width - INDENT - 2
        if not place.line and not self.wrap:
            return [fit(log_text.first_line(line), max(1, width)).rstrip()]
        return log_text.pieces(log_text.text(line), width, self.wrap)

    # the mouse and the size

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._step(1, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._step(-1, 3)

    def on_click(self, event: events.Click) -> None:
        y, place = 1, self.rows.found(self._top)
        while place is not None:
            y += self._height(place)
            if event.y < y:
                if event.y > 0:
                    again = event.chain >= 2 and place == self._cursor_place()
                    self._go(place)
                    if again:
                        self.action_open()
                return
            place = self.rows.after(place)

    def on_resize(self) -> None:
        self._columns = layout(log_columns.columns(self.size.width), self.size.width - LEFT - 2)
        self.redraw()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # drawing

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        width, height = self.size
        lines = self._screen(width, height)[crop.y : crop.bottom]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            lines = [line.apply_filter(line_filter, background) for line in lines]
        if crop.x or crop.width != width:
            lines = [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def _screen(self, width: int, height: int) -> list[Strip]:
        plain = self._style("")
        lines = [self._header(width)]
        place, cursor = self.rows.found(self._top), self._cursor_place()
        if place is None:
            words = [fit(f"  {text}", width) for text in ("", *textwrap.wrap(self.empty, max(20, width - 4)))]
            lines += [Strip([Segment(text, plain + self._style("muted"))], width) for text in words]
        foot = height - bool(self.new)
        top_index = place.entry if place else 0
        while place is not None and len(lines) < foot:
            lines += self._row(place, place == cursor, width)
            place = self.rows.after(place)
        del lines[foot:]
        lines += [Strip([Segment(" " * width, plain)], width)] * (foot - len(lines))
        if self.new:
            told = fit(f" ▼ {self.new:,} new   end follows", width)
            lines.append(Strip([Segment(told, plain + self._style("new"))], width))
        return self._with_bar(lines, top_index, width)

    def _with_bar(self, lines: list[Strip], top: int, width: int) -> list[Strip]:
        count, page = len(self.rows.shown), self._page
        seen = self.rows.found(self._top)
        if seen is None or (count <= page and self._up_from(Place(count - 1, 0)) == Place(0, 0)):
            return lines
        size = max(1, min(page - 1, page * page // max(count, page)))
        start = page - size if self.follow else min(page - size, round(top / max(1, count - 1) * (page - size)))
        plain = self._style("")
        thumb, track = (
            Strip([Segment(text, plain + self._style(name))], 1) for text, name in (("█", "thumb"), ("│", "track"))
        )
        for y in range(page):
            bar = thumb if start <= y < start + size else track
            lines[y + 1] = Strip.join([lines[y + 1].crop(0, width - 1), bar])
        return lines

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self.get_component_rich_style(f"log-view--{name}", partial=True) if name else self.rich_style
            self._styles[name] = style
        return style

    def _header(self, width: int) -> Strip:
        titles = (" " * GAP).join(fit(column.title, cells, column.align) for column, cells in self._columns)
        return Strip([Segment(fit(" " * LEFT + titles, width), self._style("") + self._style("header"))], width)

    def _row(self, place: Place, at_cursor: bool, width: int) -> list[Strip]:
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
            return [_strip(parts, width, plain)]
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
            strips.append(_strip(parts, width, plain))
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
        found = self._match.search(text) if self._match else None
        if found is None or found.end() < cells:
            return text
        return ELLIPSIS + text[max(0, found.start() - cells // 3) :]

    def _text(self, text: str, style: Style) -> list[Segment]:
        """A text with what is looked for made visible in it."""
        if self._match is None:
            return [Segment(text, style)]
        parts, at = [], 0
        for found in self._match.finditer(text):
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
