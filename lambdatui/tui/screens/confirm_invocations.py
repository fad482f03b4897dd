"""Asks before many invocations are sent: how many, of what, and what that costs at most."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.load import prices
from lambdatui.stages.stage import Plan
from lambdatui.text import one_line
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.plan_view import plan_content


class ConfirmInvocations(ModalScreen[bool]):
    """Shows the plan and the question; ends with whether it is to be done."""

    CSS_PATH = "act.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "yes", "invoke", id="confirm_invocations.yes"),
        Binding("escape,q", "no", "not now", id="confirm_invocations.no", key_display="esc"),
    ]

    def __init__(self, plan: Plan, question: str) -> None:
        super().__init__()
        self._plan = plan
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static(plan_content(self._plan))
                yield Static(Content.assemble((f"\n{one_line(self._question)}", "bold $warn")))
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(one_line(self._plan.title))
        self.set_focus(self.query_one(VerticalScroll))

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)


def question(stage: Invoke, plan: Plan, account: Account) -> str:
    """What is asked before a run, empty where it is small. Reads the function's memory and time limit. Blocks."""
    sides = 2 if stage.other_qualifier is not None else 1
    runs = stage.count
    if runs is None and stage.rate is not None and stage.duration is not None:
        runs = int(stage.rate * stage.duration) + 1
    if runs is None:
        return f"For {stage.duration:g} s, {stage.at_once} at once: what that costs depends on how fast it answers."
    if runs * sides + stage.warm_up <= prices.ASKED_FROM:
        return ""
    now = functions.configuration(account, stage.function, plan.facts.get("qualifier"))
    cost = prices.at_most(
        runs * sides + stage.warm_up,
        int(now.get("MemorySize", 128)),
        float(now.get("Timeout", 900)),
        stage.region or "",
        next(iter(now.get("Architectures", ())), "x86_64"),
        starts=stage.invocation_type != "DryRun",
    )
    return f"This costs {cost}."
