"""The lines of a log that are shown, on their way to a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, overload

from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_lines import LogLine
from lambdatui.tui.log_rows import LogRows
from lambdatui.tui.offers import Rows


class _Lines(Sequence[Mapping[str, Any]]):
    """Lines as rows, each made when it is wanted: there may be 100,000."""

    def __init__(self, lines: Sequence[tuple[str, str, LogLine]]) -> None:
        self._lines = lines

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        if isinstance(index, slice):
            return _Lines(self._lines[index])
        request_id, version, line = self._lines[index]
        return {
            "time": dt.datetime.fromtimestamp(line.timestamp / 1000, dt.UTC).isoformat(timespec="milliseconds"),
            "level": line.level.name if line.level else "",
            "request_id": request_id,
            "version": version,
            "stream": line.stream,
            "message": line.message,
        }

    def __len__(self) -> int:
        return len(self._lines)


def rows(log: LogRows, what: str) -> Rows:
    """All lines of the entries that are shown, those of the platform too, an invocation after the other."""
    lines = []
    for entry in log.shown:
        request_id, version = (entry.request_id, entry.version) if isinstance(entry, Invoked) else ("", "")
        lines += [(request_id, version, line) for line in entry.every_line]
    return Rows(what, _Lines(lines), log.folding.lines, line=text)


def text(row: Mapping[str, Any]) -> str:
    """A row as a line of text: when, of which invocation, and what was written."""
    return f"{row['time']} {row['request_id'] or '-'} {row['message'].replace(chr(13), chr(10))}"
