"""How states look: a glyph, a word and a colour, never colour alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from lambdatui.aws import runtimes
from lambdatui.aws.listing import FunctionRecord, when
from lambdatui.text import ago, one_line
from lambdatui.tui.widgets.record_table import Cell, Tone

if TYPE_CHECKING:
    from lambdatui.aws.facts import Facts
    from lambdatui.aws.versions import Alias


def now() -> dt.datetime:
    """This moment, in UTC: what ages are told from."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """This day, where the reader is."""
    return now().astimezone().date()


_STATES: dict[str, tuple[str, Tone]] = {
    "Active": ("●", "ok"),
    "Inactive": ("○", "muted"),
    "Pending": ("◌", "busy"),
    "Failed": ("✖", "bad"),
}


def state(record: FunctionRecord, facts: Facts | None, asked: bool = False) -> tuple[str, Tone]:
    """The worst thing to say of a function; `…` while its facts are being read, `?` where they could not be."""
    if facts is not None:
        if facts.state == "Failed":
            return "✖ Failed", "bad"
        if facts.update_status == "Failed":
            return "✖ update failed", "bad"
        if facts.state == "Pending":
            return "◌ Pending", "busy"
        if facts.update_status == "InProgress":
            return "◌ updating", "busy"
        if facts.reserved_concurrency == 0:
            return "▲ throttled", "warn"
    if record.runtime and runtimes.deprecated(record.runtime, today()):
        return "▲ runtime retired", "warn"
    if facts is None:
        return ("? not read" if asked else "…"), "muted"
    glyph, tone = _STATES.get(facts.state, ("?", "warn"))
    return f"{glyph} {one_line(facts.state)}", tone


def alias_traffic(alias: Alias) -> str:
    """An alias in one line, such as `live 90·10 41/42`, or `live 41` with all traffic on one version."""
    shares = alias.shares
    if len(shares) == 1:
        return f"{alias.name} {alias.version}"
    parts = "·".join(f"{share * 100:.4g}" for share in shares.values())
    return f"{alias.name} {parts} {'/'.join(shares)}"


def aliases(facts: Facts | None, asked: bool = False) -> Cell:
    """The aliases of a function in one cell, weighted ones first; see `state` for what is not known."""
    if facts is None:
        return ("?" if asked else "…"), "muted"
    if not facts.aliases:
        return "–", "muted"
    ordered = sorted(facts.aliases, key=lambda alias: (not alias.extra, alias.name))
    return ", ".join(alias_traffic(alias) for alias in ordered), "accent" if ordered[0].extra else ""


def modified(text: str) -> str:
    """A LastModified of Lambda's as how long ago it was."""
    moment = when(text)
    return ago((now() - moment).total_seconds()) if moment else one_line(text)
