"""Routings: those that an alias has had, by whom and since when, to go back to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.scope import Scope
from lambdatui.aws.trail import TrailEvent
from lambdatui.aws.versions import Version
from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.journal import Entry, Routing
from lambdatui.stages.alias_standing import routing_of, told
from lambdatui.stages.undoing.past_routings import PastRouting, of_journal, of_trail, past
from lambdatui.text import ago, one_line
from lambdatui.tui import states
from lambdatui.tui.deed_words import moment
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

PAGES = 2
"""How many pages of CloudTrail's are read of each search."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal has, and what AWS says now."""

    entries: tuple[Entry, ...]
    now: Routing | None
    versions: tuple[Version, ...]


class Routings(RecordTable[PastRouting]):
    """The routings, of which enter takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "go back to it", id="routings.take")]


class RoutingsScreen(ModalScreen[Routing | None]):
    """The routings of an alias, newest first. It ends with the one to go back to, or None."""

    CSS_PATH = "routings.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "later", "not now", id="routings.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, alias: str) -> None:
        super().__init__()
        self.session, self.scope = session, scope
        self.function, self.alias = function, alias
        self.known: Known | None = None
        self._events: tuple[TrailEvent, ...] | None = None
        self._clock = Clock()

    def compose(self) -> ComposeResult:
        columns: list[Column[PastRouting]] = [
            Column("when", "SINCE", self._when, 16),
            Column("traffic", "TRAFFIC", self._traffic, 30, grow=2),
            Column("version", "VERSION", self._version, 16, grow=2, priority=2),
            Column("who", "BY", lambda one: one_line(one.who) or ("–", "muted"), 10, grow=1, most=24),
            Column("from", "FROM", lambda one: one_line(one.source) or ("–", "muted"), 10, priority=3),
            Column("age", "AGO", lambda one: ago(states.now().timestamp() - one.at), 10, priority=1),
        ]
        with Vertical(classes="dialog"):
            yield Routings(columns, lambda one: (one.at, told(one.routing)), empty="Reading the journal …")
            yield Static("", id="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = f"Routings of {self.function}:{self.alias}"
        self._reading = Reading(self, self.session, self.scope, self._read, self._take, self._fail)
        self._trail = Reading(self, self.session, self.scope, self._read_trail, self._take_trail, self._fail)
        self._reading.start()
        self._trail.start()
        self.set_focus(self.query_one(RecordTable))

    def on_unmount(self) -> None:
        self._clock.cancel()
        self._reading.close()
        self._trail.close()

    def _read(self, account: Account) -> Known:
        entries = of_journal(self.session.journal(), account, self.function)
        now = next((one for one in aws.list_aliases(account, self.function) if one.name == self.alias), None)
        found = aws.list_versions(account, self.function)
        return Known(tuple(entries), routing_of(now) if now else None, tuple(found))

    def _read_trail(self, account: Account) -> tuple[TrailEvent, ...]:
        return tuple(of_trail(account, self.function, self.alias, self._clock, PAGES))

    def _take(self, read: Read[Known]) -> None:
        self.known = read.value
        self._show()

    def _take_trail(self, read: Read[tuple[TrailEvent, ...]]) -> None:
        self._events = read.value
        self._show()

    def _fail(self, error: LambdatuiError) -> None:
        table = self.query_one(RecordTable)
        table.empty = f"✖ {one_line(str(error))}"
        table.redraw()

    def _show(self) -> None:
        if self.known is None:
            return
        table = self.query_one(RecordTable)
        if self._events is None:
            table.empty, word = "Reading CloudTrail …", "the journal's; CloudTrail is being read …"
        elif not self._events:
            word = "the journal's alone: CloudTrail has nothing of this alias, or may not be read"
        else:
            word = "journal and CloudTrail, which is minutes late"
        if self._events is not None:
            table.empty = "Neither the journal nor CloudTrail knows of a change of this alias."
        found = past(self.known.entries, self._events or (), self.alias)
        table.styles.height = min(max(len(found), 3) + 2, max(6, self.app.size.height - 10))
        table.show(found)
        self.query_one("#word", Static).update(word)

    # the cells

    def _when(self, one: PastRouting) -> Cell:
        return (f"before {moment(one.at)[5:-3]}", "muted") if one.found else moment(one.at)[:-3]

    def _traffic(self, one: PastRouting) -> Cell:
        now = self.known is not None and one.routing == self.known.now
        return (f"● now  {told(one.routing)}", "ok") if now else told(one.routing)

    def _version(self, one: PastRouting) -> Cell:
        versions: Sequence[Version] = self.known.versions if self.known else ()
        found = next((version for version in versions if version.name == one.routing.version), None)
        if found is None:
            return ("–", "muted") if not one.routing.version.isdigit() else ("▲ is gone", "warn")
        return f"sha {found.sha256[:6]}  {one_line(found.description)}".rstrip()

    # actions

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.dismiss(event.record.routing)

    def action_later(self) -> None:
        self.dismiss(None)
