"""The rows of a form as a table: the field, what becomes of it, its value, and what stands there now."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region

from lambdatui.text import one_line
from lambdatui.tui.form.draft import State
from lambdatui.tui.form.fields import Kind
from lambdatui.tui.form.rows import Row
from lambdatui.tui.widgets.record_table import GAP, Cell, Column, RecordTable


class FormTable(RecordTable[Row]):
    """Draws the rows. `exists` says whether a function is updated rather than made."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "edit", id="form.edit")]

    def __init__(self, exists: bool) -> None:
        super().__init__(self._columns_for(exists), lambda row: row.key, empty="There is nothing to fill in.")
        self.exists = exists

    def _columns_for(self, exists: bool) -> list[Column[Row]]:
        columns: list[Column[Row]] = [
            Column("field", "FIELD", _label, 24, grow=2, most=36),
            Column("state", "", self._state, 11),
            Column("value", "VALUE", _value, 18, grow=6),
        ]
        if exists:
            columns.append(Column("now", "NOW", lambda row: (row.now, "muted"), 18, grow=5, priority=1))
        return columns

    def _state(self, row: Row) -> Cell:
        if row.kind in ("section", "add"):
            return ""
        if row.trouble:
            return "✖ wrong", "bad"
        if row.needed:
            return "▲ needed", "warn"
        if row.state is State.REMOVED:
            return "⊘ removed", "warn"
        if row.state is State.SET:
            return ("= the same", "muted") if row.value and row.value == row.now and not row.secret else ("● set", "ok")
        return ("· unchanged" if self.exists else "· default"), "muted"

    def place_of(self, row: Row) -> Region | None:
        """Where the value of a row that is on the screen is drawn, to the right end of the table."""
        if row not in self.visible_rows:
            return None
        y = list(self.visible_rows).index(row) + 1
        x = 1
        for column, width in self._placed:
            if column.key == "value":
                return Region(x, y, max(10, self.size.width - x - 2), 1)
            x += width + GAP
        return None


def _label(row: Row) -> Cell:
    mark = "" if row.open is None else "▾ " if row.open else "▸ "
    # what has no parts stands beneath the names of what has
    indent = "  " * row.depth if row.open is not None or row.kind == "section" else "  " * (row.depth + 1)
    tone = "accent" if row.kind == "section" else "muted" if row.kind == "add" else ""
    return f"{indent}{mark}{row.label}", tone  # type: ignore[return-value]


def _value(row: Row) -> Cell:
    if row.kind == "section":
        return row.value, "bad" if row.trouble else "ok" if row.state is State.SET else "muted"
    if row.trouble:
        return f"{row.value}{'  ' if row.value else ''}✖ {row.trouble}", "bad"
    if row.state is State.UNCHANGED and row.field is not None and row.kind == "field":
        default = row.field.default
        if row.shape.kind is Kind.BOOL and default is not None:
            return "yes" if default else "no", "muted"
        if isinstance(default, int | float | str) and not row.secret:
            return f"{default:g}" if isinstance(default, int | float) else one_line(default), "muted"
    if row.state is State.REMOVED and row.kind == "field":
        return "nothing, none of it is kept" if row.shape.kind.has_parts else "nothing", "warn"
    return row.value
