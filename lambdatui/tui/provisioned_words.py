"""Provisioned concurrency as it is shown."""

from __future__ import annotations

from lambdatui.aws.concurrency import Provisioned
from lambdatui.text import one_line
from lambdatui.tui.widgets.record_table import Cell, Tone

_STATES: dict[str, tuple[str, str, Tone]] = {
    "READY": ("●", "ready", "ok"),
    "IN_PROGRESS": ("◌", "allocating", "busy"),
    "FAILED": ("✖", "failed", "bad"),
}


def state(one: Provisioned) -> Cell:
    """A glyph and a word for its status."""
    glyph, word, tone = _STATES.get(one.status, ("?", one_line(one.status), "warn"))
    return f"{glyph} {word}", tone


def short(one: Provisioned) -> Cell:
    """How much is allocated of what was asked for, in a cell."""
    glyph, _, tone = _STATES.get(one.status, ("?", "", "warn"))
    return f"{glyph} {one.allocated}/{one.requested}", tone


def whole(one: Provisioned) -> tuple[str, str]:
    """All of it in one line, and the line's style."""
    _, word, tone = _STATES.get(one.status, ("?", one_line(one.status), "warn"))
    text = f"{one.requested} requested, {one.allocated} allocated, {one.available} available: {word}"
    reason = f", {one_line(one.reason)}" if one.reason else ""
    return text + reason, "" if tone == "ok" else f"${tone}"
