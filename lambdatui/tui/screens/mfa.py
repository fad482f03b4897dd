"""Asks for the code that an MFA device shows."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from lambdatui.errors import BadInput
from lambdatui.text import one_line
from lambdatui.tui.screens.ask_line import AskLine
from lambdatui.tui.widgets.key_bar import KeyBar

_DEVICE = re.compile(r"arn:[^:\s]+:iam::\d*:(?:mfa|u2f)/\S+|GA\S+")


class MfaScreen(AskLine[str]):
    """Ends with the code, or None. `prompt` is botocore's, which names the device."""

    CSS_PATH = "mfa.tcss"
    dialog_title = "MFA code"
    hint = "The code that the device shows now. Each can be used once."

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

    def answer(self, text: str) -> str:
        if not re.fullmatch(r"[0-9]{6}", text):
            raise BadInput("Six digits were expected.")
        return text
