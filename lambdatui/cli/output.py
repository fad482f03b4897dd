"""How the command line speaks: data on standard output, words on standard error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from lambdatui.text import clean, one_line


def data(text: str) -> None:
    """A line of data."""
    click.echo(clean(text))


def data_json(value: Any) -> None:
    """One JSON document, or one line of many. Text from AWS goes out as JSON escapes, which no terminal acts on."""
    click.echo(json.dumps(value, default=str, ensure_ascii=True))


def word(text: str, **style: Any) -> None:
    """A line for the person, on standard error."""
    click.secho(clean(text), err=True, **style)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns under their titles, on standard output."""
    from rich.cells import cell_len

    cleaned = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(cell_len(line[index]) for line in [list(titles), *cleaned]) for index in range(len(titles))]
    for line in [list(titles), *cleaned]:
        parts = [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(parts).rstrip())


def progress(show: bool) -> Callable[[str], None]:
    """A function that writes one line over and over on standard error; it does nothing where `show` is false."""
    last = 0

    def line(text: str) -> None:
        nonlocal last
        if not show:
            return
        text = one_line(text)
        click.echo("\r" + text + " " * max(0, last - len(text)), err=True, nl=False)
        last = len(text)
        if not text:
            click.echo("\r", err=True, nl=False)

    return line
