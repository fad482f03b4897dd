"""Lines folded into invocations: concurrent ones, late ones, and pages that come in any order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.log_entries import LONGEST, Entry, Invoked, Outside
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_lines import Level, LogLine
from tests.aws.log_samples import NOON, OTHER, RID, end, line, platform, report, start


def folded(*lines: LogLine) -> list[Entry]:
    folding = Folding()
    folding.add(lines)
    return folding.entries


def only(*lines: LogLine) -> Invoked:
    [entry] = folded(*lines)
    assert isinstance(entry, Invoked)
    return entry


def texts(entry: Entry) -> list[str]:
    return [line.message for line in entry.lines]


def test_an_invocation_is_one_entry_with_its_own_lines() -> None:
    entry = only(start(), line("looking", 3), end(at=12), report(at=12))
    assert (entry.request_id, entry.version, entry.began, entry.ended) == (RID, "42", NOON, NOON + 12)
    assert entry.report is not None
    assert (entry.report.duration, entry.report.billed, entry.report.memory_used) == (11.83, 12, 64)
    assert (entry.outcome(NOON), entry.failed, entry.is_cold, texts(entry)) == ("ok", False, False, ["looking"])
    assert [each.message.split()[0] for each in entry.every_line] == ["START", "looking", "END", "REPORT"]


def test_the_same_in_json() -> None:
    entry = only(
        platform("initStart", 0, initializationType="on-demand"),
        platform("start", 60, requestId=RID, version="7"),
        line(f'{{"level":"WARN","message":"slow","requestId":"{RID}"}}', 63),
        platform("runtimeDone", 70, requestId=RID, status="success"),
        platform("report", 70, requestId=RID, status="success", metrics={"durationMs": 9.5, "initDurationMs": 58.0}),
    )
    assert (entry.version, entry.is_cold, entry.outcome(NOON), entry.level) == ("7", True, "ok", Level.WARN)
    assert (entry.began, len(entry.lines), len(entry.platform)) == (NOON, 1, 4)


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([start(), report(at=9, more="Status: timeout")], "timeout"),
        ([start(), line(f"2026-11-24T12:00:03.000Z {RID} Task timed out after 3.00 seconds", 9)], "timeout"),
        ([start(), report(at=9, more="Status: error\tError Type: Runtime.ExitError")], "error"),
        ([start(), line("[ERROR] KeyError: 'x'\nTraceback (most recent call last):", 5), report(at=9)], "error"),
        ([start(), line("[ERROR]\t2026-11-24T12:00:00.000Z\tx\tonly said", 5), end(at=9)], "ok"),
        ([start(), end(at=9)], "ok"),
        ([start()], "running"),
        ([line("INIT_START Runtime Version: python:3.13.v1")], "init"),
        ([line("INIT_START x"), line("INIT_REPORT Init Duration: 9 ms\tPhase: init\tStatus: error", 9)], "error"),
        ([line(f"[INFO]\t2026-11-24T12:00:00.000Z\t{RID}\thi")], "not told"),
        ([platform("start", requestId=RID), platform("report", 5, requestId=RID, status="failure")], "error"),
        ([platform("start", requestId=RID), platform("runtimeDone", 5, requestId=RID, status="timeout")], "timeout"),
    ],
)
def test_outcomes(lines: list[LogLine], outcome: str) -> None:
    entry = next(entry for entry in folded(*lines) if isinstance(entry, Invoked))
    assert entry.outcome(NOON) == outcome
    assert entry.failed == (outcome in ("error", "timeout"))


def test_an_invocation_without_an_end_is_not_running_for_ever() -> None:
    entry = only(start())
    assert entry.outcome(NOON + LONGEST) == "not told"


def test_an_invocation_that_failed_is_an_error_though_it_wrote_nothing() -> None:
    assert only(start(), report(at=9, more="Status: timeout")).level is Level.ERROR


def test_the_first_error_is_the_headline_else_the_last_line() -> None:
    said = [line("[INFO] a", 1), line("[WARN] b", 2), line("ERROR c", 3), line("ERROR d", 4), line("INFO e", 5)]
    for many, headline in ((1, "[INFO] a"), (2, "[WARN] b"), (3, "ERROR c"), (5, "ERROR c")):
        entry = only(start(), *said[:many])
        assert entry.headline is not None
        assert entry.headline.message == headline
    entry = only(start(), line("one", 1), line("two", 2))
    assert entry.headline is not None
    assert entry.headline.message == "two"


def test_concurrent_invocations_are_told_apart_by_stream_and_request_id() -> None:
    entries = folded(
        start(RID, 0, "a"),
        start(OTHER, 1, "b"),
        line("of a", 2, "a"),
        line("of b", 2, "b"),
        line(f"[INFO]\t2026-11-24T12:00:00.000Z\t{OTHER}\tnamed", 3, "b"),
        end(OTHER, 4, "b"),
        line("more of a", 5, "a"),
        end(RID, 6, "a"),
        report(OTHER, 7, "b"),
        report(RID, 7, "a"),
    )
    assert [(entry.stream, len(entry.lines)) for entry in entries] == [("a", 2), ("b", 2)]
    assert texts(entries[0]) == ["of a", "more of a"]


def test_where_several_run_in_one_environment_only_what_is_named_is_told_apart() -> None:
    entries = folded(
        platform("start", 0, requestId=RID),
        platform("start", 1, requestId=OTHER),
        line(f'{{"message":"mine","requestId":"{RID}"}}', 2),
        line("whose?", 3),
        platform("report", 4, requestId=OTHER, status="success"),
        line("mine again", 5),
    )
    assert [type(entry) for entry in entries] == [Invoked, Invoked, Outside]
    assert [texts(entry)[-1:] for entry in entries] == [["mine again"], [], ["whose?"]]
    folding = Folding()
    folding.add([platform("start", 0, requestId=RID), platform("report", 4, requestId=RID, status="success")])
    folding.add([platform("start", 4, requestId=OTHER), line("mine", 4), line("mine", 5)])
    assert [len(entry.lines) for entry in folding.entries] == [0, 2]


def test_lines_between_invocations_stay_outside() -> None:
    entries = folded(start(), end(at=5), report(at=5), line("between", 9), start(OTHER, 20), line("in", 21))
    assert [texts(entry) for entry in entries] == [[], ["between"], ["in"]]
    assert isinstance(entries[1], Outside)


def test_what_is_written_while_an_environment_begins_belongs_to_its_first_invocation() -> None:
    entry = only(line("INIT_START Runtime Version: x"), line("importing", 20), start(at=60), end(at=70))
    assert (texts(entry), entry.is_cold, entry.began, entry.request_id) == (["importing"], True, NOON, RID)


def test_an_environment_that_was_made_ahead_is_an_entry_of_its_own() -> None:
    ahead = folded(line("INIT_START Runtime Version: x"), line("importing", 20), start(at=60_000), end(at=60_009))
    assert [len(entry.lines) for entry in ahead] == [1, 0]
    told = folded(
        platform("initStart", 0, initializationType="provisioned-concurrency"), platform("start", 60, requestId=RID)
    )
    assert [entry.is_cold for entry in told if isinstance(entry, Invoked)] == [False, False]


def test_a_retry_of_the_same_request_is_an_entry_of_its_own() -> None:
    folding = Folding()
    folding.add([start(), line("once", 1), end(at=5), report(at=5)])
    folding.add([start(at=60_000), line("twice", 60_001), end(at=60_005), report(at=60_005, more="Status: timeout")])
    first, second = folding.attempts(RID)
    assert (texts(first), texts(second)) == (["once"], ["twice"])
    assert (first.outcome(NOON), second.outcome(NOON)) == ("ok", "timeout")


def test_a_traceback_that_is_printed_line_by_line_is_one_line() -> None:
    entry = only(
        start(),
        line("trying", 1),
        line("Traceback (most recent call last):", 2),
        line('  File "/var/task/app.py", line 3, in handler', 2),
        line("    total = event['currency']", 2),
        line("KeyError: 'currency'", 2),
        line("went on: all the same", 3),
    )
    assert [text.count("\n") for text in texts(entry)] == [0, 3, 0]
    assert entry.lines[1].level is Level.ERROR
    [outside, after] = folded(
        line("Traceback (most recent call last):"), line('  File "x"'), line("KeyError"), line("indented", 2)
    )
    assert texts(outside) == ['Traceback (most recent call last):\n  File "x"\nKeyError']
    assert texts(after) == ["indented"]


def test_a_line_that_is_late_finds_its_place() -> None:
    folding = Folding()
    folding.add([start(), line("first", 1), line("third", 3), end(at=5), report(at=5), start(OTHER, 8)])
    changes = folding.add([line("second", 2)])
    assert texts(folding.entries[0]) == ["first", "second", "third"]
    assert (changes.added, list(changes.changed.values()), changes.moved) == ([], [folding.entries[0]], False)


def test_the_page_before_completes_what_began_in_it() -> None:
    folding = Folding()
    folding.add([line("of the first", 5), end(at=6), report(at=6), start(OTHER, 8), end(OTHER, 9)])
    assert [texts(entry) for entry in folding.entries] == [["of the first"], []]
    changes = folding.add([line("INIT_START x", 0), start(at=2), line("earlier", 3)])
    assert changes.moved
    first = folding.entries[0]
    assert isinstance(first, Invoked)
    assert (texts(first), first.version, first.began) == (["earlier", "of the first"], "42", NOON)
    assert first.begins_environment
    assert len(folding.entries) == 2


def test_the_oldest_entries_are_dropped_and_counted() -> None:
    folding = Folding(most_lines=100)
    for number in range(60):
        rid = f"{number:08x}{RID[8:]}"
        folding.add([start(rid, number * 10), line(str(number), number * 10 + 1), end(rid, number * 10 + 2)])
    gone = folding.drop_oldest()
    assert (folding.lines, folding.dropped, len(gone)) == (96, 84, 28)
    assert folding.lines == sum(len(entry.every_line) for entry in folding.entries)
    assert all(entry.is_gone for entry in gone)
    assert not folding.attempts(f"{0:08x}{RID[8:]}")
    assert len(folding.attempts(f"{59:08x}{RID[8:]}")) == 1


def test_memory_is_bounded_by_size_too() -> None:
    folding = Folding(most_bytes=1_000_000)
    folding.add(line("x" * 250_000, number) for number in range(10))
    folding.drop_oldest()
    assert [len(entry.lines) for entry in folding.entries] == [1, 1, 1]


def test_nothing_of_what_was_dropped_is_kept() -> None:
    folding = Folding(most_lines=10)
    for number in range(100):
        folding.add([start(f"r{number}", number * 10, f"s{number}"), line("x", number * 10, f"t{number}")])
        folding.drop_oldest()
    assert len(folding._streams) <= 10
    assert len(folding._by_request) <= 10


Written = dict[str, list[str]]


def story(seed: int) -> tuple[list[LogLine], Written]:
    """The lines of environments that each ran invocations one after the other, and what each invocation wrote."""
    chance = random.Random(seed)
    lines: list[LogLine] = []
    written: Written = {}
    for stream in "abc"[: chance.randint(1, 3)]:
        at = chance.randrange(50)
        for number in range(chance.randint(1, 5)):
            rid = f"{ord(stream):08x}-0000-4000-8000-{number:012x}"
            if chance.random() < 0.3:
                lines.append(line("INIT_START Runtime Version: x", at, stream))
                at += chance.randint(1, 100)
            lines.append(start(rid, at, stream))
            said = []
            for word in range(chance.randint(0, 4)):
                at += chance.randint(1, 9)
                said.append(f"{stream}{number}.{word}")
                lines.append(line(said[-1], at, stream))
            at += chance.randint(1, 9)
            lines += [end(rid, at, stream), report(rid, at, stream)]
            written[rid] = said
            at += chance.randint(1, 30_000)
    lines.sort(key=lambda each: each.timestamp)
    return lines, written


@given(st.integers(0, 10**6), st.lists(st.integers(1, 20), max_size=6))
def test_pages_in_any_order_give_the_same_invocations(seed: int, sizes: list[int]) -> None:
    lines, written = story(seed)
    pages, rest = [], lines
    for size in sizes:
        pages.append(rest[:size])
        rest = rest[size:]
    pages.append(rest)
    for order in (pages, pages[::-1]):
        folding = Folding()
        for page in order:
            half = len(page) // 2
            folding.add(page[:half], page_ends=False)
            folding.add(page[half:])
        found = {
            entry.request_id: texts(entry)
            for entry in folding.entries
            if isinstance(entry, Invoked) and entry.request_id
        }
        assert found == written
        assert not [entry for entry in folding.entries if isinstance(entry, Outside)]
        assert folding.lines == len(lines) == sum(len(entry.every_line) for entry in folding.entries)
        keys = [entry.key for entry in folding.entries]
        assert keys == sorted(keys)
        assert all(
            entry.outcome(NOON) == "ok" for entry in folding.entries if isinstance(entry, Invoked) and entry.request_id
        )
