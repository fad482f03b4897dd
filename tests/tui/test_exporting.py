"""Rows in files: what is shown is what is written, whole or not at all, and harmless for what opens it."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.errors import BadInput
from lambdatui.tui import exporting
from lambdatui.tui.offers import Rows
from lambdatui.tui.widgets.record_table import Column, RecordTable


@dataclass(frozen=True)
class Thing:
    name: str
    size: int


def rows(*values: dict[str, Any], **members: Any) -> Rows:
    return Rows("things of x", list(values), members.pop("total", len(values)), **members)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_table_exports_all_its_columns_and_what_it_shows() -> None:
    table: RecordTable[Thing] = RecordTable(
        [
            Column("name", "NAME", lambda t: (t.name, "ok"), 10),
            Column("size", "SIZE", lambda t: f"{t.size} B", 5, priority=9),
        ],
        lambda thing: thing.name,
    )
    table.rows = [Thing("b", 2), Thing("a", 1)]
    found = exporting.of_table(table, "things", total=3, filter="x")
    assert found.rows == [{"name": "b", "size": "2 B"}, {"name": "a", "size": "1 B"}]
    assert found.told == "2 rows of 3: those that match 'x'."


def test_records_export_what_their_columns_shorten() -> None:
    found = exporting.of_records(
        [Thing("a", 1)], {"name": lambda t: t.name, "size": lambda t: t.size}, "things", total=1
    )
    assert found.rows == [{"name": "a", "size": 1}]
    assert found.told == "1 row, all there are."
    assert exporting.of_records([Thing("a", 1)], {}, "things").told == "1 row, as the table shows them."


def test_csv() -> None:
    text = exporting.as_text(
        rows({"a": 'say "x", y', "b": 1.5, "c": None}, {"a": "two\nlines", "b": True, "d": ["x", {"y": 1}]}), ".csv"
    )
    assert read_csv(text) == [
        ["a", "b", "c", "d"],
        ['say "x", y', "1.5", "", ""],
        ["two\nlines", "true", "", '["x", {"y": 1}]'],
    ]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_does_not_calculate_text(text: str) -> None:
    assert read_csv(exporting.as_text(rows({"a": text}), ".csv"))[1] == [f"'{text}"]


def test_numbers_stay_numbers() -> None:
    assert read_csv(exporting.as_text(rows({"a": -1}), ".csv"))[1] == ["-1"]


def test_json() -> None:
    text = exporting.as_text(rows({"a": "ü\x1b[31m\x9b31m\u202e", "b": None}), ".json")
    assert json.loads(text) == [{"a": "ü\x1b[31m\x9b31m\u202e", "b": None}]
    assert not set(text) & set("\x1b\x9b\u202e")


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.integers(), st.none(), st.booleans())))
def test_json_brings_back_what_was_there(row: dict[str, Any]) -> None:
    secret = ("password", "secret", "token", "credential", "privatekey", "accesskey")
    row = {key: value for key, value in row.items() if not any(word in key.lower() for word in secret)}
    row.pop("Variables", None)
    text = exporting.as_text(rows(row), ".json")
    assert json.loads(text) == [row]
    assert not any((ord(character) < 32 and character != "\n") or 0x7F <= ord(character) < 0xA0 for character in text)


def test_json_lines() -> None:
    text = exporting.as_text(rows({"a": "two\nlines", "b": 1}, {"a": "\x1b[31m"}), ".jsonl")
    assert [json.loads(line) for line in text.splitlines()] == [{"a": "two\nlines", "b": 1}, {"a": "\x1b[31m"}]
    assert text.isascii()


def test_rows_that_are_lines_of_a_text_can_be_written_as_such() -> None:
    lines = rows({"a": "one"}, {"a": "\x1b]0;pwned\x07two"}, line=lambda row: str(row["a"]))
    assert exporting.suggestion(lines) == "things-of-x.txt"
    assert exporting.as_text(lines, ".txt") == "one\ntwo\n"
    assert exporting.formats(lines) == (".txt", ".log", ".csv", ".json", ".jsonl")
    assert exporting.formats(rows({"a": "one"})) == (".csv", ".json", ".jsonl")


@pytest.mark.parametrize("suffix", exporting.FORMATS)
def test_secrets_are_masked(suffix: str) -> None:
    text = exporting.as_text(rows({"Environment": {"Variables": {"KEY": "s3cr3t"}}, "Token": "s3cr3t"}), suffix)
    assert "s3cr3t" not in text
    assert "KEY" in text


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("versions of checkout-api", "versions-of-checkout-api.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("\x1b[31m", "31m.csv"),
        ("日本", "rows.csv"),
    ],
)
def test_a_file_s_name_is_no_path(what: str, name: str) -> None:
    assert exporting.suggestion(Rows(what, [], 0)) == name


def test_a_file_is_never_replaced_unasked(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    exporting.write(rows({"a": 1}), file)
    with pytest.raises(BadInput, match="is there already"):
        exporting.write(rows({"a": 2}), file)
    assert read_csv(file.read_text()) == [["a"], ["1"]]
    exporting.write(rows({"a": 2}), file, overwrite=True)
    assert read_csv(file.read_text()) == [["a"], ["2"]]
    assert os.listdir(tmp_path) == ["a.csv"]


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="File exists"):
        exporting.write(rows({"a": 1}), tmp_path / "a.csv")
    assert os.listdir(tmp_path) == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.txt", "a name that ends in .csv, .json or .jsonl was expected"),
        ("a", "a name that ends in .csv, .json or .jsonl was expected"),
        ("folder.csv", "this is a folder"),
        ("absent/a.csv", "No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadInput, match=words):
        exporting.write(rows({"a": 1}), tmp_path / name)


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    exporting.write(rows({"a": 1}), tmp_path / "a.json")
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600
