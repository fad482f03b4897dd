"""A table of records on Textual's line API: only the visible rows are drawn, whatever their number.

It overrides `render_lines` and keeps finished strips, draws its own scroll bar inside the rows and never sets a
virtual size, so that a key costs one frame of a few milliseconds with 10 or 50,000 rows alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, ClassVar, Generic, Literal, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from lambdatui.tui.widgets.cells import fit

R = TypeVar("R")

Tone = Literal["", "muted", "ok", "busy", "warn", "bad", "accent"]
Cell = str | tuple[str, Tone]

GAP = 2
TONES: tuple[Tone, ...] = ("muted", "ok", "busy", "warn", "bad", "accent")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column: what it shows of a record and how much room it wants, in terminal cells."""

    key: str
    title: str
    cell: Callable[[R], Cell]
    width: int
    """The width, or the least of it where the column grows."""
    grow: int = 0
    """Its share of the room that is left; 0 for a fixed width."""
    priority: int = 0
    """The higher, the sooner it is hidden on a narrow screen; 0 never is."""
    align: Literal["left", "right"] = "left"
    most: int = 10_000
    """The width beyond which it does not grow."""


def layout(columns: Sequence[Column[Any]], width: int) -> list[tuple[Column[Any], int]]:
    """The columns that fit into `width` cells, in their order, each with its width.

    Those of the highest priority number go first; what is left is shared out among those that grow.
    """
    chosen = list(columns)

    def needed() -> int:
        return sum(column.width for column in chosen) + GAP * (len(chosen) - 1)

    while len(chosen) > 1 and needed() > width:
        last = max(chosen, key=lambda column: column.priority)
        if last.priority == 0:
            break
        chosen.remove(last)
    widths = {column.key: column.width for column in chosen}
    room = width - needed()
    while room > 0:
        growing = [column for column in chosen if column.grow and widths[column.key] < column.most]
        if not growing:
            break
        total = sum(column.grow for column in growing)
        given = 0
        for column in growing:
            more = min(max(1, room * column.grow // total), column.most - widths[column.key], room - given)
            widths[column.key] += more
            given += more
        room -= given
    return [(column, widths[column.key]) for column in chosen]


class RecordTable(Widget, Generic[R], can_focus=True):
    """Shows `rows` in the order given. The cursor stays on its record when the rows change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-table--header",
        "record-table--cursor",
        "record-table--cursor-blurred",
        "record-table--selected",
        "record-table--thumb",
        "record-table--track",
        "record-table--empty",
        *(f"record-table--{tone}" for tone in TONES),
    }

    DEFAULT_CSS = """
    RecordTable {
        height: 1fr;
        background: $background;
        color: $foreground;
        & > .record-table--header { color: $muted; text-style: bold; }
        & > .record-table--cursor { background: $cursor; color: $cursor-text; text-style: bold; }
        & > .record-table--cursor-blurred { background: $cursor-blurred; }
        & > .record-table--selected { color: $accent; text-style: bold; }
        & > .record-table--thumb { color: $scroll-thumb; }
        & > .record-table--track { color: $scroll-track; }
        & > .record-table--empty { color: $muted; }
        & > .record-table--muted { color: $muted; }
        & > .record-table--ok { color: $ok; }
        & > .record-table--busy { color: $busy; }
        & > .record-table--warn { color: $warn; }
        & > .record-table--bad { color: $bad; }
        & > .record-table--accent { color: $accent; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="table.page_down"),
        Binding("home,g", "edge(-1)", "first", show=False, id="table.first"),
        Binding("end,G", "edge(1)", "last", show=False, id="table.last"),
        Binding("enter", "open", "open", id="table.open"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Highlighted(Message):
        """The cursor stands on another record, or on the same one with other content."""

        def __init__(self, table: RecordTable[Any], record: Any) -> None:
            super().__init__()
            self.table = table
            self.record = record

        @property
        def control(self) -> RecordTable[Any]:
            return self.table

    class Opened(Message):
        """Enter, or a second click, on a record."""

        def __init__(self, table: RecordTable[Any], record: Any) -> None:
            super().__init__()
            self.table = table
            self.record = record

        @property
        def control(self) -> RecordTable[Any]:
            return self.table

    class HeaderClicked(Message):
        """A click on a column's title."""

        def __init__(self, table: RecordTable[Any], column: str) -> None:
            super().__init__()
            self.table = table
            self.column = column

        @property
        def control(self) -> RecordTable[Any]:
            return self.table

    class Scrolled(Message):
        """Other rows are visible than before."""

        def __init__(self, table: RecordTable[Any]) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> RecordTable[Any]:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        *,
        empty: str = "Nothing here.",
        follow: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.columns = list(columns)
        self.rows: Sequence[R] = ()
        self.empty = empty
        self.sorted_by: tuple[str, bool] | None = None
        self.selected: set[Hashable] = set()
        self._follows = follow
        self.follow = follow
        """Whether the last row is kept in sight while rows are added; moving up ends it, the last row resumes it."""
        self._key = key
        self._top = 0
        self._moved = False
        self._strips: dict[Any, Strip] = {}
        self._placed: list[tuple[Column[R], int]] = []
        self._placed_width = -1
        self._dragging = False
        self._plain, self._background = Style.null(), Color(0, 0, 0)

    # what is shown

    @property
    def record(self) -> R | None:
        """The record under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def page(self) -> int:
        """How many rows fit on the screen."""
        return max(1, self.size.height - 1)

    @property
    def visible_rows(self) -> Sequence[R]:
        """The records on the screen."""
        return self.rows[self._top : self._top + self.page]

    @property
    def top(self) -> int:
        """The index of the first row on the screen."""
        return self._top

    def show(self, rows: Sequence[R], *, changed: bool = True) -> None:
        """Shows these rows. The cursor stays on its record, and that at its height; gone, it stays at its place.

        Until it was moved for the first time, or `stay` was called, it stays at the top, whatever comes in there.

        `changed=False` promises that a record of a known key still looks the same, so that its strip is kept.
        """
        before = self.record
        self.rows = rows
        if changed or len(self._strips) > 2000:
            self._strips.clear()
        if self.follow:
            self._go(len(rows) - 1)
        elif before is not None and self._moved:
            at = self._index_of(before)
            self._top += at - self.cursor
            self._go(at)
        else:
            self._go(0)
        self.refresh()
        if self.record is not before:
            self.post_message(self.Highlighted(self, self.record))
        self.post_message(self.Scrolled(self))

    def stay(self) -> None:
        """Keeps the cursor on its record from now on, as if it had been moved there."""
        self._moved = True

    def _index_of(self, record: R) -> int:
        """Where a record stands now, by its key; the cursor's place where it is gone."""
        rows, key, at = self.rows, self._key, self.cursor
        wanted = key(record)
        if at < len(rows) and key(rows[at]) == wanted:
            return at
        try:
            # the same record as before: found without asking each for its key
            return rows.index(record)
        except ValueError:
            return next((index for index, row in enumerate(rows) if key(row) == wanted), at)

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Shows other columns."""
        self.columns = list(columns)
        self._placed_width = -1
        self.redraw()

    def redraw(self) -> None:
        """Draws anew: the records are the same objects, but what the columns show of them has changed."""
        self._strips.clear()
        self.refresh()

    def go_to(self, key: Hashable) -> bool:
        """Puts the cursor on the record with this key; whether it is there."""
        for index, row in enumerate(self.rows):
            if self._key(row) == key:
                self._move_to(index)
                return True
        return False

    def toggle_selected(self) -> None:
        """Selects the record under the cursor, or takes it out of the selection."""
        if self.record is not None:
            self.selected ^= {self._key(self.record)}
            self.redraw()

    # moving

    def action_move(self, by: int) -> None:
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._move_to(self.cursor + by * max(1, self.page - 1))

    def action_edge(self, side: int) -> None:
        self._move_to(0 if side < 0 else len(self.rows) - 1)

    def action_open(self) -> None:
        if self.record is not None:
            self.post_message(self.Opened(self, self.record))

    def _move_to(self, index: int) -> None:
        before, top = self.cursor, self._top
        self._moved = True
        self._go(index)
        if self._follows:
            self.follow = self.cursor == len(self.rows) - 1
        if self.cursor != before:
            self.post_message(self.Highlighted(self, self.record))
        if self._top != top:
            self.post_message(self.Scrolled(self))
        if self.cursor != before or self._top != top:
            self.refresh()

    def _go(self, index: int) -> None:
        last = max(0, len(self.rows) - 1)
        self.cursor = min(max(0, index), last)
        top = min(max(self._top, self.cursor - self.page + 1), self.cursor)
        self._top = min(max(0, top), max(0, len(self.rows) - self.page))

    def _show_from(self, top: int) -> None:
        """Moves the window; the cursor comes along where it would be left behind."""
        top = min(max(0, top), max(0, len(self.rows) - self.page))
        if top == self._top:
            return
        self._top = top
        before = self.cursor
        self._move_to(min(max(self.cursor, top), top + self.page - 1))
        if self.cursor == before:
            self.post_message(self.Scrolled(self))
            self.refresh()

    # the mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._show_from(self._top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._show_from(self._top - 3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x == self.size.width - 1 and event.y > 0 and len(self.rows) > self.page:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.y)
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(event.y)
            event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()
            event.stop()

    def _drag_to(self, y: int) -> None:
        share = (y - 1) / max(1, self.page - 1)
        self._show_from(round(share * (len(self.rows) - self.page)))

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            x = 1
            for column, width in self._placed:
                if x <= event.x < x + width + GAP:
                    self.post_message(self.HeaderClicked(self, column.key))
                    return
                x += width + GAP
            return
        index = self._top + event.y - 1
        if index < len(self.rows) and event.x < self.size.width - 1:
            again = index == self.cursor and event.chain >= 2
            self._move_to(index)
            if again:
                self.action_open()

    def on_resize(self) -> None:
        self._go(self.cursor)
        self.post_message(self.Scrolled(self))

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    # drawing

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        width, height = self.size
        if width != self._placed_width:
            # one cell at the left, and at the right one for the scroll bar after a blank
            self._placed = layout(self.columns, width - 3)
            self._placed_width = width
            self._strips.clear()
        # Textual makes them anew each time that they are asked for, which costs more than a row
        self._plain, self._background = self.rich_style, self.background_colors[1]
        lines = [self._line(y, width) for y in range(crop.y, min(crop.bottom, height))]
        if crop.x or crop.width != width:
            lines = [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def _line(self, y: int, width: int) -> Strip:
        thumb = self._thumb(y)
        if y == 0:
            return self._kept(("header", self.sorted_by), lambda: self._header(width))
        index = self._top + y - 1
        if index >= len(self.rows):
            message = "" if self.rows else self._empty_line(y, width)
            return self._kept(("blank", message), lambda: self._blank(message, width))
        row = self.rows[index]
        key = self._key(row)
        at_cursor = index == self.cursor
        state = (key, at_cursor and (2 if self.has_focus else 1), key in self.selected, thumb)
        return self._kept(state, lambda: self._row(row, at_cursor, key in self.selected, thumb, width))

    def _kept(self, key: Any, make: Callable[[], Strip]) -> Strip:
        strip = self._strips.get(key)
        if strip is None:
            strip = make()
            for line_filter in self.get_line_filters():
                strip = strip.apply_filter(line_filter, self._background)
            self._strips[key] = strip
        return strip

    def _thumb(self, y: int) -> str:
        """`█` on the thumb of the scroll bar, `│` on its track, a blank where all rows fit."""
        count, page = len(self.rows), self.page
        if count <= page or y == 0:
            return " "
        size = max(1, page * page // count)
        start = round(self._top / (count - page) * (page - size))
        return "█" if start <= y - 1 < start + size else "│"

    def _header(self, width: int) -> Strip:
        base = self._plain + self.get_component_rich_style("record-table--header", partial=True)
        parts = []
        for column, cells in self._placed:
            title = column.title
            if self.sorted_by and self.sorted_by[0] == column.key:
                title += " ▼" if self.sorted_by[1] else " ▲"
            parts.append(fit(title, cells, column.align))
        return Strip([Segment(fit(" " + (" " * GAP).join(parts), width), base)], width)

    def _empty_line(self, y: int, width: int) -> str:
        lines = wrap(self.empty, max(1, width - 4))
        return lines[y - 2] if 2 <= y < len(lines) + 2 else ""

    def _blank(self, message: str, width: int) -> Strip:
        style = self._plain + self.get_component_rich_style("record-table--empty", partial=True)
        return Strip([Segment(fit(f"  {message}", width), style)], width)

    def _row(self, row: R, at_cursor: bool, selected: bool, thumb: str, width: int) -> Strip:
        base = self._plain
        if selected:
            base += self.get_component_rich_style("record-table--selected", partial=True)
        cursor: Style | None = None
        if at_cursor:
            name = "record-table--cursor" if self.has_focus else "record-table--cursor-blurred"
            cursor = self.get_component_rich_style(name, partial=True)
        plain = base + cursor if cursor else base
        mark = "▸" if at_cursor else "●" if selected else " "
        segments = [Segment(mark, plain)]
        last = len(self._placed) - 1
        for number, (column, cells) in enumerate(self._placed):
            cell = column.cell(row)
            text, tone = cell if isinstance(cell, tuple) else (cell, "")
            style = plain
            # on the focused cursor a tone would drown in its colour; the glyph and the word still tell
            if tone and not (at_cursor and self.has_focus) and not selected:
                style = base + self.get_component_rich_style(f"record-table--{tone}", partial=True)
                if cursor:
                    style += cursor
            segments.append(Segment(fit(text, cells, column.align) + (" " * GAP if number < last else ""), style))
        drawn = 1 + sum(cells for _, cells in self._placed) + GAP * last
        segments.append(Segment(" " * max(0, width - 1 - drawn), plain))
        bar = "record-table--thumb" if thumb == "█" else "record-table--track"
        segments.append(Segment(thumb, self._plain + self.get_component_rich_style(bar, partial=True)))
        return Strip(segments).adjust_cell_length(width)
