"""Layers: what is laid under the function's code, and whether there is something newer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.content import Content

from lambdatui.aws import layers as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.layers import AttachedLayer, Layers
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line, size
from lambdatui.tui import exporting
from lambdatui.tui.labelled import labelled, refused
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable


class LayersTab(FunctionTab[Layers]):
    """The layers of one function's $LATEST, in their order."""

    title = "Layers"

    def compose(self) -> ComposeResult:
        columns: list[Column[AttachedLayer]] = [
            Column("place", "#", lambda one: str(one.place), 2, align="right"),
            Column("name", "LAYER", lambda one: one_line(one.name), 20, grow=2, most=60),
            Column("version", "VERSION", lambda one: str(one.version), 7, align="right"),
            Column("newest", "NEWER", _newer, 14),
            Column("suits", "RUNTIME", self._suits, 12, priority=1),
            Column("size", "ZIPPED", lambda one: size(one.size), 9, align="right", priority=2),
            Column("account", "ACCOUNT", lambda one: one.account_id, 12, priority=3),
        ]
        table: RecordTable[AttachedLayer] = RecordTable(columns, lambda one: one.arn, empty="Reading the layers …")
        table.add_class("first")
        yield RecordDetail(table, self._describe)

    def read(self, account: Account) -> Layers:
        return aws.read(account, self.subject.function)

    def show(self, value: Layers) -> None:
        self._table.empty = (
            "No layer: all that the function needs is in its own package or in the runtime."
            if value.runtime
            else "No layer: a container image takes none; what it needs is in the image."
        )
        self._table.show(value.layers)
        self.query_one(RecordDetail).show_detail()

    def show_trouble(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def copies(self) -> Sequence[Copyable]:
        one = self._table.record
        if one is None:
            return []
        return [Copyable("ARN", one.arn), Copyable("name", one.name), Copyable("JSON", as_json(one))]

    def exported(self) -> Rows:
        """The layers with their ARNs."""
        fields: dict[str, Callable[[AttachedLayer], Any]] = {
            "place": lambda one: one.place,
            "arn": lambda one: one.arn,
            "size": lambda one: one.size,
            "description": lambda one: _detail(one, "Description"),
            "compatible_runtimes": lambda one: _detail(one, "CompatibleRuntimes"),
            "newer": lambda one: one.newer,
        }
        rows = self._table.rows
        return exporting.of_records(rows, fields, f"layers of {self.subject.function}", total=len(rows))

    @property
    def _table(self) -> RecordTable[AttachedLayer]:
        return self.query_one(RecordTable)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        one: AttachedLayer = event.record
        self.app.push_screen(DocumentScreen(f"{one.name}:{one.version}", as_json(one)))

    def _suits(self, one: AttachedLayer) -> Cell:
        if isinstance(one.details, AwsError):
            return "?", "warn"
        runtime = self.last.value.runtime if self.last else ""
        if aws.suits(one.details.get("CompatibleRuntimes"), runtime):
            return "● suits", "ok"
        return "▲ another", "warn"

    def _describe(self, one: AttachedLayer) -> tuple[str, Sequence[Content]]:
        lines = labelled([("arn", one.arn), ("size", f"{size(one.size)}, zipped")])
        if isinstance(one.details, AwsError):
            lines += refused("details", one.details)
        else:
            get = one.details.get
            runtimes = get("CompatibleRuntimes") or ()
            lines += labelled(
                [
                    ("description", get("Description", "")),
                    ("runtimes", ", ".join(runtimes) or "any: it names none"),
                    ("architectures", ", ".join(get("CompatibleArchitectures") or ())),
                    ("licence", get("LicenseInfo", "")),
                    ("published", str(get("CreatedDate", ""))[:19].replace("T", " ")),
                ]
            )
        if isinstance(one.newest, AwsError):
            lines += refused("newest", one.newest)
        elif not one.newest:
            lines += labelled([("newest", "every version was deleted: what is attached still works", "$warn")])
        elif one.newer:
            lines += labelled([("newest", f"{one.newer}  {one.newest.get('Description', '')}", "$warn")])
        else:
            lines += labelled([("newest", "this one")])
        count = len(self.last.value.layers) if self.last else 0
        if count > 1:
            over = (
                "hides files of those above in this list" if one.place > 1 else "the first: later ones hide its files"
            )
            lines += labelled([("order", f"{one.place} of {count}, {over}")])
        return one.name, lines


def _newer(one: AttachedLayer) -> Cell:
    if isinstance(one.newest, AwsError):
        return "? refused", "warn"
    if not one.newest:
        return "✖ deleted", "warn"
    return (f"▲ {one.newer}", "warn") if one.newer else ("● newest", "ok")


def _detail(one: AttachedLayer, name: str) -> Any:
    return None if isinstance(one.details, AwsError) else one.details.get(name)
