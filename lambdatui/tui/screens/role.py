"""Switch role: the ARN of a role to assume on top of a profile's own credentials."""

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

_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


class RoleScreen(AskLine[str]):
    """Ends with the ARN, an empty string for the profile's own credentials alone, or None."""

    CSS_PATH = "role.tcss"
    dialog_title = "Switch role"
    hint = "Enter takes it; nothing is the profile as it is. CloudTrail will show the session as lambdatui."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "take it", id="role.answer"),
        Binding("escape", "back", "not now", id="role.back"),
    ]

    def __init__(self, profile: str, role_arn: str) -> None:
        super().__init__()
        self._profile = profile
        self._role_arn = role_arn

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(
                Content.assemble(
                    "The role to assume with the credentials of ", (one_line(self._profile), "bold $primary"), ":"
                )
            )
            yield Input(self._role_arn, placeholder="arn:aws:iam::123456789012:role/operator", compact=True)
            yield Static("", id="hint", markup=False)
            yield KeyBar()

    def answer(self, text: str) -> str:
        if text and not _ARN.fullmatch(text):
            raise BadInput("A role's ARN was expected, such as arn:aws:iam::123456789012:role/operator.")
        return text
