"""History: what was done to a function, from here and by others, in one line of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.parts import permitted
from lambdatui.aws.trail import DAYS, TrailEvent
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui import bringing_back, deed_columns, exporting, states, undoing
from lambdatui.tui.copying import of_record
from lambdatui.tui.deed_words import describe, document, moment
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.timeline import Act, Deed, acts, timeline
from lambdatui.tui.trail_reading import Progress, TrailReading
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import RecordTable


@dataclass(frozen=True, slots=True)
class Local:
    """What the journal has, and the aliases that CloudTrail is asked for."""

    acts: tuple[Act, ...]
    aliases: tuple[str, ...]


class HistoryTab(FunctionTab[Local]):
    """The last 90 days of one function: the journal at once, CloudTrail as its pages arrive."""

    title = "History"

    DEFAULT_CSS = """
    HistoryTab > Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "undo", id="history.undo"),
        Binding("b", "bring_back", "bring back", id="history.bring_back"),
        Binding("m", "more", "read further back", id="history.more"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.deeds: Sequence[Deed] = ()
        self.progress: Progress | None = None
        """How far CloudTrail's reading is; None before it has begun."""
        self._events: Sequence[TrailEvent] = ()
        self._trail: TrailReading | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="trail")
        table: RecordTable[Deed] = RecordTable(
            deed_columns.columns(), lambda deed: deed.key, empty="Reading the history …"
        )
        table.add_class("first")
        yield RecordDetail(table, describe)

    def on_mount(self) -> None:
        self._trail = TrailReading(self, self.subject, self._take_trail)
        self._show_progress()

    def on_unmount(self) -> None:
        if self._trail is not None:
            self._trail.close()

    def read(self, account: Account) -> Local:
        name, session = self.subject.function, self.subject.session
        since = _since().timestamp()
        found = acts(session.journal(), name, account.identity().account_id, account.region, since)
        aliases = permitted(lambda: aws.list_aliases(account, name))
        return Local(tuple(found), () if isinstance(aliases, AwsError) else tuple(alias.name for alias in aliases))

    def show(self, value: Local) -> None:
        self.progress = None
        self._show_deeds()
        self._show_progress()
        if self._trail is not None:
            self._trail.start(value.aliases, _since())

    def show_trouble(self, error: LambdatuiError) -> None:
        if self.last is None:
            self._table.empty = f"✖ {one_line(str(error))}"
            self._table.redraw()
        self._show_progress()

    def _take_trail(self, found: list[TrailEvent], progress: Progress) -> None:
        # what an earlier reading brought stays until this one has brought all
        if (progress.ended and progress.error is None) or len(found) > len(self._events):
            self._events = tuple(found)
        self.progress = progress
        self._show_deeds()
        self._show_progress()

    def _show_deeds(self) -> None:
        if self.last is None:
            return
        self.deeds = timeline(self.last.value.acts, self._events)
        is_over = self.progress is not None and self.progress.ended
        self._table.empty = f"Nothing was done in the last {DAYS} days." if is_over else "Reading CloudTrail …"
        self._table.show(self.deeds)
        self.query_one(RecordDetail).show_detail()

    def _show_progress(self) -> None:
        """One quiet line: where the history comes from, and how far it goes back."""
        progress = self.progress
        parts: list[tuple[str, str]] = [(f"{len(self.deeds):,} in the last {DAYS} days", "bold"), ("  ", "")]
        if self.last is None:
            parts = [("Reading the journal …", "$muted")]
        elif progress is None:
            parts.append(("the journal's; CloudTrail is being read …", "$muted"))
        elif progress.error is not None:
            parts.append((f"the journal's alone: {one_line(str(progress.error))}", "$muted"))
        elif not progress.ended:
            parts.append((f"CloudTrail is being read, {progress.searched} of {progress.searches} searches …", "$muted"))
        elif progress.complete:
            parts.append(("journal and CloudTrail, which is minutes late", "$muted"))
        else:
            back_to = f"{progress.back_to.astimezone():%Y-%m-%d %H:%M}" if progress.back_to else "?"
            parts.append((f"CloudTrail's are read back to {back_to}; m reads on", "$muted"))
        self.query_one("#trail", Static).update(Content.assemble(*parts))
        self.refresh_bindings()

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "more":
            progress = self.progress
            return progress is not None and progress.ended and not progress.complete and progress.error is None
        if action == "undo":
            deed = self._table.record
            return deed is not None and self.last is not None and undoing.can_be_undone(deed, self.last.value.acts)
        if action == "bring_back":
            deed = self._table.record
            return deed is not None and self.last is not None and bool(bringing_back.kept(deed, self.last.value.acts))
        return True

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self.refresh_bindings()

    def action_undo(self) -> None:
        deed = self._table.record
        if deed is not None and self.last is not None:
            self.view.act(undoing.stage(deed, self.last.value.acts, self.subject.scope))

    def action_bring_back(self) -> None:
        """Publishes a version again that was archived before the deletion under the cursor."""
        deed = self._table.record
        if deed is not None and self.last is not None:
            found = bringing_back.kept(deed, self.last.value.acts)
            bringing_back.choose(
                self.app, found, lambda one: self.view.act(bringing_back.stage(one, self.subject.scope))
            )

    def action_more(self) -> None:
        if self._trail is not None:
            self._trail.more()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        deed: Deed = event.record
        self.app.push_screen(DocumentScreen(f"{deed.operation}  {moment(deed.at)}", document(deed)))

    def copies(self) -> Sequence[Copyable]:
        deed = self._table.record
        if deed is None:
            return []
        return [*of_record(deed.entry or deed.event), Copyable("all that is known", document(deed))]

    def exported(self) -> Rows:
        rows = self._table.rows
        return exporting.of_records(rows, deed_columns.FIELDS, f"history of {self.subject.function}", total=len(rows))

    @property
    def _table(self) -> RecordTable[Deed]:
        return self.query_one(RecordTable)


def _since() -> dt.datetime:
    return states.now() - dt.timedelta(days=DAYS)
