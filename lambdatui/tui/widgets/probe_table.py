"""The probes of a version: what each answer was, and whether it was as expected."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from lambdatui.stages.rollout.probes import Probed
from lambdatui.text import milliseconds, one_line
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

_SHOWN = 300


class ProbeTable(RecordTable[Probed]):
    """A row for each answer, of which enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "answer and log", id="probe.open"),
    ]

    def __init__(self) -> None:
        columns: list[Column[Probed]] = [
            Column("number", "#", lambda one: str(one.invocation.number), 4, align="right"),
            Column("probe", "PROBE", lambda one: str(one.probe + 1), 5, align="right", priority=3),
            Column("verdict", "VERDICT", _verdict, 14),
            Column("status", "STATUS", lambda one: str(one.invocation.status or "–"), 6, priority=2),
            Column("duration", "DURATION", _duration, 9, align="right", priority=1),
            Column("answer", "ANSWER", _answer, 20, grow=1),
        ]
        super().__init__(columns, lambda one: one.invocation.number, empty="No probe has been answered yet.")


def _verdict(one: Probed) -> Cell:
    return ("✖ not so", "bad") if one.failures else ("✔ as expected", "ok")


def _duration(one: Probed) -> Cell:
    duration = one.invocation.report.duration
    return milliseconds(duration if duration is not None else one.invocation.latency)


def _answer(one: Probed) -> Cell:
    if one.failures:
        return one_line(" ".join(one.failures)), "bad"
    return one_line(one.invocation.payload[:_SHOWN].decode("utf-8", "replace"))
