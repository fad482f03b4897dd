"""The list behind a table: records by key, filtered and sorted by an index, so that the table only draws."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Records(Generic[R]):
    """Records of one kind. `shown` is what passes the filter, in the order asked for.

    `words` gives the text of a record that the filter looks at; it is read once, when the record comes in.
    """

    def __init__(self, key: Callable[[R], Hashable], words: Callable[[R], str]) -> None:
        self._key = key
        self._words = words
        self._records: dict[Hashable, R] = {}
        self._texts: dict[Hashable, str] = {}
        self._filter = ""
        self._order: Callable[[R], Any] | None = None
        self._reverse = False
        self._shown: list[R] | None = None

    def __len__(self) -> int:
        return len(self._records)

    @property
    def all(self) -> Sequence[R]:
        """Every record, in the order in which it came."""
        return list(self._records.values())

    @property
    def shown(self) -> Sequence[R]:
        """The records that pass the filter, sorted."""
        if self._shown is None:
            self._shown = self._select()
        return self._shown

    def get(self, key: Hashable) -> R | None:
        return self._records.get(key)

    def put(self, records: Iterable[R]) -> None:
        """Adds records; one whose key is known replaces it, in its place."""
        for record in records:
            key = self._key(record)
            self._records[key] = record
            self._texts[key] = self._words(record).lower()
        self._shown = None

    def keep_only(self, keys: set[Hashable]) -> None:
        """Drops the records whose keys are not among these."""
        for key in [key for key in self._records if key not in keys]:
            del self._records[key], self._texts[key]
        self._shown = None

    def filter(self, text: str) -> None:
        """Shows only records that hold every word of `text`, whatever the case."""
        self._filter = text
        self._shown = None

    def sort(self, order: Callable[[R], Any] | None, reverse: bool = False) -> None:
        """Shows the records by `order`, or as they came."""
        self._order, self._reverse = order, reverse
        self._shown = None

    def _select(self) -> list[R]:
        words = self._filter.lower().split()
        if words:
            texts = self._texts
            found = [record for key, record in self._records.items() if all(word in texts[key] for word in words)]
        else:
            found = list(self._records.values())
        if self._order is not None:
            found.sort(key=self._order, reverse=self._reverse)
        return found
