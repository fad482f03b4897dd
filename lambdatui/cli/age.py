"""Ages in days as people type them: `30d`, `6w`, `1y`."""

from __future__ import annotations

import re

from lambdatui.errors import BadInput

_DAYS = {"d": 1, "w": 7, "y": 365}


def days(text: str, flag: str) -> int:
    """`30d`, `6w` or `1y` in days. Raises BadInput that names `flag`: `6m` might be months, or minutes."""
    match = re.fullmatch(r"(\d{1,9})([dwy])", text.strip().lower())
    if match is None or not int(match[1]):
        raise BadInput(f"{flag}: an age such as 30d, 6w or 1y was expected, not '{text}'.")
    return int(match[1]) * _DAYS[match[2]]
