"""A chart of a few figures over time, with what was deployed marked on its axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lambdatui.aws.metric_history import Panel, Range
from lambdatui.text import one_line
from lambdatui.tui import axes
from lambdatui.tui.areas import FULL, Cell, areas
from lambdatui.tui.timeline import Mark
from lambdatui.tui.widgets.cells import fit

LABELS = 8
"""Cells at the left for the values, with the axis."""
LEAST_HEIGHT = 6
"""Below this there is room for the title alone: a chart has three rows, the axis and the times."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: the range, the start of its first period, the marks, and the period looked at.

    Moments are in seconds since the epoch.
    """

    span: Range
    start: int
    marks: tuple[Mark, ...] = ()
    cursor: int | None = None
    """The index of a period, or None."""

    @property
    def end(self) -> int:
        return self.start + self.span.count * self.span.period

    def column(self, moment: float, width: int) -> int | None:
        """The cell of a moment on an axis of so many cells; None where it lies outside."""
        if not self.holds(moment):
            return None
        return min(width - 1, int((moment - self.start) / (self.end - self.start) * width))

    def holds(self, moment: float) -> bool:
        """Whether a moment is in the range, or in the period that has begun since: the last cell stands for that."""
        return self.start <= moment < self.end + self.span.period


class TimePlot(Widget):
    """Draws one panel: each series as an area of its colour, with its figure in the title."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "time-plot--title",
        "time-plot--axis",
        "time-plot--mark",
        "time-plot--cursor",
        "time-plot--warn",
        "time-plot--series-0",
        "time-plot--series-1",
        "time-plot--series-2",
        "time-plot--series-3",
    }

    DEFAULT_CSS = """
    TimePlot {
        background: $background;
        color: $foreground;
        & > .time-plot--title { text-style: bold; }
        & > .time-plot--axis { color: $muted; }
        & > .time-plot--mark { color: $accent; }
        & > .time-plot--cursor { color: $foreground; text-style: bold; }
        & > .time-plot--warn { color: $warn; }
        & > .time-plot--series-0 { color: $stable; }
        & > .time-plot--series-1 { color: $canary; }
        & > .time-plot--series-2 { color: $ok; }
        & > .time-plot--series-3 { color: $bad; }
        &.bad > .time-plot--series-0 { color: $bad; }
        &.warn > .time-plot--series-0 { color: $warn; }
    }
    """

    class Clicked(Message):
        """A click on the period of this index."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, key: str, tone: str = "") -> None:
        """`tone` is the colour where there is one series: `bad`, `warn`, or the usual one."""
        super().__init__(id=f"plot-{key}")
        self.key = key
        self._tone = tone
        self._panel: Panel | None = None
        self._frame: Frame | None = None
        self._lines: list[Strip] = []
        self._styles: dict[str, Style] = {}
        self._areas: list[list[Cell]] = []

    def show(self, panel: Panel, frame: Frame) -> None:
        """Shows a panel."""
        if panel is not self._panel:
            self._areas = []
        self._panel, self._frame = panel, frame
        # with several, the colours tell them apart
        self.set_classes(self._tone if len(panel.series) == 1 else "")
        self._lines = []
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        width = self.size.width - LABELS
        if self._frame is not None and width > 0 and event.x >= LABELS:
            count = self._frame.span.count
            self.post_message(self.Clicked(min(count - 1, int((event.x - LABELS + 0.5) / width * count))))

    def on_resize(self) -> None:
        self._lines, self._areas = [], []

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lines = []
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        if not self._lines:
            self._lines = self._draw(*self.size)
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.rich_style)

    # drawing

    def _draw(self, width: int, height: int) -> list[Strip]:
        panel, frame = self._panel, self._frame
        if panel is None or frame is None:
            return []
        lines = [self._title(panel, frame, width)]
        if width <= LABELS + 10 or height < LEAST_HEIGHT:
            return lines
        rows = height - 3
        if panel.has_data:
            lines += self._body(panel, frame, width - LABELS, rows)
        else:
            text = f"no data in the last {frame.span.title}"
            for row in range(rows):
                words = text.center(width - LABELS) if row == rows // 2 else " " * (width - LABELS)
                lines.append(self._strip([(" " * (LABELS - 1) + "│", "axis"), (fit(words, width - LABELS), "axis")]))
        return [*lines, self._axis(frame, width - LABELS), self._times(frame, width - LABELS)]

    def _title(self, panel: Panel, frame: Frame, width: int) -> Strip:
        """The name, then each series' colour, label and figure: of the period looked at, or of the whole range."""
        parts = [(panel.title, "title")]
        used = cell_len(panel.title)
        for index, series in enumerate(panel.series):
            at = frame.cursor
            figure = series.summary if at is None else series.values[at]
            label = one_line(series.label)
            text = " ".join(part for part in (label, axes.value(figure, panel.unit)) if part)
            sample = "  ■ " if len(panel.series) > 1 else "  "
            if used + len(sample) + cell_len(text) + 2 > width:
                parts.append((" …", "axis"))
                used += 2
                break
            parts += [(sample, _name(index)), (text, "")]
            used += len(sample) + cell_len(text)
        word = "" if frame.cursor is not None or not panel.has_data else f" {panel.summarized}"
        if word and used + len(word) <= width:
            parts.append((word, "axis"))
            used += len(word)
        if not panel.complete and used + 14 <= width:
            parts.append(("  ▲ incomplete", "warn"))
        return self._strip(parts)

    def _body(self, panel: Panel, frame: Frame, width: int, rows: int) -> list[Strip]:
        top = axes.ceiling((value for series in panel.series for value in series.values), panel.unit)
        if not self._areas:
            # they stay while the period looked at moves
            self._areas = areas([series.values for series in panel.series], top, width, rows)
        marked = {column for mark in frame.marks if (column := frame.column(mark.at, width)) is not None}
        looked_at = _cursor_column(frame, width)
        labels = {0: axes.value(top, panel.unit), rows - 1: axes.value(0, panel.unit)}
        if rows >= 5 and (panel.unit != "count" or top % 2 == 0):
            labels[rows // 2] = axes.value(top / 2, panel.unit)
        lines = []
        for y, row in enumerate(self._areas):
            parts = [(fit(labels.get(y, ""), LABELS - 1, "right"), "axis"), ("┤" if y in labels else "│", "axis")]
            for x, cell in enumerate(row):
                behind = f" {_name(cell.behind)}" if cell.behind is not None else ""
                if x == looked_at and cell.character in (" ", FULL):
                    parts.append(("│", f"cursor {_name(cell.front)}" if cell.front is not None else "cursor"))
                elif cell.front is not None:
                    parts.append((cell.character, _name(cell.front) + behind))
                else:
                    parts.append(("┊", "mark") if x in marked else (" ", ""))
            lines.append(self._strip(parts))
        return lines

    def _axis(self, frame: Frame, width: int) -> Strip:
        """The time axis, with a triangle and a label for each deployment that has room."""
        cells: list[tuple[str, str]] = [("─", "axis")] * width
        for moment, _ in self._ticks(frame, width):
            column = frame.column(moment, width)
            if column is not None:
                cells[column] = ("┬", "axis")
        for start, text in _labels(frame, width):
            cells[start : start + len(text)] = [(character, "mark") for character in text]
        return self._strip([(" " * (LABELS - 1) + "└", "axis"), *cells])

    def _times(self, frame: Frame, width: int) -> Strip:
        """The labels of the ticks, and before them all that of the period looked at."""
        cells: list[tuple[str, str]] = [(" ", "axis")] * width
        at = _cursor_column(frame, width)
        taken: list[tuple[int, int]] = []
        wanted = [(at, moment_of(frame), "cursor")] if at is not None else []
        wanted += [
            (column, label, "axis")
            for moment, label in self._ticks(frame, width)
            if (column := frame.column(moment, width)) is not None
        ]
        for column, label, name in wanted:
            start = min(max(0, column - len(label) // 2), width - len(label))
            end = start + len(label)
            if all(end < other_start or start > other_end for other_start, other_end in taken):
                taken.append((start, end))
                cells[start:end] = [(character, name) for character in label]
        return self._strip([(" " * LABELS, "axis"), *cells])

    @staticmethod
    def _ticks(frame: Frame, width: int) -> list[tuple[float, str]]:
        return axes.times(frame.start, frame.end, max(1, width // 11))

    def _strip(self, parts: Sequence[tuple[str, str]]) -> Strip:
        """A line of texts, each with the name of its style; neighbours of one style become one segment.

        Two names are what stands in front and what behind it.
        """
        segments = [
            Segment("".join(text for text, _ in group), self._style(name))
            for name, group in groupby(parts, key=lambda part: part[1])
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self._style(""))

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            front, _, behind = name.partition(" ")
            style = self.rich_style
            if front:
                style += self.get_component_rich_style(f"time-plot--{front}", partial=True)
            if behind:
                style += Style(bgcolor=self.get_component_rich_style(f"time-plot--{behind}", partial=True).color)
            self._styles[name] = style
        return style


def moment_of(frame: Frame) -> str:
    """The period looked at, as a time of here."""
    assert frame.cursor is not None
    here = dt.datetime.fromtimestamp(frame.start + frame.cursor * frame.span.period).astimezone()
    return f"{here:%H:%M}" if frame.span.seconds <= 86_400 else f"{here.day} {here:%b %H:%M}"


def _cursor_column(frame: Frame, width: int) -> int | None:
    if frame.cursor is None:
        return None
    return min(width - 1, int((frame.cursor + 0.5) / frame.span.count * width))


def _labels(frame: Frame, width: int) -> list[tuple[int, str]]:
    """The marks of an axis from left to right, each where it begins: a triangle, with a label where it has room.

    Of those in one cell, the last is shown. A label stands at the right of its triangle, else at its left.
    """
    by_column: dict[int, str] = {}
    for mark in frame.marks:
        column = frame.column(mark.at, width)
        if column is not None:
            by_column[column] = one_line(mark.label)
    columns = sorted(by_column)
    found = []
    free_from = 0
    for index, column in enumerate(columns):
        label = by_column[column] if by_column[column].isascii() else ""
        free_to = columns[index + 1] if index + 1 < len(columns) else width
        if column + 1 + len(label) < free_to or (free_to == width and column + 1 + len(label) == width):
            start, text = column, f"▲{label}"
        elif column - len(label) >= free_from:
            start, text = column - len(label), f"{label}▲"
        else:
            start, text = column, "▲"
        found.append((start, text))
        free_from = start + len(text) + 1
    return found


def _name(index: int) -> str:
    return f"series-{index % 4}"
