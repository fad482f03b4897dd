"""Values, shares and spans of values as a report says them."""

from __future__ import annotations

import math


def quantity(value: float, unit: str = "") -> str:
    """A value with its unit, such as `12.4 ms`, to three figures or so; a dash for NaN."""
    if math.isnan(value):
        return "–"
    return f"{number(value)} {unit}".rstrip()


def number(value: float) -> str:
    """A value to three figures or so, without an exponent where that can be."""
    size = abs(value)
    if size == 0 or 0.001 <= size < 10_000:
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
        text = f"{value:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,.0f}" if 10_000 <= size < 1e12 else f"{value:.3g}"


def span(low: float, high: float, unit: str = "", between: str = "to") -> str:
    """Such as `8.1 to 9.9 ms`."""
    return f"{number(low)} {between} {quantity(high, unit)}"


def percent(share: float) -> str:
    """A share from 0.0 to 1.0 as percent, with as many digits as it needs: `0.04 %`, `4.1 %`, `37 %`."""
    return f"{number(100 * share)} %"


def times(ratio: float) -> str:
    """A ratio in words, such as `1.62 times`."""
    return f"{number(ratio)} times"


def chance(p_value: float) -> str:
    """A p-value or a level as percent, such as `4.1 %`; what is next to nothing as `under 0.0001 %`."""
    return "under 0.0001 %" if p_value < 1e-6 else percent(p_value)
