"""Invoke: what is sent, how, and the stream of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic import ValidationError
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from lambdatui import mistakes
from lambdatui.aws import functions
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Event, Failed, Plan
from lambdatui.text import one_line
from lambdatui.tui import states
from lambdatui.tui.feed import Feed
from lambdatui.tui.invoke_run import InvokeRun
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.screens.invoke_aftermath import InvokeAftermath
from lambdatui.tui.screens.invoke_payload import InvokePayload
from lambdatui.tui.screens.invoke_results import InvokeResults
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.invoke_choices import FIELDS, InvokeChoices
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.payload_editor import PayloadEditor
from lambdatui.tui.widgets.run_view import RunView

AT_ONCE, TAKES = 400, 60
"""Events that are taken at once, at most, and how often in a second: more at once would hold up the keys."""

FRAMES = 15
"""How often results are drawn in a second, at most: rows that fly by are not read, and a slow link has other uses."""

HINT = (
    ("f5", "invokes"),
    ("f2", "payload from a file, S3, AWS's event shapes, your library"),
    ("f3", "shows what runs 1, 2 and 3 send"),
    ("f4", "A/B, ramp, warm-up, async, dry run, stream, stop conditions"),
    ("f6", "saved runs"),
)


class Known(NamedTuple):
    """What can be invoked: labels with qualifiers, and the share of each version behind each alias."""

    qualifiers: list[tuple[str, str]]
    shares: dict[str, dict[str, float]]


class Planned(NamedTuple):
    """What is about to be sent is known."""

    stage: Invoke
    plan: Plan


class InvokeScreen(FunctionScreen[Known]):
    """A payload, how often, and the results as they arrive."""

    CSS_PATH = "invoke.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "run", "invoke", id="invoke.run", key_display="f5"),
        Binding("x", "stop", "stop", id="invoke.stop"),
        Binding("f2", "source", "payload from", id="invoke.source"),
        Binding("f3", "preview", "preview", id="invoke.preview"),
        Binding("p", "payload", "payload", id="invoke.payload"),
        Binding("f4,o", "options", "options", id="invoke.options", key_display="f4"),
        Binding("f6,s", "saved", "saved runs", id="invoke.saved", key_display="f6"),
        Binding("r", "failures", "failures again", id="invoke.failures"),
        Binding("C", "canary", "canary by it", id="invoke.canary"),
        Binding("e", "export", "export", id="invoke.export"),
        Binding("escape", "back", "back", id="invoke.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, qualifier: str | None = None) -> None:
        super().__init__(session, scope, function, "Invoke")
        self._asked_for = qualifier or LATEST
        self._known = Known([(LATEST, LATEST)], {})
        self._clock: Clock | None = None
        self.run: InvokeRun | None = None
        """The run that is shown."""

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        yield InvokeChoices(self._asked_for)
        yield PayloadEditor("{}", id="payload")
        yield Static("", id="payload-line")
        yield RunView()
        yield Static("", id="hint")
        yield KeyBar()

    def on_mount(self) -> None:
        self.add_class("-fresh")
        frames = self.session.settings.frames_per_second
        self._events: Feed[Event | Planned] = Feed(self.app, self._take, TAKES, most=AT_ONCE, waits=False)
        self._frames: Feed[None] = Feed(self.app, self._draw, min(frames, FRAMES))
        self.payload = InvokePayload(self)
        self._results = InvokeResults(self)
        self._after = InvokeAftermath(self)
        self.payload.show()
        self.say("")
        self.set_focus(self.query_one("#runs", Input))

    def on_unmount(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._events.close()
        self._frames.close()
        if self.run is not None and self.run.rows.saved is not None:
            self.run.rows.saved.close()

    @property
    def view(self) -> RunView:
        return self.query_one(RunView)

    @property
    def choices(self) -> InvokeChoices:
        return self.query_one(InvokeChoices)

    # what can be invoked

    def read_function(self, account: Account) -> Known:
        functions.configuration(account, self.function)
        aliases = aws.list_aliases(account, self.function)
        versions = aws.list_versions(account, self.function)
        found = [(LATEST, LATEST)]
        found += [(states.alias_traffic(alias), alias.name) for alias in aliases]
        found += [(f"{v.name}  {one_line(v.description)}".strip(), v.name) for v in versions]
        if versions:
            found += [(f"newest  now {versions[0].name}", "newest"), ("previous", "previous"), ("oldest", "oldest")]
        return Known(found, {alias.name: alias.shares for alias in aliases})

    def show(self, value: Known) -> None:
        self._known = value
        self.choices.offer(value.qualifiers)

    def show_error(self, error: LambdatuiError) -> None:
        self.say(f"✖ {error}", "$bad")

    # the stage

    def _stage(self) -> Invoke | None:
        """The stage as chosen, or None with a word on what is wrong and the focus where it is."""
        values = self.choices.values
        fields = self.payload.fields("rows" in values)
        if fields is None:
            self.edit_payload()
            return None
        return self._valid({**values, **fields})

    def _valid(self, values: Mapping[str, Any]) -> Invoke | None:
        place = {"profile": self.scope.profile or None, "region": self.scope.region}
        try:
            return Invoke(function=self.function, success_rate=0.0, **values, **place)
        except ValidationError as error:
            mistake = mistakes.first(error, Invoke, dict(values))
            name = str(mistake.path[0]) if mistake.path else ""
            label = FIELDS.get(name, mistake.field)
            self.say(f"✖ {label}: {mistake.words}" if label else f"✖ {mistake.words}", "$bad")
            if name in FIELDS:
                self.set_focus(self.choices.field(name))
            return None

    # the run

    @property
    def running(self) -> bool:
        """Whether something is planned or sent."""
        return self._clock is not None

    def action_run(self) -> None:
        if self.running:
            return
        stage = self._stage()
        if stage is not None:
            self.begin(stage)

    def begin(self, stage: Invoke) -> None:
        """Plans a stage, asks where it is many, and carries it out."""
        self._clock = Clock()
        self.say("reading what is there …", "$muted")
        self.refresh_bindings()
        self._plan(stage, self._clock)

    @work(thread=True, exclusive=True, group="invoke", exit_on_error=False)
    def _plan(self, stage: Invoke, clock: Clock) -> None:
        try:
            self._events.put(Planned(stage, stage.plan(self.session.world(clock))))
        except LambdatuiError as error:
            self._events.put(Failed(error, (), ()))

    def _planned(self, planned: Planned) -> None:
        if self._clock is None or self._clock.cancelled:
            self._clock = None
            self.say("Nothing was sent.", "$muted")
            return
        if planned.plan.refused:
            self._clock = None
            self.say("▲ This session is read-only: nothing was sent.", "$warn")
            return
        if not planned.plan.warnings:
            self._go(planned)
            return
        from lambdatui.tui.screens.confirm_invocations import ConfirmInvocations

        def answered(yes: bool | None) -> None:
            if yes:
                self._go(planned)
            else:
                self._clock = None
                self.say("Nothing was sent.", "$muted")
                self.refresh_bindings()

        self.app.push_screen(ConfirmInvocations(planned.plan), answered)

    def _go(self, planned: Planned) -> None:
        if self._clock is None:
            return
        stage = planned.stage
        run = InvokeRun(stage, self._known.shares.get(stage.qualifier or ""), self.page_wanted)
        run.events = planned.plan.facts.get("events")
        self.show_run(run)
        self._invoke(stage, planned.plan, self._clock)

    def show_run(self, run: InvokeRun, *, follow: bool = True) -> None:
        """Shows a run in the place of the one before."""
        if self.run is not None and self.run.rows.saved is not None:
            self.run.rows.saved.close()
        self.run = run
        self._results = InvokeResults(self)
        self.remove_class("-fresh", "-editing")
        view = self.view
        view.begin(run, follow=follow)
        view.action_panel(0)
        self.payload.show()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="invoke", exit_on_error=False)
    def _invoke(self, stage: Invoke, plan: Plan, clock: Clock) -> None:
        try:
            for event in stage.run(self.session.world(clock), plan):
                self._events.put(event)
        except LambdatuiError as error:
            self._events.put(Failed(error, (), ()))

    def _take(self, items: list[Event | Planned]) -> None:
        events: list[Event] = []
        for item in items:
            if isinstance(item, Planned):
                self._planned(item)
            else:
                events.append(item)
        if not events:
            return
        run = self.run
        if run is None or run.over:
            # it failed before anything was sent
            failed = next((event for event in events if isinstance(event, Failed)), None)
            if failed is not None:
                self._clock = None
                self.say(f"✖ {failed.error}", "$bad")
                self.refresh_bindings()
            return
        is_first = not run.rows
        run.take(events)
        if is_first and run.rows:
            # its file is there before its first result is told
            self.run_worker(self._results.find_file(run), group="file", exclusive=True, exit_on_error=False)
        if run.over:
            self._clock = None
            self.view.state = None
            self.refresh_bindings()
        self._frames.put(None)

    def _draw(self, _: list[None]) -> None:
        self.view.show()

    def say(self, words: str, colour: str = "$muted") -> None:
        """Says something in its place: in the hint before the first run, else with the counters."""
        if self.has_class("-fresh"):
            lines = [Content.assemble((f" {one_line(words)}", colour)) if words else Content("")]
            lines += [Content.assemble((f" {key}  ", "bold $accent"), (text, "$muted")) for key, text in HINT]
            self.query_one("#hint", Static).update(Content("\n").join(lines), layout=False)
            return
        self.view.state = Content.assemble((f" {one_line(words)}", colour)) if words else None
        self.view.show()

    # the payload

    def on_invoke_choices_changed(self, _: InvokeChoices.Changed) -> None:
        self.payload.show()

    def action_payload(self) -> None:
        if self.has_class("-editing"):
            self._fold_payload()
        else:
            self.edit_payload()

    def edit_payload(self) -> None:
        """Puts the focus on the payload."""
        if not self.has_class("-fresh"):
            self.add_class("-editing")
        self.set_focus(self.payload.editor)

    def _fold_payload(self) -> None:
        self.remove_class("-editing")
        self.payload.show()
        self.set_focus(self.view.front)

    async def action_source(self) -> None:
        await self.payload.pick()

    async def action_preview(self) -> None:
        stage = self._stage()
        if stage is not None:
            await self.payload.preview(stage)

    def action_options(self) -> None:
        from lambdatui.tui.screens.invoke_options import InvokeOptionsScreen

        def chosen(values: dict[str, Any] | None) -> None:
            if values is not None:
                self.choices.set_values(values)

        screen = InvokeOptionsScreen(
            self.session, self.scope, self.function, self.choices.values, self._known.qualifiers
        )
        self.app.push_screen(screen, chosen)

    # results

    def page_wanted(self, number: int) -> None:
        """Has a page of rows be read that is not in memory."""
        if self.run is not None:
            self._results.page_wanted(self.run, number)

    async def on_run_view_wanted(self, event: RunView.Wanted) -> None:
        if self.run is not None:
            await self._results.open(self.run, event.row, event.place)

    # messages and actions

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_run()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        run = self.run
        if action == "run":
            return not self.running
        if action == "stop":
            return self.running
        if action == "payload":
            return not self.has_class("-fresh")
        if action == "failures":
            return not self.running and run is not None and bool(run.failed)
        if action in ("export", "canary"):
            return run is not None and run.over
        return True

    def action_saved(self) -> None:
        self._after.saved()

    def action_export(self) -> None:
        if self.run is not None:
            self._after.export(self.run)

    def action_canary(self) -> None:
        if self.run is not None:
            self._after.judge(self.run)

    def action_failures(self) -> None:
        if self.run is not None:
            self._after.failures(self.run)

    def action_stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self.say("stopping: the calls that are under way are awaited …", "$warn")

    def action_back(self) -> None:
        if self.has_class("-editing"):
            self._fold_payload()
        elif self.running:
            self.action_stop()
        else:
            super().action_back()
