"""Versions: what was published of a function, and who points at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line, size
from lambdatui.tui import exporting, states
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.widgets.function_summary import alias_line
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable


@dataclass(frozen=True, slots=True)
class Published:
    """All versions and aliases of a function."""

    versions: tuple[Version, ...]
    aliases: tuple[Alias, ...]


class VersionsTab(FunctionTab[Published]):
    """The versions of one function, newest first."""

    title = "Versions"

    DEFAULT_CSS = """
    VersionsTab #aliases { height: auto; max-height: 5; padding: 0 0 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "invoke", "invoke", id="versions.invoke"),
        Binding("t", "traffic", "traffic", id="versions.traffic"),
        Binding("p", "prune", "prune", id="versions.prune"),
        Binding("space", "mark", "mark", id="versions.mark"),
        Binding("c", "compare", "compare", id="versions.compare"),
        Binding("C", "canary", "canary", id="versions.canary"),
        Binding("D", "download", "download", id="versions.download"),
        Binding("delete,x", "delete", "delete", id="versions.delete", key_display="x"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.published = Published((), ())

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="aliases")
        table: RecordTable[Version] = RecordTable(
            self._columns(), lambda version: version.number, empty="Reading the versions …"
        )
        table.add_class("first")
        yield table

    def read(self, account: Account) -> Published:
        function = self.subject.function
        return Published(tuple(aws.list_versions(account, function)), tuple(aws.list_aliases(account, function)))

    def show(self, value: Published) -> None:
        self.published = value
        table = self.query_one(RecordTable)
        table.empty = "Nothing is published yet: deploy with publish, and version 1 appears."
        table.show(value.versions)
        lines = [Content.assemble(" ", *alias_line(alias)) for alias in value.aliases[:4]]
        if not lines:
            lines = [Content.assemble((" no alias yet", "$warn"), ("  t makes one", "$muted"))]
        self.query_one("#aliases", Static).update(Content("\n").join(lines))

    def show_trouble(self, error: LambdatuiError) -> None:
        table = self.query_one(RecordTable)
        table.empty = f"✖ {one_line(str(error))}"
        table.redraw()

    def copies(self) -> Sequence[Copyable]:
        version = self._version
        if version is None:
            return []
        return [
            Copyable("number", version.name),
            Copyable("ARN", version.configuration.get("FunctionArn", "")),
            Copyable("SHA-256", version.sha256),
            Copyable("JSON", as_json(version.configuration)),
        ]

    def exported(self) -> Rows:
        """The versions, newest first."""
        fields: dict[str, Callable[[Version], Any]] = {
            "version": lambda version: version.number,
            "aliases": lambda version: {
                alias.name: alias.shares[version.name] for alias in self.published.aliases if alias.serves(version.name)
            },
            "description": lambda version: version.description,
            "runtime": lambda version: version.configuration.get("Runtime"),
            "memory": lambda version: version.configuration.get("MemorySize"),
            "sha256": lambda version: version.sha256,
            "code_size": lambda version: version.code_size,
            "published": lambda version: version.modified,
        }
        rows = self.query_one(RecordTable).rows
        return exporting.of_records(rows, fields, f"versions of {self.subject.function}", total=len(rows))

    def _columns(self) -> list[Column[Version]]:
        def serves(version: Version) -> Cell:
            names = []
            for alias in self.published.aliases:
                share = alias.shares.get(version.name)
                if share is not None:
                    names.append(alias.name if share == 1 else f"{alias.name} {share * 100:.4g} %")
            return (", ".join(names), "accent") if names else ("–", "muted")

        return [
            Column("number", "VERSION", lambda v: v.name, 7, align="right"),
            Column("aliases", "SERVES", serves, 18, grow=1, most=40),
            Column("description", "DESCRIPTION", lambda v: one_line(v.description) or ("–", "muted"), 18, grow=2),
            Column("runtime", "RUNTIME", lambda v: one_line(v.configuration.get("Runtime", "image")), 11, priority=4),
            Column("memory", "MEM", lambda v: str(v.configuration.get("MemorySize", "")), 5, priority=5, align="right"),
            Column("sha", "SHA-256", lambda v: (v.sha256[:8], "muted"), 8, priority=2),
            Column("size", "CODE", lambda v: size(v.code_size), 9, priority=3, align="right"),
            Column("modified", "PUBLISHED", lambda v: states.modified(v.modified), 11, priority=1),
        ]

    @property
    def _version(self) -> Version | None:
        return self.query_one(RecordTable).record

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_invoke()

    def action_invoke(self) -> None:
        self.view.action_invoke(self._version.name if self._version else None)

    def action_traffic(self) -> None:
        self.view.action_traffic(self._version.name if self._version else None)

    def action_canary(self) -> None:
        """Judges the version under the cursor beside the one that callers get."""
        self.view.action_canary(self._version.name if self._version else "")

    def action_mark(self) -> None:
        """Marks the version under the cursor as the one to compare with, or takes the mark away."""
        table = self.query_one(RecordTable)
        if table.record is not None:
            table.selected -= {key for key in table.selected if key != table.record.number}
            table.toggle_selected()

    def action_compare(self) -> None:
        """Compares the version under the cursor with the marked one, or with one that is chosen."""
        version = self._version
        if version is None:
            return
        marked = {str(number) for number in self.query_one(RecordTable).selected} - {version.name}
        names = {one.name for one in self.published.versions}
        if marked & names:
            self._compare(version.name, min(marked & names))
            return
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        options = [Option("$LATEST", "$LATEST", "what is being worked on")]
        options += [
            Option(one.name, one.name, one.description) for one in self.published.versions if one.name != version.name
        ]
        older = [one.name for one in self.published.versions if one.number < version.number]

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._compare(version.name, values[0])

        hint = "In the list, space marks a version, and c compares it with the one under the cursor."
        screen = ChooseScreen(f"Compare {version.name} with", options, chosen=older[:1], hint=hint)
        self.app.push_screen(screen, chosen)

    def _compare(self, first: str, second: str) -> None:
        from lambdatui.tui.screens.compare import CompareScreen, in_order

        subject = self.subject
        before, after = in_order(first, second)
        self.app.push_screen(CompareScreen(subject.session, subject.scope, subject.function, before, after))

    def action_download(self) -> None:
        """Writes the version under the cursor to a folder that a deployment takes back."""
        if self._version is not None:
            from lambdatui.tui.screens.download import DownloadScreen

            subject = self.subject
            self.app.push_screen(DownloadScreen(subject.session, subject.scope, subject.function, self._version.name))

    def action_delete(self) -> None:
        if self._version is not None:
            from lambdatui.stages.delete import Delete

            scope = self.subject.scope
            self.view.act(
                Delete(
                    function=self.subject.function,
                    versions=[self._version.name],
                    profile=scope.profile or None,
                    region=scope.region,
                )
            )

    def action_prune(self) -> None:
        """Tries a retention on the versions, and deletes what it does not keep."""
        from lambdatui.tui.prune_reading import FunctionAt
        from lambdatui.tui.screens.prune import PruneScreen

        subject = self.subject
        screen = PruneScreen(subject.session, [FunctionAt(subject.scope, subject.function)])
        self.app.push_screen(screen, self.view.was_changed)
