"""The payloads of runs 1, 2 and 3, as they will be sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.text import clean, size
from lambdatui.tui.json_tokens import tokens
from lambdatui.tui.offers import Copyable
from lambdatui.tui.widgets.key_bar import KeyBar

RUNS = 3
SHOWN = 20_000
"""Characters of each that are shown."""

_STYLES = {"key": "$accent", "string": "$ok", "number": "$stable", "word": "$canary"}


class PayloadPreview(ModalScreen[None]):
    """Shows payloads, the first that of run 1; `varies` says whether each run has its own."""

    CSS_PATH = "payload_preview.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f3", "close", "close", id="payload_preview.close", key_display="esc"),
        Binding("y", "app.copy", "copy", id="payload_preview.copy"),
    ]

    def __init__(self, payloads: Sequence[bytes], varies: bool) -> None:
        super().__init__()
        self._payloads = payloads
        self._varies = varies

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static(self._content(), id="previews")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "What is sent"
        self.set_focus(self.query_one(VerticalScroll))

    def _content(self) -> Content:
        lines: list[Content] = []
        if not self._varies:
            lines += [Content.assemble(("Each run sends the same.", "$muted")), Content("")]
        for number, payload in enumerate(self._payloads, start=1):
            title = f"run {number}" if self._varies else "every run"
            lines.append(Content.assemble((title, "bold $accent"), (f"   {size(len(payload))}", "$muted")))
            lines += [coloured(line) for line in indented(payload).split("\n")]
            lines.append(Content(""))
        return Content("\n").join(lines)

    def copies(self) -> Sequence[Copyable]:
        return [Copyable(f"payload of run {n}", p.decode("utf-8", "replace")) for n, p in enumerate(self._payloads, 1)]

    def action_close(self) -> None:
        self.dismiss(None)


def indented(payload: bytes) -> str:
    """A payload as indented JSON; harmless, and cut where it is long."""
    text = payload[: SHOWN + 1].decode("utf-8", "replace")
    if len(payload) <= SHOWN:
        try:
            text = json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    text = clean(text)
    return f"{text[:SHOWN]}… ({len(payload):,} bytes in all)" if len(payload) > SHOWN else text


def coloured(line: str) -> Content:
    """A line of JSON in its colours."""
    content = Content(line)
    for start, end, kind in tokens(line):
        if kind in _STYLES:
            content = content.stylize(_STYLES[kind], start, end)
    return content
