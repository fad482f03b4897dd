"""One invocation whole: its answer, its log, its figures."""

from __future__ import annotations

import json
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.aws.invocations import Invocation
from lambdatui.text import clean, milliseconds, one_line
from lambdatui.tui.widgets.key_bar import KeyBar

SHOWN = 20_000
"""Characters of an answer that are shown: more would be no help, and slow."""


class ResultScreen(ModalScreen[bool]):
    """Shows one invocation. It ends with whether the reader goes on to its log."""

    CSS_PATH = "result.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "log", id="result.log"),
        Binding("escape,enter,q", "close", "close", id="result.close", key_display="esc"),
    ]

    def __init__(self, invocation: Invocation) -> None:
        super().__init__()
        self._invocation = invocation

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(id="result-scroll"):
                yield Static(self._content(), id="result")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = f"Invocation {self._invocation.number}"
        self.set_focus(self.query_one("#result-scroll"))

    def _content(self) -> Content:
        one, report = self._invocation, self._invocation.report
        colour = "$ok" if one.outcome == "ok" else "$bad"
        figures = [
            ("outcome", one.outcome, f"bold {colour}"),
            ("status", str(one.status or "–"), ""),
            ("version", one.version or "–", "bold"),
            ("latency", milliseconds(one.latency), ""),
            ("duration", milliseconds(report.duration), ""),
            ("billed", milliseconds(report.billed), ""),
            ("init", milliseconds(report.init), ""),
            ("memory", f"{report.memory_used or '–'} of {report.memory_size or '–'} MB", ""),
        ]
        head: list[str | tuple[str, str]] = []
        for name, value, style in figures:
            head += [(f"{name} ", "$muted"), (f"{one_line(value)}   ", style)]
        parts = [
            Content.assemble(*head),
            Content.assemble(("request ", "$muted"), one_line(one.request_id) or "–"),
        ]
        if one.error:
            parts.append(Content.assemble((one_line(one.error), "bold $bad")))
        parts += [Content(""), Content.assemble(("ANSWER", "bold $muted")), Content(pretty(one.payload))]
        parts += [Content(""), Content.assemble(("LOG", "bold $muted")), Content(clean(one.log).rstrip() or "–")]
        return Content("\n").join(parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # one that AWS never took has no request id, and no log
        return bool(self._invocation.request_id) if action == "log" else True

    def action_log(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)


def pretty(payload: bytes) -> str:
    """An answer as indented JSON where it is JSON, else as text; without terminal escapes, cut where it is long."""
    if not payload:
        return "–"
    text = payload[: SHOWN * 4].decode("utf-8", "replace")
    if len(payload) <= SHOWN:
        try:
            text = json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    text = clean(text)
    if len(text) > SHOWN:
        return f"{text[:SHOWN]}…\n({len(payload):,} bytes in all)"
    return text
