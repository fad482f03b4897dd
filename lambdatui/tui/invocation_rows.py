"""The invocations of a run as the rows of a table: the newest in memory, those further back read from its file.

A run of a million is as many rows in the memory of some thousands. What is not in memory is a row that is `Unread`
until the page that it is on has been read, in a thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from lambdatui.stages.load.run_reader import Reader

WINDOW = 8_192
"""Invocations that are kept in memory, the newest."""

WINDOW_BYTES = 32 * 1024**2
"""Bytes of answers and logs that are kept in memory, at most."""

PAGE = 128
PAGES = 16
"""Rows that are read from the file together, and how many such pages are kept."""

LIGHT = 16_384
"""Bytes of an answer, above which a page keeps only its beginning: it is read once more when it is opened."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that has yet to be read from the file."""

    index: int


Row = Invocation | Unread


class SavedPages:
    """The file of a run, read a page at a time. Its methods block, and may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._reader: Reader | None = None

    def page(self, number: int) -> list[Invocation]:
        """The invocations of a page; those that are not written yet are missing. Raises BadInput."""
        with self._lock:
            reader = self._opened()
            if len(reader) < (number + 1) * PAGE:
                reader.refresh()
            found = []
            for index in range(number * PAGE, min(len(reader), (number + 1) * PAGE)):
                one = reader[index]
                found.append(replace(one, payload=one.payload[:LIGHT]) if len(one.payload) > LIGHT else one)
            return found

    def whole(self, index: int) -> Invocation:
        """One invocation with all of its answer. Raises BadInput where it is not there."""
        with self._lock:
            reader = self._opened()
            if len(reader) <= index:
                reader.refresh()
            if len(reader) <= index:
                raise BadInput("This result is not in the file: it was begun anew, or could not be written.")
            return reader[index]

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _opened(self) -> Reader:
        if self._reader is None:
            from lambdatui.stages.load.run_reader import Reader

            self._reader = Reader(self.path)
        return self._reader


class InvocationRows(Sequence[Row]):
    """Rows by the order in which the answers came. Lives in the event loop.

    `wanted` hears of pages that are looked at and not in memory; whoever reads one gives it to `put`.
    """

    def __init__(self, wanted: Callable[[int], None] | None = None) -> None:
        self.saved: SavedPages | None = None
        """The file of the run, where it is known."""
        self._wanted = wanted
        self._window: list[Invocation] = []
        self._first = 0
        self._bytes = 0
        self._pages: OrderedDict[int, list[Invocation]] = OrderedDict()

    @classmethod
    def of_saved(cls, saved: SavedPages, count: int, wanted: Callable[[int], None]) -> InvocationRows:
        """The rows of a run that is over: all of them in its file."""
        rows = cls(wanted)
        rows.saved, rows._first = saved, count
        return rows

    def extend(self, invocations: Sequence[Invocation]) -> None:
        """Adds the newest."""
        self._window += invocations
        self._bytes += sum(_weight(one) for one in invocations)
        if len(self._window) > WINDOW or self._bytes > WINDOW_BYTES:
            self._let_go()

    def _let_go(self) -> None:
        # with some room for the next, so that the list is not moved up for each of them
        count, least = 0, WINDOW - WINDOW // 4
        while len(self._window) - count > 1 and (
            len(self._window) - count > least or self._bytes > WINDOW_BYTES - WINDOW_BYTES // 4
        ):
            self._bytes -= _weight(self._window[count])
            count += 1
        del self._window[:count]
        self._first += count

    @property
    def in_memory(self) -> int:
        """How many invocations are in memory."""
        return len(self._window) + sum(len(page) for page in self._pages.values())

    @property
    def lost(self) -> int:
        """How many of the first are neither in memory nor in a file that is known."""
        return 0 if self.saved is not None else self._first

    def __len__(self) -> int:
        return self._first + len(self._window)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._at(place) for place in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._at(index)

    def _at(self, index: int) -> Row:
        if index >= self._first:
            return self._window[index - self._first]
        number, place = divmod(index, PAGE)
        page = self._pages.get(number)
        if page is not None and place < len(page):
            return page[place]
        if self.saved is not None and self._wanted is not None:
            self._wanted(number)
        return Unread(index)

    def index(self, value: Row, start: int = 0, stop: int | None = None) -> int:
        """Where a row stands. Looked for only where that costs nothing; raises ValueError else."""
        if isinstance(value, Unread):
            return value.index
        for number, page in self._pages.items():
            for place, one in enumerate(page):
                if one is value:
                    return number * PAGE + place
        raise ValueError(value)

    def put(self, number: int, page: Sequence[Invocation]) -> bool:
        """Takes a page that was read; the one that was put first goes where there are too many.

        Returns whether there is more on it than was known before.
        """
        is_more = len(page) > len(self._pages.get(number, ()))
        self._pages[number] = list(page)
        while len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return is_more


def _weight(one: Invocation) -> int:
    return len(one.payload) + len(one.log)
