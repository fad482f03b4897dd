"""Every log group of every account and region, bounded in all."""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import count
from typing import NamedTuple

from lambdatui.emulator.clock import Clock

DAY_MS = 86_400_000
_EVENT_OVERHEAD = 26
"""Bytes that AWS counts for an event beside its message."""
_NUMBER_BITS = 144
_MOST_BYTES = 64_000_000
_MOST_EVENTS = 120_000
_TAIL_EVENTS = 5_000
"""As AWS does, a live tail that is read too slowly loses its oldest events."""


class LogEvent(NamedTuple):
    """One event. Times are milliseconds since the epoch; `number` counts all events in the order of their arrival."""

    timestamp: int
    number: int
    ingested: int
    message: str

    @property
    def position(self) -> int:
        """Where it stands in time among all events."""
        return position(self.timestamp, self.number)

    @property
    def id(self) -> str:
        """AWS's eventId: 56 digits, unique and lasting."""
        return f"{self.position:056}"


def position(timestamp: int, number: int = 0) -> int:
    """A place in time: before all events of a later timestamp, and those with a higher number."""
    return timestamp << _NUMBER_BITS | number


@dataclass(slots=True)
class Stream:
    """A log stream: its events in the order of time."""

    name: str
    created: int
    events: list[LogEvent] = field(default_factory=list)
    last_ingested: int | None = None

    def between(self, first: int, following: int) -> Sequence[LogEvent]:
        """The events at positions from `first` to before `following`."""
        return self.events[self._index(first) : self._index(following)]

    def _index(self, place: int) -> int:
        return bisect_left(self.events, place, key=lambda event: event.position)


@dataclass(slots=True)
class Group:
    """A log group. `members` are further members of AWS's shape that were set."""

    name: str
    arn: str
    created: int
    streams: dict[str, Stream] = field(default_factory=dict)
    retention_days: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    members: dict[str, object] = field(default_factory=dict)
    stored_bytes: int = 0

    def since(self, now_ms: int) -> int:
        """The timestamp before which events have expired."""
        return 0 if self.retention_days is None else now_ms - self.retention_days * DAY_MS

    def between(
        self, streams: Sequence[Stream], first: int, following: int, *, ascending: bool = True
    ) -> Iterator[tuple[Stream, LogEvent]]:
        """The events of some of its streams, interleaved in the order of time; positions are as in Stream.between.

        What arrives later is not among them.
        """

        def named(stream: Stream) -> Iterator[tuple[LogEvent, Stream]]:
            part = stream.between(first, following)
            return ((event, stream) for event in (part if ascending else reversed(part)))

        parts = map(named, streams)
        return ((stream, event) for event, stream in merge(*parts, key=lambda item: item[0], reverse=not ascending))


class Tail:
    """What arrives in some groups from now on. `take` gives and forgets it; `close` ends it."""

    def __init__(self, region: LogRegion, groups: Iterable[str]) -> None:
        self._region = region
        self._groups = frozenset(groups)
        self._arrived: deque[tuple[str, str, LogEvent]] = deque(maxlen=_TAIL_EVENTS)

    def arrived(self, group: str, stream: str, events: Iterable[LogEvent]) -> None:
        """Takes in events."""
        if group in self._groups:
            self._arrived.extend((group, stream, event) for event in events)

    def take(self) -> list[tuple[str, str, LogEvent]]:
        """The events that have arrived since the last call, with the names of their group and stream."""
        taken = []
        while self._arrived:
            taken.append(self._arrived.popleft())
        return taken

    def close(self) -> None:
        """Takes in no more."""
        with self._region.lock:
            self._region.tails.remove(self)


class LogRegion:
    """The log groups of one account in one region. `lock` is held while they are read or changed."""

    def __init__(self, account: str, name: str) -> None:
        self.account = account
        self.name = name
        self.lock = threading.RLock()
        self.groups: dict[str, Group] = {}
        self.tails: list[Tail] = []

    def create_group(self, name: str, now_ms: int) -> Group:
        """A new group, which must not be there yet."""
        arn = f"arn:aws:logs:{self.name}:{self.account}:log-group:{name}"
        group = self.groups[name] = Group(name, arn, now_ms)
        return group

    def tail(self, groups: Iterable[str]) -> Tail:
        """Begins to take in what arrives in these groups."""
        tail = Tail(self, groups)
        with self.lock:
            self.tails.append(tail)
        return tail


class LogStore:
    """Takes in log events, by any thread, and keeps them while there is room: the old ones of large groups go first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], LogRegion] = {}
        self._numbers = count(1)
        self._events = 0
        self._bytes = 0

    def put(self, account: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        """Takes in events: milliseconds since the epoch and the text of each. Makes the group and stream if need be."""
        place = self.region(account, region)
        with place.lock:
            self.append(place, place.groups.get(group) or place.create_group(group, self.now_ms()), stream, events)
        self.make_room()

    def append(self, region: LogRegion, group: Group, stream_name: str, events: Sequence[tuple[int, str]]) -> None:
        """`put` for one who holds the region's lock and has the group, and calls `make_room` when the lock is free."""
        now = self.now_ms()
        stream = group.streams.get(stream_name)
        if stream is None:
            stream = group.streams[stream_name] = Stream(stream_name, now)
        arrived = [LogEvent(timestamp, next(self._numbers), now, message) for timestamp, message in events]
        for event in arrived:
            if not stream.events or stream.events[-1] < event:
                stream.events.append(event)
            else:
                insort(stream.events, event)
        stream.last_ingested = now
        size = sum(_size(event) for event in arrived)
        group.stored_bytes += size
        for tail in region.tails:
            tail.arrived(group.name, stream_name, arrived)
        with self._lock:
            self._events += len(arrived)
            self._bytes += size

    def region(self, account: str, name: str) -> LogRegion:
        """What an account has in a region, which is nothing at first."""
        key = (account, name)
        found = self._regions.get(key)
        if found is None:
            with self._lock:
                found = self._regions.setdefault(key, LogRegion(account, name))
        return found

    def removed(self, streams: Mapping[str, Stream]) -> None:
        """Is told of streams that were deleted."""
        events = [event for stream in streams.values() for event in stream.events]
        self._forget(len(events), sum(_size(event) for event in events))

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return int(self._clock.now() * 1000)

    def make_room(self) -> None:
        """If there are too many events, drops the older half of the largest group. The caller holds no lock."""
        if self._events <= _MOST_EVENTS and self._bytes <= _MOST_BYTES:
            return
        groups = [(region, group) for region in list(self._regions.values()) for group in list(region.groups.values())]
        region, group = max(groups, key=lambda item: item[1].stored_bytes)
        with region.lock:
            events = sorted(event for stream in group.streams.values() for event in stream.events)
            if len(events) < 2:
                return
            border = events[len(events) // 2].position
            for name, stream in list(group.streams.items()):
                del stream.events[: len(stream.between(0, border))]
                if not stream.events:
                    del group.streams[name]
            dropped = events[: len(events) // 2]
            size = sum(_size(event) for event in dropped)
            group.stored_bytes -= size
            self._forget(len(dropped), size)

    def _forget(self, events: int, size: int) -> None:
        with self._lock:
            self._events -= events
            self._bytes -= size


def _size(event: LogEvent) -> int:
    return len(event.message) + _EVENT_OVERHEAD
