"""History: what was done from here, to all functions of all accounts, as the journal has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.aws.trail import DAYS
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui import bringing_back, deed_columns, exporting, states, undoing
from lambdatui.tui.copying import of_record
from lambdatui.tui.deed_words import describe, document, moment
from lambdatui.tui.feed import Feed
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.session import Session
from lambdatui.tui.timeline import Act, Deed, acts, timeline
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """What the journal has, or why it cannot be read."""

    acts: tuple[Act, ...] = ()
    trouble: str = ""


class HistoryScreen(Screen[bool]):
    """The last 90 days from here. It ends with whether anything was changed."""

    DEFAULT_CSS = """
    HistoryScreen #count { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "undo", id="all_history.undo"),
        Binding("b", "bring_back", "bring back", id="all_history.bring_back"),
        Binding("r", "refresh", "refresh", id="all_history.refresh"),
        Binding("escape,q", "back", "back", id="all_history.back", key_display="esc"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._acts: tuple[Act, ...] = ()
        self._changed = False

    def compose(self) -> ComposeResult:
        yield IdentityBar("History", demo=self.session.demo is not None)
        yield Static("", id="count", markup=False)
        place: Column[Deed] = Column("place", "WHERE", _place, 20, priority=2)
        table: RecordTable[Deed] = RecordTable(
            deed_columns.columns(place), lambda deed: deed.key, empty="Reading the journal …"
        )
        yield RecordDetail(table, describe)
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[HistoryRead] = Feed(self.app, self._take)
        self.set_focus(self._table)
        self.action_refresh()

    def on_unmount(self) -> None:
        self._feed.close()

    @property
    def _table(self) -> RecordTable[Deed]:
        return self.query_one(RecordTable)

    def action_refresh(self) -> None:
        self.run_worker(self._read, thread=True, exclusive=True, group="journal", exit_on_error=False)

    def _read(self) -> None:
        since = states.now().timestamp() - DAYS * 86400
        try:
            self._feed.put(HistoryRead(tuple(acts(self.session.journal(), since=since))))
        except LambdatuiError as error:
            self._feed.put(HistoryRead(trouble=str(error)))

    def _take(self, items: list[HistoryRead]) -> None:
        last = items[-1]
        if last.trouble:
            self._table.empty = f"✖ {one_line(last.trouble)}"
        else:
            self._acts = last.acts
            self._table.empty = f"Nothing was done from here in the last {DAYS} days."
        self._table.show(timeline(self._acts, ()))
        self.query_one(RecordDetail).show_detail()
        running = sum(run is not None and run.status == "running" for run, _ in self._acts)
        words = f"{len(self._acts):,} from here in the last {DAYS} days, of all functions"
        under_way = f"  ·  {running} under way" if running else ""
        self.query_one("#count", Static).update(Content.assemble((words, "$muted"), (under_way, "$busy")))
        self.refresh_bindings()

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "undo":
            deed = self._table.record
            return deed is not None and undoing.can_be_undone(deed, self._acts)
        if action == "bring_back":
            deed = self._table.record
            return deed is not None and bool(bringing_back.kept(deed, self._acts))
        return True

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self.refresh_bindings()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        deed: Deed = event.record
        self.app.push_screen(DocumentScreen(f"{deed.operation}  {moment(deed.at)}", document(deed)))

    def action_undo(self) -> None:
        deed = self._table.record
        if deed is not None:
            self._act(undoing.stage(deed, self._acts))

    def action_bring_back(self) -> None:
        """Publishes a version again that was archived before the deletion under the cursor."""
        deed = self._table.record
        if deed is not None:
            found = bringing_back.kept(deed, self._acts)
            bringing_back.choose(self.app, found, lambda one: self._act(bringing_back.stage(one)))

    def _act(self, stage: Stage) -> None:
        from lambdatui.tui.screens.act import ActScreen

        def over(outputs: Any) -> None:
            self._changed = self._changed or outputs is not None
            self.action_refresh()

        self.app.push_screen(ActScreen(self.session, stage), over)

    def copies(self) -> Sequence[Copyable]:
        """What can be copied of the line under the cursor."""
        deed = self._table.record
        if deed is None:
            return []
        return [*of_record(deed.entry or deed.run), Copyable("all that is known", document(deed))]

    def exported(self) -> Rows:
        """The lines that are shown, for a file."""
        rows = self._table.rows
        fields = {**deed_columns.FIELDS, "function": _function, "account": _account}
        return exporting.of_records(rows, fields, "history of all functions", total=len(rows))

    def action_back(self) -> None:
        self.dismiss(self._changed)


def _function(deed: Deed) -> str:
    source = deed.run or deed.entry
    return source.function if source else ""


def _account(deed: Deed) -> str:
    source = deed.run or deed.entry
    return source.account_id if source else ""


def _place(deed: Deed) -> Cell:
    """The profile, or the account where there is none, and the region."""
    source = deed.run or deed.entry
    if source is None or deed.in_run:
        return "", "muted"
    return one_line(f"{source.profile or source.account_id} {source.region}")
