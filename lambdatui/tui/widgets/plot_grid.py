"""Charts over one span of time, side by side as far as there is room, in pages; one period of all can be looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.message import Message

from lambdatui.aws.metric_history import MetricHistory
from lambdatui.tui.timeline import Mark
from lambdatui.tui.widgets.time_plot import LABELS, Frame, TimePlot

LEAST_WIDTH, GOOD_HEIGHT = 56, 8
"""Cells that a chart wants at the least before another stands beside or below it."""


class PlotGrid(Grid, can_focus=True):
    """Shows a chart for each panel of a history, in the order of `keys`.

    `tones` gives the colour of a chart's only line by key: `bad` or `warn` where it is no usual one.
    """

    DEFAULT_CSS = """
    PlotGrid { height: 1fr; grid-gutter: 0 2; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,pagedown", "page(1)", "more", id="plots.more", key_display="space"),
        Binding("pageup,backspace", "page(-1)", "plots before", show=False, id="plots.before"),
        Binding("n", "go_to_mark(-1)", "deployments", id="plots.mark_before"),
        Binding("N", "go_to_mark(1)", "deployment after", show=False, id="plots.mark_after"),
        Binding("comma", "look(-1)", "look", id="plots.look_before", key_display=", ."),
        Binding("full_stop", "look(1)", "a moment later", show=False, id="plots.look_after"),
        Binding("home,end", "look_nowhere", "the whole range", show=False, id="plots.whole"),
        Binding("escape", "look_nowhere", "the whole range", show=False, id="plots.close"),
    ]

    class Looked(Message):
        """Another period is looked at, or none; or other charts are shown."""

    def __init__(self, keys: Sequence[str], tones: dict[str, str]) -> None:
        super().__init__()
        self._plots = {key: TimePlot(key, tones.get(key, "")) for key in keys}
        self._history: MetricHistory | None = None
        self._marks: tuple[Mark, ...] = ()
        self._cursor: float | None = None
        self.page = 0
        self.pages = 1

    def compose(self) -> ComposeResult:
        for plot in self._plots.values():
            plot.display = False
            yield plot

    # what is shown

    @property
    def frame(self) -> Frame | None:
        """What the charts share; None before the first history."""
        if self._history is None:
            return None
        span, start = self._history.range, self._history.start
        index = None
        if self._cursor is not None and start <= self._cursor < start + span.seconds:
            index = int(self._cursor - start) // span.period
        return Frame(span, start, self._marks, index)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks within the range, oldest first."""
        frame = self.frame
        return tuple(mark for mark in self._marks if frame is not None and frame.holds(mark.at))

    @property
    def marks_looked_at(self) -> tuple[Mark, ...]:
        """The marks in the cell of the period that is looked at."""
        frame = self.frame
        if frame is None or frame.cursor is None:
            return ()
        half = self._step / 2
        return tuple(mark for mark in self.marks if abs(_period_of(frame, mark) - frame.cursor) <= half)

    def show(self, history: MetricHistory, marks: Iterable[Mark]) -> None:
        """Shows a history. The moment that is looked at stays where it is in the range."""
        self._history, self._marks = history, tuple(marks)
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        frame = self.frame
        if frame is None or self._history is None or not self.size.width or not self.size.height:
            return
        panels = {panel.key: panel for panel in self._history.panels}
        keys = [key for key in self._plots if key in panels]
        columns = min(len(keys), max(1, self.size.width // LEAST_WIDTH))
        rows = min(math.ceil(len(keys) / columns), max(1, self.size.height // GOOD_HEIGHT))
        room = columns * rows
        self.pages = math.ceil(len(keys) / room)
        self.page = min(self.page, self.pages - 1)
        shown = keys[self.page * room : (self.page + 1) * room]
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        for key, plot in self._plots.items():
            plot.display = key in shown
            if key in shown:
                plot.show(panels[key], frame)
        self.refresh_bindings()
        self.post_message(self.Looked())

    # pages and the period looked at

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "page":
            return self.pages > 1
        if action == "go_to_mark":
            return bool(self.marks)
        if action == "look_nowhere":
            return self._cursor is not None
        return True

    def action_page(self, by: int) -> None:
        self.page = (self.page + by) % self.pages
        self._arrange()

    def action_look(self, by: int) -> None:
        """Looks at the period a cell further; the first time at the last one, and past the ends at none."""
        frame = self.frame
        if frame is None:
            return
        index = frame.span.count - 1 if frame.cursor is None else frame.cursor + by * self._step
        self._look_at(frame, index if 0 <= index < frame.span.count else None)

    def action_go_to_mark(self, by: int) -> None:
        """Looks at the deployment before or after; the first time at the last one, and past the ends at none."""
        frame, marks = self.frame, self.marks
        if frame is None or not marks:
            return
        periods = sorted({_period_of(frame, mark) for mark in marks})
        if frame.cursor is None:
            self._look_at(frame, periods[-1 if by < 0 else 0])
            return
        beyond = [period for period in periods if (period - frame.cursor) * by > 0]
        self._look_at(frame, (max(beyond) if by < 0 else min(beyond)) if beyond else None)

    def action_look_nowhere(self) -> None:
        if self.frame is not None:
            self._look_at(self.frame, None)

    def on_time_plot_clicked(self, event: TimePlot.Clicked) -> None:
        event.stop()
        if self.frame is not None:
            self._look_at(self.frame, event.index)

    def _look_at(self, frame: Frame, index: int | None) -> None:
        # the moment and not the index: with the next reading the range has moved on
        self._cursor = None if index is None else frame.start + (index + 0.5) * frame.span.period
        self._arrange()

    @property
    def _step(self) -> int:
        """How many periods a cell of the charts has."""
        frame = self.frame
        width = next((plot.size.width for plot in self._plots.values() if plot.display), 0) - LABELS
        return max(1, math.ceil(frame.span.count / width)) if frame is not None and width > 0 else 1


def _period_of(frame: Frame, mark: Mark) -> int:
    """The index of the period that a mark is in; of one in the period that has begun since, the last."""
    return min(frame.span.count - 1, int(mark.at - frame.start) // frame.span.period)
