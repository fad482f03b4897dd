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


def histogram(values: Sequence[float], bins: int) -> tuple[list[int], float, float]:
    """Counts in `bins` classes of equal ratio, with the least and the greatest value.

    Latencies differ by ratios, not by differences: classes on a logarithmic scale show the bulk and the tail at once.
    `values` are positive.
    """
    from math import log

    low, high = max(min(values), 1e-3), max(values)
    if high / low < 1.000001:
        counts = [0] * bins
        counts[0] = len(values)
        return counts, low, high
    width = log(high / low) / bins
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(log(max(value, low) / low) / width))] += 1
    return counts, low, high
