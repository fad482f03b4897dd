"""Asks for the code that an MFA device shows."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.text import one_line
from lambdatui.tui.widgets.key_bar import KeyBar

_DEVICE = re.compile(r"arn:[^:\s]+:iam::\d*:(?:mfa|u2f)/\S+|GA\S+")


class MfaScreen(ModalScreen[str | None]):
    """Ends with the code, or None. `prompt` is botocore's, which names the device."""

    CSS_PATH = "mfa.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "send", id="mfa.answer"),
        Binding("escape", "back", "not now", id="mfa.back"),
    ]

    def __init__(self, profile: str, prompt: str) -> None:
        super().__init__()
        self._profile = profile
        found = _DEVICE.search(prompt)
        self._device = one_line(found.group().rstrip(":") if found else prompt)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(
                Content.assemble(
                    ("The role of ", ""),
                    (one_line(self._profile) or "the profile in force", "bold $primary"),
                    (" is assumed with a code of", ""),
                )
            )
            yield Static(Content.assemble((self._device, "bold")), id="device")
            yield Input(placeholder="6 digits, then enter", compact=True, max_length=6)
            yield Static("", id="hint", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "MFA code"
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._hint("The code that the device shows now. Each can be used once.")

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_answer()

    def action_answer(self) -> None:
        code = self.query_one(Input).value.strip()
        if not re.fullmatch(r"[0-9]{6}", code):
            self._hint("Six digits were expected.", trouble=True)
            return
        self.dismiss(code)

    def action_back(self) -> None:
        self.dismiss(None)

    def _hint(self, words: str, trouble: bool = False) -> None:
        hint = self.query_one("#hint", Static)
        hint.update(words)
        hint.set_class(trouble, "trouble")
