"""Folds the lines of a log into invocations, whatever they are mixed with.

A line belongs to the invocation whose request id it names. One that names none belongs to the invocation that was
running in its log stream at that time: an execution environment writes to a stream of its own and, but for those that
serve several requests at once, runs one invocation after the other. Where two were running, or none, the line stays
outside. What is late, and what comes before that which is known already, finds its place too.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count, pairwise

from lambdatui.aws import tracebacks
from lambdatui.aws.invocation_report import Report
from lambdatui.aws.log_entries import LONGEST, Entry, Invoked, Outside
from lambdatui.aws.log_lines import IN_JSON, End, Failure, Init, InitReport, Level, LogLine, Platform, Start

INIT_WITHIN = 15_000
"""Milliseconds between the beginning of an environment and that of the invocation it was made for. Lambda gives an
environment 10 s; one in which nothing starts for longer was made ahead."""

OVERHEAD = 300
"""Bytes that a line takes beside its text, about."""

_SPARE = 0.98
"""To which part of what may be kept is dropped, so that it is not done for each line."""


@dataclass(slots=True)
class Changes:
    """What more lines did to the entries."""

    added: list[Entry] = field(default_factory=list)
    changed: dict[int, Entry] = field(default_factory=dict)
    """By number; those that were added may be among them."""
    moved: bool = False
    """Whether entries have another place than before, or are gone because their line belongs to an invocation."""


class _Stream:
    """What is known of a log stream: its invocations and its lines outside of them, each in the order of time."""

    __slots__ = ("invoked", "outside")

    def __init__(self) -> None:
        self.invoked: list[Invoked] = []
        self.outside: list[Outside] = []


class Folding:
    """Entries made of lines, in the order of time.

    Keeps at most `most_lines` lines and `most_bytes` of memory, about; `drop_oldest` sees to it, and `dropped` counts
    the lines that went.
    """

    def __init__(self, most_lines: int = 100_000, most_bytes: int = 96_000_000) -> None:
        self.entries: list[Entry] = []
        self.lines = 0
        self.dropped = 0
        self.newest = 0
        """The time of the newest line, ms since the epoch."""
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._bytes = 0
        self._numbers = count(1)
        self._streams: dict[str, _Stream] = {}
        self._by_request: dict[str, list[Invoked]] = {}
        self._changes = Changes()
        self._unsettled: set[_Stream] = set()

    def add(self, lines: Iterable[LogLine], *, page_ends: bool = True) -> Changes:
        """Takes lines in, of any streams; those of a stream in the order of time, except for what is late.

        Where a page is given in parts, `page_ends` is True with the last of them: only then it is known whether a line
        of a later page was written by an invocation that began in this one.
        """
        self._changes = changes = Changes()
        for line in lines:
            self.lines += 1
            self._bytes += len(line.message) + OVERHEAD
            self._place(line)
            if line.timestamp > self.newest:
                self.newest = line.timestamp
        if page_ends and self._unsettled:
            for stream in self._unsettled:
                self._settle(stream)
            self._unsettled.clear()
        return changes

    def drop_oldest(self) -> list[Entry]:
        """Drops the oldest entries where there is too much, and returns them."""
        if self.lines <= self._most_lines and self._bytes <= self._most_bytes:
            return []
        most_lines, most_bytes = self._most_lines * _SPARE, self._most_bytes * _SPARE
        before, many = self.lines, 0
        for entry in self.entries:
            if self.lines <= most_lines and self._bytes <= most_bytes:
                break
            for line in entry.every_line:
                self.lines -= 1
                self._bytes -= len(line.message) + OVERHEAD
            many += 1
        gone = self.entries[:many]
        del self.entries[:many]
        self.dropped += before - self.lines
        self._forget(gone)
        return gone

    def attempts(self, request_id: str) -> list[Invoked]:
        """The invocations of a request id: several where AWS tried an asynchronous one again."""
        return list(self._by_request.get(request_id, ()))

    # where a line goes

    def _place(self, line: LogLine) -> None:
        stream = self._streams.get(line.stream)
        if stream is None:
            stream = self._streams[line.stream] = _Stream()
        mark = line.mark
        if type(mark) is Start:
            self._start(stream, line, mark)
        elif type(mark) is Init:
            self._begin_environment(stream, line, mark)
        elif line.request_id:
            self._join(self._named(stream, line), line)
        elif (entry := _running(stream, line.timestamp)) is not None:
            self._join(entry, line)
        else:
            self._stay_outside(stream, line)

    def _start(self, stream: _Stream, line: LogLine, mark: Start) -> None:
        entry = self._awaiting_start(stream, line)
        if entry is None:
            entry = self._invoked(stream, line)
        elif line.timestamp < entry.began:
            self._move(stream, entry, line.timestamp)
        if not entry.request_id:
            self._name(entry, line.request_id)
        elif (environment := self._new_environment(stream, line.timestamp)) is not None:
            self._absorb(stream, entry, environment)
        entry.is_started, entry.in_json, entry.version = True, mark.in_json, mark.version
        self._fold(entry, line)
        self._unsettle(stream, entry)

    def _awaiting_start(self, stream: _Stream, line: LogLine) -> Invoked | None:
        """The entry whose START this is: lines of it came before, or its environment has just begun."""
        for entry in self._by_request.get(line.request_id, ()):
            if entry.stream == line.stream and not entry.is_started:
                return entry
        return self._new_environment(stream, line.timestamp)

    def _new_environment(self, stream: _Stream, at: int) -> Invoked | None:
        """The environment that began shortly before, and in which nothing was invoked yet."""
        before = _last_until(stream.invoked, at)
        if before is None or before.request_id or before.ended is not None or at - before.began > INIT_WITHIN:
            return None
        return before

    def _begin_environment(self, stream: _Stream, line: LogLine, mark: Init) -> None:
        entry = self._invoked(stream, line)
        entry.begins_environment = mark.on_demand
        if not mark.on_demand:
            # no invocation waits for it: what is started in it has an entry of its own
            entry.ended = line.timestamp
        self._fold(entry, line)
        if stream.invoked[-1] is not entry:
            self._unsettled.add(stream)
        self._unsettle(stream, entry)

    def _named(self, stream: _Stream, line: LogLine) -> Invoked:
        """The entry of the request id that a line names."""
        known = [entry for entry in self._by_request.get(line.request_id, ()) if entry.stream == line.stream]
        for entry in reversed(known):
            if entry.began <= line.timestamp:
                return entry
        if known:
            if not known[0].is_started:
                self._move(stream, known[0], line.timestamp)
            return known[0]
        environment = self._new_environment(stream, line.timestamp)
        entry = environment or self._invoked(stream, line)
        self._name(entry, line.request_id)
        if environment is None and isinstance(line.mark, End | Report):
            self._adopt_before(stream, entry)
        return entry

    def _join(self, entry: Invoked, line: LogLine) -> None:
        mark = line.mark
        match mark:
            case End():
                entry.done_status = mark.status or entry.done_status
                entry.ended = max(entry.ended or 0, line.timestamp)
            case Report():
                entry.report = mark
                entry.ended = max(entry.ended or 0, line.timestamp)
            case InitReport():
                entry.init_status = mark.status
            case Failure():
                entry.failure = entry.failure or mark
        if mark is None or isinstance(mark, Failure | Platform):
            self._write(entry, line)
            self._changes.changed[entry.number] = entry
        else:
            self._fold(entry, line)

    def _fold(self, entry: Invoked, line: LogLine) -> None:
        insort(entry.platform, line, key=_time)
        self._changes.changed[entry.number] = entry

    def _write(self, entry: Entry, line: LogLine) -> None:
        lines = entry.lines
        if lines and lines[-1].timestamp > line.timestamp:
            insort(lines, line, key=_time)
        elif lines and _continues(lines[-1], line):
            self._append(lines[-1], line)
            line = lines[-1]
        else:
            lines.append(line)
        entry.noted(line)

    def _append(self, before: LogLine, line: LogLine) -> None:
        before.message += f"\n{line.message}"
        before.level = max(before.level, line.level, Level.ERROR)
        self.lines -= 1
        self._bytes -= OVERHEAD

    def _stay_outside(self, stream: _Stream, line: LogLine) -> None:
        last = stream.outside[-1] if stream.outside else None
        if last is not None and last.began <= line.timestamp and _continues(last.lines[0], line):
            self._append(last.lines[0], line)
            last.noted(last.lines[0])
            self._changes.changed[last.number] = last
            return
        entry = Outside(line.timestamp, next(self._numbers), line.stream, [line])
        entry.noted(line)
        _put(stream.outside, entry)
        self._insert(entry)

    # lines that were taken for outside

    def _unsettle(self, stream: _Stream, entry: Invoked) -> None:
        """Has the lines outside looked at again that may have been written while the entry ran."""
        if stream.outside and stream.outside[-1].began >= entry.began:
            self._unsettled.add(stream)

    def _settle(self, stream: _Stream) -> None:
        for environment, entry in pairwise(list(stream.invoked)):
            if not environment.request_id and self._new_environment(stream, entry.began - 1) is environment:
                self._absorb(stream, entry, environment)
        for outside in list(stream.outside):
            running = _running(stream, outside.began)
            if running is not None:
                self._take_in(stream, running, [outside])

    def _adopt_before(self, stream: _Stream, entry: Invoked) -> None:
        """Takes in what was written before the end of an entry whose beginning is not known."""
        if not stream.outside:
            return
        before = _last_until(stream.invoked[: stream.invoked.index(entry)], entry.began)
        free_from = entry.began - LONGEST
        if before is not None:
            free_from = max(free_from, (before.ended or before.began) + 1)
        lines = [line for line in stream.outside if free_from <= line.began <= entry.began]
        if lines:
            self._move(stream, entry, lines[0].began)
            self._take_in(stream, entry, lines)

    def _take_in(self, stream: _Stream, entry: Invoked, lines: list[Outside]) -> None:
        for outside in lines:
            stream.outside.remove(outside)
            self._remove(outside)
            self._write(entry, outside.lines[0])

    def _absorb(self, stream: _Stream, entry: Invoked, environment: Invoked) -> None:
        """Makes the beginning of an environment part of the invocation that it was for."""
        stream.invoked.remove(environment)
        self._remove(environment)
        self._move(stream, entry, environment.began)
        entry.begins_environment = environment.begins_environment
        entry.init_status = environment.init_status
        for line in environment.platform:
            self._fold(entry, line)
        for line in environment.lines:
            self._write(entry, line)

    # entries

    def _invoked(self, stream: _Stream, line: LogLine) -> Invoked:
        entry = Invoked(line.timestamp, next(self._numbers), line.stream)
        _put(stream.invoked, entry)
        self._insert(entry)
        return entry

    def _name(self, entry: Invoked, request_id: str) -> None:
        entry.request_id = request_id
        self._by_request.setdefault(request_id, []).append(entry)

    def _insert(self, entry: Entry) -> None:
        _put(self.entries, entry)
        self._changes.added.append(entry)

    def _remove(self, entry: Entry) -> None:
        del self.entries[bisect_right(self.entries, _key(entry), key=_key) - 1]
        entry.is_gone = True
        self._changes.moved = True

    def _move(self, stream: _Stream, entry: Invoked, began: int) -> None:
        self._remove(entry)
        stream.invoked.remove(entry)
        entry.is_gone = False
        entry.began = began
        _put(stream.invoked, entry)
        _put(self.entries, entry)

    def _forget(self, gone: list[Entry]) -> None:
        streams = set()
        for entry in gone:
            entry.is_gone = True
            streams.add(entry.stream)
            if isinstance(entry, Invoked) and entry.request_id:
                attempts = self._by_request[entry.request_id]
                attempts.remove(entry)
                if not attempts:
                    del self._by_request[entry.request_id]
        for name in streams:
            stream = self._streams[name]
            stream.invoked = [entry for entry in stream.invoked if not entry.is_gone]
            stream.outside = [entry for entry in stream.outside if not entry.is_gone]
            if not (stream.invoked or stream.outside):
                del self._streams[name]


def _running(stream: _Stream, at: int) -> Invoked | None:
    """The one invocation that ran in a stream at a time; None where there was none, or several."""
    entry = _last_until(stream.invoked, at)
    if entry is not None and entry.in_json and len(stream.invoked) > 1:
        running = [other for other in stream.invoked[-_AT_ONCE:] if other.began <= at < (other.ended or _end(other))]
        if running:
            return running[0] if len(running) == 1 else None
    if entry is None or (entry.ended is not None and at > entry.ended):
        return None
    return entry


def _end(entry: Invoked) -> int:
    """When an invocation whose end is not known ends at the latest."""
    return entry.began + LONGEST


_AT_ONCE = 64
"""How many invocations one environment runs at once, at most: AWS allows so many a virtual CPU."""


def _last_until(entries: list[Invoked], at: int) -> Invoked | None:
    if not entries or entries[-1].began <= at:
        return entries[-1] if entries else None
    place = bisect_right(entries, at, key=_began)
    return entries[place - 1] if place else None


def _put(entries: list[Entry] | list[Invoked] | list[Outside], entry: Entry) -> None:
    if not entries or _key(entries[-1]) < _key(entry):
        entries.append(entry)  # type: ignore[arg-type]
    else:
        insort(entries, entry, key=_key)  # type: ignore[misc]


def _key(entry: Entry) -> tuple[int, int]:
    return entry.began, entry.number


def _began(entry: Entry) -> int:
    return entry.began


def _time(line: LogLine) -> int:
    return line.timestamp


def _continues(before: LogLine, line: LogLine) -> bool:
    """Whether a line goes on with the traceback that the one before it in the same stream began."""
    if not before.is_trace or line.mark is not None or line.request_id or IN_JSON in (before.at, line.at):
        return False
    return line.timestamp - before.timestamp <= _TRACE_MS and tracebacks.continues(before.message, line.message)


_TRACE_MS = 1000
"""Milliseconds within which a traceback is printed."""
