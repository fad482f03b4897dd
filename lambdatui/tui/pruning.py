"""What a prune would do, as the screen shows it: the rule in force, a verdict on each version, and the totals. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Version
from lambdatui.errors import LambdatuiError
from lambdatui.stages import retention
from lambdatui.stages.retention import Rule
from lambdatui.tui.prune_reading import FunctionAt, FunctionRead, Item, PlaceRead

Archiving = Literal["auto", "always", "never"]
ARCHIVINGS: tuple[Archiving, ...] = ("auto", "always", "never")
MOST = 1000
"""How many versions may be kept by number."""


class Row(NamedTuple):
    """A version and what becomes of it; without a version, a function that could not be read."""

    function: FunctionAt
    version: Version | None
    goes: bool
    why: str
    archived: bool

    @property
    def key(self) -> tuple[FunctionAt, int]:
        return self.function, self.version.number if self.version else 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Versions and bytes: of all that were read, of what goes, of what is archived first."""

    versions: int
    size: int
    going: int
    freed: int
    archived: int


class PruneList:
    """The functions that were chosen, what was read of them, and the retention that is tried on them."""

    def __init__(self, functions: Sequence[FunctionAt]) -> None:
        self.functions = tuple(dict.fromkeys(functions))
        self.rule = Rule(keep=3)
        self.holds: dict[FunctionAt, frozenset[int]] = {}
        self.archive: Archiving = "auto"
        self.archive_to: str | None = None
        self.places: dict[Scope, PlaceRead] = {}
        self._read: dict[FunctionAt, FunctionRead] = {}
        self._failed: dict[FunctionAt, LambdatuiError] = {}

    def take(self, item: Item) -> None:
        """Takes in what a reading brought."""
        if isinstance(item, PlaceRead):
            self.places[item.scope] = item
        elif isinstance(item, FunctionRead):
            self._read[item.function] = item
            self._failed.pop(item.function, None)
        else:
            self._failed[item.function] = item.error

    @property
    def scopes(self) -> list[Scope]:
        """The places, in the order of the functions."""
        return list(dict.fromkeys(function.scope for function in self.functions))

    @property
    def known(self) -> int:
        """How many functions were read, or could not be."""
        return len(self._read.keys() | self._failed.keys())

    def keep(self, number: int) -> None:
        """Keeps the newest so many, 1 to MOST."""
        self.rule = replace(self.rule, keep=min(MOST, max(1, number)))

    def toggle_hold(self, function: FunctionAt, number: int) -> None:
        """Holds a version by hand, or lets it go."""
        self.holds[function] = self.holds.get(function, frozenset()) ^ {number}

    def held(self, function: FunctionAt) -> frozenset[int]:
        """The versions that are held by hand and are there."""
        found = self._read.get(function)
        return self.holds.get(function, frozenset()) & {one.number for one in found.versions} if found else frozenset()

    def rows(self, now: dt.datetime) -> list[Row]:
        """A row for each version, function after function, newest first."""
        return [row for function in self.functions for row in self._rows(function, now)]

    def totals(self, rows: Sequence[Row], scope: Scope | None = None) -> Totals:
        """The totals of rows, of all or of one place."""
        chosen = [row for row in rows if row.version is not None and scope in (None, row.function.scope)]
        latest = sum(one.latest_size for one in self._read.values() if scope in (None, one.function.scope))
        going = [row for row in chosen if row.goes]
        return Totals(
            len(chosen),
            latest + sum(row.version.code_size for row in chosen if row.version),
            len(going),
            sum(row.version.code_size for row in going if row.version),
            sum(row.archived for row in going),
        )

    def _rows(self, function: FunctionAt, now: dt.datetime) -> Iterator[Row]:
        if function in self._failed:
            yield Row(function, None, False, str(self._failed[function]), False)
        found = self._read.get(function)
        if found is None or function in self._failed:
            return
        rule = replace(self.rule, hold=self.holds.get(function, frozenset()))
        verdicts = retention.judged(found.versions, found.uses, rule, now)
        archived = self._archived(verdicts)
        for verdict in verdicts:
            is_archived = verdict.version.number in archived
            why = verdict.stays or self._why_it_goes(verdict.version, verdicts, is_archived)
            yield Row(function, verdict.version, verdict.goes, why, is_archived)

    def _archived(self, verdicts: Sequence[retention.Verdict]) -> frozenset[int]:
        if self.archive == "auto":
            return retention.last_copies(verdicts)
        every = frozenset(version.number for version in retention.going(verdicts))
        return every if self.archive == "always" else frozenset()

    def _why_it_goes(self, version: Version, verdicts: Sequence[retention.Verdict], is_archived: bool) -> str:
        """What becomes of its code."""
        if is_archived:
            return "archived: last copy" if self.archive == "auto" else "archived"
        same = [verdict for verdict in verdicts if verdict.version.sha256 == version.sha256]
        left = next((verdict.version.name for verdict in same if not verdict.goes), None)
        if left is not None:
            return f"same code as {left}"
        return "for good" if self.archive == "never" else f"archived with {same[0].version.name}"
