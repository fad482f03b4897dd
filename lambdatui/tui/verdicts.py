"""What a filter says of each record, asked once: a sweep over tens of thousands is then one of look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdatui.aws.listing import FunctionRecord


class Verdicts:
    """The verdicts of one filter, by ARN: whether a record passes, None where that depends on facts not read yet."""

    def __init__(self, judge: Callable[[FunctionRecord], bool | None]) -> None:
        self._judge = judge
        self._known: dict[str, bool | None] = {}

    def passes(self, record: FunctionRecord) -> bool:
        """Whether a record is known to pass."""
        arn = record.arn
        if arn not in self._known:
            self._known[arn] = self._judge(record)
        return self._known[arn] is True

    def forget(self, arns: Iterable[str]) -> None:
        """These are asked about again: they, or what is known of them, have changed."""
        for arn in arns:
            self._known.pop(arn, None)

    def clear(self) -> None:
        """All are asked about again."""
        self._known.clear()

    def unknown(self) -> list[str]:
        """Those of whom it cannot be told yet, in the order in which they were asked about."""
        return [arn for arn, verdict in self._known.items() if verdict is None]
