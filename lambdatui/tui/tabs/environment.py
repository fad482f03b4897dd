"""Environment: the variables, masked; a value is shown to who asks for it, and for a while only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatui.aws import environment
from lambdatui.aws.account import Account
from lambdatui.aws.environment import LIMIT, Environment, Variable
from lambdatui.aws.masking import MASK
from lambdatui.errors import LambdatuiError
from lambdatui.text import clean, one_line, size
from lambdatui.tui import exporting
from lambdatui.tui.labelled import labelled
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

BAR = 24
FULL = 0.9
"""Share of LIMIT from which the size is a warning."""

KEPT_FOR = 20
"""Keys after which revealed values are hidden again."""


class EnvironmentTab(FunctionTab[Environment]):
    """The environment of one function's $LATEST. Values are held only while they are shown."""

    title = "Environment"

    DEFAULT_CSS = """
    EnvironmentTab #environment { height: auto; padding: 0 1 1 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "reveal", "reveal", id="environment.reveal"),
        Binding("v", "hide", "hide", id="environment.hide"),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._values: Mapping[str, str] = {}
        self._wanted: str | None = None
        self._keys_left = 0

    def compose(self) -> ComposeResult:
        def value(variable: Variable) -> Cell:
            if variable.name in self._values:
                return one_line(self._values[variable.name]) or ("empty", "muted")
            return (MASK, "muted") if variable.size else ("empty", "muted")

        columns: list[Column[Variable]] = [
            Column("name", "NAME", lambda variable: one_line(variable.name), 16, grow=1, most=40),
            Column("value", "VALUE", value, 20, grow=3),
            Column("size", "VALUE'S SIZE", lambda variable: size(variable.size), 12, align="right"),
        ]
        yield Lines(id="environment")
        table: RecordTable[Variable] = RecordTable(
            columns, lambda variable: variable.name, empty="Reading the environment …"
        )
        table.add_class("first")
        yield table

    def on_mount(self) -> None:
        subject = self.subject
        self._revealing = Reading(
            self, subject.session, subject.scope, self._read_values, self._take_values, self._cannot_reveal
        )

    def on_unmount(self) -> None:
        self._revealing.close()
        self._values = {}

    def read(self, account: Account) -> Environment:
        return environment.read(account, self.subject.function)

    def show(self, value: Environment) -> None:
        self.action_hide()
        self._table.empty = "No variable: the function sees only those that Lambda itself sets."
        self._table.show(value.variables)
        self._summarize()
        self.refresh_bindings()

    def show_trouble(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def closed(self) -> None:
        self.action_hide()

    def copies(self) -> Sequence[Copyable]:
        variable = self._table.record
        if variable is None:
            return []
        found = [Copyable("name", variable.name)]
        if variable.name in self._values:
            found.insert(0, Copyable("value", self._values[variable.name], secret=True))
        return found

    def exported(self) -> Rows:
        """The names and sizes; values stay where they are, revealed or not."""
        rows = self._table.rows
        fields = {"name": lambda variable: variable.name, "size": lambda variable: variable.size}
        return exporting.of_records(rows, fields, f"environment of {self.subject.function}", total=len(rows))

    # revealing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("reveal", "hide"):
            return bool(self._values) == (action == "hide") and self.is_mounted and bool(self._table.rows)
        return True

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        if self._values:
            self._open_value()
        else:
            self.action_reveal()

    def action_reveal(self) -> None:
        """Asks what is to be seen, and reads it."""
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        variable = self._table.record
        if variable is None:
            return
        count = len(self._table.rows)
        options = [Option("one", f"only {one_line(variable.name)}", "the one under the cursor")]
        if count > 1:
            options.append(Option("all", f"all {count} values", "whoever sees this screen sees them"))
        hint = (
            f"Hidden again when the tab is left, with v, or after {KEPT_FOR} keys. Nothing of it is written to the "
            "log, the journal or an export."
        )

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._wanted = variable.name if values[0] == "one" else None
                self._revealing.start()

        self.app.push_screen(ChooseScreen("Reveal", options, hint=hint), chosen)

    def action_hide(self) -> None:
        """Masks the values, and forgets them."""
        if self._values:
            self._values = {}
            self._changed()

    def on_key(self, _: events.Key) -> None:
        if self._values:
            self._keys_left -= 1
            if self._keys_left < 0:
                self.action_hide()

    def _read_values(self, account: Account) -> Mapping[str, str]:
        return environment.values(account, self.subject.function)

    def _take_values(self, read: Read[Mapping[str, str]]) -> None:
        if not self.display:
            # the tab was left meanwhile
            return
        wanted = self._wanted
        self._values = {name: value for name, value in read.value.items() if wanted is None or name == wanted}
        self._keys_left = KEPT_FOR
        self._changed()

    def _cannot_reveal(self, error: LambdatuiError) -> None:
        self.notify(one_line(str(error)), title="Cannot be revealed", severity="error", markup=False, timeout=10)

    def _open_value(self) -> None:
        """The whole of a value that has been revealed: a cell may be too small for it."""
        from lambdatui.tui.screens.document import DocumentScreen

        variable = self._table.record
        if variable is not None and variable.name in self._values:
            text = clean(self._values[variable.name])
            self.app.push_screen(DocumentScreen(variable.name, text, secret=True))
        else:
            self.action_reveal()

    def _changed(self) -> None:
        self._table.redraw()
        self._summarize()
        self.refresh_bindings()

    @property
    def _table(self) -> RecordTable[Variable]:
        return self.query_one(RecordTable)

    def _summarize(self) -> None:
        value = self.last.value if self.last else None
        if value is None:
            return
        share = value.used / LIMIT
        colour = "$bad" if share >= 1 else "$warn" if share >= FULL else "$ok"
        filled = min(BAR, round(share * BAR)) or (1 if value.used else 0)
        count = len(value.variables)
        lines = [
            Content.assemble(
                ("█" * filled, colour),
                ("░" * (BAR - filled), "$muted"),
                f"  {value.used:,} of {LIMIT:,} bytes, {count} variable{'' if count == 1 else 's'}",
                ("   nearly full: an update beyond it is refused" if share >= FULL else "", "$warn"),
            )
        ]
        lines += labelled(
            [
                ("key", value.kms_key or "the one that AWS manages for Lambda"),
                ("cannot be read", value.error, "$bad"),
            ]
        )
        if self._values:
            shown = len(self._values)
            word = "1 value is" if shown == 1 else f"{shown} values are"
            lines.append(Content.assemble((f"▲ {word} shown: v hides", "$warn")))
        self.query_one("#environment", Lines).update(lines)
