"""What a run adds up to, in lines."""

from __future__ import annotations

import pytest

from lambdatui.aws.invocation_report import Report
from lambdatui.stages.load.comparison import compared
from lambdatui.stages.load.figures import Figures
from lambdatui.tui import comparison_words, run_words
from lambdatui.tui.comparison_words import Pair
from tests.stages.load.made import invocation


def figures_of(*invocations: object) -> Figures:
    figures = Figures()
    for one in invocations:
        figures.add(one)  # type: ignore[arg-type]
    return figures


def split(bad: int = 10, of: int = 100) -> Figures:
    return figures_of(
        *(
            invocation(
                number=number,
                started=1000.0 + number // 10,
                latency=10.0 + number,
                version="42" if number <= bad else "41",
                outcome="function error" if number <= bad else "ok",
                error="KeyError: 'currency'" if number <= bad else "",
                report=Report(5.0 + number, 6.0, 60.0 if number < 5 else None, 512, 500),
            )
            for number in range(1, of + 1)
        )
    )


def test_the_split_is_told_beside_what_was_asked_for() -> None:
    words = run_words.served(split(), {"41": 0.9, "42": 0.1}).plain
    assert "41: 90 (90.0 %, asked 90)" in words
    assert "42: 10 (10.0 %, asked 10)" in words


def test_a_version_that_has_not_served_yet_is_named() -> None:
    words = run_words.served(split(bad=0), {"41": 0.9, "42": 0.1}).plain
    assert "not yet: 42" in words


def test_counters_name_what_there_was() -> None:
    words = run_words.counters(split(), 200, 0.5, 12.34).plain
    assert "████████░░░░░░░░ 100/200  ok 90  errors 10  cold 4  12.3/s" in words
    assert "throttled" not in words


def test_memory_that_is_nearly_used_up_is_warned_of() -> None:
    assert "500 of 512 MB at most  98%   little is left" in run_words.memory(split()).plain
    assert "has not told it" in run_words.memory(Figures()).plain


def test_lateness_is_told_where_a_rate_is_set() -> None:
    figures = figures_of(invocation(lateness=7.0))
    assert "sent late p99 7.0 ms" in run_words.waits(figures, True).plain
    assert "late" not in run_words.waits(figures, False).plain


@pytest.mark.parametrize("width", [20, 40, 57, 120, 200])
@pytest.mark.parametrize("count", [0, 1, 2, 100, 5000])
def test_charts_fit_their_room(width: int, count: int) -> None:
    figures = split(bad=count // 10, of=count)
    lines = [
        *run_words.histogram(figures.latency, width, 6, "latency"),
        *run_words.timeline(list(figures.timeline), width, 8),
    ]
    assert all(line.cell_length <= max(width, 33) for line in lines)


def test_the_bars_of_a_histogram_hold_all_there_are() -> None:
    lines = run_words.histogram(split().latency, 100, 4, "latency")
    assert len(lines) == 6
    assert "11.0 ms" in lines[-1].plain
    assert "110 ms" in lines[-1].plain
    assert "▲p50" in lines[-1].plain


def test_a_comparison_marks_what_is_worse() -> None:
    good, bad = split(bad=0), split(bad=30)
    rows = {
        line.plain.split("  ")[0].strip(): line.plain for line in comparison_words.lines(Pair("41", "42", good, bad))
    }
    assert "100 %          70 %   ▲ −30 points" in rows["success rate"]
    assert "= the same" in rows["latency p50"]


def test_a_comparison_that_is_certain_tells_its_interval() -> None:
    good, bad = split(bad=0, of=400), split(bad=120, of=400)
    pair = Pair("41", "42", good, bad)
    lines = [line.plain for line in comparison_words.lines(pair, compared(good, bad, "41", "42"))]
    [success] = [line for line in lines if line.startswith(" success rate")]
    assert "▲ −30 points" in success
    assert "…" in success
    [latency] = [line for line in lines if line.startswith(" latency p50")]
    assert "≈ none seen" in latency
    assert any("too few invocations to be sure of" in line and "p99" in line for line in lines)
