"""Reads a saved run: any of its invocations by its place, in the memory of an offset each, also as it is written."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput
from lambdatui.stages.load import record

_CHUNK = 1024 * 1024
_LONGEST = 64 * 1024 * 1024
_START = b'{"number":'


class Reader:
    """The invocations of a saved run, in the order in which their answers came.

    One thread refreshes it; others may take invocations out of it meanwhile. A file that ends in the middle of a line,
    as that of a program that was killed, is read up to there; `cut` says so.
    Raises BadInput where the file cannot be read or is no saved run.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.cut = 0
        """Bytes at the end that are no whole line."""
        self.end: Mapping[str, Any] = {}
        """How the run ended, with its figures; empty where it has not ended, or its program was killed."""
        self._offsets = array("Q")
        self._lengths = array("Q")
        self._read = 0
        try:
            self._file = self.path.open("rb")
        except OSError as error:
            raise BadInput(f"{path}: cannot be read: {error.strerror}.") from None
        first = self._file.readline(_LONGEST)
        head = parsed(first)
        if not isinstance(head.get("lambdatui"), int):
            self._file.close()
            raise BadInput(f"{path}: is no saved run of invocations: its first line does not say so.")
        self.head: Mapping[str, Any] = head
        """What was invoked, where, with which inputs, and when it began."""
        self._read = len(first)
        self.refresh()

    def refresh(self) -> int:
        """Reads what was written since. Returns how many invocations there are now."""
        self._file.seek(self._read)
        rest, start = b"", self._read
        while chunk := self._file.read(_CHUNK):
            rest += chunk
            begin = 0
            while (newline := rest.find(b"\n", begin)) >= 0:
                self._take(start + begin, rest[begin:newline])
                begin = newline + 1
            start, rest = start + begin, rest[begin:]
            if len(rest) > _LONGEST:
                raise BadInput(f"{self.path}: a line of more than {_LONGEST:,} bytes was not expected.")
        self._read, self.cut = start, len(rest)
        return len(self)

    def __len__(self) -> int:
        return len(self._offsets)

    def __getitem__(self, index: int) -> Invocation:
        """The invocation that came as the so-manieth, from 0. Raises BadInput where its line is damaged."""
        offset, length = self._offsets[index], self._lengths[index]
        found = record.invocation(parsed(os.pread(self._file.fileno(), length, offset)))
        if found is None:
            raise BadInput(f"{self.path}: the line at byte {offset:,} is damaged.")
        return found

    def __iter__(self) -> Iterator[Invocation]:
        """All of them; damaged lines are left out."""
        for index in range(len(self)):
            try:
                yield self[index]
            except BadInput:
                continue

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, offset: int, line: bytes) -> None:
        if line.startswith(_START):
            self._offsets.append(offset)
            self._lengths.append(len(line))
        elif line.startswith(b'{"ended":'):
            self.end = parsed(line)


def parsed(line: bytes) -> dict[str, Any]:
    """A line's JSON object; an empty one for anything else."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
