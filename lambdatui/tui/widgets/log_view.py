"""A log on Textual's line API: an invocation a line, its own lines beneath it when unfolded.

Only what is seen is drawn. Rows have any height, and there may be 100,000 of them: places are an entry and a line of
it, and moving walks from one to the next. What is kept in sight while lines come and go is an entry, never a number.
"""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lambdatui.aws.log_entries import Entry
from lambdatui.aws.log_lines import Level, LogLine
from lambdatui.tui.log_rows import Anchor, LogRows, Place
from lambdatui.tui.widgets.cells import fit
from lambdatui.tui.widgets.log_strips import LogStrips
from lambdatui.tui.widgets.record_table import TONES


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
        self.follow = True
        """Whether the newest entry is kept in sight."""
        self.new = 0
        """How many entries have come since the view has ceased to follow."""
        self._cursor: Anchor | None = None
        self._top: Anchor | None = None
        self._strips = LogStrips(rows, self._style)
        self._styles: dict[str, Style] = {}

    # what is shown

    @property
    def wrap(self) -> bool:
        """Whether long lines are wrapped, and not cut."""
        return self._strips.wrap

    @wrap.setter
    def wrap(self, wrapped: bool) -> None:
        self._strips.wrap = wrapped
        self.redraw()

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
        self._strips.match = self.rows.filter.words.highlight
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
        room = self._page - self._strips.height(place)
        while (before := self.rows.before(place)) is not None:
            room -= self._strips.height(before)
            if room < 0:
                break
            place = before
        return place

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
            y += self._strips.height(place)
            if event.y < y:
                if event.y > 0:
                    again = event.chain >= 2 and place == self._cursor_place()
                    self._go(place)
                    if again:
                        self.action_open()
                return
            place = self.rows.after(place)

    def on_resize(self) -> None:
        self._strips.width = self.size.width
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
        self._strips.has_focus = self.has_focus
        lines = [self._strips.header()]
        place, cursor = self.rows.found(self._top), self._cursor_place()
        if place is None:
            words = [fit(f"  {text}", width) for text in ("", *textwrap.wrap(self.empty, max(20, width - 4)))]
            lines += [Strip([Segment(text, plain + self._style("muted"))], width) for text in words]
        foot = height - bool(self.new)
        top_index = place.entry if place else 0
        while place is not None and len(lines) < foot:
            lines += self._strips.row(place, place == cursor)
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
