"""What the versions behind an alias served, a line each: calls, share, errors and p95, with their minutes as sparks."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from lambdatui.aws.metrics import Minutes
from lambdatui.text import milliseconds, one_line
from lambdatui.tui.sparks import sparks

COLOURS = ("$stable", "$canary")
ALL_SPARKS = 112
"""The width from which errors and p95 have sparks, too."""


def lines(by_version: Mapping[str, Minutes], width: int) -> list[Content]:
    """A line for each version, the stable one first, in `width` cells."""
    total = sum(minutes.total for minutes in by_version.values())
    longest = max((len(version) for version in by_version), default=0)
    slowest = max((p95 for one in by_version.values() for p95 in one.p95 if p95 is not None), default=0.0)
    found = []
    for (version, minutes), colour in zip(by_version.items(), COLOURS, strict=False):
        rate, p95 = minutes.error_rate, minutes.typical_p95
        all_sparks = width >= ALL_SPARKS
        parts: list[str | tuple[str, str]] = [
            (f"   {one_line(version):>{longest}}  ", f"bold {colour}"),
            (sparks(minutes.invocations), colour),
            f"  {minutes.total:>7,.0f} calls  ",
            f"{minutes.total / total * 100:5.1f} %" if total else "     –  ",
            ("   errors ", "$muted"),
        ]
        if all_sparks:
            parts.append((sparks(minutes.errors, max(minutes.invocations, default=0)), "$bad" if rate else "$muted"))
        parts += [
            (f" {rate * 100:>4.1f} %" if rate is not None else "    – ", "bold $bad" if rate else ""),
            ("   p95 ", "$muted"),
        ]
        if all_sparks and minutes.p95:
            parts.append((sparks([value or 0.0 for value in minutes.p95], slowest), colour))
        parts.append(f" {milliseconds(p95)}" if p95 is not None else " –")
        found.append(Content.assemble(*parts))
    return found


def shares(by_version: Mapping[str, Minutes], last: int) -> str:
    """How the calls of the last so many minutes were shared, such as `89.4 % / 10.6 %`; empty without calls."""
    calls = [sum(minutes.invocations[-last:]) if last > 0 else 0.0 for minutes in by_version.values()]
    total = sum(calls)
    return " / ".join(f"{one / total * 100:.1f} %" for one in calls) if total else ""
