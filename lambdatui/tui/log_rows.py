"""The entries of a log that are shown, in step with a log that grows without going through all of it each time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from lambdatui.aws.log_entries import Entry, Outside
from lambdatui.aws.log_filter import LogFilter
from lambdatui.aws.log_folding import Changes, Folding
from lambdatui.aws.log_lines import LogLine


class Place(NamedTuple):
    """A row: an entry, by its index among those shown, or one of the lines beneath it; `line` is 0, or from 1."""

    entry: int
    line: int


class Anchor(NamedTuple):
    """A row that is found again whatever comes before it."""

    entry: Entry
    line: int


class LogRows:
    """Those entries of a folding that pass a filter, in the order of time, and which of them are unfolded."""

    def __init__(self, folding: Folding | None = None) -> None:
        self.folding = folding or Folding()
        self.filter = LogFilter()
        self.shown: list[Entry] = []
        self.all_unfolded = False
        """Whether entries are unfolded unless they were folded one by one, and not the other way round."""
        self._turned: set[int] = set()
        self._passing: set[int] = set()

    # the log

    def take(self, changes: Changes) -> int:
        """Takes in what a folding has made of more lines, and drops what there is no room for.

        Returns how many entries are shown that were not before.
        """
        gone = self.folding.drop_oldest()
        new = self._take_filtered(changes) if self.filter else self._take_all(changes)
        if gone:
            self._forget(gone)
        return new

    def clear(self) -> None:
        """Begins a log anew; the filter stays."""
        self.folding = Folding()
        self.shown = []
        self._turned.clear()
        self._passing.clear()

    def set_filter(self, wanted: LogFilter) -> None:
        """Shows the entries that pass this filter."""
        self.filter = wanted
        self._passing = {entry.number for entry in self.folding.entries if wanted.passes(entry)} if wanted else set()
        self._gather()

    def _take_all(self, changes: Changes) -> int:
        added = [entry for entry in changes.added if not entry.is_gone]
        self._merge(added, moved=changes.moved)
        return len(added)

    def _take_filtered(self, changes: Changes) -> int:
        passes, passing = self.filter.passes, self._passing
        moved, fresh = changes.moved, []
        for entry in {entry.number: entry for entry in [*changes.added, *changes.changed.values()]}.values():
            was, now = entry.number in passing, not entry.is_gone and passes(entry)
            if now and not was:
                passing.add(entry.number)
                fresh.append(entry)
            elif was and not now:
                passing.discard(entry.number)
                moved = True
        self._merge(fresh, moved=moved)
        return len(fresh)

    def _merge(self, fresh: list[Entry], *, moved: bool) -> None:
        """Puts entries where they belong: at the end, as nearly always, or everything is gathered anew."""
        fresh.sort(key=_key)
        if moved or (fresh and self.shown and fresh[0].key < self.shown[-1].key):
            self._gather()
        else:
            self.shown.extend(fresh)

    def _gather(self) -> None:
        passing = self._passing
        entries = self.folding.entries
        self.shown = [entry for entry in entries if entry.number in passing] if self.filter else entries.copy()

    def _forget(self, gone: Sequence[Entry]) -> None:
        count = 0
        while count < len(self.shown) and self.shown[count].is_gone:
            count += 1
        del self.shown[:count]
        for entry in gone:
            self._turned.discard(entry.number)
            self._passing.discard(entry.number)

    # what is unfolded

    def details(self, entry: Entry) -> Sequence[LogLine]:
        """The lines that are shown beneath an entry now."""
        if isinstance(entry, Outside) or not self.is_unfolded(entry):
            return ()
        return self.filter.lines(entry)

    def is_unfolded(self, entry: Entry) -> bool:
        return self.all_unfolded != (entry.number in self._turned)

    def turn(self, entry: Entry) -> None:
        """Unfolds an entry, or folds it."""
        self._turned ^= {entry.number}

    def turn_all(self) -> None:
        """Unfolds all, or folds all."""
        self.all_unfolded = not self.all_unfolded
        self._turned.clear()

    # places

    @property
    def last(self) -> Place:
        """The last row of all; something must be shown."""
        return Place(len(self.shown) - 1, len(self.details(self.shown[-1])))

    def index(self, entry: Entry) -> int:
        """Where an entry stands among those shown; one that is not shown, where the next one stands."""
        return bisect_left(self.shown, entry.key, key=_key)

    def anchor(self, place: Place) -> Anchor:
        return Anchor(self.shown[place.entry], place.line)

    def found(self, anchor: Anchor | None) -> Place | None:
        """Where a row is now; gone, the next one; the first for None. None where nothing is shown."""
        if not self.shown:
            return None
        if anchor is None:
            return Place(0, 0)
        index = self.index(anchor.entry)
        if index >= len(self.shown):
            return Place(len(self.shown) - 1, 0)
        if self.shown[index] is not anchor.entry:
            return Place(index, 0)
        return Place(index, min(anchor.line, len(self.details(anchor.entry))))

    def after(self, place: Place) -> Place | None:
        """The row after another, or None."""
        if place.line < len(self.details(self.shown[place.entry])):
            return Place(place.entry, place.line + 1)
        return Place(place.entry + 1, 0) if place.entry + 1 < len(self.shown) else None

    def before(self, place: Place) -> Place | None:
        """The row before another, or None."""
        if place.line:
            return Place(place.entry, place.line - 1)
        if not place.entry:
            return None
        return Place(place.entry - 1, len(self.details(self.shown[place.entry - 1])))

    def line_at(self, place: Place) -> LogLine | None:
        """The line that a row shows; None for an invocation."""
        entry = self.shown[place.entry]
        if place.line:
            return self.details(entry)[place.line - 1]
        return entry.lines[0] if isinstance(entry, Outside) else None


def _key(entry: Entry) -> tuple[int, int]:
    return entry.key
