"""Ages as people type them: `30m`, `1h`, `2d`, `6w`."""

from __future__ import annotations

import re

from lambdatui.errors import BadInput

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DAYS = {"d": 1, "w": 7, "y": 365}


def seconds(text: str) -> int | None:
    """`45s`, `30m`, `1h`, `2d` or `6w` in seconds; None where the text is no age."""
    return _times(text, _SECONDS)


def days(text: str, flag: str) -> int:
    """`30d`, `6w` or `1y` in days. Raises BadInput that names `flag`: `6m` might be months, or minutes."""
    found = _times(text, _DAYS)
    if not found:
        raise BadInput(f"{flag}: an age such as 30d, 6w or 1y was expected, not '{text}'.")
    return found


def _times(text: str, units: dict[str, int]) -> int | None:
    match = re.fullmatch(r"(\d{1,9})([a-z])", text.strip().lower())
    return int(match[1]) * units[match[2]] if match and match[2] in units else None
