"""A JSON document as a tree that unfolds: a field a line, and only the lines on the screen are drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from lambdatui.text import one_line
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable, Tone

AT_ONCE = 500
"""Members of a list or mapping that are shown before the rest is asked for."""

UNFOLDED = 200
"""Rows, up to which a document is unfolded as it is opened."""

DEEPEST = 16
"""Levels that are indented; what lies deeper says how deep."""

LONGEST = 1000
"""Characters of a text that a line is made of."""


class Node:
    """A value in a document. `label` is its name or index; `members` says how many it has, None for a plain value."""

    __slots__ = ("children", "depth", "is_open", "label", "members", "parent", "shown", "value")

    def __init__(self, label: str, value: Any, parent: Node | None = None) -> None:
        self.label = label
        self.value = value
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else -1
        self.members = len(value) if isinstance(value, dict | list) else None
        self.is_open = False
        self.shown = AT_ONCE
        self.children: list[Node] | None = None

    def unfolded(self) -> list[Node]:
        """The children that are shown when it is open; the last may stand for the rest."""
        if self.children is None or len(self.children) < min(self.shown, self.members or 0):
            pairs = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
            made = self.children or []
            self.children = made + [
                Node(str(name), value, self)
                for index, (name, value) in enumerate(pairs)
                if len(made) <= index < self.shown
            ]
        return self.children

    @property
    def rest(self) -> int:
        """How many members are not shown yet."""
        return max(0, (self.members or 0) - self.shown)


class Rest:
    """The members of a node that are not shown yet, as a row."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node


Row = Node | Rest


class JsonTree(RecordTable[Row]):
    """Shows a document. Enter folds and unfolds; on a text it asks to have it shown whole (`Opened`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "turn", "fold / unfold", id="json.turn"),
        Binding("right", "unfold(True)", "unfold", show=False, id="json.unfold"),
        Binding("left", "unfold(False)", "fold", show=False, id="json.fold"),
    ]

    def __init__(self, document: Any, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            [Column("field", "FIELD", _label, 16, grow=1, most=44), Column("value", "VALUE", _value, 20, grow=4)],
            lambda row: id_of(row),
            id=id,
        )
        self.root = Node("", document)
        self._unfold_first()

    def on_mount(self) -> None:
        self.show(list(self._lines()))

    def _unfold_first(self) -> None:
        """Unfolds level by level, as long as that makes few rows."""
        self.root.is_open = True
        level, rows = [self.root], 1
        while level:
            below = [child for node in level for child in node.unfolded() if child.members]
            rows += sum(min(node.members or 0, AT_ONCE) for node in below)
            if rows > UNFOLDED:
                break
            for node in below:
                node.is_open = True
            level = below

    def _lines(self) -> Iterator[Row]:
        # the whole has no name: its members are the first rows; a plain value is its own only row
        root = self.root
        waiting: list[Row] = [root] if not root.members else [*reversed(root.unfolded())]
        if root.rest:
            waiting.insert(0, Rest(root))
        while waiting:
            row = waiting.pop()
            yield row
            if isinstance(row, Node) and row.is_open and row.members:
                if row.rest:
                    waiting.append(Rest(row))
                waiting += reversed(row.unfolded())

    # folding

    def action_turn(self) -> None:
        row = self.record
        if isinstance(row, Rest):
            row.node.shown += AT_ONCE
            self.show(list(self._lines()))
        elif isinstance(row, Node) and row.members:
            self._fold(row, not row.is_open)
        else:
            self.action_open()

    def action_unfold(self, is_open: bool) -> None:
        row = self.record
        if not isinstance(row, Node):
            return
        if row.members and row.is_open != is_open:
            self._fold(row, is_open)
        elif not is_open and row.parent is not None and row.parent is not self.root:
            self.go_to(id_of(row.parent))

    def _fold(self, node: Node, is_open: bool) -> None:
        node.is_open = is_open
        self.stay()
        self.show(list(self._lines()))


def id_of(row: Row) -> tuple[str, int]:
    """What tells a row from the others of its tree."""
    return ("rest", id(row.node)) if isinstance(row, Rest) else ("node", id(row))


def path_of(node: Node) -> str:
    """Where a value stands in its document, such as `items.0.price`."""
    parts: list[str] = []
    at: Node | None = node
    while at is not None and at.parent is not None:
        parts.append(at.label)
        at = at.parent
    return ".".join(reversed(parts))


def _label(row: Row) -> Cell:
    if isinstance(row, Rest):
        return f"{_indent(row.node.depth + 1)}   …", "muted"
    mark = "   " if not row.members else " ▾ " if row.is_open else " ▸ "
    label = one_line(row.label[:LONGEST]) if row.parent is not None else ""
    return f"{_indent(row.depth)}{mark}{label}", "accent" if row.parent is not None else "muted"


def _indent(depth: int) -> str:
    return "  " * depth if depth <= DEEPEST else f"{'  ' * DEEPEST}{depth}: "


def _value(row: Row) -> Cell:
    if isinstance(row, Rest):
        return f"{row.node.rest:,} more: enter shows {min(AT_ONCE, row.node.rest):,} of them", "muted"
    value = row.value
    if isinstance(value, dict | list):
        one, several = ("field", "fields") if isinstance(value, dict) else ("entry", "entries")
        return (f"{len(value):,} {one if len(value) == 1 else several}" if value else f"no {several}"), "muted"
    if isinstance(value, str):
        # as it stands, and not as JSON would write it: quotes tell "12" from 12
        return f'"{one_line(value[:LONGEST])}"', "ok"
    tone: Tone = "busy" if isinstance(value, bool) or value is None else ""
    return one_line(json.dumps(value)[:LONGEST]), tone
