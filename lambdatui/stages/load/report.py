"""A run of invocations as plain text: what it was, how it ended, what it adds up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from lambdatui.aws.invocations import OUTCOMES
from lambdatui.stages.load.comparison import percent
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.spread import Spread
from lambdatui.text import milliseconds, one_line

_BARS = 12
_BAR = 40
_ERRORS = 20


def report(head: Mapping[str, Any], end: Mapping[str, Any], figures: Figures, cut: int = 0) -> Iterator[str]:
    """The lines of a saved run's report: head and end as its Reader has them, and what its invocations add up to."""
    qualifier = f":{head['qualifier']}" if head.get("qualifier") else ""
    yield f"{one_line(str(head.get('function', '')))}{one_line(qualifier)}"
    yield f"  where    {one_line(str(head.get('account', '')))} {one_line(str(head.get('region', '')))}"
    yield f"  began    {moment(head.get('started'))}"
    status = one_line(str(end.get("status", "")))
    yield f"  ended    {moment(end.get('ended'))}, {status}" if status else "  ended    it runs, or it was killed"
    if cut:
        yield f"  cut      the file ends in the middle of a line ({cut:,} bytes are left out)"
    inputs = head.get("inputs")
    said = inputs.items() if isinstance(inputs, Mapping) else ()
    told = {one_line(str(name)): value for name, value in said if value and name not in ("function", "qualifier")}
    width = max(map(len, told), default=0)
    for name, value in told.items():
        yield f"  {name:<{max(width, 8)}} {one_line(str(value))[:200]}"
    yield ""
    yield from summary(figures)
    if figures.latency.count > 1:
        yield ""
        yield "latency"
        yield from _histogram(figures.latency)


def summary(figures: Figures) -> Iterator[str]:
    """The lines that say what invocations add up to."""
    outcomes = "  ".join(f"{name} {figures.outcomes[name]:,}" for name in OUTCOMES if figures.outcomes[name])
    yield f"{figures.count:,} invoked:  {outcomes or '–'}"
    rates = [f"success {percent(figures.success_rate)}", f"cold {figures.cold:,}"]
    if figures.warm_ups:
        rates.append(f"warm-ups {figures.warm_ups:,}, not counted")
    if figures.retried:
        rates.append(f"sent again after a throttle {figures.retried:,}")
    yield "  " + "   ".join(rates)
    for name, spread in (
        ("latency", figures.latency),
        ("duration", figures.duration),
        ("init", figures.init),
        ("late", figures.lateness),
    ):
        if spread.count:
            yield f"  {name:<8} {spread_words(spread)}"
    if figures.memory.count and figures.memory_size:
        used = figures.memory.max
        yield f"  memory   {used:.0f} of {figures.memory_size:,} MB used at most ({used / figures.memory_size:.0%})"
    shares = figures.shares()
    if shares:
        words = "  ".join(
            f"{one_line(version)}: {figures.versions[version]:,} ({percent(share)})"
            for version, share in shares.items()
        )
        yield f"  served by  {words}"
    groups = figures.errors.most_common()
    for group in groups[:_ERRORS]:
        yield f"  {group.count:,} × {one_line(group.title)[:160]}"
        if not group.same:
            yield f"      such as number {group.number:,}: {one_line(group.text)[:160]}"
    if len(groups) > _ERRORS:
        yield f"  and {len(groups) - _ERRORS} more kinds of error"


def spread_words(spread: Spread) -> str:
    """Such as `p50 12.1 ms  p90 30.0 ms  p95 38.0 ms  p99 402 ms  max 418 ms`."""
    points = "  ".join(f"p{point} {milliseconds(spread.percentile(point))}" for point in (50, 90, 95, 99))
    return f"{points}  max {milliseconds(spread.max)}"


def moment(value: Any) -> str:
    """Seconds since the epoch as UTC; a dash for anything else."""
    try:
        return f"{dt.datetime.fromtimestamp(float(value), dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (TypeError, ValueError, OverflowError, OSError):
        return "–"


def _histogram(spread: Spread) -> Iterator[str]:
    bins = spread.histogram(_BARS)
    most = max(one.count for one in bins)
    for one in bins:
        bar = "█" * max(round(one.count / most * _BAR), 1 if one.count else 0)
        yield f"  {milliseconds(one.low):>9} … {milliseconds(one.high):>9}  {one.count:>9,}  {bar}".rstrip()
