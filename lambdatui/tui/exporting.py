"""Rows on their way to a file, as CSV, JSON or text: what a table shows is what is exported."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lambdatui import atomic_files
from lambdatui.errors import BadInput
from lambdatui.text import clean, spreadsheet_cell
from lambdatui.tui.offers import Rows
from lambdatui.tui.record_documents import as_json, plain
from lambdatui.tui.widgets.record_table import RecordTable

R = TypeVar("R")

FORMATS = (".csv", ".json", ".jsonl")
TEXTS = (".txt", ".log")
"""How a file's name ends: in one of FORMATS for any rows, in one of TEXTS for those that have a form as text."""


def of_table(
    table: RecordTable[R],
    what: str,
    *,
    rows: Sequence[R] | None = None,
    total: int | None = None,
    filter: str = "",  # noqa: A002 - what it is
) -> Rows:
    """The rows that a table shows, or these, with all its columns, also those that the screen has no room for."""
    shown = table.rows if rows is None else rows
    cells = [{column.key: _text(column.cell(row)) for column in table.columns} for row in shown]
    return Rows(what, cells, total, filter)


def of_records(
    records: Sequence[R],
    fields: Mapping[str, Callable[[R], Any]],
    what: str,
    *,
    total: int | None = None,
    filter: str = "",  # noqa: A002 - what it is
) -> Rows:
    """Records with these fields of each, where the columns would say less than there is, as `2 h ago` for a time."""
    rows = [{name: read(record) for name, read in fields.items()} for record in records]
    return Rows(what, rows, total, filter)


def suggestion(rows: Rows) -> str:
    """The name of a file for these rows: what names them comes from AWS and may be anything, so that little is kept."""
    name = re.sub(r"[^a-z0-9._-]+", "-", rows.what.lower()).strip("-._")[:80]
    return f"{name or 'rows'}{formats(rows)[0]}"


def formats(rows: Rows) -> tuple[str, ...]:
    """How the name of a file for these rows may end, the likeliest first."""
    return FORMATS if rows.line is None else (*TEXTS, *FORMATS)


def listed(endings: Sequence[str]) -> str:
    """Ends of names in words, such as `.csv, .json or .jsonl`."""
    return f"{', '.join(endings[:-1])} or {endings[-1]}"


def as_text(rows: Rows, suffix: str) -> str:
    """The rows in one of their formats. Environment values and secrets are masked."""
    if suffix == ".json":
        return as_json(list(rows.rows)) + "\n"
    if suffix == ".jsonl":
        return "".join(f"{json.dumps(plain(row))}\n" for row in rows.rows)
    if suffix in TEXTS and rows.line is not None:
        return "".join(f"{clean(rows.line(row))}\n" for row in rows.rows)
    return _csv(rows.rows)


def write(rows: Rows, path: Path, *, overwrite: bool = False) -> None:
    """Writes the rows to a file, all or nothing. Raises BadInput where that cannot be.

    The format is that of the name's end. A file that is there is replaced only with `overwrite`.
    """
    suffix = path.suffix.lower()
    if suffix not in formats(rows):
        raise BadInput(f"{path.name or path}: a name that ends in {listed(formats(rows))} was expected.")
    with atomic_files.exported(path, overwrite=overwrite) as file:
        file.write(as_text(rows, suffix))


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_field(plain({name: row.get(name)})[name]) for name in names])
    return target.getvalue()


def _field(value: Any) -> str:
    """A value in one field. A text that a spreadsheet would calculate gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return spreadsheet_cell(clean(value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def _text(cell: Any) -> str:
    return str(cell[0] if isinstance(cell, tuple) else cell)
