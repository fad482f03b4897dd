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
        self._wanted: tuple[str, ...] = ()
        self._without: tuple[str, ...] = ()
        self._test: Test[R] | None = None
        self._order: Callable[[R], Any] = lambda _: 0
        self._reverse = False
        # each record with what it is sorted by and when it came: sorted again, a few more cost next to nothing
        self._sorted: list[tuple[Any, int, R]] | None = []
        self._count = 0
        # the records in order and the text of each, side by side, so that a word is looked for in one sweep
        self._all: _Swept[R] | None = None
        self._shown: _Swept[R] | None = None

    def __len__(self) -> int:
        return len(self._records)

    @property
    def all(self) -> Sequence[R]:
        """Every record, in the order asked for."""
        return self._everything().records

    @property
    def shown(self) -> Sequence[R]:
        """The records that pass the filter, in the order asked for."""
        if self._shown is None:
            self._shown = self._select(self._everything())
        return self._shown.records

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
            self._count += 1
            new.append((self._order(record), -self._count if self._reverse else self._count, record))
        if replaced:
            self._sorted = None
        elif new and self._sorted is not None:
            self._sorted += new
            self._sorted.sort(reverse=self._reverse)
        if new:
            self._all = self._shown = None
        return bool(new)

    def keep_only(self, keys: Set[Any]) -> bool:
        """Drops the records whose keys are not among these. Returns whether there were any."""
        gone = [key for key in self._records if key not in keys]
        for key in gone:
            del self._records[key]
        if gone:
            self._sorted = self._all = self._shown = None
        return bool(gone)

    def clear(self) -> None:
        """Drops all records."""
        self.keep_only(set())

    def filter(self, words: Sequence[str] = (), test: Test[R] | None = None, without: Sequence[str] = ()) -> None:
        """Shows only records that hold all of `words` and none of `without`, whatever the case, and pass `test`."""
        wanted, unwanted = tuple(word.lower() for word in words), tuple(word.lower() for word in without)
        same = test is None and self._test is None and unwanted == self._without
        base = self._shown if same and _narrows(self._wanted, wanted) else None
        self._wanted, self._without, self._test = wanted, unwanted, test
        # what does not hold `che` does not hold `chec`: one more letter looks only at what is left
        self._shown = self._select(base) if base is not None else None

    def ready_to_filter(self) -> None:
        """Makes the texts now that the first word would wait for."""
        self._everything().with_texts(self._words)

    def judge_again(self) -> None:
        """What the test asks about has changed, though no record has."""
        self._shown = None

    def order_again(self) -> None:
        """What the order asks about has changed, though no record has."""
        self._sorted = self._all = self._shown = None

    def sort(self, order: Callable[[R], Any], reverse: bool = False) -> None:
        """Shows the records by `order`; equal ones as they came."""
        self._order, self._reverse = order, reverse
        self._sorted = self._all = self._shown = None

    def _everything(self) -> _Swept[R]:
        if self._all is None:
            self._all = _Swept([entry[2] for entry in self._in_order()])
        return self._all

    def _in_order(self) -> list[tuple[Any, int, R]]:
        if self._sorted is None:
            order, sign = self._order, -1 if self._reverse else 1
            # the number is another for each, so that no two records are ever compared
            self._sorted = [(order(r), sign * number, r) for number, r in enumerate(self._records.values())]
            self._count = len(self._sorted)
            self._sorted.sort(reverse=self._reverse)
        return self._sorted

    def _select(self, base: _Swept[R]) -> _Swept[R]:
        found = base
        for word in self._wanted:
            found = found.holding(word, self._words)
        for word in self._without:
            found = found.lacking(word, self._words)
        if self._test is not None:
            found = _Swept(list(filter(self._test, found.records)))
        return found


class _Swept(Generic[R]):
    """Records in order, with the text of each once somebody looks for a word."""

    __slots__ = ("records", "texts")

    def __init__(self, records: list[R], texts: list[str] | None = None) -> None:
        self.records = records
        self.texts = texts

    def with_texts(self, words: Callable[[R], str]) -> list[str]:
        if self.texts is None:
            self.texts = [words(record).lower() for record in self.records]
        return self.texts

    def holding(self, word: str, words: Callable[[R], str]) -> _Swept[R]:
        """Those whose text holds a word."""
        return self._at([index for index, text in enumerate(self.with_texts(words)) if word in text])

    def lacking(self, word: str, words: Callable[[R], str]) -> _Swept[R]:
        """Those whose text does not hold a word."""
        return self._at([index for index, text in enumerate(self.with_texts(words)) if word not in text])

    def _at(self, places: Sequence[int]) -> _Swept[R]:
        records, texts = self.records, self.texts
        kept = None if texts is None else [texts[index] for index in places]
        return _Swept([records[index] for index in places], kept)


def _narrows(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether whatever holds all words of `after` holds those of `before`."""
    return len(after) >= len(before) and all(old in new for old, new in zip(before, after, strict=False))
