"""What a line of the log's list says of an invocation, and of a line outside of any."""

from __future__ import annotations

import datetime as dt

from lambdatui.aws.log_entries import Invoked, Outcome
from lambdatui.aws.log_lines import Level
from lambdatui.text import milliseconds, one_line
from lambdatui.tui import states
from lambdatui.tui.widgets.record_table import Cell, Column, Tone

OUTCOMES: dict[Outcome, tuple[str, Tone]] = {
    "ok": ("● ok", "ok"),
    "error": ("✖ error", "bad"),
    "timeout": ("✖ timeout", "bad"),
    "running": ("◌ running", "busy"),
    "init": ("◌ init", "busy"),
    "not told": ("? not told", "muted"),
}

_LEVELS: dict[Level, tuple[str, Tone]] = {
    Level.NONE: ("", ""),
    Level.TRACE: ("  TRACE", "muted"),
    Level.DEBUG: ("  DEBUG", "muted"),
    Level.INFO: ("  INFO", "muted"),
    Level.WARN: ("▲ WARN", "warn"),
    Level.ERROR: ("✖ ERROR", "bad"),
    Level.FATAL: ("✖ FATAL", "bad"),
}

TIME = 12
MARK = 10
"""The cells of a time, and of an outcome or a level."""


def level(value: Level) -> tuple[str, Tone]:
    """A level as a glyph and a word; nothing where a line does not say."""
    return _LEVELS[value]


def time(timestamp: int) -> str:
    """A time in ms since the epoch as it is here, such as `13:04:31.123`, with the day instead where it was another."""
    moment = dt.datetime.fromtimestamp(timestamp / 1000).astimezone()
    if moment.date() == states.today():
        return f"{moment:%H:%M:%S}.{timestamp % 1000:03d}"
    return f"{moment:%d %b %H:%M}"


def columns(width: int) -> list[Column[Invoked]]:
    """The columns of an invocation on a screen of `width` cells; the last, `words`, is what its log says of it."""
    wide, normal = width >= 160, width >= 110
    return [
        Column("time", "TIME", lambda entry: (time(entry.began), "muted"), TIME),
        Column("outcome", "OUTCOME", _outcome, MARK),
        Column("version", "VERSION", lambda entry: one_line(entry.version) or ("–", "muted"), 7, align="right"),
        Column("duration", "DURATION", _duration, 8, align="right"),
        Column("cold", "COLD", _cold, 8, priority=1, align="right"),
        Column("memory", "MEMORY MB", _memory, 9, priority=2, align="right"),
        Column("billed", "BILLED", _billed, 8, priority=4, align="right"),
        Column(
            "request", "REQUEST", lambda entry: (one_line(entry.request_id), "muted"), 36 if wide else 8, priority=5
        ),
        Column("words", "LAST OR WORST LINE", lambda entry: "", 34 if normal else 20, grow=1),
    ]


def _outcome(entry: Invoked) -> Cell:
    return OUTCOMES[entry.outcome(int(states.now().timestamp() * 1000))]


def _duration(entry: Invoked) -> Cell:
    return milliseconds(entry.report.duration) if entry.report else ("–", "muted")


def _billed(entry: Invoked) -> Cell:
    billed = entry.report.billed if entry.report else None
    return (f"{billed:,.0f} ms", "muted") if billed is not None else ("–", "muted")


def _cold(entry: Invoked) -> Cell:
    report = entry.report
    took = (report.init if report.init is not None else report.restore) if report else None
    if took is not None:
        return milliseconds(took), "accent"
    return ("cold", "accent") if entry.is_cold else ("", "muted")


def _memory(entry: Invoked) -> Cell:
    report = entry.report
    if report is None or report.memory_used is None or not report.memory_size:
        return "–", "muted"
    full = report.memory_used >= 0.9 * report.memory_size
    return f"{report.memory_used}/{report.memory_size}", "warn" if full else "muted"
