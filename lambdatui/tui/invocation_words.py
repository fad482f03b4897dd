"""One invocation in words: its outcome as glyph, word and colour, its figures, the lines of its log."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from lambdatui.aws.invocations import Invocation
from lambdatui.aws.log_lines import Level, parse
from lambdatui.aws.logs import LogEvent
from lambdatui.text import clean, milliseconds, one_line
from lambdatui.tui.widgets.record_table import Cell, Column, Tone

OUTCOMES: Mapping[str, tuple[str, str, Tone]] = {
    "ok": ("●", "ok", "ok"),
    "function error": ("✖", "error", "bad"),
    "throttled": ("▲", "throttled", "warn"),
    "timeout": ("✖", "timeout", "bad"),
    "refused": ("✖", "refused", "bad"),
    "no answer": ("✖", "no answer", "bad"),
}
"""A glyph, a word and a colour for each outcome, in the order in which they are told."""

_SHOWN = 400
"""Bytes of an answer that its line in the list is made of."""


def outcome(name: str) -> tuple[str, Tone]:
    """An outcome as a cell; one that is not known as itself."""
    glyph, word, tone = OUTCOMES.get(name, ("?", one_line(name), "muted"))
    return f"{glyph} {word}", tone


def answer(one: Invocation) -> Cell:
    """What came back in one line: the error of one that failed, else the beginning of the answer."""
    if one.error:
        return one_line(one.error), "bad"
    return one_line(one.payload[:_SHOWN].decode("utf-8", "replace"))


def columns(*, sides: bool, lateness: bool) -> list[Column[Invocation]]:
    """The columns of a list of invocations; with the side of an A/B run, and how late each was, where there is that."""
    found: list[Column[Invocation]] = [
        Column("number", "#", lambda one: f"{'w' if one.warm_up else ''}{one.number}", 7, align="right")
    ]
    if sides:
        found.append(Column("side", "SIDE", lambda one: one.side or "–", 4))
    found += [
        Column("version", "VERSION", lambda one: one_line(one.version) or "–", 7, align="right"),
        Column("status", "STATUS", lambda one: outcome(one.outcome), 11),
        Column("latency", "LATENCY", lambda one: milliseconds(one.latency), 9, align="right"),
        Column("duration", "DURATION", lambda one: milliseconds(one.report.duration), 9, priority=3, align="right"),
        Column("init", "INIT", lambda one: milliseconds(one.report.init), 8, priority=4, align="right"),
    ]
    if lateness:
        found.append(Column("late", "LATE", lambda one: milliseconds(one.lateness), 8, priority=5, align="right"))
    return [
        *found,
        Column("memory", "MEM", lambda one: str(one.report.memory_used or "–"), 5, priority=6, align="right"),
        Column("request", "REQUEST ID", lambda one: (one_line(one.request_id), "muted"), 36, priority=7),
        Column("answer", "ANSWER", answer, 18, grow=1, priority=1),
    ]


def figures(one: Invocation) -> list[tuple[str, str, str]]:
    """The figures of an invocation: a name, a value and the colour of each."""
    report = one.report
    glyph, word, tone = OUTCOMES.get(one.outcome, ("?", one_line(one.outcome), "muted"))
    found = [
        ("outcome", f"{glyph} {word}", f"bold ${tone}"),
        ("status", str(one.status or "–"), ""),
        ("version", one_line(one.version) or "–", "bold"),
        ("latency", milliseconds(one.latency), ""),
        ("duration", milliseconds(report.duration), ""),
        ("billed", milliseconds(report.billed), ""),
        ("init", milliseconds(report.init), ""),
        ("memory", f"{report.memory_used or '–'} of {report.memory_size or '–'} MB", ""),
    ]
    if one.side:
        found.append(("side", f"{one.side}, {one_line(one.qualifier) or '$LATEST'}", ""))
    if one.lateness:
        found.append(("late", milliseconds(one.lateness), "$warn"))
    if one.attempts > 1:
        found.append(("sent", f"{one.attempts} times", "$warn"))
    if one.first_byte is not None:
        found.append(("first byte", milliseconds(one.first_byte), ""))
    return found


_LOG_STYLES = {Level.WARN: "$warn", Level.ERROR: "$bad", Level.FATAL: "$bad"}


def log(text: str) -> Content:
    """The tail of a log in its colours: what the platform says is muted, and what is wrong stands out."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        parsed = parse(LogEvent(0, "", line, 0, ""))
        style = _LOG_STYLES.get(parsed.level, "$muted" if parsed.mark is not None else "")
        lines.append(Content.assemble((clean(line), style)))
    return Content("\n").join(lines)
