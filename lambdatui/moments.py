"""Moments, spans and lengths of time as people type and say them: `15m`, `09:30`, `09:00 to 09:30`."""

from __future__ import annotations

import datetime as dt
import re

from lambdatui.errors import BadInput

_AGE = re.compile(r"(\d{1,9})\s*(s|m|min|h|d|w)(?:\s+ago)?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LENGTH = re.compile(r"(?:\d{1,9}(?:\.\d{1,3})?\s*(?:s|min|m|h|d|w)\s*)+", re.IGNORECASE)
_PART = re.compile(r"([\d.]+)\s*([a-z]+)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_DAYS = re.compile(r"(\d{1,9})([dwy])")
_DAY_UNITS = {"d": 1, "w": 7, "y": 365}
_BETWEEN = re.compile(r"\s+(?:to|until|-|–)\s+|\.\.", re.IGNORECASE)


def moment(text: str, now: dt.datetime) -> dt.datetime:
    """An age back from `now`, a time of this day or, later than now, of the day before, or a date; `now` itself.

    Times without a zone are those of here. Raises BadInput.
    """
    words = text.strip()
    if words.lower() == "now":
        return now
    if (age := _AGE.fullmatch(words)) is not None:
        try:
            return now - dt.timedelta(seconds=int(age[1]) * _SECONDS[age[2].lower()])
        except OverflowError:
            raise _expected(words) from None
    try:
        if (clock := _CLOCK.fullmatch(words)) is not None:
            here = now.astimezone()
            found = here.replace(hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0), microsecond=0)
            return found if found <= now else found - dt.timedelta(days=1)
        return dt.datetime.fromisoformat(words).astimezone()
    except (ValueError, OverflowError):
        raise _expected(words) from None


def span(text: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime | None]:
    """`FROM` or `FROM to TO`, each as `moment` takes it: when it begins and ends; None where it has no end.

    Raises BadInput, also where it ends before it begins.
    """
    first, *rest = _BETWEEN.split(text.strip(), maxsplit=1)
    begin = moment(first, now)
    if not rest or rest[0].strip().lower() == "now":
        return begin, None
    end = moment(rest[0], now)
    if end <= begin:
        raise BadInput(f"'{text.strip()}': it ends before it begins.")
    return begin, end


def duration(text: str) -> float:
    """A length of time in seconds: `90s`, `10m`, `1h30m`, or a plain number. Raises ValueError."""
    words = text.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,3})?", words):
        return float(words)
    if _LENGTH.fullmatch(words) is None:
        raise ValueError(f"a length of time such as 90s, 10m or 1h30m was expected, not '{words}'.")
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in _PART.findall(words))


def days(text: str, field: str) -> int:
    """`30d`, `6w` or `1y` in days. Raises BadInput that names `field`: `6m` might be months, or minutes."""
    match = _DAYS.fullmatch(text.strip().lower())
    if match is None or not int(match[1]):
        raise BadInput(f"{field}: an age such as 30d, 6w or 1y was expected, not '{text}'.")
    return int(match[1]) * _DAY_UNITS[match[2]]


def _expected(words: str) -> BadInput:
    return BadInput(f"15m, 2h, 3d, a time such as 09:30 or a date such as 2026-11-24 was expected, not '{words}'.")


def clock_words(at: float) -> str:
    """A moment in seconds since the epoch as people say it: the time alone where it is of today."""
    then = dt.datetime.fromtimestamp(at).astimezone()
    today = dt.datetime.now().astimezone().date()
    return f"{then:%H:%M}" if then.date() == today else f"{then:%H:%M on %Y-%m-%d}"
