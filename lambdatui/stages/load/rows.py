"""Rows of a CSV or JSONL file: one for each event of a run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lambdatui.errors import BadInput
from lambdatui.stages.load import strict_json

MOST_BYTES = 64 * 1024 * 1024
MOST = 1_000_000

Row = dict[str, Any]


def read(path: Path, shown: str = "") -> list[Row]:
    """The rows of a file: of CSV with its first line as names and text as values, or of JSONL, an object a line.

    A name that ends in .jsonl, .ndjson or .json is JSONL. CSV may be separated by commas, semicolons or tabs. `shown`
    is what messages call the file. Raises BadInput with `FILE:LINE`.
    """
    name = shown or str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{name}: has more than {MOST_BYTES // 1024**2} MB, which is more than is read.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{name}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadInput(f"{name}:{line}: is not UTF-8 text.") from None
    found = []
    jsonl = path.suffix.lower() in (".jsonl", ".ndjson", ".json")
    for row in _of_jsonl(text, name) if jsonl else _of_csv(text, name):
        found.append(row)
        if len(found) > MOST:
            raise BadInput(f"{name}: has more than {MOST:,} rows, which is more than is read.")
    if not found:
        raise BadInput(f"{name}: has no rows.")
    return found


def _of_jsonl(text: str, name: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = strict_json.loads(line)
        except ValueError as error:
            raise BadInput(f"{name}:{number}: is not JSON: {getattr(error, 'msg', error)}.") from None
        if not isinstance(row, dict):
            raise BadInput(f'{name}:{number}: an object was expected, such as {{"id": 7}}.')
        yield row


def _of_csv(text: str, name: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    names: list[str] = []
    try:
        for cells in reader:
            if not names:
                names = [cell.strip() for cell in cells]
                _check_names(names, name, reader.line_num)
            elif cells:
                if len(cells) != len(names):
                    raise BadInput(
                        f"{name}:{reader.line_num}: {len(names)} cells were expected as in the first line, "
                        f"not {len(cells)}."
                    )
                yield dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise BadInput(f"{name}:{reader.line_num}: is not CSV: {error}.") from None


def _check_names(names: list[str], name: str, line: int) -> None:
    for index, column in enumerate(names):
        if not column:
            raise BadInput(f"{name}:{line}: column {index + 1} has no name.")
        if column in names[:index]:
            raise BadInput(f"{name}:{line}: two columns have the name '{column[:60]}'.")
