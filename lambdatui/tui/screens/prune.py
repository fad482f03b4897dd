"""Prune: which versions of one or several functions stay, which go, why, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui import moments
from lambdatui.aws.scope import Scope
from lambdatui.errors import BadInput
from lambdatui.text import one_line, size
from lambdatui.tui import exporting, states
from lambdatui.tui.feed import Feed
from lambdatui.tui.offers import Rows
from lambdatui.tui.prune_reading import FunctionAt, Item, PruneReading
from lambdatui.tui.pruning import ARCHIVINGS, PruneList, Row, Totals
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

_ARCHIVES = {"auto": "the last copy of each code", "always": "all that goes", "never": "nothing"}


class Verdicts(RecordTable[Row]):
    """The versions, of which enter plans the deletion."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "plan", id="prune.plan")]


class PruneScreen(Screen[bool]):
    """Tries a retention on the versions of functions. It ends with whether anything was deleted."""

    CSS_PATH = "prune.tcss"
    AUTO_FOCUS = "Verdicts"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,minus", "keep(-1)", "keep fewer, more", key_display="◂ ▸", id="prune.fewer"),
        Binding("right,plus", "keep(1)", "keep more", show=False, id="prune.more"),
        Binding("space", "hold", "hold", id="prune.hold"),
        Binding("o", "age", "older than", id="prune.age"),
        Binding("p", "patterns", "keep matching", id="prune.patterns"),
        Binding("a", "archive", "archive", id="prune.archive"),
        Binding("w", "archive_to", "where to", id="prune.archive_to"),
        Binding("f", "going", "only what goes", id="prune.going"),
        Binding("r", "refresh", "refresh", id="prune.refresh"),
        Binding("escape,q", "back", "back", id="prune.back", key_display="esc"),
    ]

    def __init__(self, session: Session, functions: Sequence[FunctionAt]) -> None:
        super().__init__()
        self.session = session
        self.list = PruneList(functions)
        self._only_going = False
        self._typed = ""
        self._changed = False
        self._rows: list[Row] = []
        self._reading: PruneReading | None = None

    def compose(self) -> ComposeResult:
        yield IdentityBar("Prune", self._title, demo=self.session.demo is not None)
        yield Static("", id="rule")
        yield Verdicts(self._columns(), lambda row: row.key, empty="Reading the versions …")
        yield Static("", id="trouble", markup=False)
        yield Static("", id="totals")
        yield KeyBar()

    @property
    def _title(self) -> str:
        functions = self.list.functions
        return functions[0].name if len(functions) == 1 else f"{len(functions):,} functions"

    @property
    def _table(self) -> Verdicts:
        return self.query_one(Verdicts)

    def on_mount(self) -> None:
        self._feed: Feed[Item] = Feed(self.app, self._take, self.session.settings.frames_per_second)
        self.action_refresh()

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.stop()
        self._feed.close()

    def action_refresh(self) -> None:
        if self._reading is not None:
            self._reading.stop()
        functions, before = self.list.functions, self.list
        self.list = PruneList(functions)
        for name in ("rule", "holds", "archive", "archive_to", "places"):
            setattr(self.list, name, getattr(before, name))
        self._reading = PruneReading(self, self.session, functions, self._feed.put)
        self._show()

    def _take(self, items: list[Item]) -> None:
        for item in items:
            self.list.take(item)
        self._show()

    # what is shown

    def _show(self) -> None:
        self._rows = self.list.rows(states.now())
        shown = [row for row in self._rows if row.goes] if self._only_going else self._rows
        table = self._table
        if self.list.known == len(self.list.functions):
            table.empty = (
                "Nothing goes." if self._only_going else "Nothing is published here: there is nothing to prune."
            )
        table.show(shown)
        self._show_rule()
        self._show_totals()
        self._show_trouble()
        self._show_identity()

    def _show_rule(self) -> None:
        """The retention in force, each part with the key that changes it."""
        rule, chosen = self.list.rule, self.list
        held = sum(len(chosen.held(function)) for function in chosen.functions)
        patterns = ", ".join(f"'{one_line(one)}'" for one in rule.keep_matching)
        age = f"older than {rule.older_than_days} d" if rule.older_than_days is not None else "of any age"
        keep = f"{rule.keep}{'▏' if self._typed else ''}"
        key = "bold $accent"
        newest = Content.assemble(
            *((" keep the newest ", "$muted"), (keep, "bold"), (" ◂ ▸", key), (" or a number", "$muted")),
            *(("    delete what is ", "$muted"), (age, "bold"), (" o", key)),
        )
        kept = Content.assemble(
            *((" keep matching ", "$muted"), (patterns or "–", "bold"), (" p", key)),
            *(("    held by hand ", "$muted"), (f"{held}", "bold"), (" space", key)),
        )
        what = (_ARCHIVES[chosen.archive], "bold $warn" if chosen.archive == "never" else "bold")
        archive = Content.assemble((" archive ", "$muted"), what, (" a", key))
        if chosen.archive != "never":
            place = Content.assemble((" in ", "$muted"), (one_line(self._where), "bold"), (" w", key))
            archive = Content.assemble(archive, "   ", place)
        # side by side where there is room
        if self.size.width >= 110:
            newest, kept = Content.assemble(newest, "   ", kept), Content("")
        lines = [line for line in (newest, kept, archive) if line.plain]
        self.query_one("#rule", Static).update(Content("\n").join(lines))

    @property
    def _where(self) -> str:
        from lambdatui.stages.pruning import archive_places

        return archive_places.told(self.list.archive_to or archive_places.default_root())

    def _show_totals(self) -> None:
        known, count = self.list.known, len(self.list.functions)
        totals = self.list.totals(self._rows)
        parts: list[str | tuple[str, str]] = [" "]
        if known < count:
            parts.append((f"{known} of {count} functions read …   ", "$busy"))
        if totals.going:
            parts += [
                (f"✖ {totals.going:,} of {totals.versions:,} versions go", "bold $bad"),
                ("   ", ""),
                (f"{size(totals.freed)} come back", "bold"),
                (f"   {totals.archived:,} archived first", "$muted" if totals.archived else "$warn"),
            ]
        elif known == count:
            parts.append((f"✔ all {totals.versions:,} versions stay", "$ok"))
        lines = [Content.assemble(*parts)]
        name = self._title if count == 1 else "these functions"
        after = f" → {size(totals.size - totals.freed)}" if totals.freed else ""
        lines.append(Content.assemble((f" {one_line(name)}  ", "$muted"), f"{size(totals.size)}{after}"))
        lines += [self._place_line(scope, self.list.totals(self._rows, scope)) for scope in self.list.scopes[:3]]
        if len(self.list.scopes) > 3:
            lines.append(Content.assemble((f" and {len(self.list.scopes) - 3} more places", "$muted")))
        self.query_one("#totals", Static).update(Content("\n").join(lines))

    def _place_line(self, scope: Scope, totals: Totals) -> Content:
        place = self.list.places.get(scope)
        if place is None:
            return Content.assemble((f" {one_line(str(scope))} …", "$muted"))
        words = f" account {place.identity.account_id} {one_line(scope.region)}  "
        if place.storage is None:
            return Content.assemble((f"{words}its storage may not be read", "$muted"))
        before = f"{size(place.storage.used)} → " if totals.freed else ""
        return Content.assemble((words, "$muted"), f"{before}{place.storage.less(totals.freed)}")

    def _show_trouble(self) -> None:
        """Why a function could not be read, whole: that under the cursor, or else the first."""
        failed = [row for row in self._rows if row.version is None]
        record = self._table.record
        row = record if record is not None and record.version is None else next(iter(failed), None)
        trouble = self.query_one("#trouble", Static)
        trouble.display = row is not None
        more = f" {len(failed)} functions could not be read: r reads anew." if len(failed) > 1 else ""
        trouble.update(f" ▲ {one_line(row.why)}{more}" if row else "")

    def _show_identity(self) -> None:
        record = self._table.record
        scope = record.function.scope if record else self.list.scopes[0]
        place = self.list.places.get(scope)
        self.query_one(IdentityBar).who = (
            Who(profile=scope.profile, region=scope.region)
            if place is None
            else Who(place.identity.account_id, scope.profile, scope.region, place.identity.principal, place.read_only)
        )

    def _columns(self) -> list[Column[Row]]:
        def verdict(row: Row) -> Cell:
            if row.version is None:
                return "▲ NOT READ", "warn"
            return ("✖ GO", "bad") if row.goes else ("● KEEP", "ok")

        def why(row: Row) -> Cell:
            if row.goes:
                return one_line(row.why), "" if row.archived else "warn" if self.list.archive == "never" else "muted"
            return one_line(row.why), "accent" if row.version and row.why.startswith("alias") else ""

        function: Column[Row] = Column(
            "function", "FUNCTION", lambda row: one_line(row.function.name), 16, grow=2, most=40
        )
        region: Column[Row] = Column(
            "region", "REGION", lambda row: one_line(row.function.scope.region), 14, priority=5
        )
        return [
            *([function] if len(self.list.functions) > 1 else []),
            *([region] if len(self.list.scopes) > 1 else []),
            Column("number", "VERSION", lambda row: row.version.name if row.version else "–", 7, align="right"),
            Column("verdict", "VERDICT", verdict, 10),
            Column("why", "WHY", why, 22, grow=3, most=52),
            Column("description", "DESCRIPTION", _description, 14, grow=2, priority=1),
            Column("size", "CODE", lambda row: size(row.version.code_size) if row.version else "", 9, priority=2,
                   align="right"),
            Column("modified", "PUBLISHED", lambda row: states.modified(row.version.modified) if row.version else "",
                   10, priority=3),
            Column("sha", "SHA-256", lambda row: (row.version.sha256[:8] if row.version else "", "muted"), 8,
                   priority=4),
        ]  # fmt: skip

    def exported(self) -> Rows:
        """The versions with their verdicts, for a file."""
        fields = {
            "function": lambda row: row.function.name,
            "region": lambda row: row.function.scope.region,
            "version": lambda row: row.version.number if row.version else None,
            "goes": lambda row: row.goes,
            "why": lambda row: row.why,
            "archived": lambda row: row.archived,
            "code_size": lambda row: row.version.code_size if row.version else None,
            "description": lambda row: row.version.description if row.version else None,
            "sha256": lambda row: row.version.sha256 if row.version else None,
            "published": lambda row: row.version.modified if row.version else None,
        }
        rows = self._table.rows
        return exporting.of_records(rows, fields, f"verdicts on {self._title}", total=len(rows))

    # the keys

    def on_resize(self) -> None:
        self._show_rule()

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self._show_trouble()
        self._show_identity()

    def on_key(self, event: events.Key) -> None:
        """Digits are how many are kept; any other key ends the number."""
        digit = event.character if event.character and event.character in "0123456789" else ""
        if not digit and event.key != "backspace":
            if self._typed:
                self._typed = ""
                self._show_rule()
            return
        event.stop()
        typed = self._typed[:-1] if event.key == "backspace" else (self._typed + digit)[-4:]
        self._typed = typed.lstrip("0")
        if self._typed:
            self.list.keep(int(self._typed))
        self._show()

    def action_keep(self, by: int) -> None:
        self._typed = ""
        self.list.keep((self.list.rule.keep or 1) + by)
        self._show()

    def action_hold(self) -> None:
        row = self._table.record
        if row is None or row.version is None:
            return
        self.list.toggle_hold(row.function, row.version.number)
        self._show()

    def action_going(self) -> None:
        self._only_going = not self._only_going
        self._show()

    def action_archive(self) -> None:
        at = ARCHIVINGS.index(self.list.archive)
        self.list.archive = ARCHIVINGS[(at + 1) % len(ARCHIVINGS)]
        self._show()

    def action_age(self) -> None:
        from dataclasses import replace

        from lambdatui.tui.screens.ask_text import AskText

        def meant(text: str) -> int:
            return moments.days(text, "Age") if text else 0

        def answered(days: int | None) -> None:
            if days is not None:
                self.list.rule = replace(self.list.rule, older_than_days=days or None)
                self._show()

        now = self.list.rule.older_than_days
        question = "Delete only what was published longer ago than"
        hint = "30d, 6w or 1y; empty for any age. The newest stay, whatever their age."
        self.app.push_screen(AskText("Older than", question, hint, f"{now}d" if now else "", meant), answered)

    def action_patterns(self) -> None:
        from dataclasses import replace

        from lambdatui.tui.screens.ask_text import AskText

        def meant(text: str) -> tuple[str, ...]:
            return tuple(part.strip() for part in text.split(",") if part.strip())

        def answered(patterns: tuple[str, ...] | None) -> None:
            if patterns is not None:
                self.list.rule = replace(self.list.rule, keep_matching=patterns)
                self._show()

        question = "Keep versions whose description, or a word of it, is like"
        hint = "Such as: release *, v1.*, keep. Several with commas; empty for none."
        value = ", ".join(self.list.rule.keep_matching)
        self.app.push_screen(AskText("Keep matching", question, hint, value, meant), answered)

    def action_archive_to(self) -> None:
        from lambdatui.tui.screens.ask_text import AskText

        def meant(text: str) -> str:
            if text.startswith("s3:"):
                from lambdatui.stages.pruning import archive_places

                archive_places.at(text, Path.cwd())
            elif text and not Path(text).expanduser().parent.is_dir():
                raise BadInput(f"There is no folder {Path(text).expanduser().parent} to make it in.")
            return text

        def answered(place: str | None) -> None:
            if place is not None:
                self.list.archive_to = place or None
                self._show()

        question = "Put archives into"
        hint = "A folder, or s3://BUCKET/PREFIX; empty for lambdatui's own folder."
        self.app.push_screen(AskText("Archive to", question, hint, self.list.archive_to or "", meant), answered)

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_plan()

    def action_plan(self) -> None:
        """Plans the deletions of each place, asks, and carries them out, one place after the other."""
        self._act(self.list.scopes)

    def _act(self, scopes: Sequence[Scope]) -> None:
        from lambdatui.tui.screens.act import ActScreen

        def over(outputs: Any) -> None:
            if outputs is not None:
                self._changed = True
            if outputs is not None and len(scopes) > 1:
                self._act(scopes[1:])
            elif self._changed:
                self.action_refresh()

        if scopes:
            self.app.push_screen(ActScreen(self.session, self._stage(scopes[0])), over)

    def _stage(self, scope: Scope) -> Any:
        from lambdatui.stages.delete import Delete
        from lambdatui.stages.prune import Prune

        chosen, place = self.list, {"profile": scope.profile or None, "region": scope.region}
        archives = {"archive": chosen.archive, "archive_to": chosen.archive_to}
        deletions = [
            Delete(
                function=function.name,
                keep=chosen.rule.keep,
                older_than_days=chosen.rule.older_than_days,
                keep_matching=list(chosen.rule.keep_matching),
                hold=[str(number) for number in sorted(chosen.held(function))],
                **archives,
                **place,
            )
            for function in chosen.functions
            if function.scope == scope
        ]
        return deletions[0] if len(deletions) == 1 else Prune(deletions=deletions, **archives, **place)

    def action_back(self) -> None:
        self.dismiss(self._changed)


def _description(row: Row) -> Cell:
    return (one_line(row.version.description) if row.version else "") or ("–", "muted")
