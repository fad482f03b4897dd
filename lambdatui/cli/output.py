"""What a command writes: data on standard output, words on standard error, all of it harmless for a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO

import click

from lambdatui.text import clean, one_line


def prepare() -> None:
    """Lets a terminal that is not UTF-8 show `?` for what it lacks, instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


class ReaderLeft(Exception):
    """Nobody reads standard output any more, as when `head` has seen enough."""


def data(text: str) -> None:
    """A line of data. Raises ReaderLeft."""
    try:
        click.echo(clean(text))
    except BrokenPipeError:
        let_go(sys.stdout)
        raise ReaderLeft from None


def data_json(value: Any) -> None:
    """One JSON document, or one line of many. Text from AWS goes out as JSON escapes, which no terminal acts on."""
    data(json.dumps(value, default=str, ensure_ascii=True))


def word(text: str, **style: Any) -> None:
    """A line for the person, on standard error. A reader who has left must not stop a run half-way."""
    words(clean(text) + "\n", **style)


def words(text: str, **style: Any) -> None:
    """As `word`, without the end of the line."""
    try:
        click.secho(text, err=True, nl=False, color=False if "NO_COLOR" in os.environ else None, **style)
    except BrokenPipeError:
        let_go(sys.stderr)


def let_go(stream: TextIO) -> None:
    """Sends what is still written to a stream nowhere: its reader has left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns under their titles, on standard output."""
    for line in aligned([list(titles), *rows]):
        data(line)


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of cells as lines whose columns stand below one another."""
    from rich.cells import cell_len

    cleaned = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cleaned, strict=True)]
    lines = []
    for row in cleaned:
        parts = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(parts).rstrip())
    return lines


class Progress:
    """One line on standard error that is written over and over; on nothing but a terminal it is not written at all."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._width = 0

    def show(self, text: str) -> None:
        """Puts this text in the place of the last."""
        if self._shown:
            text = one_line(text)
            words(f"\r{text}{' ' * (self._width - len(text))}")
            self._width = len(text)

    def clear(self) -> None:
        """Takes the line away, before something else is written."""
        if self._width:
            words(f"\r{' ' * self._width}\r")
            self._width = 0


Teller = Callable[[str], None]
"""`data` or `word`: where a line goes."""
