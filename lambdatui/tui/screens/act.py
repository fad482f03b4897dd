"""Act: shows a stage's plan, asks, carries it out and tells what came of it. Every change passes through here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.aws.clients import Retry
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.journal import Busy
from lambdatui.stages import progress_words
from lambdatui.stages.stage import (
    Change,
    Danger,
    Done,
    Event,
    Failed,
    Finished,
    Note,
    Plan,
    Progress,
    Stage,
    Started,
)
from lambdatui.stages.undoing.put_back import PutBack
from lambdatui.text import one_line
from lambdatui.tui.feed import Feed
from lambdatui.tui.live_views import is_rollout_run, live_view
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.plan_view import glyph_of, plan_content


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan is there."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """There is no plan, and this is why."""

    error: LambdatuiError


Outputs = Mapping[str, Any]


class ActScreen(ModalScreen[Outputs | None]):
    """Plan, question, run, outcome. It ends with the stage's outputs, or None where nothing was done to the end."""

    CSS_PATH = "act.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "do it", id="act.go"),
        Binding("escape", "back", "not now", id="act.back"),
        Binding("x", "stop", "stop", id="act.stop"),
        Binding("b", "put_back", "put back what was there", id="act.put_back"),
        Binding("A", "anyway", "plan it anyway", id="act.anyway"),
        Binding("enter,escape", "close", "close", id="act.close"),
    ]

    def __init__(self, session: Session, stage: Stage, folder: Path | None = None) -> None:
        super().__init__()
        self.session = session
        self.stage = stage
        self._clock = Clock()
        self._folder = folder
        self._phase = "planning"
        self._plan: Plan | None = None
        self._anyway = False
        self._can_go_anyway = False
        self._outputs: Outputs | None = None
        self._touched = False
        self._way_back: PutBack | None = None
        self._log: list[Content] = []
        self._line: Content | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(id="plan-scroll", can_focus=True):
                yield Static(Content("Reading what is there …"), id="plan")
                yield Static("", id="log", classes="-empty")
                yield Static("", id="outcome", classes="-empty")
            yield Input(id="confirm", compact=True, classes="-empty")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#confirm", Input).cursor_blink = False
        self.query_one(".dialog").border_title = "Plan"
        self._feed: Feed[Planned | NotPlanned | Event] = Feed(
            self.app, self._take, self.session.settings.frames_per_second
        )
        self._make_plan()

    def on_unmount(self) -> None:
        self._clock.cancel()
        self._feed.close()

    # workers

    @work(thread=True, exclusive=True, group="act", exit_on_error=False)
    def _make_plan(self) -> None:
        try:
            world = self.session.world(self._clock, self._folder, self._retried, anyway=self._anyway)
            plan = self.stage.plan(world)
            self.stage.refuse_if_busy(world, plan)
            self._feed.put(Planned(plan))
        except LambdatuiError as error:
            self._feed.put(NotPlanned(error))

    @work(thread=True, exclusive=True, group="act", exit_on_error=False)
    def _run(self, plan: Plan) -> None:
        world = self.session.world(self._clock, self._folder, self._retried, anyway=self._anyway)
        for event in self.stage.run(world, plan):
            self._feed.put(event)

    def _retried(self, retry: Retry) -> None:
        self._feed.put(Note(str(retry)))

    # what comes back

    def _take(self, items: list[Planned | NotPlanned | Event]) -> None:
        for item in items:
            match item:
                case Planned(plan):
                    self._show_plan(plan)
                case NotPlanned(error):
                    self._phase = "over"
                    self.query_one("#plan", Static).update(Content.assemble(("Nothing was done.", "bold")))
                    self._outcome(f"✖ {error}", "$bad")
                    if isinstance(error, Busy):
                        self._busy(error)
                case Started(_, change):
                    self._touched = True
                    self._say(_step("◌", "$busy", change))
                case Done(_, change):
                    self._replace(_step("✔", "$ok", change))
                case Note(text):
                    self._say(Content.assemble((f"  {one_line(text)}", "$muted")), passing=self._phase == "planning")
                case Progress():
                    self._line = Content.assemble((f"  {progress_words.told(item)}", "$busy"))
                case Failed():
                    self._failed(item)
                case Finished(outputs):
                    self._finished(outputs)
                case _:
                    pass
        self._show_log()
        self.refresh_bindings()

    def _show_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._log.clear()
        self._line = None
        dialog = self.query_one(".dialog")
        dialog.border_title = one_line(plan.title)
        self.query_one("#plan", Static).update(plan_content(plan))
        self.set_focus(self.query_one("#plan-scroll"))
        if plan.empty:
            self._phase = "over"
            self._outputs = dict(plan.facts.get("outputs", {}))
            return
        if plan.refused:
            self._phase = "over"
            self._outcome("▲ This session is read-only: nothing of it will be done.", "$warn")
            return
        self._phase = "asking"
        dialog.set_class(plan.danger is not Danger.SAFE, "-danger")
        if self._word_to_type:
            confirm = self.query_one("#confirm", Input)
            confirm.remove_class("-empty")
            confirm.placeholder = f"type {self._word_to_type} to confirm, then enter"
            self.set_focus(confirm)

    def _busy(self, error: Busy) -> None:
        """Another lambdatui changes the same: a rollout must be alone, anything else is the operator's to judge."""
        if self.stage.is_rollout:
            words = "A rollout must be the only one that changes its alias."
        elif is_rollout_run(error.run):
            words = "That one is a rollout, which must be the only one that changes its alias."
        else:
            self._can_go_anyway = True
            words = "A plans it anyway; whichever of the two writes last then counts."
        self._say(Content.assemble((f"  {words}", "$warn")))

    @property
    def _word_to_type(self) -> str:
        """What must be typed before something is deleted for good."""
        destructive = self._plan is not None and self._plan.danger is Danger.DESTRUCTIVE
        return self.stage.subject.rsplit(":", 1)[-1] if destructive else ""

    def _failed(self, event: Failed) -> None:
        self._phase = "over"
        self._way_back = PutBack.after(self.stage, event)
        lines = [f"✖ {event.error}"]
        if event.unsure is not None:
            lines.append(f"? {event.unsure.operation} {event.unsure.target}: sent, and not known whether it was done")
        if event.done:
            lines.append("done: " + ", ".join(f"{c.operation} {c.target}" for c in event.done))
        if event.not_done:
            lines.append("not done: " + ", ".join(f"{c.operation} {c.target}" for c in event.not_done))
        self._outcome("\n".join(lines), "$warn" if isinstance(event.error, Cancelled) else "$bad")

    def _finished(self, outputs: Outputs) -> None:
        self._phase = "over"
        self._outputs = outputs
        told = [f"{name} {value}" for name, value in outputs.items() if isinstance(value, str | int | list) and value]
        untold = ("function_arn", "alias_arn", "sha256", "created", "archived", "freed")
        told = [word for word in told if not word.startswith(untold)]
        self._outcome("✔ Done." + (f"  {' · '.join(told)}" if told else ""), "$ok")

    def _outcome(self, text: str, colour: str) -> None:
        confirm = self.query_one("#confirm", Input)
        confirm.add_class("-empty")
        outcome = self.query_one("#outcome", Static)
        outcome.remove_class("-empty")
        lines = [Content.assemble((one_line(line), colour)) for line in text.splitlines()]
        outcome.update(Content("\n").join(lines))
        scroll = self.query_one("#plan-scroll", VerticalScroll)
        self.set_focus(scroll)
        self.call_after_refresh(scroll.scroll_end, animate=False)

    def _say(self, line: Content, passing: bool = False) -> None:
        if passing:
            self._line = line
        else:
            self._line = None
            self._log.append(line)

    def _replace(self, line: Content) -> None:
        self._line = None
        for index in range(len(self._log) - 1, -1, -1):
            if self._log[index].plain.startswith("◌"):
                self._log[index] = line
                return
        self._log.append(line)

    def _show_log(self) -> None:
        lines = self._log[-200:] + ([self._line] if self._line is not None else [])
        log = self.query_one("#log", Static)
        log.set_class(not lines, "-empty")
        log.update(Content("\n").join(lines))
        if self._phase in ("running", "over") and lines:
            self.query_one("#plan-scroll", VerticalScroll).scroll_end(animate=False)

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        shown = {
            "go": self._phase == "asking",
            "back": self._phase in ("planning", "asking"),
            "stop": self._phase == "running",
            "close": self._phase == "over",
            "put_back": self._phase == "over" and self._way_back is not None,
            "anyway": self._can_go_anyway,
        }
        return shown.get(action, True)

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_go()

    def action_go(self) -> None:
        if self._plan is None or self._phase != "asking":
            return
        word = self._word_to_type
        confirm = self.query_one("#confirm", Input)
        if word and confirm.value.strip() != word:
            self.set_focus(confirm)
            confirm.value = ""
            confirm.placeholder = f"that was not it: type {word} to confirm, or escape"
            return
        confirm.add_class("-empty")
        self._phase = "running"
        live = live_view(self.session, self.stage, self._plan, self._folder, self._anyway)
        if live is not None:
            self.app.push_screen(live, self.dismiss)
            return
        self.set_focus(self.query_one("#plan-scroll"))
        self.refresh_bindings()
        self._run(self._plan)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_stop(self) -> None:
        self._clock.cancel()
        self._say(Content.assemble(("  stopping after the call that is under way …", "$warn")))
        self._show_log()

    def action_put_back(self) -> None:
        """Plans how to take back what the run did before it failed, in the place of the run."""
        if self._way_back is None:
            return
        self.stage, self._way_back = self._way_back, None
        self._plan_anew()

    def action_anyway(self) -> None:
        """Plans it although another lambdatui changes the same thing."""
        self._anyway, self._can_go_anyway = True, False
        self._plan_anew()

    def _plan_anew(self) -> None:
        self._clock = Clock()
        self._phase, self._plan, self._line = "planning", None, None
        self._log.clear()
        self._show_log()
        self.query_one("#outcome", Static).add_class("-empty")
        self.query_one("#plan", Static).update(Content("Reading what is there …"))
        self.refresh_bindings()
        self._make_plan()

    def action_close(self) -> None:
        self.dismiss(self._outputs if self._outputs is not None else {} if self._touched else None)


def _step(glyph: str, colour: str, change: Change) -> Content:
    sign, _ = glyph_of(change)
    return Content.assemble((f"{glyph} ", colour), f"{sign} {change.operation}  {one_line(change.target)}")
