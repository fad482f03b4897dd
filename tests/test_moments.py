"""Moments and spans as people type them."""

from __future__ import annotations

import datetime as dt

import pytest

from lambdatui.errors import BadInput
from lambdatui.moments import duration, moment, span

NOW = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC).astimezone()
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15m", NOW - dt.timedelta(minutes=15)),
        ("15 min ago", NOW - dt.timedelta(minutes=15)),
        ("2H", NOW - dt.timedelta(hours=2)),
        ("now", NOW),
        ("00:00", MIDNIGHT),
        ("00:00:07", MIDNIGHT + dt.timedelta(seconds=7)),
        ("2026-11-23", MIDNIGHT - dt.timedelta(days=1)),
        ("2026-11-23T23:00:00+00:00", dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)),
    ],
)
def test_a_moment(text: str, expected: dt.datetime) -> None:
    assert moment(text, NOW) == expected


def test_a_time_that_is_yet_to_come_was_yesterday() -> None:
    later = NOW + dt.timedelta(minutes=10)
    assert moment(f"{later:%H:%M}", NOW) == later - dt.timedelta(days=1)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "12:75", "2026-13-01", "999999999w", "5x"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(BadInput, match=r"15m, 2h, 3d, a time such as 09:30 or a date .* was expected, not '"):
        moment(text, NOW)


def test_a_span_has_an_end_or_none() -> None:
    assert span("3h", NOW) == (NOW - dt.timedelta(hours=3), None)
    assert span("3h to now", NOW) == (NOW - dt.timedelta(hours=3), None)
    assert span("3h - 2h", NOW) == (NOW - dt.timedelta(hours=3), NOW - dt.timedelta(hours=2))
    assert span("2026-11-23..2026-11-24", NOW) == (MIDNIGHT - dt.timedelta(days=1), MIDNIGHT)
    with pytest.raises(BadInput, match="it ends before it begins"):
        span("2h to 3h", NOW)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("10m", 600), ("1h30m", 5400), ("1h 30 min", 5400)]
)
def test_a_length_of_time_is_in_seconds(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1m", "10 parsecs", "1h30", "m"])
def test_what_is_no_length_of_time_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="a length of time such as 90s, 10m or 1h30m was expected, not '"):
        duration(text)
