"""Versions: what was published of one function, and who points at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account, Scope
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line, size
from lambdatui.tui import states
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.function_summary import alias_line
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable


@dataclass(frozen=True, slots=True)
class Published:
    """All versions and aliases of a function."""

    versions: tuple[Version, ...]
    aliases: tuple[Alias, ...]


class VersionsScreen(FunctionScreen[Published]):
    """The versions of one function, newest first."""

    CSS_PATH = "versions.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "invoke", "invoke", id="versions.invoke"),
        Binding("t", "traffic", "traffic", id="versions.traffic"),
        Binding("d", "deploy", "deploy", id="versions.deploy"),
        Binding("p", "prune", "prune", id="versions.prune"),
        Binding("delete,x", "delete", "delete", id="versions.delete", key_display="x"),
        Binding("r", "refresh", "refresh", id="versions.refresh"),
        Binding("escape,q", "back", "back", id="versions.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str) -> None:
        super().__init__(session, scope, function, "Versions")
        self.published = Published((), ())

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        yield Static(Content("Reading …"), id="aliases")
        yield RecordTable(self._columns(), lambda version: version.number, empty="Reading the versions …")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.query_one(RecordTable))

    def read_function(self, account: Account) -> Published:
        return Published(
            tuple(aws.list_versions(account, self.function)), tuple(aws.list_aliases(account, self.function))
        )

    def show(self, value: Published) -> None:
        self.published = value
        table = self.query_one(RecordTable)
        table.empty = "Nothing is published yet: deploy with publish, and version 1 appears."
        table.show(value.versions)
        lines = [Content.assemble(" ", *alias_line(alias)) for alias in value.aliases[:4]]
        if not lines:
            lines = [Content.assemble((" no alias yet", "$warn"), ("  t makes one", "$muted"))]
        self.query_one("#aliases", Static).update(Content("\n").join(lines))

    def show_error(self, error: LambdatuiError) -> None:
        super().show_error(error)
        table = self.query_one(RecordTable)
        table.empty = one_line(str(error))
        table.redraw()

    def _columns(self) -> list[Column[Version]]:
        def who(version: Version) -> Cell:
            names = []
            for alias in self.published.aliases:
                share = alias.shares.get(version.name)
                if share is not None:
                    names.append(alias.name if share == 1 else f"{alias.name} {share * 100:.4g} %")
            return (", ".join(names), "accent") if names else ("–", "muted")

        def modified(version: Version) -> Cell:
            return states.modified(version.modified)

        return [
            Column("number", "VERSION", lambda v: v.name, 7, align="right"),
            Column("aliases", "SERVES", who, 18, grow=1, most=40),
            Column("description", "DESCRIPTION", lambda v: one_line(v.description) or ("–", "muted"), 18, grow=2),
            Column("runtime", "RUNTIME", lambda v: one_line(v.configuration.get("Runtime", "image")), 11, priority=4),
            Column("memory", "MEM", lambda v: str(v.configuration.get("MemorySize", "")), 5, priority=5, align="right"),
            Column("sha", "SHA-256", lambda v: (v.sha256[:8], "muted"), 8, priority=2),
            Column("size", "CODE", lambda v: size(v.code_size), 9, priority=3, align="right"),
            Column("modified", "PUBLISHED", modified, 11, priority=1),
        ]

    @property
    def _version(self) -> Version | None:
        return self.query_one(RecordTable).record

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_invoke()

    def action_refresh(self) -> None:
        self.reload()

    def action_invoke(self) -> None:
        from lambdatui.tui.screens.invoke import InvokeScreen

        qualifier = self._version.name if self._version else None
        self.app.push_screen(InvokeScreen(self.session, self.scope, self.function, qualifier))

    def action_traffic(self) -> None:
        from lambdatui.tui.screens.traffic import TrafficScreen

        canary = self._version.name if self._version else None
        self.app.push_screen(TrafficScreen(self.session, self.scope, self.function, canary), self._came_back)

    def action_deploy(self) -> None:
        from lambdatui.tui.screens.deploy import DeployScreen

        self.app.push_screen(DeployScreen(self.session, self.scope, self.function), self._came_back)

    def action_delete(self) -> None:
        if self._version is not None:
            from lambdatui.stages.delete import Delete

            self.act(
                Delete(
                    function=self.function,
                    versions=[self._version.name],
                    profile=self.scope.profile or None,
                    region=self.scope.region,
                )
            )

    def action_prune(self) -> None:
        from lambdatui.tui.screens.ask_number import AskNumber

        def answered(keep: int | None) -> None:
            if keep is not None:
                from lambdatui.stages.delete import Delete

                self.act(
                    Delete(
                        function=self.function,
                        keep=keep,
                        profile=self.scope.profile or None,
                        region=self.scope.region,
                    )
                )

        count = len(self.published.versions)
        question = f"{self.function} has {count} version{'' if count == 1 else 's'}. Keep the newest how many?"
        hint = "A version that an alias serves is always kept. Enter shows the plan."
        self.app.push_screen(AskNumber("Prune", question, hint, 3, 1, 1000), answered)

    def _came_back(self, changed: bool | None) -> None:
        if changed:
            self.changed = True
            self.reload()
