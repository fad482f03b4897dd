"""One metric over time, finer for what is recent and coarser for what is long ago, so that it stays small."""

from __future__ import annotations

from lambdatui.emulator.cloudwatch.aggregates import COARSE_BITS, Aggregate, Columns

MINUTE = 60
COARSE = 300
_FINE_MINUTES = 240
"""Minutes that are kept one by one. AWS keeps them for 15 days; what is older is kept by five minutes here."""
_ROLL = 60
_KEPT_SECONDS = 15 * 86_400


class Series:
    """The values of one metric by minute: the current one as they come, earlier ones in columns.

    `history` is what was loaded and is not changed any more: series that have the same past share it.
    """

    __slots__ = ("_coarse", "_fine", "_minute", "_open", "history", "last_time", "unit")

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.last_time = 0.0
        self.history: tuple[Columns, ...] = ()
        self._open = Aggregate()
        self._minute = 0
        self._fine = Columns()
        self._coarse = Columns()

    def at(self, time: float) -> Aggregate:
        """The aggregate that takes in values of this time (epoch seconds), if it is of the current minute or later.

        Values of earlier minutes are taken in by `merge`.
        """
        minute = int(time) // MINUTE * MINUTE
        if minute != self._minute:
            self._close()
            self._minute = minute
        return self._open

    def is_earlier(self, time: float) -> bool:
        """Whether this time is before the current minute."""
        return time < self._minute

    def merge(self, time: float, aggregate: Aggregate) -> None:
        """Takes in values of an earlier minute."""
        self._fine.merge(int(time) // MINUTE * MINUTE, aggregate)

    def gathered(self, start: int, end: int, period: int, with_values: bool) -> dict[int, Aggregate]:
        """What there is from `start` to before `end`, by periods from `start` on, in ascending order of time.

        Seconds since the epoch; the period is a multiple of 60 seconds.
        """
        found: dict[int, Aggregate] = {}
        for columns in (*self.history, self._coarse, self._fine):
            for slot, aggregate in columns.gathered(start, end, period, with_values):
                if slot in found:
                    found[slot].merge(aggregate)
                else:
                    found[slot] = aggregate
        if self._open.count and start <= self._minute < end:
            slot = start + (self._minute - start) // period * period
            found.setdefault(slot, Aggregate()).merge(self._open)
        return dict(sorted(found.items()))

    def _close(self) -> None:
        if not self._open.count:
            return
        self._fine.merge(self._minute, self._open)
        self._open = Aggregate()
        if len(self._fine) >= _FINE_MINUTES + _ROLL:
            for time, aggregate in self._fine.take_first(_ROLL):
                self._coarse.merge(time // COARSE * COARSE, aggregate, COARSE_BITS)
            expired = sum(1 for time in self._coarse.times[:_ROLL] if time < self._minute - _KEPT_SECONDS)
            self._coarse.drop_first(expired)
