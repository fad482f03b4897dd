"""Runtimes and the days on which AWS deprecates them."""

from __future__ import annotations

import datetime as dt

import pytest

from lambdatui.aws.runtimes import DEPRECATION, deprecated, deprecated_soon

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("runtime", "since", "soon"),
    [
        ("python3.8", dt.date(2024, 10, 14), None),
        ("dotnet8", dt.date(2026, 11, 10), None),
        ("nodejs22.x", None, dt.date(2027, 4, 30)),
        ("python3.14", None, None),
        ("cobol1.0", None, None),
        ("", None, None),
    ],
)
def test_a_runtime_is_deprecated_or_will_be_or_is_unknown(
    runtime: str, since: dt.date | None, soon: dt.date | None
) -> None:
    assert deprecated(runtime, TODAY) == since
    assert deprecated_soon(runtime, TODAY) == soon


def test_the_day_itself_counts_as_deprecated() -> None:
    day = dt.date.fromisoformat(DEPRECATION["python3.12"])
    assert deprecated("python3.12", day - dt.timedelta(days=1)) is None
    assert deprecated("python3.12", day) == day


def test_every_date_is_one() -> None:
    for runtime in DEPRECATION:
        assert deprecated(runtime, dt.date.max)
