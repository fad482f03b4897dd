"""Scales of charts."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.tui import axes


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(st.floats(min_value=1e-3, max_value=1e12, allow_nan=False))
def test_the_upper_edge_is_round_and_little_above_the_values(most: float) -> None:
    top = axes.ceiling([None, most], "ms")
    assert most * (1 - 1e-6) <= top <= most * 2.0001
    assert f"{top:.6e}"[0] in "1234568"


def test_the_upper_edge_of_little() -> None:
    assert axes.ceiling([0.0, None], "count") == 1
    assert axes.ceiling([], "ms") == 1
    assert axes.ceiling([0.0], "share") == 0.01
    assert axes.ceiling([0.93], "share") == 1.0


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (None, "count", "–"),
        (0.0, "ms", "0"),
        (7.0, "count", "7"),
        (2.5, "count", "2.5"),
        (1234.0, "count", "1,234"),
        (12_345.0, "count", "12.3k"),
        (999_600.0, "count", "1M"),
        (4_560_000.0, "count", "4.56M"),
        (0.0041, "share", "0.41 %"),
        (1.0, "share", "100 %"),
        (38.0, "ms", "38.0 ms"),
        (180_000.0, "ms", "3 min"),
        (7_200_000.0, "ms", "2 h"),
    ],
)
def test_values_in_few_cells(number: float | None, unit: str, text: str) -> None:
    assert axes.value(number, unit) == text  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: int = 24) -> float:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC).timestamp()


def test_round_times_of_here(in_berlin: None) -> None:
    labels = axes.times(at(21, 10), at(23, 55), 6)
    assert labels == [
        (at(21, 30), "22:30"),
        (at(22), "23:00"),
        (at(22, 30), "23:30"),
        (at(23), "25 Nov"),
        (at(23, 30), "00:30"),
    ]


def test_no_more_times_than_there_is_room_for(in_berlin: None) -> None:
    for hours in (1, 3, 12, 24, 72, 168):
        for most in (2, 3, 7, 15):
            assert len(axes.times(at(12) - hours * 3600, at(12), most)) <= most
