"""Which entries of a log pass a filter."""

from __future__ import annotations

from lambdatui.aws.log_entries import Entry
from lambdatui.aws.log_filter import LogFilter, parse
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_lines import Level
from tests.aws.log_samples import OTHER, RID, end, line, report, start


def entries() -> list[Entry]:
    """An invocation with a warning, one that failed, and a line outside of any."""
    folding = Folding()
    folding.add(
        [
            start(at=0),
            line(f"[WARNING]\t2026-11-24T12:00:00.000Z\t{RID}\tthe Warehouse is slow", 1),
            line(f"[INFO]\t2026-11-24T12:00:00.000Z\t{RID}\tpaid with E1234", 2),
            end(at=3),
            report(at=3),
            start(OTHER, 10),
            line("[ERROR] KeyError: 'currency'", 11),
            end(OTHER, 12),
            report(OTHER, 12),
            line("the extension says hello", 5, "t"),
        ]
    )
    return folding.entries


def passing(**members: object) -> list[int]:
    """Where the entries stand that pass: 0 the warning, 1 the line outside, 2 the failure."""
    wanted = LogFilter(**members)  # type: ignore[arg-type]
    return [number for number, entry in enumerate(entries()) if wanted.passes(entry)]


def typed(text: str) -> list[int]:
    return passing(words=parse(text))


def test_words_are_looked_for_in_all_lines_of_an_invocation() -> None:
    assert typed("warehouse PAID") == [0]
    assert typed("") == [0, 1, 2]
    assert typed("currency") == [2]
    assert typed(OTHER[:8]) == [2]
    assert typed("hello") == [1]
    assert typed('"is slow"') == [0]
    assert typed('"slow is"') == []


def test_what_must_not_be_there() -> None:
    assert typed("-warehouse") == [1, 2]
    assert typed("!hello -keyerror") == [0]
    assert typed("!") == [], "a lone sign is a word"


def test_regular_expressions() -> None:
    assert typed(r"/e\d{4}/") == [0]
    assert typed(r"-/e\d{4}/ -hello") == [2]
    words = parse("/(/ paid")
    assert words.trouble.startswith("/(/ is no regular expression: ")
    assert words.wanted == ("paid",), "what can be understood is looked for"


def test_levels_and_errors_and_one_invocation() -> None:
    assert passing(only_errors=True) == [2]
    assert passing(level=Level.WARN) == [0, 2]
    assert passing(level=Level.INFO) == [0, 1, 2], "what is just printed counts as INFO"
    assert passing(request_id=RID) == [0]
    assert passing(request_id=RID, only_errors=True) == []


def test_a_level_hides_lines_too() -> None:
    first = entries()[0]
    assert [one.level for one in LogFilter(level=Level.WARN).lines(first)] == [Level.WARN]
    assert len(LogFilter().lines(first)) == 2


def test_an_entry_is_told_by_the_line_that_was_looked_for() -> None:
    first = entries()[0]
    shown = LogFilter(words=parse("e1234")).headline(first)
    assert shown is not None
    assert "E1234" in shown.message
    assert LogFilter().headline(first) is first.headline


def test_what_is_looked_for_is_highlighted() -> None:
    highlight = parse(r"a.b /c\d/ -no").highlight
    assert highlight is not None
    assert highlight.findall("A.B axb c1 no") == ["A.B", "c1"]
    assert parse("-no").highlight is None
