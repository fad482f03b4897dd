"""A saved run on its way to another program or another person: JSON lines, CSV, or a report in plain text."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from lambdatui import atomic_files
from lambdatui.errors import BadInput
from lambdatui.stages.load import record
from lambdatui.stages.load.report import report
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.saved import figures_of
from lambdatui.text import clean, spreadsheet_cell

_ANSWER = 2000
"""Characters of an answer in a cell: a spreadsheet takes 32,767."""


def write(reader: Reader, path: Path, *, overwrite: bool = False) -> int:
    """Writes a run to a file, all or nothing, and returns how many invocations are in it. Raises BadInput.

    The end of the name decides: `.jsonl` has a line for each as `lambdatui invoke --json` prints it, `.csv` a row,
    `.txt` what they add up to. A file that is there is replaced only with `overwrite`.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise BadInput(f"{path.name or path}: a name that ends in .jsonl, .csv or .txt was expected.")
    with atomic_files.exported(path, overwrite=overwrite) as file:
        form(reader, file)
    return len(reader)


def _json_lines(reader: Reader, file: IO[str]) -> None:
    for one in reader:
        file.write(json.dumps(record.document(one)) + "\n")


def _rows(reader: Reader, file: IO[str]) -> None:
    writer = csv.writer(file)
    names: list[str] = []
    for one in reader:
        document = record.document(one)
        if not names:
            names = list(document)
            writer.writerow(names)
        writer.writerow([_cell(document[name]) for name in names])


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return "" if value is None else value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return spreadsheet_cell(clean(text[:_ANSWER]))


def _report(reader: Reader, file: IO[str]) -> None:
    for line in report(reader.head, reader.end, figures_of(reader), reader.cut):
        file.write(clean(line) + "\n")


_FORMS: dict[str, Callable[[Reader, IO[str]], None]] = {".jsonl": _json_lines, ".csv": _rows, ".txt": _report}
