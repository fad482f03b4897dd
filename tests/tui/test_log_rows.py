"""The entries that are shown are those that pass, in the order of time, whatever comes and goes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.log_filter import LogFilter, parse
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_lines import Level, LogLine
from lambdatui.tui.log_rows import LogRows
from tests.aws.log_samples import OTHER, RID, end, line, report, start


def pool() -> list[LogLine]:
    """Two invocations and some lines, as they are written."""
    lines: list[LogLine] = []
    for number, rid in enumerate((RID, OTHER)):
        at, stream = number * 5, f"s{number}"
        lines += [
            start(rid, at, stream),
            line("paid", at + 1, stream),
            line("[ERROR] KeyError: 'x'" if number else "fine", at + 2, stream),
            end(rid, at + 3, stream),
            report(rid, at + 3, stream),
            line("outside", at + 400, stream),
        ]
    return lines


FILTERS = (LogFilter(), LogFilter(only_errors=True), LogFilter(words=parse("paid")), LogFilter(level=Level.ERROR))


@given(st.permutations(range(12)), st.lists(st.integers(1, 12), max_size=4), st.sampled_from(FILTERS), st.booleans())
def test_what_is_shown_is_what_passes(order: list[int], cuts: list[int], wanted: LogFilter, bounded: bool) -> None:
    rows = LogRows(Folding(most_lines=5) if bounded else None)
    rows.set_filter(wanted)
    lines = pool()
    places = [0, *sorted(cuts), len(order)]
    for first, last in pairwise(places):
        before = {entry.number for entry in rows.shown}
        new = rows.take(rows.folding.add([lines[number] for number in order[first:last]]))
        assert rows.shown == [entry for entry in rows.folding.entries if wanted.passes(entry)]
        assert not bounded or rows.folding.lines <= 5 or len(rows.folding.entries) <= 1
        assert new >= len([entry for entry in rows.shown if entry.number not in before])
    rows.set_filter(LogFilter())
    assert rows.shown == rows.folding.entries


def test_entries_are_unfolded_one_by_one_or_all_at_once() -> None:
    rows = LogRows()
    rows.take(rows.folding.add(pool()))
    first, second = (entry for entry in rows.shown if len(entry.lines) > 1)
    assert rows.details(first) == ()
    rows.turn(first)
    assert [one.message for one in rows.details(first)] == ["paid", "fine"]
    rows.turn_all()
    assert rows.details(first)
    assert rows.details(second)
    rows.turn(first)
    assert rows.details(first) == ()
    outside = next(entry for entry in rows.shown if len(entry.lines) == 1)
    assert rows.details(outside) == (), "a line has nothing beneath it"


def test_an_entry_that_is_not_shown_has_a_place_all_the_same() -> None:
    rows = LogRows()
    rows.take(rows.folding.add(pool()))
    last = rows.shown[-1]
    assert rows.index(last) == len(rows.shown) - 1
    rows.set_filter(LogFilter(only_errors=True))
    assert rows.index(last) == 1 == len(rows.shown)
