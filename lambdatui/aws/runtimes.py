"""Lambda's runtimes and when AWS deprecates them.

Dates are those of the developer guide's page "Lambda runtimes", read on 2026-11-24. A runtime that is not here is
unknown, not wrong: AWS adds them faster than this table grows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

DEPRECATION: Mapping[str, str] = {
    "nodejs24.x": "2028-04-30",
    "nodejs22.x": "2027-04-30",
    "nodejs20.x": "2026-04-30",
    "nodejs18.x": "2025-09-01",
    "nodejs16.x": "2024-06-12",
    "nodejs14.x": "2023-12-04",
    "nodejs12.x": "2023-03-31",
    "nodejs10.x": "2021-07-30",
    "nodejs8.10": "2020-03-06",
    "nodejs6.10": "2019-08-12",
    "nodejs4.3": "2020-03-05",
    "nodejs4.3-edge": "2019-04-30",
    "nodejs": "2016-10-31",
    "python3.14": "2029-06-30",
    "python3.13": "2029-06-30",
    "python3.12": "2028-10-31",
    "python3.11": "2027-06-30",
    "python3.10": "2026-10-31",
    "python3.9": "2025-12-15",
    "python3.8": "2024-10-14",
    "python3.7": "2023-12-04",
    "python3.6": "2022-07-18",
    "python2.7": "2021-07-15",
    "java25": "2029-06-30",
    "java21": "2029-06-30",
    "java17": "2027-06-30",
    "java11": "2027-06-30",
    "java8.al2": "2027-06-30",
    "java8": "2024-01-08",
    "dotnet10": "2028-11-14",
    "dotnet8": "2026-11-10",
    "dotnet6": "2024-12-20",
    "dotnetcore3.1": "2023-04-03",
    "dotnetcore2.1": "2022-01-05",
    "dotnetcore2.0": "2019-05-30",
    "dotnetcore1.0": "2019-06-27",
    "ruby3.4": "2028-03-31",
    "ruby3.3": "2027-03-31",
    "ruby3.2": "2026-03-31",
    "ruby2.7": "2023-12-07",
    "ruby2.5": "2021-07-30",
    "go1.x": "2024-01-08",
    "provided.al2023": "2029-06-30",
    "provided.al2": "2026-07-31",
    "provided": "2024-01-08",
}

SOON = dt.timedelta(days=180)


def deprecated(runtime: str, today: dt.date) -> dt.date | None:
    """Since when AWS no longer patches this runtime, or None while it does or nobody knows."""
    day = _day(runtime)
    return day if day is not None and day <= today else None


def deprecated_soon(runtime: str, today: dt.date) -> dt.date | None:
    """When this runtime is deprecated, if that is within half a year from today."""
    day = _day(runtime)
    return day if day is not None and today < day <= today + SOON else None


def _day(runtime: str) -> dt.date | None:
    text = DEPRECATION.get(runtime)
    return dt.date.fromisoformat(text) if text else None
