"""Accounts: which profiles, regions and roles are shown, and how good the credentials of each are."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.errors import LambdatuiError
from lambdatui.settings import Profile
from lambdatui.text import one_line
from lambdatui.tui import profile_rows
from lambdatui.tui.choice import Choice
from lambdatui.tui.credentials import Standing, credentials_of
from lambdatui.tui.feed import Feed
from lambdatui.tui.profile_rows import ProfileRow
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

if TYPE_CHECKING:
    from lambdatui.aws.regions import Region


@dataclass(frozen=True, slots=True)
class _Read:
    """What there is to choose from, and which rows the choice in force stands for."""

    rows: list[ProfileRow]
    regions: list[Region]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Tried:
    """A profile was tried; without an error it works."""

    error: LambdatuiError | None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The choice is in force."""


@dataclass(frozen=True, slots=True)
class _Failed:
    error: LambdatuiError


class AccountsScreen(Screen[bool]):
    """Ends with whether another choice is in force, so that lists are to be read anew."""

    CSS_PATH = "accounts.tcss"
    AUTO_FOCUS = "#profiles"

    BINDINGS: ClassVar[list[BindingType]] = [
        # before the tables' own enter, which opens
        Binding("enter", "apply", "show these", priority=True, id="accounts.apply"),
        Binding("space", "mark", "mark", id="accounts.mark"),
        Binding("tab", "other", "profiles / regions", id="accounts.other"),
        Binding("l", "login", "log in", id="accounts.login"),
        Binding("t", "try", "try", id="accounts.try"),
        Binding("s", "role", "switch role", id="accounts.role"),
        Binding("p", "read_only", "read-only", id="accounts.read_only"),
        Binding("slash", "filter", "filter regions", id="accounts.filter", key_display="/"),
        Binding("escape,q", "back", "back", id="accounts.back", key_display="esc"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._rows: list[ProfileRow] = []
        self._regions: list[Region] = []
        self._is_marked: dict[str, bool] = {}
        self._marked_regions: set[str] = set()
        self._roles: dict[str, str] = {}
        self._changed = False

    def compose(self) -> ComposeResult:
        yield IdentityBar("Accounts", demo=self.session.demo is not None)
        with Horizontal(id="choices"):
            with Vertical(id="profile-side"):
                profiles: RecordTable[ProfileRow] = RecordTable(
                    profile_rows.columns(self._is_marked, self._roles),
                    lambda row: row.name,
                    empty="Reading AWS's files …",
                    id="profiles",
                )
                yield profiles
                yield Static("", id="details")
            with Vertical(id="region-side"):
                with Horizontal(id="filter-line"):
                    yield Static("/ ", id="filter-mark")
                    yield FilterInput(
                        self._show_regions, lambda: self.set_focus(self._region_table), placeholder="filter the regions"
                    )
                regions: RecordTable[Region] = RecordTable(
                    [
                        Column("name", "REGION", self._region_name, 16),
                        Column("title", "", lambda region: (one_line(region.title), "muted"), 14, grow=2, priority=1),
                    ],
                    lambda region: region.name,
                    empty="No region matches.",
                    id="regions",
                )
                yield regions
        yield Static("", id="outcome")
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[_Read | _Tried | _Chosen | _Failed] = Feed(self.app, self._take)
        credentials = credentials_of(self)
        if credentials is not None:
            credentials.changed.subscribe(self, self._standing_changed)
        self._read()

    def on_unmount(self) -> None:
        self._feed.close()
        self.session.forget_other_lapses()

    @property
    def _profile_table(self) -> RecordTable[ProfileRow]:
        return self.query_one("#profiles", RecordTable)

    @property
    def _region_table(self) -> RecordTable[Region]:
        return self.query_one("#regions", RecordTable)

    # workers

    @work(thread=True, group="read", exclusive=True, exit_on_error=False)
    def _read(self) -> None:
        try:
            rows = profile_rows.read(self.session)
            from lambdatui.aws import regions

            names = {name: profile_rows.current_name(self.session, rows, name) for name in self.session.choice}
            self._feed.put(_Read(rows, list(regions.known()), names))
            if self._identify():
                self._feed.put(_Read(profile_rows.read(self.session), list(regions.known()), names))
        except LambdatuiError as error:
            self._feed.put(_Failed(error))

    def _identify(self) -> bool:
        """Has the profiles that are shown say who they are, where they have not yet; whether any did."""
        accounts, found = self.session.accounts(), False
        for scope in accounts.scopes():
            if accounts.known_identity(scope.profile) is None and self.session.lapses.of(scope.profile) is None:
                # why it cannot be told is a lapse, or shown where the list should be
                with contextlib.suppress(LambdatuiError):
                    self.session.identity(scope)
                    found = True
        return found

    @work(thread=True, group="try", exit_on_error=False)
    def _try(self, name: str) -> None:
        try:
            self.session.accounts().renew(name)
            self._feed.put(_Tried(None))
        except LambdatuiError as error:
            self._feed.put(_Tried(error))

    @work(thread=True, group="choose", exclusive=True, exit_on_error=False)
    def _choose(self, choice: Choice) -> None:
        try:
            self.session.choose(choice)
            self._feed.put(_Chosen())
        except LambdatuiError as error:
            self._feed.put(_Failed(error))

    def _standing_changed(self, _: Standing) -> None:
        self._read()

    # what comes back

    def _take(self, items: list[_Read | _Tried | _Chosen | _Failed]) -> None:
        for item in items:
            match item:
                case _Read():
                    self._show(item)
                case _Tried(error):
                    if error is not None:
                        self.notify(str(error), title="It cannot be used", severity="error", markup=False)
                    self._read()
                case _Chosen():
                    self.dismiss(True)
                    return
                case _Failed(error):
                    self.notify(str(error), severity="error", markup=False)

    def _show(self, read: _Read) -> None:
        is_first = not self._rows
        self._rows, self._regions = read.rows, read.regions
        if is_first:
            for name, profile in self.session.choice.items():
                self._is_marked[read.names[name]] = True
                self._roles[read.names[name]] = profile.role_arn or ""
                self._marked_regions |= set(profile.regions)
        table = self._profile_table
        table.empty = "AWS's files name no profile: `aws configure sso` sets one up."
        table.show(self._rows)
        if is_first:
            table.go_to(next(iter(self._is_marked), ""))
        self._show_regions()
        self._show_details()

    def _show_regions(self, _: str = "") -> None:
        words = self.query_one(FilterInput).value.lower().split()
        partitions = {row.partition for row in self._shown_rows()}
        regions = [
            region
            for region in self._regions
            if region.partition in partitions and all(word in f"{region.name} {region.title}".lower() for word in words)
        ]
        # what is marked comes first: it must be seen without looking for it
        regions.sort(key=lambda region: region.name not in self._marked_regions)
        self._region_table.show(regions)
        self._show_outcome()

    def _shown_rows(self) -> list[ProfileRow]:
        """The profiles that would be shown: those that are marked, else the one under the cursor."""
        marked = [row for row in self._rows if self._is_marked.get(row.name)]
        record = self._profile_table.record
        return marked or ([record] if record is not None else [])

    def _choice(self) -> Choice:
        chosen = {}
        for row in self._shown_rows():
            own = [r.name for r in self._regions if r.partition == row.partition and r.name in self._marked_regions]
            chosen[row.name] = Profile(regions=tuple(own), role_arn=self._roles.get(row.name) or None)
        return chosen

    def _show_outcome(self) -> None:
        choice = self._choice()
        lists = sum(len(profile.regions) or 1 for profile in choice.values())
        where = f"{len(self._marked_regions)} regions" if self._marked_regions else "the own region of each"
        if len(self._marked_regions) == 1:
            where = next(iter(self._marked_regions))
        names = ", ".join(row.title for row in self._shown_rows()[:3])
        more = f" and {len(choice) - 3} more" if len(choice) > 3 else ""
        read_only = "  READ-ONLY: every change is refused" if self.session.settings.read_only else ""
        self.query_one("#outcome", Static).update(
            Content.assemble(
                (" shows ", "$muted"),
                (f"{names}{more}" if choice else "nothing", "bold $primary"),
                (" in ", "$muted"),
                (where, "bold"),
                (f": {lists} list{'' if lists == 1 else 's'}", "$muted"),
                (read_only, "bold $ok"),
            )
        )

    def _show_details(self) -> None:
        row = self._profile_table.record
        lines = []
        for label, value in profile_rows.details(row) if row is not None else []:
            lines.append(Content.assemble((f" {label:>9}  ", "$muted"), value))
        self.query_one("#details", Static).update(Content("\n").join(lines))

    def _region_name(self, region: Region) -> Cell:
        is_marked = region.name in self._marked_regions
        return f"{'●' if is_marked else '○'} {region.name}", "accent" if is_marked else ""

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        if event.table.id == "profiles":
            self._show_details()
            if not any(self._is_marked.values()):
                self._show_regions()

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_apply()

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not isinstance(self.focused, FilterInput) if action == "apply" else True

    def action_apply(self) -> None:
        choice = self._choice()
        if not choice:
            self.notify("There is no profile to show.", severity="warning")
        elif choice == dict(self.session.choice):
            self.dismiss(self._changed)
        else:
            self._choose(choice)

    def action_mark(self) -> None:
        if self.focused is self._region_table:
            region = self._region_table.record
            if region is not None:
                self._marked_regions ^= {region.name}
                self._region_table.redraw()
                self._show_outcome()
        elif (row := self._profile_table.record) is not None:
            self._is_marked[row.name] = not self._is_marked.get(row.name)
            self._profile_table.redraw()
            self._show_regions()

    def action_other(self) -> None:
        at_profiles = self.focused is self._profile_table
        self.set_focus(self._region_table if at_profiles else self._profile_table)

    def action_filter(self) -> None:
        self.set_focus(self.query_one(FilterInput))

    def action_login(self) -> None:
        if (row := self._profile_table.record) is not None:
            from lambdatui.tui.screens.login import LoginScreen

            def over(_: bool | None) -> None:
                self._read()

            self.app.push_screen(LoginScreen(self.session, row.name), over)

    def action_try(self) -> None:
        if (row := self._profile_table.record) is not None:
            self._try(row.name)

    def action_role(self) -> None:
        row = self._profile_table.record
        if row is None:
            return
        from lambdatui.tui.screens.role import RoleScreen

        def answered(arn: str | None) -> None:
            if arn is not None:
                self._roles[row.name] = arn
                self._is_marked[row.name] = True
                self._profile_table.redraw()
                self._show_outcome()

        self.app.push_screen(RoleScreen(row.title, self._roles.get(row.name, "")), answered)

    def action_read_only(self) -> None:
        """Refuses every change, or no longer. What a flag or the settings refuse is not to be undone from here."""
        session = self.session
        if session.read_only_is_fixed:
            self.notify("A flag, a variable or the settings say read-only: nothing in the app undoes that.")
            return
        session.refuse_changes(not session.settings.read_only)
        self._changed = True
        self._show_outcome()
        self._read()

    def action_back(self) -> None:
        self.dismiss(self._changed)
