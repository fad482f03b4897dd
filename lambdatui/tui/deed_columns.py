"""The history's table: its columns, and its fields in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.text import ago, one_line
from lambdatui.tui import states
from lambdatui.tui.deed_words import outcome, source
from lambdatui.tui.timeline import Deed
from lambdatui.tui.widgets.record_table import Cell, Column

FIELDS: Mapping[str, Callable[[Deed], Any]] = {
    "at": lambda deed: dt.datetime.fromtimestamp(deed.at, dt.UTC),
    "operation": lambda deed: deed.operation,
    "what": lambda deed: deed.words,
    "who": lambda deed: deed.who,
    "from": source,
    "source_ip": lambda deed: deed.event.source_ip if deed.event else "",
    "outcome": lambda deed: deed.outcome,
    "error": lambda deed: deed.error,
    "request_id": lambda deed: call.request_id if (call := deed.entry or deed.event) else "",
}
"""A deed in a file, by the name of its column."""


def columns(place: Column[Deed] | None = None) -> list[Column[Deed]]:
    """The columns of a table of deeds. The last is where each came from, or `place` where all came from here."""

    def age(deed: Deed) -> Cell:
        return ("", "muted") if deed.in_run else ago(states.now().timestamp() - deed.at)

    def operation(deed: Deed) -> Cell:
        name = one_line(deed.operation)
        return (f"└ {name}", "muted") if deed.in_run else name

    def words(deed: Deed) -> Cell:
        # why it failed is what one wants to know first, and the line is short
        told = one_line(deed.words)
        return (f"{told}  {one_line(deed.error)}", "bad") if deed.error and not deed.in_run else told

    def came_from(deed: Deed) -> Cell:
        return ("● here", "accent") if deed.here else one_line(source(deed))

    return [
        Column("age", "WHEN", age, 10),
        Column("outcome", "OUTCOME", outcome, 11),
        Column("operation", "OPERATION", operation, 22, grow=1, most=29),
        Column("what", "WHAT", words, 16, grow=4),
        Column("who", "WHO", lambda deed: one_line(deed.who) or ("–", "muted"), 10, grow=1, most=28, priority=1),
        place or Column("from", "FROM", came_from, 16, priority=2),
    ]
