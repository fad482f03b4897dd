"""A run of invocations as it goes on: counters, results, errors, times, a time line, a comparison.

Where there is room, several stand side by side; else one is in front, and a digit chooses it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from lambdatui.aws.invocations import Invocation
from lambdatui.stages.load.error_groups import ErrorGroup
from lambdatui.text import one_line
from lambdatui.tui import comparison_words, invocation_words, run_words
from lambdatui.tui.comparison_words import Pair
from lambdatui.tui.invocation_rows import Row, Unread
from lambdatui.tui.invoke_run import InvokeRun
from lambdatui.tui.widgets.board import Board
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable
from lambdatui.tui.widgets.tab_bar import TabBar

if TYPE_CHECKING:
    from lambdatui.stages.load.comparison import Compared

RESULTS, ERRORS, TIMES, TIMELINE, COMPARE = range(5)
TITLES = ("Results", "Errors", "Times", "Time line", "Compare")

BESIDE_FROM = 150
"""Cells of width, from which the figures stand beside the results."""

FIGURES_SECONDS = 0.2
"""How often the figures are made anew while results come: nobody reads faster."""


class ResultTable(RecordTable[Row]):
    """The results, the newest at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "result whole", id="results.open")]


class ErrorTable(RecordTable[ErrorGroup]):
    """The errors, grouped."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "its example", id="errors.open")]


class RunView(Vertical):
    """Shows a run; `show` is called whenever there is news, and `compare_with` has it be compared."""

    DEFAULT_CSS = """
    RunView { height: 1fr; }
    RunView > #tally { height: 3; text-wrap: nowrap; text-overflow: ellipsis; }
    RunView > #panels { height: 1fr; }
    RunView #side { width: 1fr; height: 1fr; }
    RunView.-beside ResultTable { width: 11fr; }
    RunView.-beside #side { width: 9fr; border-left: solid $rule; padding: 0 0 0 1; }
    RunView.-beside ErrorTable { height: 10; }
    RunView.-beside #times { height: 17; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "panel(0)", "panels", id="invoke.results", key_display="1-5"),
        Binding("2", "panel(1)", "errors", show=False, id="invoke.errors"),
        Binding("3", "panel(2)", "times", show=False, id="invoke.times"),
        Binding("4", "panel(3)", "time line", show=False, id="invoke.timeline"),
        Binding("5", "panel(4)", "compare", show=False, id="invoke.compare"),
        Binding("tab", "step(1)", "next panel", show=False, id="invoke.next_panel"),
        Binding("shift+tab", "step(-1)", "panel before", show=False, id="invoke.panel_before"),
    ]

    class Wanted(Message):
        """A result is to be shown whole: a row, and where it stands; None for the example of a group."""

        def __init__(self, row: Row, place: int | None) -> None:
            super().__init__()
            self.row = row
            self.place = place

    def __init__(self) -> None:
        super().__init__()
        self._run: InvokeRun | None = None
        self._active = RESULTS
        self._seen = 0
        self._shown = -1
        self._figures_at = 0.0
        self._other: Pair | None = None
        self._certain: tuple[Pair, Sequence[Compared]] | None = None
        self._columns_for: tuple[bool, bool] | None = None
        self.state: Content | None = None
        """A line on what the run does or how it ended, in the place of what it says by itself."""

    def compose(self) -> ComposeResult:
        yield Static("", id="tally")
        yield TabBar(TITLES)
        with Horizontal(id="panels"):
            yield ResultTable([], _key, empty="f5 invokes; the results arrive here.", follow=True)
            with Vertical(id="side"):
                yield ErrorTable(self._error_columns(), lambda group: group.pattern, empty="No errors.")
                yield Board(self._times, id="times")
                yield Board(self._timeline, id="timeline")
                yield Board(self._comparison, id="compare")

    def on_mount(self) -> None:
        self._arrange()

    @property
    def table(self) -> ResultTable:
        return self.query_one(ResultTable)

    @property
    def errors(self) -> ErrorTable:
        return self.query_one(ErrorTable)

    @property
    def run(self) -> InvokeRun | None:
        return self._run

    # what is shown

    def begin(self, run: InvokeRun, *, follow: bool = True) -> None:
        """Shows another run from its start."""
        self._run, self._other, self._certain, self.state = run, None, None, None
        self._seen, self._figures_at = 0, 0.0
        wanted = (run.sides, run.has_rate)
        table = self.table
        if wanted != self._columns_for:
            self._columns_for = wanted
            table.set_columns([_told(one) for one in invocation_words.columns(sides=run.sides, lateness=run.has_rate)])
        table.empty = "Waiting for the first result …"
        table.follow = False
        table.show([])
        table.follow = follow
        self.show(anew=True)

    def show(self, *, anew: bool = False) -> None:
        """Draws what is new; the figures at once with `anew`, else a few times a second."""
        run = self._run
        if run is None:
            return
        table = self.table
        if table.rows is not run.rows or len(run.rows) != self._shown:
            self._shown = len(run.rows)
            table.show(run.rows, changed=anew)
        if table.follow:
            self._seen = len(run.rows)
        if not run.rows and (run.over or run.stream is not None):
            table.empty = "There are no results." if run.over else _streamed(run)
            table.redraw()
        self._show_word()
        self._show_tally()
        now = time.monotonic()
        if anew or run.over or now - self._figures_at >= FIGURES_SECONDS:
            self._figures_at = now
            self._show_figures()

    def _show_figures(self) -> None:
        run = self._run
        if run is None:
            return
        if self.errors.display:
            self.errors.show(run.figures.errors.most_common())
        for board in self.query(Board):
            if board.display:
                board.refresh()
        if run.over and self.query_one("#compare").display:
            self.run_worker(self._make_certain(), group="certain", exclusive=True, exit_on_error=False)

    def _show_word(self) -> None:
        run, bar = self._run, self.query_one(TabBar)
        if run is None:
            return
        new = len(run.rows) - self._seen
        lost = run.rows.lost
        word = ""
        if new > 0 and not self.table.follow:
            word = f"▼ {new:,} new · end follows"
        elif lost:
            word = f"the first {lost:,} are not kept"
        elif not run.over and self.table.follow and run.rows:
            word = "follows"
        bar.word = word

    def _show_tally(self) -> None:
        run = self._run
        if run is None:
            return
        figures = run.figures
        rate = figures.count / run.elapsed if figures.count and run.elapsed > 0.2 else None
        served = run_words.served(figures, run.asked)
        waits = run_words.waits(figures, run.has_rate)
        first = run_words.counters(figures, run.wanted, None if run.over and run.share == 1.0 else run.share, rate)
        third = self.state or _ended(run)
        if third is None and run.stream is not None and not run.over:
            third = Content.assemble((f" ◌ {_streamed(run)[-200:]}", "$busy"))
        if third is None and run.notes:
            third = Content.assemble((f" {one_line(run.notes[-1])}", "$muted"))
        second, third = (waits, served) if third is None else (waits + Content("  ") + served, third)
        self.query_one("#tally", Static).update(Content("\n").join([first, second, third]), layout=False)

    def compare(self, pair: Pair) -> None:
        """Has the comparison be that one, until another run begins."""
        self._other = pair
        self.action_panel(COMPARE)

    async def _make_certain(self) -> None:
        """Finds the intervals of the differences, which takes a moment: in a thread, of figures that change no more."""
        pair = self.pair
        if pair is None or (self._certain is not None and self._certain[0] == pair):
            return
        from lambdatui.stages.load.comparison import compared

        found = await asyncio.to_thread(compared, pair.figures_a, pair.figures_b, pair.a, pair.b)
        self._certain = (pair, found)
        self.query_one("#compare").refresh()

    # the panels

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= BESIDE_FROM, "-beside")
        self._arrange()

    def _arrange(self) -> None:
        beside, active = self.has_class("-beside"), self._active
        side: list[Widget] = [self.errors, *self.query(Board)]
        shown = {index: index == active for index in range(ERRORS, COMPARE + 1)}
        if beside:
            both = active == COMPARE or (active == RESULTS and self._run is not None and self._run.sides)
            shown = {ERRORS: True, TIMES: not both, TIMELINE: not both, COMPARE: both}
        for index, widget in enumerate(side, start=ERRORS):
            widget.display = shown[index]
        self.query_one("#side").display = beside or active != RESULTS
        self.table.display = beside or active == RESULTS
        self.query_one(TabBar).active = active
        self._show_figures()

    def action_panel(self, index: int) -> None:
        """Puts a panel in front, and the focus on it."""
        self._active = index
        self._arrange()
        self.screen.set_focus(self.front, scroll_visible=False)

    def action_step(self, by: int) -> None:
        self.action_panel((self._active + by) % len(TITLES))

    @property
    def front(self) -> Widget:
        """The panel in front, which takes the focus."""
        side: list[Widget] = [self.table, self.errors, *self.query(Board)]
        return side[self._active]

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        event.stop()
        self.action_panel(event.index)

    def on_record_table_scrolled(self, event: RecordTable.Scrolled) -> None:
        if event.table is self.table and self._run is not None:
            if self.table.follow:
                self._seen = len(self._run.rows)
            self._show_word()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        run = self._run
        if run is None or not isinstance(event.table, ResultTable | ErrorTable):
            return
        event.stop()
        if isinstance(event.record, ErrorGroup):
            example = run.examples.get(event.record.number)
            if example is not None:
                self.post_message(self.Wanted(example, None))
        else:
            self.post_message(self.Wanted(event.record, self.table.cursor))

    def _error_columns(self) -> list[Column[ErrorGroup]]:
        def share(group: ErrorGroup) -> Cell:
            count = self._run.figures.count if self._run is not None else 0
            return f"{group.count / count * 100:.1f} %" if count else ""

        def version(group: ErrorGroup) -> str:
            example = self._run.examples.get(group.number) if self._run is not None else None
            return one_line(example.version) or "–" if example is not None else "–"

        return [
            Column("count", "COUNT", lambda group: (f"{group.count:,}", "bad"), 8, align="right"),
            Column("share", "OF ALL", share, 8, align="right"),
            Column("first", "FIRST", lambda group: f"#{group.number}", 8, priority=2),
            Column("version", "BY", version, 7, priority=1),
            Column("error", "ERROR", lambda group: one_line(group.title), 20, grow=1),
        ]

    def _times(self, width: int, height: int) -> list[Content]:
        run = self._run
        if run is None:
            return []
        lines = run_words.spreads(run.figures, run.has_rate)
        rows = min(12, height - len(lines) - 3)
        if rows >= 1:
            lines += [Content(""), *run_words.histogram(run.figures.latency, min(width - 1, 120), rows, "latency")]
        return lines

    def _timeline(self, width: int, height: int) -> list[Content]:
        run = self._run
        if run is None:
            return []
        return run_words.timeline(list(run.figures.timeline), width - 1, min(18, height - 3))

    def _comparison(self, width: int, height: int) -> list[Content]:
        pair = self.pair
        if pair is None:
            return [
                Content(""),
                Content(" There is nothing to compare: one version served."),
                Content(""),
                Content.assemble(
                    (" f4 chooses a second qualifier, invoked side by side; s compares a saved run.", "$muted")
                ),
            ]
        certain = self._certain[1] if self._certain is not None and self._certain[0] == pair else ()
        return comparison_words.lines(pair, certain)

    @property
    def pair(self) -> Pair | None:
        """What is compared: a saved run, the sides of an A/B run, or the two versions that served most."""
        run = self._run
        if run is None:
            return None
        if self._other is not None:
            return self._other
        figures = run.figures
        if run.sides:
            names = (run.stage.qualifier or "$LATEST", run.stage.other_qualifier or "")
            from lambdatui.stages.load.figures import Figures

            parts = [figures.by_side.get(side) or Figures(parts=False) for side in ("A", "B")]
            return Pair(f"A {names[0]}", f"B {names[1]}", parts[0], parts[1])
        most = [version for version, _ in figures.versions.most_common(2)]
        if len(most) < 2:
            return None
        a, b = sorted(most, key=lambda version: (len(version), version))
        return Pair(a, b, figures.by_version[a], figures.by_version[b])


def _key(row: Row) -> tuple[str, int, str]:
    if isinstance(row, Unread):
        return "unread", row.index, ""
    return "warm-up" if row.warm_up else "run", row.number, row.side


def _told(column: Column[Invocation]) -> Column[Row]:
    """A column of invocations that says of a row that has yet to be read no more than that."""

    def cell(row: Row) -> Cell:
        if isinstance(row, Unread):
            return ("…", "muted") if column.key in ("number", "answer") else ""
        return column.cell(row)

    return Column(column.key, column.title, cell, column.width, column.grow, column.priority, column.align, column.most)


def _ended(run: InvokeRun) -> Content | None:
    if run.error is None:
        return None
    glyph, colour = ("▲", "$warn") if run.was_stopped else ("✖", "$bad")
    return Content.assemble((f" {glyph} {one_line(str(run.error))}", colour))


def _streamed(run: InvokeRun) -> str:
    """The end of the answer that is being streamed."""
    if run.stream is None:
        return ""
    number, data = run.stream
    return f"#{number} streams  {one_line(data.decode('utf-8', 'replace'))}"
