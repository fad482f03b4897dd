"""What many invocations add up to."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import OUTCOMES
from lambdatui.stages.load.error_groups import OTHERS, ErrorGroups, folded
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.timeline import Timeline
from tests.stages.load.made import invocation


def test_counts_by_outcome_version_and_error() -> None:
    figures = Figures()
    for version, count in (("41", 9), ("42", 1)):
        for _ in range(count):
            figures.add(invocation(version=version))
    figures.add(invocation(outcome="function error", error="KeyError: 'currency'", version="42"))
    figures.add(invocation(outcome="throttled", status=429, version="", error="Rate exceeded", report=Report()))
    figures.add(invocation(outcome="no answer", status=0, version="", report=Report(), latency=999.0))
    figures.add(invocation(report=Report(duration=7.0, init=60.0)))
    outputs = figures.outputs()
    assert outputs["count"] == 14
    assert outputs["outcomes"] == {"ok": 11, "function error": 1, "throttled": 1, "no answer": 1}
    assert outputs["success_rate"] == pytest.approx(11 / 14, abs=1e-6)
    assert outputs["versions"] == {"41": 10, "42": 2}
    assert figures.shares() == {"41": 10 / 12, "42": 2 / 12}
    assert outputs["errors"] == {"KeyError: 'currency'": 1, "Rate exceeded": 1}
    assert (outputs["cold"], outputs["init_ms"]["max"]) == (1, 60.0)
    # an answer that never came has no latency, and what was throttled no duration
    assert outputs["latency_ms"]["max"] == 10.0
    assert outputs["duration_ms"]["max"] == 7.0


def test_without_invocations_there_are_no_figures_and_nothing_failed() -> None:
    assert Figures().outputs() == {
        "count": 0,
        "outcomes": {},
        "success_rate": 1.0,
        "versions": {},
        "cold": 0,
        "errors": {},
        "latency_ms": {},
        "duration_ms": {},
        "init_ms": {},
    }


def test_a_throttle_is_answered_fast_and_makes_no_latency_look_good() -> None:
    figures = Figures()
    figures.add(invocation(latency=100.0))
    for outcome in ("throttled", "refused"):
        for _ in range(20):
            figures.add(invocation(outcome=outcome, latency=2.0, status=429))
    assert figures.latency.percentile(50) == 100.0
    assert figures.success_rate == 1 / 41


def test_what_only_warms_up_is_not_counted() -> None:
    figures = Figures()
    figures.add(invocation(warm_up=True, outcome="function error", error="cold", latency=900.0))
    figures.add(invocation())
    assert (figures.count, figures.warm_ups, figures.success_rate) == (1, 1, 1.0)
    assert figures.latency.max == 10.0
    assert figures.outputs()["warm_ups"] == 1


def test_versions_and_sides_have_figures_of_their_own() -> None:
    figures = Figures()
    for side, version, latency in (("A", "41", 10.0), ("B", "42", 20.0), ("B", "42", 30.0)):
        figures.add(invocation(side=side, version=version, latency=latency))
    assert {name: part.count for name, part in figures.by_version.items()} == {"41": 1, "42": 2}
    assert {name: part.latency.max for name, part in figures.by_side.items()} == {"A": 10.0, "B": 30.0}
    assert figures.outputs()["sides"]["B"]["versions"] == {"42": 2}


def test_lateness_retries_and_memory_are_told_where_there_are_any() -> None:
    figures = Figures()
    figures.add(invocation(lateness=3.0, attempts=3, report=Report(memory_size=512, memory_used=64)))
    figures.add(invocation(lateness=1.0, report=Report(memory_size=512, memory_used=200)))
    outputs = figures.outputs()
    assert outputs["memory_mb"] == {"used": 200, "size": 512}
    assert outputs["lateness_ms"]["max"] == 3.0
    assert outputs["retried"] == 1


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("KeyError: 'currency'", "KeyError: 'currency'"),
        ("KeyError: 7", "KeyError: <n>"),
        ("Task timed out after 3.00 seconds", "Task timed out after <n> seconds"),
        ("order-1234 not found", "order-<n> not found"),
        ("RequestId: 6e0c7a43-61f6-4a2b-8a21-d07600c373ce Error: exit", "RequestId: <id> Error: exit"),
        ("object at 0x7f3a9c", "object at <id>"),
        ("no key a1b2c3d4e5f6a7b8 in cache", "no key <id> in cache"),
        ("at 2026-11-24T10:00:00.123Z", "at <time>"),
        ("python3.11 and x86_64 and utf8", "python3.11 and x86_64 and utf8"),
        ("", ""),
    ],
)
def test_numbers_and_ids_in_errors_are_folded(text: str, pattern: str) -> None:
    assert folded(text) == pattern


def test_errors_of_one_kind_are_one_group_with_an_example() -> None:
    groups = ErrorGroups()
    for number, order in ((7, 100), (8, 200), (9, 100)):
        groups.add(f"KeyError: order {order}", number)
    groups.add("TypeError: x", 10)
    [first, second] = groups.most_common()
    assert (first.title, first.count, first.number, first.text) == ("KeyError: order <n>", 3, 7, "KeyError: order 100")
    # where all say the same, they are told as they are
    assert (second.title, second.count) == ("TypeError: x", 1)
    groups.add("TypeError: x", 11)
    assert groups.most_common()[1].title == "TypeError: x"


def test_there_are_never_more_groups_than_a_screen_can_bear() -> None:
    groups = ErrorGroups(most=3)
    for letter in "abcdefgh":
        groups.add(f"{letter}: it broke", 1)
    assert len(groups) == 4
    assert groups.most_common(1)[0].pattern == OTHERS
    assert groups.most_common(1)[0].count == 5


def test_a_time_line_has_a_stretch_for_each_second() -> None:
    timeline = Timeline()
    timeline.add(1003.9, "ok", 20.0)
    timeline.add(1001.2, "ok", 10.0)
    timeline.add(1001.7, "function error", 30.0)
    timeline.add(1001.8, "throttled", None)
    stretches = list(timeline)
    assert [(one.start, one.count) for one in stretches] == [(1001, 3), (1002, 0), (1003, 1)]
    assert stretches[0].outcomes == {"ok": 1, "function error": 1, "throttled": 1}
    assert stretches[0].latency.percentile(95) == 30.0


@given(st.lists(st.tuples(st.floats(0, 1e6), st.sampled_from(OUTCOMES)), min_size=1, max_size=60), st.integers(2, 9))
def test_a_long_time_line_has_longer_stretches_and_loses_nothing(sent: list[tuple[float, str]], most: int) -> None:
    timeline = Timeline(most)
    for started, outcome in sent:
        timeline.add(started, outcome, 5.0)
    stretches = list(timeline)
    assert len(stretches) == len(timeline) <= most
    assert sum(one.count for one in stretches) == sum(one.latency.count for one in stretches) == len(sent)
    for started, outcome in sent:
        assert any(one.start <= started < one.start + one.seconds and outcome in one.outcomes for one in stretches)
    assert [one.start for one in stretches] == [
        stretches[0].start + i * timeline.seconds for i in range(len(stretches))
    ]


def hostile(figures: Figures, start: int, count: int) -> None:
    """Adds invocations of which no two say the same, by very many versions, over a long time."""
    for number in range(start, start + count):
        figures.add(
            invocation(
                number=number,
                started=1000 + number / 10,
                latency=1 + number % 977,
                outcome="function error",
                version=str(number % 500),
                error=f"{chr(0x4E00 + number % 20000)}rror " + "x" * 2000,
            )
        )


def test_no_invocation_can_make_figures_grow_without_end() -> None:
    tracemalloc.start()
    figures = Figures()
    hostile(figures, 0, 12_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 15_000_000, grown
    assert len(figures.errors) == 201
    assert len(figures.versions) == len(figures.by_version) == 20
    assert len(list(figures.timeline)) <= 240


@pytest.mark.slow
def test_a_million_invocations_take_the_memory_of_some_ten_thousand() -> None:
    figures = Figures()
    hostile(figures, 0, 300_000)
    tracemalloc.start()
    hostile(figures, 300_000, 700_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert figures.count == 1_000_000
    assert grown < 10_000_000, grown
