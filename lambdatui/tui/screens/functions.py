"""Functions: every function of every chosen account and region, with the one under the cursor beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Label

from lambdatui.aws.facts import Facts
from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.scope import Scope
from lambdatui.text import one_line, size
from lambdatui.tui import states
from lambdatui.tui.facts_reader import FactsRead, FactsReader
from lambdatui.tui.feed import Feed
from lambdatui.tui.lister import (
    IdentityFound,
    Listed,
    Lister,
    ListingFailed,
    PageRead,
    ScopeFailed,
    ScopesFound,
)
from lambdatui.tui.records import Records
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.function_summary import FunctionSummary
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

SORTS = ("name", "modified", "runtime", "memory", "region", "account")


class FunctionsScreen(Screen[None]):
    """The home of the app."""

    AUTO_FOCUS = "RecordTable"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "deploy", "deploy", id="functions.deploy"),
        Binding("i", "invoke", "invoke", id="functions.invoke"),
        Binding("t", "traffic", "traffic", id="functions.traffic"),
        Binding("v", "view('versions')", "versions", id="functions.versions"),
        Binding("slash", "filter", "filter", id="functions.filter", key_display="/"),
        Binding("n", "create", "new", id="functions.create"),
        Binding("x", "delete", "delete", id="functions.delete"),
        Binding("s", "sort(1)", "sort", id="functions.sort"),
        Binding("S", "reverse", "reverse", show=False, id="functions.reverse"),
        Binding("r", "refresh", "refresh", id="functions.refresh"),
        Binding("q", "leave", "quit", id="functions.quit"),
        Binding("escape", "clear", "clear the filter", show=False, id="functions.clear"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.records: Records[FunctionRecord] = Records(lambda record: record.key, _words)
        self.facts: dict[str, Facts | None] = {}
        self.identities: dict[Scope, IdentityFound] = {}
        self._scopes: tuple[Scope, ...] = ()
        self._complete: set[Scope] = set()
        self._failed: dict[Scope, ScopeFailed] = {}
        self._trouble = ""
        self._seen: set[object] = set()
        self._sort = ("name", False)
        self._read_at: dt.datetime | None = None

    def compose(self) -> ComposeResult:
        yield IdentityBar(demo=self.session.demo is not None)
        with Horizontal(id="filter-line"):
            yield Label("/ ", id="filter-mark")
            yield FilterInput(
                self._filter_changed,
                lambda: self.set_focus(self.table),
                placeholder="filter by name, description, runtime, region, role",
            )
            yield Label("", id="count", markup=False)
        with Vertical(id="body"):
            yield RecordTable(
                self._columns(), lambda record: record.key, empty="Reading the functions …", id="functions"
            )
            yield FunctionSummary(self._facts_of)
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Listed | FactsRead] = Feed(self.app, self._take, self.session.settings.frames_per_second)
        self._reader = FactsReader(self.session, self._feed.put)
        self._lister: Lister | None = None
        self._apply_sort()
        # boto3 is imported by the reading, so that starts when the first frame is on the screen
        self.call_after_refresh(self.read)

    def on_unmount(self) -> None:
        self._reader.stop()
        if self._lister is not None:
            self._lister.stop()
        self._feed.close()

    # the data

    @property
    def table(self) -> RecordTable[FunctionRecord]:
        return self.query_one(RecordTable)

    def read(self) -> None:
        """Reads all functions anew. What is shown stays until it is replaced."""
        if self._lister is not None:
            self._lister.stop()
        self._complete.clear()
        self._failed.clear()
        self._seen = set()
        self._trouble = ""
        self._lister = Lister(self.session, self._feed.put)
        self._lister.start()
        self._show_count()

    def _take(self, items: list[Listed | FactsRead]) -> None:
        pages = [item for item in items if isinstance(item, PageRead)]
        for item in items:
            if isinstance(item, ScopesFound):
                self._scopes = item.scopes
            elif isinstance(item, IdentityFound):
                self.identities[item.scope] = item
            elif isinstance(item, ScopeFailed):
                self._failed[item.scope] = item
                where = f"{item.scope.profile} {item.scope.region}".strip()
                self.notify(str(item.error), title=f"{where} cannot be read", severity="error", markup=False)
            elif isinstance(item, ListingFailed):
                self._trouble = str(item.error)
                self.notify(self._trouble, title="Nothing can be read", severity="error", markup=False, timeout=15)
            elif isinstance(item, FactsRead):
                self.facts[item.key] = item.facts
        failure = self._trouble or next((str(failed.error) for failed in self._failed.values()), "")
        if failure and not len(self.records):
            self.table.empty = f"✖ {one_line(failure)}"
            self.table.redraw()
        for item in pages:
            self.records.put(item.page.records)
            self._seen.update(record.key for record in item.page.records)
            if not item.page.more:
                self._complete.add(item.scope)
        if pages and self._all_read:
            # what AWS no longer lists is gone; what a scope that failed held is kept
            kept = {record.key for record in self.records.all if record.scope in self._failed}
            self.records.keep_only(self._seen | kept)
            self._read_at = states.now()
        if pages:
            self._show_rows()
        elif any(isinstance(item, FactsRead) for item in items):
            self.table.redraw()
        self._show_count()
        self._show_identity()
        self.query_one(FunctionSummary).refresh()
        self._want_facts()

    @property
    def _all_read(self) -> bool:
        return bool(self._scopes) and len(self._complete) + len(self._failed) == len(self._scopes)

    def _facts_of(self, record: FunctionRecord) -> Facts | None:
        return self.facts.get(record.key)

    def _want_facts(self) -> None:
        """Asks for the facts of what is visible, the one under the cursor first."""
        table = self.table
        rows = list(table.visible_rows)
        if table.record is not None:
            rows.insert(0, table.record)
        self._reader.want([row for row in dict.fromkeys(rows) if row.key not in self.facts])

    # what is shown

    def _columns(self) -> list[Column[FunctionRecord]]:
        def state(record: FunctionRecord) -> Cell:
            return states.state(record, self.facts.get(record.key))

        def aliases(record: FunctionRecord) -> Cell:
            return states.aliases(self.facts.get(record.key))

        def runtime(record: FunctionRecord) -> Cell:
            return one_line(record.runtime) if record.runtime else ("image", "muted")

        return [
            Column("name", "FUNCTION", lambda r: one_line(r.name), 22, grow=3, most=72),
            Column("account", "ACCOUNT", lambda r: one_line(r.scope.profile) or _account(r), 12, priority=4),
            Column("region", "REGION", lambda r: one_line(r.scope.region), 14, priority=3),
            Column("runtime", "RUNTIME", runtime, 11, priority=5),
            Column("memory", "MEM", lambda r: str(r.memory), 5, priority=6, align="right"),
            Column("timeout", "TIMEOUT", lambda r: f"{r.timeout} s", 7, priority=8, align="right"),
            Column("size", "CODE", lambda r: size(r.code_size) if r.code_size else "–", 8, priority=9, align="right"),
            Column("aliases", "ALIASES", aliases, 17, grow=1, priority=2, most=44),
            Column("modified", "LAST MODIFIED", self._modified, 13, priority=7),
            Column("state", "STATE", state, 17, priority=1),
        ]

    def _modified(self, record: FunctionRecord) -> Cell:
        return states.modified(record.modified)

    def _filter_changed(self, text: str) -> None:
        self.records.filter(text)
        self._show_rows(changed=False)
        self._show_count()

    def _show_rows(self, changed: bool = True) -> None:
        table = self.table
        if self._all_read or self.records.shown:
            table.empty = "No function matches the filter." if len(self.records) else "There are no functions here."
        table.show(self.records.shown, changed=changed)

    def _show_count(self) -> None:
        total, shown = len(self.records), len(self.records.shown)
        count = f"{shown:,} of {total:,}" if shown != total else f"{total:,}"
        words = [f"{count} function{'' if total == 1 else 's'}"]
        if self._trouble:
            words.append("▲ not read")
        elif not self._all_read:
            words.append(
                f"reading, {len(self._complete)} of {len(self._scopes)} regions" if self._scopes else "reading"
            )
        elif self._failed:
            words.append(f"▲ partial, {len(self._failed)} of {len(self._scopes)} regions failed")
        else:
            words.append("all pages read")
        label = self.query_one("#count", Label)
        label.update(" · ".join(words) + " ")
        label.set_class(bool(self._failed or self._trouble), "trouble")
        profiles = len({scope.profile for scope in self._scopes})
        regions = len({scope.region for scope in self._scopes})
        if self._scopes:
            self.query_one(IdentityBar).summary = f"{_count(profiles, 'profile')} · {_count(regions, 'region')}"

    def _show_identity(self) -> None:
        record = self.table.record
        scope = record.scope if record else (self._scopes[0] if self._scopes else None)
        bar = self.query_one(IdentityBar)
        if scope is None:
            return
        found = self.identities.get(scope)
        if found is None:
            bar.who = Who(profile=scope.profile, region=scope.region)
        else:
            identity = found.identity
            bar.who = Who(identity.account_id, scope.profile, scope.region, identity.principal, found.read_only)

    def _apply_sort(self) -> None:
        key, reverse = self._sort
        orders: dict[str, Any] = {
            "name": lambda r: (r.name.lower(), r.scope),
            "modified": lambda r: r.modified,
            "runtime": lambda r: (r.runtime, r.name.lower()),
            "memory": lambda r: (r.memory, r.name.lower()),
            "timeout": lambda r: (r.timeout, r.name.lower()),
            "size": lambda r: (r.code_size, r.name.lower()),
            "region": lambda r: (r.scope.region, r.name.lower()),
            "account": lambda r: (r.scope.profile, r.name.lower()),
        }
        self.records.sort(orders[key], reverse)
        self.table.sorted_by = self._sort

    # messages

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        self.query_one(FunctionSummary).record = event.record
        self._show_identity()
        self._want_facts()

    def on_record_table_scrolled(self, _: RecordTable.Scrolled) -> None:
        self._want_facts()

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_view("overview")

    def on_record_table_header_clicked(self, event: RecordTable.HeaderClicked) -> None:
        if event.column in SORTS or event.column in ("timeout", "size"):
            reverse = self._sort == (event.column, False)
            self._sort_by(event.column, reverse)

    # actions

    def action_filter(self) -> None:
        self.set_focus(self.query_one(FilterInput))

    def action_clear(self) -> None:
        self.query_one(FilterInput).value = ""

    def action_sort(self, by: int) -> None:
        at = SORTS.index(self._sort[0]) if self._sort[0] in SORTS else -1
        key = SORTS[(at + by) % len(SORTS)]
        self._sort_by(key, key == "modified")

    def action_reverse(self) -> None:
        self._sort_by(self._sort[0], not self._sort[1])

    def _sort_by(self, key: str, reverse: bool) -> None:
        self._sort = (key, reverse)
        self._apply_sort()
        self._show_rows()

    def action_refresh(self) -> None:
        self.facts.clear()
        self.table.redraw()
        self.read()

    def action_leave(self) -> None:
        self.app.exit(0)

    def action_view(self, tab: str) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.function import FunctionView

            self.app.push_screen(FunctionView(self.session, record.scope, record.name, tab), self._come_back)

    def action_traffic(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.traffic import TrafficScreen

            self.app.push_screen(TrafficScreen(self.session, record.scope, record.name), self._come_back)

    def action_invoke(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.invoke import InvokeScreen

            self.app.push_screen(InvokeScreen(self.session, record.scope, record.name))

    def action_deploy(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.deploy import DeployScreen

            self.app.push_screen(DeployScreen(self.session, record.scope, record.name), self._come_back)

    def action_delete(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.stages.delete import Delete
            from lambdatui.tui.screens.act import ActScreen

            stage = Delete(
                function=record.name,
                whole_function=True,
                profile=record.scope.profile or None,
                region=record.scope.region,
            )
            self.app.push_screen(ActScreen(self.session, stage), self._come_back)

    def action_create(self) -> None:
        from lambdatui.tui.screens.deploy import DeployScreen

        record = self.table.record
        scope = record.scope if record else self._scopes[0] if self._scopes else None
        if scope is not None:
            self.app.push_screen(DeployScreen(self.session, scope, ""), self._come_back)

    def _come_back(self, changed: object) -> None:
        """Reads again what another screen may have changed."""
        record = self.table.record
        if changed and record is not None:
            self.facts.pop(record.key, None)
            self.read()


def _words(record: FunctionRecord) -> str:
    return " ".join(
        (
            record.name,
            record.description,
            record.runtime or "image",
            record.scope.region,
            record.scope.profile,
            record.role.rsplit("/", 1)[-1],
        )
    )


def _account(record: FunctionRecord) -> str:
    parts = record.arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
