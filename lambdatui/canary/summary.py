"""One side in a few figures, and what is drawn of both."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lambdatui.canary.cleaning import Values
from lambdatui.canary.report import Distribution, Stats, Timeline
from lambdatui.canary.series import Series

BINS = 40
STEPS = 60
_FAR = 1.5
"""Beyond so many times the span of the middle 98 %, what lies outside shares the first or last bin."""


def stats(values: Values) -> Stats:
    """The figures of cleaned values; zeros where there are none."""
    if not values.size:
        return Stats()
    return Stats(
        count=int(values.size),
        min=float(values.min()),
        max=float(values.max()),
        mean=float(values.mean()),
        std=float(values.std(ddof=1)) if values.size > 1 else 0.0,
        median=float(np.median(values)),
        p95=float(np.percentile(values, 95)),
    )


def distribution(control: Values, experiment: Values, bins: int = BINS) -> Distribution | None:
    """Both sides in the same bins; None where there is nothing.

    A few values far outside would press all others into one bin: they share the outermost ones, whose edges are theirs.
    """
    both = np.concatenate([control, experiment])
    if not both.size:
        return None
    low, high = float(both.min()), float(both.max())
    first, last = (float(value) for value in np.percentile(both, [1, 99]))
    reach = _FAR * (last - first)
    near, far = (max(low, first - reach), min(high, last + reach)) if reach else (low, high)
    if near == far:
        half = abs(near) / 20 or 0.5
        near, far = near - half, far + half
    edges = np.linspace(near, far, bins + 1)
    edges[0], edges[-1] = min(low, near), max(high, far)
    counts = [np.histogram(side, edges)[0] for side in (control, experiment)]
    return Distribution(
        tuple(float(edge) for edge in edges),
        tuple(int(count) for count in counts[0]),
        tuple(int(count) for count in counts[1]),
    )


def timeline(control: Series, experiment: Series, steps: int = STEPS) -> Timeline | None:
    """Both sides' means over time; None where no times are known.

    Each side is laid over its own span, so that a baseline of an hour before lies under the canary.
    """
    if not control.times or not experiment.times:
        return None
    spans = [(min(side.times), max(side.times)) for side in (control, experiment)]
    together = spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]
    if together:
        spans = [(min(spans[0][0], spans[1][0]), max(spans[0][1], spans[1][1]))] * 2
    return Timeline(
        spans[1][0],
        spans[1][1],
        _means(control, spans[0], steps),
        _means(experiment, spans[1], steps),
    )


def _means(side: Series, span: tuple[float, float], steps: int) -> tuple[float | None, ...]:
    begin, end = span
    width = (end - begin) / steps or 1.0
    sums, wholes = [0.0] * steps, [0.0] * steps
    whole_of: Sequence[float] = side.of if side.of is not None else [1.0] * len(side.values)
    scale = 100.0 if side.of is not None else 1.0
    for value, time, whole in zip(side.values, side.times, whole_of, strict=True):
        if not math.isnan(value):
            step = min(steps - 1, int((time - begin) / width))
            sums[step] += scale * value
            wholes[step] += whole
    return tuple(total / whole if whole else None for total, whole in zip(sums, wholes, strict=True))
