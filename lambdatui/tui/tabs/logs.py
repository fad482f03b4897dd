"""Logs: a function's log as it is written, an invocation a line, and any range of what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label, Static

from lambdatui.aws import functions, logs
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_filter import LogFilter, parse
from lambdatui.aws.log_lines import Level
from lambdatui.aws.log_reading import Following, LogReading, RangeRead, Waiting
from lambdatui.errors import LambdatuiError
from lambdatui.moments import span
from lambdatui.text import one_line
from lambdatui.tui import log_export, log_text, states
from lambdatui.tui.log_following import LogFollowing, LogNews, Part, Stopped
from lambdatui.tui.log_rows import LogRows
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.log_view import LogView

LEVELS = (Level.NONE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)

MOST = 100_000
"""Lines of a range that are read at most: so many are kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a function writes its log. `note` says what is not certain about it."""

    group: str
    note: str = ""


class LogsTab(FunctionTab[Source]):
    """The log of one function: the last minutes, and on from there while the tab is in front."""

    title = "Logs"

    DEFAULT_CSS = """
    LogsTab {
        #state { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #told { display: none; height: auto; max-height: 4; padding: 0 1; }
        #line { height: 1; }
        #line > Label { width: auto; color: $accent; }
        #chosen { width: auto; text-wrap: nowrap; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="logs.filter", key_display="/"),
        Binding("x", "only_errors", "only errors", id="logs.only_errors"),
        Binding("l", "level", "level", id="logs.level"),
        Binding("n", "jump(1)", "next error", id="logs.next_error"),
        Binding("N", "jump(-1)", "error before", show=False, id="logs.error_before"),
        Binding("s", "range", "since", id="logs.range"),
        Binding("f", "follow", "follow", id="logs.follow"),
        Binding("o", "only_this", "only this invocation", id="logs.only_this"),
        Binding("a", "unfold_all", "unfold all", id="logs.unfold_all"),
        Binding("w", "wrap", "wrap", id="logs.wrap"),
        Binding("space", "whole", "whole", show=False, id="logs.whole"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.rows = LogRows()
        self.source: Source | None = None
        self.range = "1h" if subject.request_id else "15m"
        """The range that is read, as `moments.span` takes it."""
        self._log: LogReading | None = None
        self._state: Following | Waiting | Stopped | None = None
        self._told = ""
        self._cut = False
        self._in_front = True
        if subject.request_id:
            self.rows.set_filter(LogFilter(request_id=subject.request_id))
            self.rows.turn_all()

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="state")
        yield Static(Content(""), id="told")
        with Horizontal(id="line"):
            yield Label(" / ")
            yield FilterInput(self._typed, self._filter_left, "words, -without, /expression/")
            yield Static(Content(""), id="chosen")
        view = LogView(self.rows)
        view.add_class("first")
        yield view

    def on_mount(self) -> None:
        self._following = LogFollowing(self, self.subject.session, self.subject.scope, self._take)
        self._show_state()

    def on_unmount(self) -> None:
        self._following.close()

    @property
    def log_view(self) -> LogView:
        return self.query_one(LogView)

    # where it is read from

    def read(self, account: Account) -> Source:
        function = self.subject.function
        try:
            return Source(logs.log_group(functions.configuration(account, function)).name)
        except AccessDenied as error:
            group = logs.default_group(function)
            return Source(
                group, f"The log group is a guess, for its name may not be read: {error.operation} is denied."
            )

    def show(self, value: Source) -> None:
        if self.source is None or value.group != self.source.group:
            self.source = value
            self._begin()
        elif not self._following.is_running and self._in_front and self._log is not None:
            self._go_on()
        self._show_state()

    def show_trouble(self, error: LambdatuiError) -> None:
        self._show_state()

    def opened(self) -> None:
        self._in_front = True
        is_over = isinstance(self._state, Stopped) and not self._state.is_retried
        if self._log is not None and not is_over and not self._following.is_running:
            self._go_on()

    def closed(self) -> None:
        # Live Tail is paid for by the minute: only what is looked at is followed
        self._in_front = False
        if self._log is not None:
            self._following.stop()

    def _begin(self) -> None:
        """Reads the range anew, with nothing of what was read before."""
        assert self.source is not None
        begin, end = span(self.range, states.now())
        self.rows.clear()
        self._cut, self._state = False, None
        start_ms, end_ms = int(begin.timestamp() * 1000), int(end.timestamp() * 1000) if end else None
        self._log = LogReading(self.source.group, start_ms, end_ms, newest_first=True, most=MOST)
        self.log_view.action_follow()
        if self._in_front:
            self._go_on()

    def _go_on(self) -> None:
        if self._log is not None:
            self._state = None
            self._following.start(self._log)

    def _take(self, news: list[LogNews]) -> None:
        grown, new = False, 0
        for one in news:
            match one:
                case Part(lines, page_ends):
                    new += self.rows.take(self.rows.folding.add(lines, page_ends=page_ends))
                    grown = True
                case RangeRead(cut):
                    self._cut = cut
                case Following() | Waiting() | Stopped():
                    self._state = one
        if any(isinstance(one, Stopped) and not one.is_retried for one in news):
            self._following.stop()
        self._show_state()
        if grown:
            self.log_view.grew(new)
        else:
            self.log_view.redraw()

    # what is shown

    def _show_state(self) -> None:
        group = self.source.group if self.source else "reading where the log is …"
        parts: list[str | tuple[str, str]] = [" ", (one_line(group), "bold"), f"  {self.range}  ", self._state_word()]
        parts.append((f"   {self._counts()}", "$muted"))
        if isinstance(self._state, Following) and self._state.why_not_live:
            parts.append((f"   {one_line(self._state.why_not_live)}", "$muted"))
        self.query_one("#state", Static).update(Content.assemble(*parts), layout=False)
        self._show_chosen()
        words, tone = self._trouble_words()
        self.log_view.empty = words or self._empty()
        if not (words and self.rows.shown):
            words, tone = (one_line(self.source.note), "$warn") if self.source else ("", "")
        if words != self._told:
            self._told = words
            told = self.query_one("#told", Static)
            told.update(Content.assemble((words, tone)))
            told.display = bool(words)

    def _state_word(self) -> tuple[str, str]:
        match self._state:
            case Following(live):
                return ("● live" if live else "● followed", "$ok")
            case Waiting():
                return ("▲ waiting", "$warn")
            case Stopped(None):
                return ("■ read to its end", "$muted")
            case Stopped(is_retried=is_retried):
                return ("✖ stopped: it goes on after a login" if is_retried else "✖ stopped: r tries again", "$bad")
        return ("◌ reading …", "$busy") if self.trouble is None else ("✖ not read: r tries again", "$bad")

    def _trouble_words(self) -> tuple[str, str]:
        """Why it is not as it should be, in a sentence, and its colour; nothing where all is well."""
        match self._state:
            case Waiting(words):
                return f"▲ {one_line(words)}", "$warn"
            case Stopped(error) if error is not None:
                return f"✖ {one_line(str(error))}", "$bad"
        if self._state is None and self.trouble is not None:
            return f"✖ {one_line(str(self.trouble))}", "$bad"
        return "", ""

    def _counts(self) -> str:
        folding = self.rows.folding
        count = len(folding.entries)
        words = f"{len(self.rows.shown):,} of {count:,}" if self.rows.filter else f"{count:,}"
        words += f" entr{'y' if count == 1 else 'ies'}, {folding.lines:,} line{'' if folding.lines == 1 else 's'}"
        if folding.dropped:
            words += f"; {folding.dropped:,} older dropped"
        elif self._cut:
            words += "; older ones not read"
        return words

    def _show_chosen(self) -> None:
        wanted = self.rows.filter
        chips = []
        if wanted.words.trouble:
            chips.append((f" {one_line(wanted.words.trouble)} ", "$warn"))
        if wanted.request_id:
            chips.append((f" only {one_line(wanted.request_id[:8])} ", "bold $accent"))
        if wanted.only_errors:
            chips.append((" only errors ", "bold $bad"))
        if wanted.level:
            chips.append((f" {wanted.level.name} and up ", "bold $accent"))
        if self.log_view.wrap:
            chips.append((" wrapped ", "$muted"))
        if not self.log_view.follow and self.rows.shown:
            chips.append((" ‖ paused, end follows ", "$busy"))
        self.query_one("#chosen", Static).update(Content.assemble(*chips))

    def _empty(self) -> str:
        if self.rows.folding.entries:
            if self.rows.filter.request_id:
                return "Nothing of this invocation yet: its lines may take some seconds. o shows all invocations."
            return "Nothing matches. escape in the filter line clears it, x and l change what is shown."
        if self._state is None:
            return "Reading …"
        return f"Nothing was written in this range ({self.range}). s chooses another."

    # filtering

    def _set_filter(self, wanted: LogFilter) -> None:
        self.rows.set_filter(wanted)
        self._show_state()
        self.log_view.redraw()

    def _typed(self, text: str) -> None:
        self._set_filter(replace(self.rows.filter, words=parse(text)))

    def _filter_left(self) -> None:
        self.screen.set_focus(self.log_view)

    def action_filter(self) -> None:
        self.screen.set_focus(self.query_one(FilterInput))

    def action_only_errors(self) -> None:
        self._set_filter(replace(self.rows.filter, only_errors=not self.rows.filter.only_errors))

    def action_level(self) -> None:
        now = LEVELS.index(self.rows.filter.level)
        self._set_filter(replace(self.rows.filter, level=LEVELS[(now + 1) % len(LEVELS)]))

    def action_only_this(self) -> None:
        entry = self.log_view.entry
        if self.rows.filter.request_id:
            self._set_filter(replace(self.rows.filter, request_id=""))
            if entry is not None:
                self.log_view.go_to(entry)
        elif isinstance(entry, Invoked) and entry.request_id:
            self._set_filter(replace(self.rows.filter, request_id=entry.request_id))
        else:
            self.notify("This line belongs to no invocation.", markup=False)

    # looking

    def action_follow(self) -> None:
        view = self.log_view
        if view.follow:
            view.action_pause()
        else:
            view.action_follow()

    def action_jump(self, by: int) -> None:
        if not self.log_view.jump(by):
            self.notify(f"There is no error {'after' if by > 0 else 'before'} this.", markup=False)

    def action_unfold_all(self) -> None:
        self.rows.turn_all()
        self.log_view.redraw()

    def action_wrap(self) -> None:
        self.log_view.wrap = not self.log_view.wrap
        self._show_chosen()

    def action_range(self) -> None:
        from lambdatui.tui.screens.log_range import LogRangeScreen

        def chosen(wanted: str | None) -> None:
            if wanted is not None and self.source is not None:
                self.range = wanted
                self._begin()
                self._show_state()

        self.app.push_screen(LogRangeScreen(self.range), chosen)

    def action_whole(self) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        entry, line = self.log_view.entry, self.log_view.line
        if entry is None:
            return
        name = entry.request_id if isinstance(entry, Invoked) else entry.stream
        text = log_text.whole(line) if line is not None else log_text.whole_entry(entry)
        self.app.push_screen(DocumentScreen(name or entry.stream, text))

    def on_log_view_opened(self, _: LogView.Opened) -> None:
        self.action_whole()

    def on_log_view_moved(self, _: LogView.Moved) -> None:
        self._show_chosen()

    # copying and exporting

    def copies(self) -> Sequence[Copyable]:
        entry, line = self.log_view.entry, self.log_view.line
        if entry is None:
            return [Copyable("log group's name", self.source.group)] if self.source else []
        found = [Copyable("line", log_text.whole(line))] if line is not None else []
        if isinstance(entry, Invoked):
            found += [
                Copyable("invocation's log", log_text.whole_entry(entry)),
                Copyable("request id", entry.request_id),
            ]
        return [*found, Copyable("log stream's name", entry.stream)]

    def exported(self) -> Rows:
        return log_export.rows(self.rows, f"log of {self.subject.function}")
