"""The list behind a table: records by key, kept sorted, filtered by an index, so that the table only draws."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from typing import Any, Generic, TypeVar

R = TypeVar("R")

Test = Callable[[R], bool]


class Records(Generic[R]):
    """Records of one kind. `shown` is what passes the filter, in the order asked for.

    `words` gives the text of a record that words are looked for in; it is asked when the first filter is set.
    """

    def __init__(self, key: Callable[[R], Hashable], words: Callable[[R], str]) -> None:
        self._key = key
        self._words = words
        self._records: dict[Hashable, R] = {}
        self._texts: dict[Hashable, str] = {}
        self._wanted: tuple[str, ...] = ()
        self._test: Test[R] | None = None
        self._order: Callable[[R], Any] = lambda _: 0
        self._reverse = False
        # each record with what it is sorted by and when it came: sorted again, a few more cost next to nothing
        self._sorted: list[tuple[Any, int, R]] | None = []
        self._count = 0
        self._shown: list[R] | None = None

    def __len__(self) -> int:
        return len(self._records)

    @property
    def all(self) -> Sequence[R]:
        """Every record, in the order asked for."""
        return [entry[2] for entry in self._in_order()]

    @property
    def shown(self) -> Sequence[R]:
        """The records that pass the filter, in the order asked for."""
        if self._shown is None:
            self._shown = self._select()
        return self._shown

    def get(self, key: Hashable) -> R | None:
        return self._records.get(key)

    def put(self, records: Iterable[R]) -> bool:
        """Adds records; one whose key is known replaces it. Returns whether anything is another than before."""
        new: list[tuple[Any, int, R]] = []
        replaced = False
        for record in records:
            key = self._key(record)
            before = self._records.get(key)
            if before is not None:
                if before == record:
                    continue
                replaced = True
            self._records[key] = record
            self._texts.pop(key, None)
            self._count += 1
            new.append((self._order(record), self._count, record))
        if replaced:
            self._sorted = None
        elif new and self._sorted is not None:
            self._sorted += new
            self._sorted.sort(key=_first_two, reverse=self._reverse)
        if new:
            self._shown = None
        return bool(new)

    def keep_only(self, keys: Set[Any]) -> bool:
        """Drops the records whose keys are not among these. Returns whether there were any."""
        gone = [key for key in self._records if key not in keys]
        for key in gone:
            del self._records[key]
            self._texts.pop(key, None)
        if gone:
            self._sorted = self._shown = None
        return bool(gone)

    def clear(self) -> None:
        """Drops all records."""
        self.keep_only(set())

    def filter(self, words: Sequence[str] = (), test: Test[R] | None = None) -> None:
        """Shows only records that hold every one of `words`, whatever the case, and pass the test."""
        self._wanted = tuple(word.lower() for word in words)
        self._test = test
        self._shown = None

    def judge_again(self) -> None:
        """What the test or the order asks about has changed, though no record has."""
        self._sorted = self._shown = None

    def sort(self, order: Callable[[R], Any], reverse: bool = False) -> None:
        """Shows the records by `order`; equal ones as they came."""
        self._order, self._reverse = order, reverse
        self._sorted = self._shown = None

    def _in_order(self) -> list[tuple[Any, int, R]]:
        if self._sorted is None:
            order = self._order
            self._sorted = [(order(record), number, record) for number, record in enumerate(self._records.values())]
            self._count = len(self._sorted)
            self._sorted.sort(key=_first_two, reverse=self._reverse)
        return self._sorted

    def _select(self) -> list[R]:
        found = [entry[2] for entry in self._in_order()]
        for word in self._wanted:
            text = self._text
            found = [record for record in found if word in text(record)]
        if self._test is not None:
            found = list(filter(self._test, found))
        return found

    def _text(self, record: R) -> str:
        key = self._key(record)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._words(record).lower()
        return text


def _first_two(entry: tuple[Any, int, Any]) -> tuple[Any, int]:
    return entry[0], entry[1]
