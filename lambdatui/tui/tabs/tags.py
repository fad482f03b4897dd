"""Tags: the labels of a function; those that AWS sets are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

OWN = "aws:"
"""How the keys start that AWS keeps for itself, https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html"""

LIMIT = 50
"""Tags of the operator's that a function may have; AWS's own do not count."""


class Tag(NamedTuple):
    """One tag."""

    name: str
    value: str

    @property
    def is_aws(self) -> bool:
        """Whether AWS set it; nobody else can change it."""
        return self.name.startswith(OWN)


class TagsTab(FunctionTab[tuple[Tag, ...]]):
    """The tags of one function: the operator's first."""

    title = "Tags"

    DEFAULT_CSS = """
    TagsTab #tags { height: auto; padding: 0 1 1 1; }
    """

    def compose(self) -> ComposeResult:
        def key(tag: Tag) -> Cell:
            return (one_line(tag.name), "muted") if tag.is_aws else one_line(tag.name)

        def value(tag: Tag) -> Cell:
            text = one_line(tag.value)
            return (text or "empty", "muted") if tag.is_aws or not text else text

        columns: list[Column[Tag]] = [
            Column("key", "KEY", key, 20, grow=1, most=60),
            Column("value", "VALUE", value, 20, grow=2),
            Column("by", "SET BY", lambda tag: ("AWS", "muted") if tag.is_aws else "you", 6),
        ]
        yield Static("", id="tags")
        table: RecordTable[Tag] = RecordTable(columns, lambda tag: tag.name, empty="Reading the tags …")
        table.add_class("first")
        yield table

    def read(self, account: Account) -> tuple[Tag, ...]:
        tags = [Tag(name, value) for name, value in functions.get(account, self.subject.function).tags.items()]
        return tuple(sorted(tags, key=lambda tag: (tag.is_aws, tag.name)))

    def show(self, value: tuple[Tag, ...]) -> None:
        self._table.empty = "No tag: nothing says whose this function is, or who pays for it."
        self._table.show(value)
        own = sum(not tag.is_aws for tag in value)
        aws = len(value) - own
        word = f"{own} of {LIMIT} tags" + (f", and {aws} of AWS's own, which nobody else can change" if aws else "")
        self.query_one("#tags", Static).update(Content.assemble((word, "$muted")))

    def show_trouble(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def copies(self) -> Sequence[Copyable]:
        tag = self._table.record
        if tag is None:
            return []
        pair = f"{tag.name}={tag.value}"
        return [Copyable("value", tag.value), Copyable("key", tag.name), Copyable("key and value", pair)]

    def exported(self) -> Rows:
        """The tags."""
        rows = self._table.rows
        pairs = [{"key": tag.name, "value": tag.value} for tag in rows]
        return Rows(f"tags of {self.subject.function}", pairs, total=len(rows))

    @property
    def _table(self) -> RecordTable[Tag]:
        return self.query_one(RecordTable)
