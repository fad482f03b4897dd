"""Asks before many invocations are sent: how many, of what, and what that costs at most."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.stages.stage import Plan
from lambdatui.text import one_line
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.plan_view import plan_content


class ConfirmInvocations(ModalScreen[bool]):
    """Shows the plan with its warnings, the price among them; ends with whether it is to be done."""

    CSS_PATH = "act.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "yes", "invoke", id="confirm_invocations.yes"),
        Binding("escape,q", "no", "not now", id="confirm_invocations.no", key_display="esc"),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static(plan_content(self._plan))
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(one_line(self._plan.title))
        self.set_focus(self.query_one(VerticalScroll))

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)
