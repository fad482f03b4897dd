"""Small charts in one line of text."""

from __future__ import annotations

from collections.abc import Sequence

_LEVELS = "▁▂▃▄▅▆▇█"


def sparks(values: Sequence[float], most: float | None = None) -> str:
    """One character a value; 0 is the lowest level, `most` (or the greatest value) the highest."""
    top = most if most is not None else max(values, default=0)
    if top <= 0:
        return _LEVELS[0] * len(values)
    return "".join(_LEVELS[min(7, max(0, round(value / top * 7)))] for value in values)
