"""Metrics: a function's figures over time, as a whole or split, with what was deployed marked on the axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from lambdatui.aws import arns, event_sources, metric_history
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.metric_history import RANGES, Known, MetricHistory
from lambdatui.aws.parts import permitted
from lambdatui.aws.trail import TrailEvent
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import LambdatuiError
from lambdatui.text import ago, one_line
from lambdatui.tui import states
from lambdatui.tui.offers import Copyable
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.timeline import Act, Mark, acts, deployments, timeline
from lambdatui.tui.trail_reading import Progress, TrailReading
from lambdatui.tui.widgets.plot_grid import PlotGrid
from lambdatui.tui.widgets.time_plot import moment_of

PLOTS = ("invocations", "errors", "duration", "error_rate", "throttles", "concurrency", "iterator_age")
TONES = {"errors": "bad", "error_rate": "bad", "throttles": "warn"}
PRICE = 0.01 / 1000
"""US dollars that AWS asks for a metric of GetMetricData: https://aws.amazon.com/cloudwatch/pricing/"""
AUTO_SECONDS = 60
"""How often figures are read anew by themselves: CloudWatch has new ones every minute."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """A history, what else could be looked at, and what this machine and the versions know of deployments."""

    known: Known
    history: MetricHistory
    aliases: tuple[Alias, ...]
    versions: tuple[Version, ...]
    acts: tuple[Act, ...]


class MetricsTab(FunctionTab[Metrics]):
    """The metrics of one function. Only what is asked for is read: AWS bills each metric of each reading."""

    title = "Metrics"

    DEFAULT_CSS = """
    MetricsTab > Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    MetricsTab > #metrics-trouble { height: 1fr; padding: 1 1; text-wrap: wrap; display: none; }
    MetricsTab.-troubled > #metrics-trouble { display: block; }
    MetricsTab.-troubled > PlotGrid { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "span(1)", "range", id="metrics.wider"),
        Binding("W", "span(-1)", "a shorter range", show=False, id="metrics.narrower"),
        Binding("s", "split(1)", "split", id="metrics.split"),
        Binding("S", "split(-1)", "the split before", show=False, id="metrics.split_before"),
        Binding("a", "auto", "auto", id="metrics.auto"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.span = RANGES[1]
        self.split = ""
        """The title of the split that is wanted; empty for the whole function."""
        self.trail_trouble: LambdatuiError | None = None
        self._known: tuple[Known, tuple[Alias, ...], tuple[Version, ...]] | None = None
        self._bills: list[int] = []
        self._events: Sequence[TrailEvent] = ()
        self._trail: TrailReading | None = None
        self._trail_is_due = True
        self._auto: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="metrics-choice")
        yield Static("Reading …", id="metrics-trouble")
        grid = PlotGrid(PLOTS, TONES)
        grid.add_class("first")
        yield grid
        yield Static("", id="metrics-told")

    def on_mount(self) -> None:
        self._trail = TrailReading(self, self.subject, self._take_trail)
        self.add_class("-troubled")
        self._show_choice()

    def on_unmount(self) -> None:
        if self._trail is not None:
            self._trail.close()

    # reading

    @property
    def asked(self) -> int:
        """How many metrics were asked for since the tab was opened: what AWS bills."""
        return sum(self._bills)

    def reload(self) -> None:
        """Reads everything anew: also which aliases, versions and metrics there are, and CloudTrail."""
        self._known, self._trail_is_due = None, True
        self._start()

    def _start(self) -> None:
        self._reading.start()
        self._show_choice()

    def read(self, account: Account) -> Metrics:
        span, wanted, name = self.span, self.split, self.subject.function
        found = self._known
        if found is None:
            aliases = tuple(aws.list_aliases(account, name))
            known = metric_history.known(account, name, aliases, lambda: _reads_a_stream(account, name, aliases))
            found = self._known = known, aliases, tuple(aws.list_versions(account, name))
        known, aliases, versions = found
        split = next((split for split in known.splits if split.title == wanted), known.splits[0])
        now = states.now()
        history = metric_history.history(account, span, split, now, has_iterator_age=known.has_iterator_age)
        # a reading that is overtaken by a later one and never shown has its price, too
        self._bills.append(history.billed)
        since = (now - dt.timedelta(seconds=RANGES[-1].seconds)).timestamp()
        local = acts(self.subject.session.journal(), name, account.identity().account_id, account.region, since)
        return Metrics(known, history, aliases, versions, tuple(local))

    def show(self, value: Metrics) -> None:
        self.remove_class("-troubled")
        self._show_plots()
        self._show_choice()
        if self._trail_is_due and self._trail is not None:
            self._trail_is_due = False
            since = states.now() - dt.timedelta(seconds=RANGES[-1].seconds)
            self._trail.start((alias.name for alias in value.aliases), since)

    def show_trouble(self, error: LambdatuiError) -> None:
        self._stop_auto()
        if self.last is None:
            told = Content.assemble((f"✖ {one_line(str(error))}", "$bad"))
            self.query_one("#metrics-trouble", Static).update(told)
        self._show_choice()

    def _take_trail(self, found: list[TrailEvent], progress: Progress) -> None:
        # what an earlier reading brought stays until this one has brought all
        if (progress.ended and progress.error is None) or len(found) > len(self._events):
            self._events = tuple(found)
        if progress.ended:
            self.trail_trouble = progress.error
        if self.last is not None:
            self._show_plots()

    def _show_plots(self) -> None:
        if self.last is not None:
            value = self.last.value
            marks = deployments(timeline(value.acts, self._events), value.versions)
            self.query_one(PlotGrid).show(value.history, marks)

    # what is looked at

    def action_span(self, by: int) -> None:
        self.span = RANGES[(RANGES.index(self.span) + by) % len(RANGES)]
        self._start()

    def action_split(self, by: int) -> None:
        if self.last is not None:
            titles = [split.title for split in self.last.value.known.splits]
            at = titles.index(self.split) if self.split in titles else 0
            self.split = titles[(at + by) % len(titles)]
            self._start()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "split":
            return self.last is not None and len(self.last.value.known.splits) > 1
        return True

    def action_auto(self) -> None:
        """Reads anew every minute from now on, while the tab is in front; or no longer."""
        if self._auto is not None:
            self._stop_auto()
        else:
            self._auto = self.set_interval(AUTO_SECONDS, self._read_by_itself)
            self._start()
        self._show_choice()

    def _stop_auto(self) -> None:
        if self._auto is not None:
            self._auto.stop()
            self._auto = None

    def _read_by_itself(self) -> None:
        # nobody sees what stands behind another screen, and each reading costs
        if self.screen.is_current:
            self._start()

    def opened(self) -> None:
        if self._auto is not None:
            self._auto.resume()

    def closed(self) -> None:
        if self._auto is not None:
            self._auto.pause()

    # the lines above and below the charts

    def on_resize(self, event: events.Resize) -> None:
        self._show_choice()
        self._show_told()

    def on_plot_grid_looked(self, event: PlotGrid.Looked) -> None:
        event.stop()
        self._show_choice()
        self._show_told()

    def _show_choice(self) -> None:
        """The range, the split, how often, and what it costs: as much as there is room for."""
        width = self.size.width - 2
        gap = "  " if width >= 100 else " "
        parts: list[tuple[str, str]] = []
        for span in RANGES:
            parts += [(span.title, "bold underline" if span is self.span else "$muted"), (gap, "")]
        splits = self.last.value.known.splits if self.last is not None else ()
        title = self.split or (splits[0].title if splits else "")
        if title:
            parts += [("│ ", "$muted"), (one_line(title), "bold")]
        if len(splits) > 1:
            at = next((index for index, split in enumerate(splits) if split.title == title), 0)
            parts.append((f" {at + 1}/{len(splits)}", "$muted"))
        grid = self.query_one(PlotGrid)
        cost = f"${self.asked * PRICE:.4f}"
        words = [
            (f"plots {grid.page + 1}/{grid.pages}",) if grid.pages > 1 else (),
            (f"auto {AUTO_SECONDS} s",) if self._auto is not None else (),
            (f"{self.asked:,} metrics read, {cost}", cost) if self.asked else (),
        ]
        used = sum(cell_len(text) for text, _ in parts)
        for forms in words:
            word = next((form for form in forms if used + len(form) + len(gap) + 2 <= width), "")
            if word:
                parts.append((f"{gap}│ {word}", "$muted"))
                used += len(word) + len(gap) + 2
        self.query_one("#metrics-choice", Static).update(Content.assemble(*parts))

    def _show_told(self) -> None:
        """The deployments: those in the period that is looked at, or how many there are and the last of them."""
        grid = self.query_one(PlotGrid)
        frame = grid.frame
        if frame is None:
            return
        if frame.cursor is not None:
            parts = [(moment_of(frame), "bold"), ("  ", "")]
            here = grid.marks_looked_at
            parts += [part for mark in here for part in _told(mark)] or [("nothing was deployed then", "$muted")]
        elif grid.marks:
            count = len(grid.marks)
            last = grid.marks[-1]
            age = ago(states.now().timestamp() - last.at)
            head = "1 deployment" if count == 1 else f"{count} deployments, the last"
            parts = [(f"{head} {age}:  ", "$muted"), *_told(last)]
        else:
            parts = [(f"nothing was deployed in the last {frame.span.title}", "$muted")]
        if self.trail_trouble is not None:
            parts.append(("  CloudTrail could not be read: what others shifted is not marked", "$muted"))
        self.query_one("#metrics-told", Static).update(Content.assemble(*parts))

    def copies(self) -> Sequence[Copyable]:
        if self.last is None:
            return []
        return [Copyable("figures as JSON", as_json(self.last.value.history))]


def _told(mark: Mark) -> list[tuple[str, str]]:
    return [("▲ ", "$accent"), (f"{one_line(mark.words)}  ", "")]


def _reads_a_stream(account: Account, function: str, aliases: Sequence[Alias]) -> bool:
    """Whether the function is fed by a stream, which has an age. False where that may not be read."""
    found = permitted(lambda: event_sources.list_of(account, function, [alias.name for alias in aliases]))
    if isinstance(found, AwsError):
        return False
    services = {arn.service for one in found if (arn := arns.parse(one.source_arn)) is not None}
    return not services.isdisjoint(("dynamodb", "kinesis"))
