"""Switch role: the ARN of a role to assume on top of a profile's own credentials."""

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

_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


class RoleScreen(ModalScreen[str | None]):
    """Ends with the ARN, an empty string for the profile's own credentials alone, or None."""

    CSS_PATH = "role.tcss"

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

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "Switch role"
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._hint("Enter takes it; nothing is the profile as it is. CloudTrail will show the session as lambdatui.")

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_answer()

    def action_answer(self) -> None:
        arn = self.query_one(Input).value.strip()
        if arn and not _ARN.fullmatch(arn):
            self._hint("A role's ARN was expected, such as arn:aws:iam::123456789012:role/operator.", trouble=True)
            return
        self.dismiss(arn)

    def action_back(self) -> None:
        self.dismiss(None)

    def _hint(self, words: str, trouble: bool = False) -> None:
        hint = self.query_one("#hint", Static)
        hint.update(words)
        hint.set_class(trouble, "trouble")
