"""The rows of a run: the newest in memory, the others in its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.aws.invocations import Invocation
from lambdatui.errors import BadInput
from lambdatui.stages.load.run_writer import Writer
from lambdatui.stages.load.saved import SavedRuns
from lambdatui.tui.invocation_rows import LIGHT, PAGE, PAGES, WINDOW, WINDOW_BYTES, InvocationRows, SavedPages, Unread
from tests.stages.load.made import invocation

COUNT = WINDOW + 3 * PAGE


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    runs = SavedRuns(tmp_path / "runs")
    found = runs.begin(function="f", qualifier="", account="1", region="r", inputs={}, started=1.0)
    yield found
    found.close("done", {})


def read_as_wanted(saved: SavedPages) -> InvocationRows:
    """Rows that read a page as soon as it is looked at."""
    rows = InvocationRows(lambda number: rows.put(number, saved.page(number)))
    rows.saved = saved
    return rows


def test_what_is_further_back_comes_from_the_file(writer: Writer) -> None:
    made = [invocation(number=number, payload=b"x" * 50) for number in range(1, COUNT + 1)]
    for one in made:
        writer.add(one)
    writer.close("done", {})
    saved = SavedPages(writer.path)
    rows = read_as_wanted(saved)
    for start in range(0, COUNT, 700):
        rows.extend(made[start : start + 700])
    assert len(rows) == COUNT
    assert rows.in_memory <= WINDOW
    assert rows[-1] is made[-1]
    assert rows[5] == Unread(5), "it is not there the moment it is looked at"
    for index in (5, 0, PAGE, PAGE - 1, COUNT - WINDOW, COUNT - 1):
        rows[index]
        assert rows[index] == made[index]
    for index in range(0, COUNT, PAGE):
        rows[index]
    assert rows.in_memory <= WINDOW + PAGES * PAGE, "pages are let go of"
    saved.close()


def test_without_a_file_it_says_how_many_are_lost() -> None:
    rows = InvocationRows()
    rows.extend([invocation(number=number) for number in range(1, WINDOW + 2)])
    assert rows.lost == len(rows) - rows.in_memory > 0
    assert isinstance(rows[0], Unread)
    assert isinstance(rows[rows.lost], Invocation)


def test_large_answers_do_not_fill_the_memory() -> None:
    rows = InvocationRows()
    for number in range(1, 41):
        rows.extend([invocation(number=number, payload=bytes(6_000_000))])
        held = sum(len(row.payload) for row in rows if isinstance(row, Invocation))
        assert held <= WINDOW_BYTES + 6_000_000
    assert len(rows) == 40
    assert isinstance(rows[-1], Invocation)


def test_a_page_has_the_beginning_of_a_large_answer_and_the_file_has_it_whole(writer: Writer) -> None:
    writer.add(invocation(number=1, payload=b"y" * (LIGHT + 5)))
    writer.close("done", {})
    saved = SavedPages(writer.path)
    [row] = saved.page(0)
    assert len(row.payload) == LIGHT
    assert len(saved.whole(0).payload) == LIGHT + 5
    with pytest.raises(BadInput, match="not in the file"):
        saved.whole(1)
    saved.close()


def test_what_is_written_later_is_found_later(writer: Writer) -> None:
    saved = SavedPages(writer.path)
    assert saved.page(0) == []
    writer.add(invocation(number=1))
    writer.close("done", {})
    assert [one.number for one in saved.page(0)] == [1]
    saved.close()
