"""What the focus offers: things to copy, and rows to export.

A widget, tab or screen that has some says so with a method, `copies` or `exported`; the nearest one to the focus
counts. A table needs neither: its record can be copied and its rows exported as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from textual.screen import Screen

from lambdatui.tui.widgets.record_table import RecordTable


@dataclass(frozen=True, slots=True)
class Copyable:
    """Something that can be copied, and what it is. The text of a secret is not shown where it is chosen."""

    name: str
    text: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to export: `what` names them, such as `versions of checkout-api`; each has a value by column.

    `total` is how many there are beyond the filter, None where that is not known; `filter` is its words, empty where
    none is in force.
    """

    what: str
    rows: Sequence[Mapping[str, Any]]
    total: int | None
    filter: str = ""
    line: Callable[[Mapping[str, Any]], str] | None = None
    """A row as text, for rows that are lines of a text anyway."""

    @property
    def told(self) -> str:
        """Which rows these are, in words."""
        count = f"{len(self.rows):,} row{'' if len(self.rows) == 1 else 's'}"
        if self.total is None:
            return f"{count}, as the table shows them."
        if self.filter:
            return f"{count} of {self.total:,}: those that match '{self.filter}'."
        return f"{count}, all there are." if len(self.rows) == self.total else f"{count} of {self.total:,}."


@runtime_checkable
class OffersCopies(Protocol):
    """What has something to copy."""

    def copies(self) -> Sequence[Copyable]:
        """What can be copied now, the likeliest first; none where there is nothing."""


@runtime_checkable
class OffersRows(Protocol):
    """What has rows to export."""

    def exported(self) -> Rows:
        """The rows that are shown, in their order."""


def copies_at(screen: Screen[Any]) -> OffersCopies | RecordTable[Any] | None:
    """What has something to copy and is nearest to the focus; a table where nothing says more; else None."""
    found: OffersCopies | RecordTable[Any] | None = _nearest(screen, OffersCopies)
    return found


def rows_at(screen: Screen[Any]) -> OffersRows | RecordTable[Any] | None:
    """What has rows to export and is nearest to the focus; a table where nothing says more; else None."""
    found: OffersRows | RecordTable[Any] | None = _nearest(screen, OffersRows)
    return found


def _nearest(screen: Screen[Any], kind: Any) -> Any:
    table: RecordTable[Any] | None = None
    for node in (screen.focused or screen).ancestors_with_self:
        if isinstance(node, kind):
            return node
        if isinstance(node, RecordTable):
            table = node
        if node is screen:
            break
    return table


@runtime_checkable
class HoldsApp(Protocol):
    """A screen that has something under way which leaving the app would end."""

    def hold_app(self) -> bool:
        """Whether the app stays for now; it asks what is to become of it then. Asked once more, it does not hold."""
