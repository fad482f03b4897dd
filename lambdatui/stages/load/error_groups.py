"""Errors that are the same but for a number or an id, counted together, with one example of each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 200
"""So many kinds at most: what comes after them counts as one."""
OTHERS = "other errors"
_LONGEST = 1000
_REMEMBERED = 2000

_VARIABLE = re.compile(
    r"(?P<id>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
    r"|\b0x[0-9a-fA-F]+\b"
    # a word of some length with figures in it: a hash, a key, a token
    r"|\b(?=[A-Za-z_]{0,64}\d)(?=\w*[A-Za-z])\w{10,}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\b)"
    r"|(?P<number>(?<![A-Za-z0-9_.])\d+(?:[.,:]\d+)*(?![A-Za-z0-9_]))"
)
_NAMES = {"id": "<id>", "time": "<time>", "number": "<n>"}


@dataclass(slots=True)
class ErrorGroup:
    """Errors of one kind."""

    pattern: str
    """What they have in common: `<n>` stands for a number, `<id>` for an id, `<time>` for a time."""
    count: int
    number: int
    """Which invocation was the first of them."""
    text: str
    """What that one said, its first 1,000 characters."""
    same: bool = True
    """Whether all of them say that."""

    @property
    def title(self) -> str:
        return self.text if self.same else self.pattern


class ErrorGroups:
    """Takes errors one by one."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._groups: dict[str, ErrorGroup] = {}
        self._patterns: dict[str, str] = {}

    def add(self, text: str, number: int) -> None:
        """Counts the error of the invocation with this number."""
        text = text[:_LONGEST]
        pattern = self._patterns.get(text)
        if pattern is None:
            pattern = folded(text)
            if len(self._patterns) < _REMEMBERED:
                self._patterns[text] = pattern
        group = self._groups.get(pattern)
        if group is None and len(self._groups) >= self._most:
            group = self._groups.get(pattern := OTHERS)
        if group is None:
            self._groups[pattern] = ErrorGroup(pattern, 1, number, text)
            return
        group.count += 1
        if group.same and group.text != text:
            group.same = False

    def most_common(self, most: int | None = None) -> list[ErrorGroup]:
        """The groups, the greatest first; those of one size as they came."""
        return sorted(self._groups.values(), key=lambda group: -group.count)[:most]

    def __len__(self) -> int:
        return len(self._groups)


def folded(text: str) -> str:
    """An error with `<n>`, `<id>` or `<time>` for each number, id and time in it."""
    return _VARIABLE.sub(lambda match: _NAMES[match.lastgroup or ""], text)
