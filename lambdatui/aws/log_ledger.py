"""Which events of a log were handed out: no line twice, wherever it was read."""

from __future__ import annotations

from collections.abc import Iterable

from lambdatui.aws.logs import LogEvent

MOST = 200_000
"""Events that are remembered at most."""


class Ledger:
    """Tells new events from those that were handed out before, from `floor` on.

    FilterLogEvents names each event by its eventId; Live Tail names none, and an event may come both ways. Two lines
    of the same words in the same millisecond of a stream are two lines all the same: of each such group as many are
    handed out as the way that has seen most of it has seen.
    """

    def __init__(self) -> None:
        self.newest: int | None = None
        """The time of the newest event, ms since the epoch; an event from the future counts when it was ingested."""
        self.floor = 0
        """Events before this time (ms) are not remembered: they must not be asked for again."""
        self._seen: list[tuple[int, str, int]] = []
        self._ids: set[str] = set()
        self._counts: dict[int, list[int]] = {}

    def new(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        """Those of the events that were not handed out yet; now they are."""
        found = []
        for event in events:
            time = min(event.timestamp, event.ingested or event.timestamp)
            if self.newest is None or time > self.newest:
                self.newest = time
            if event.timestamp < self.floor or self._is_new(event):
                found.append(event)
        return found

    def session_begins(self) -> None:
        """A live tail begins anew: what it shows may have been shown by the one before."""
        for counts in self._counts.values():
            counts[_LIVE] = 0

    def forget(self, before: int) -> None:
        """Forgets events from before this time (ms), and more where there are too many; raises `floor` to that."""
        seen = self._seen
        if len(seen) > MOST:
            before = max(before, sorted(time for time, _, _ in seen)[-MOST])
        if before <= self.floor:
            return
        self.floor = before
        self._seen = [entry for entry in seen if entry[0] >= before]
        self._ids = {event_id for _, event_id, _ in self._seen if event_id}
        kept = {digest for _, _, digest in self._seen}
        self._counts = {digest: counts for digest, counts in self._counts.items() if digest in kept}

    def _is_new(self, event: LogEvent) -> bool:
        if event.id:
            if event.id in self._ids:
                return False
            self._ids.add(event.id)
        digest = hash((event.timestamp, event.stream, event.message))
        self._seen.append((event.timestamp, event.id, digest))
        counts = self._counts.setdefault(digest, [0, 0, 0])
        way = _LISTED if event.id else _LIVE
        counts[way] += 1
        if counts[way] <= counts[_HANDED_OUT]:
            return False
        counts[_HANDED_OUT] += 1
        return True


_HANDED_OUT, _LISTED, _LIVE = range(3)
