"""A log's line as text for a screen."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from lambdatui.tui import log_text
from tests.aws.log_samples import RID, line


def test_text_is_harmless() -> None:
    assert log_text.text(line("\x1b[2J\x1b]0;pwned\x07red\r\nnext\tcell\x00")) == "red\nnext  cell␀"


def test_a_line_of_many_tells_how_many_more_there_are() -> None:
    assert log_text.first_line(line("one")) == "one"
    assert log_text.first_line(line("one\rtwo")) == "one  (+1 line)"
    assert log_text.first_line(line("one\ntwo\nthree")) == "one  (+2 lines)"


def test_a_huge_line_is_not_taken_apart() -> None:
    huge = line(json.dumps({"message": "x" * 250_000, "level": "INFO"}))
    assert len(log_text.text(huge)) <= log_text.LOOKED_AT
    assert len(log_text.pieces(log_text.text(huge), 80, wrap=True)) == log_text.MOST
    assert len(log_text.whole(huge)) > 250_000


@pytest.mark.parametrize("wrap", [True, False])
def test_pieces_fit(wrap: bool) -> None:
    said = "plain " * 10 + "\n" + "検索候補 👩‍👩‍👧‍👦 " * 8 + "\n\nend"
    found = log_text.pieces(said, 20, wrap)
    assert all(cell_len(piece) <= 20 for piece in found)
    assert found[-1] == "end"
    if wrap:
        assert "".join(found) == said.replace("\n", "")
    else:
        assert len(found) == 4
        assert found[0].endswith("…")


def test_what_is_too_long_says_how_to_see_it() -> None:
    found = log_text.pieces("\n".join(map(str, range(50))), 40, wrap=False)
    assert len(found) == log_text.MOST
    assert found[-1] == log_text.MORE


def test_whole_lines_are_as_they_were_written_and_json_is_indented() -> None:
    assert log_text.whole(line('{"level":"INFO","message":"paid"}')) == '{\n  "level": "INFO",\n  "message": "paid"\n}'
    prefixed = f"[INFO]\t2026-11-24T12:00:00.000Z\t{RID}\tpaid\rtwice"
    assert log_text.whole(line(prefixed)) == prefixed.replace("\r", "\n")
