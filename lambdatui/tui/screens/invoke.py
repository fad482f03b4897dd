"""Invoke: a function many times at once, with every result as it arrives."""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select, Static, TextArea

from lambdatui.aws import functions
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST
from lambdatui.aws.invocations import Invocation
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Event, Failed, Finished, Note, Result
from lambdatui.stages.tally import Tally, percentile
from lambdatui.text import milliseconds, one_line
from lambdatui.tui import states
from lambdatui.tui.feed import Feed
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.sparks import histogram, sparks
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable, Tone

_OUTCOMES: dict[str, tuple[str, Tone]] = {
    "ok": ("● ok", "ok"),
    "function error": ("✖ error", "bad"),
    "throttled": ("▲ throttled", "warn"),
    "refused": ("✖ refused", "bad"),
    "no answer": ("✖ no answer", "bad"),
}

Qualifiers = list[tuple[str, str]]


class InvokeScreen(FunctionScreen[Qualifiers]):
    """A payload, how often, and the stream of results."""

    CSS_PATH = "invoke.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "run", "invoke", id="invoke.run", key_display="f5"),
        Binding("x", "stop", "stop", id="invoke.stop"),
        Binding("escape", "back", "back", id="invoke.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, qualifier: str | None = None) -> None:
        super().__init__(session, scope, function, "Invoke")
        self._asked_for = qualifier or LATEST
        self._clock: Clock | None = None
        self._started = 0.0
        self._runs = 0
        self._end: Content | None = None
        self.results: list[Invocation] = []
        self.tally = Tally()

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        with Horizontal(id="choices"):
            yield Label("version ")
            yield Select[str](
                [(self._asked_for, self._asked_for)],
                value=self._asked_for,
                id="qualifier",
                compact=True,
                allow_blank=False,
            )
            yield Label("   runs ")
            yield Input("20", id="runs", compact=True, type="integer", max_length=7)
            yield Label("   at once ")
            yield Input("4", id="concurrency", compact=True, type="integer", max_length=4)
            yield Label("", id="payload-state")
        yield TextArea("{}", language=None, id="payload", compact=True, tab_behavior="focus", show_line_numbers=False)
        yield Static("", id="tally")
        yield RecordTable(
            self._columns(), lambda result: result.number, empty="f5 invokes; the results arrive here.", follow=True
        )
        yield Static("", id="histogram")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        for field in self.query(Input):
            field.cursor_blink = False
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.border_title = "payload"
        self.set_focus(self.query_one("#runs", Input))
        self._events: Feed[Event] = Feed(self.app, self._take, self.session.settings.frames_per_second)
        self._check_payload()

    def on_unmount(self) -> None:
        super().on_unmount()
        if self._clock is not None:
            self._clock.cancel()
        self._events.close()

    # what can be invoked

    def read_function(self, account: Account) -> Qualifiers:
        functions.configuration(account, self.function)
        aliases = aws.list_aliases(account, self.function)
        versions = aws.list_versions(account, self.function)
        found = [(LATEST, LATEST)]
        found += [(states.alias_traffic(alias), alias.name) for alias in aliases]
        found += [(f"{v.name}  {one_line(v.description)}".strip(), v.name) for v in versions]
        return found

    def show(self, value: Qualifiers) -> None:
        select: Select[str] = self.query_one("#qualifier", Select)
        chosen: Any = select.value
        # Text, for a plain string would be read as markup; and what is typed is looked for in it
        select.set_options([(Text(label), name) for label, name in value])
        select.value = chosen if any(name == chosen for _, name in value) else LATEST

    def show_error(self, error: LambdatuiError) -> None:
        self.query_one("#tally", Static).update(Content.assemble((f" ✖ {one_line(str(error))}", "$bad")))

    # the run

    @property
    def running(self) -> bool:
        return self._clock is not None

    def action_run(self) -> None:
        if self.running:
            return
        stage = self._stage()
        if stage is None:
            return
        self.results = []
        self.tally = Tally()
        self._runs = stage.count or 0
        self._end = None
        self._clock = Clock()
        self._started = time.monotonic()
        table = self.query_one(RecordTable)
        table.follow = True
        table.empty = "Waiting for the first result …"
        table.show(self.results)
        self.set_focus(table)
        self.refresh_bindings()
        self._invoke(stage, self._clock)

    def _stage(self) -> Invoke | None:
        """The stage as typed, or None with a word on what is wrong."""
        runs, concurrency = (self.query_one(name, Input) for name in ("#runs", "#concurrency"))
        for field, name, most in ((runs, "runs", 1_000_000), (concurrency, "at once", 1000)):
            number = int(field.value) if field.value.strip().isdigit() else 0
            if not 1 <= number <= most:
                self._say(f"{name}: a whole number from 1 to {most:,} was expected.", "$bad")
                self.set_focus(field)
                return None
        payload = self._payload()
        if payload is _NOT_JSON:
            self.set_focus(self.query_one(TextArea))
            return None
        qualifier: Any = self.query_one("#qualifier", Select).value
        return Invoke(
            function=self.function,
            qualifier=None if qualifier == LATEST else qualifier,
            payload=payload,
            runs=int(runs.value),
            concurrency=int(concurrency.value),
            success_rate=0.0,
            profile=self.scope.profile or None,
            region=self.scope.region,
        )

    @work(thread=True, exclusive=True, group="invoke", exit_on_error=False)
    def _invoke(self, stage: Invoke, clock: Clock) -> None:
        from lambdatui.stages.stage import Failed

        try:
            world = self.session.world(clock)
            for event in stage.run(world, stage.plan(world)):
                self._events.put(event)
        except LambdatuiError as error:
            self._events.put(Failed(error, (), ()))

    def _take(self, items: list[Event]) -> None:
        news = False
        for item in items:
            match item:
                case Result(value):
                    self.results.append(value)
                    self.tally.add(value)
                    news = True
                case Note(text):
                    self._end = Content.assemble((f" {one_line(text)}", "$muted"))
                case Failed(error=error):
                    self._clock = None
                    self._end = Content.assemble((f" ✖ {one_line(str(error))}", "$bad"))
                    self.query_one(RecordTable).empty = "There are no results."
                    self.query_one(RecordTable).redraw()
                case Finished():
                    self._clock = None
                case _:
                    pass
        if news:
            self.query_one(RecordTable).show(self.results, changed=False)
        self._show_tally()
        self.refresh_bindings()

    # what is shown

    def _columns(self) -> list[Column[Invocation]]:
        def status(result: Invocation) -> Cell:
            return _OUTCOMES[result.outcome]

        def answer(result: Invocation) -> Cell:
            if result.error:
                return one_line(result.error), "bad"
            return one_line(result.payload[:400].decode("utf-8", "replace"))

        def ms(value: float | None) -> str:
            return milliseconds(value)

        return [
            Column("number", "#", lambda r: str(r.number), 6, align="right"),
            Column("version", "VERSION", lambda r: one_line(r.version) or "–", 7, align="right"),
            Column("status", "STATUS", status, 11),
            Column("latency", "LATENCY", lambda r: ms(r.latency), 9, align="right"),
            Column("duration", "DURATION", lambda r: ms(r.report.duration), 9, priority=3, align="right"),
            Column("init", "INIT", lambda r: ms(r.report.init), 8, priority=4, align="right"),
            Column("memory", "MEM", lambda r: str(r.report.memory_used or "–"), 5, priority=5, align="right"),
            Column("request", "REQUEST ID", lambda r: (one_line(r.request_id), "muted"), 36, priority=6),
            Column("answer", "ANSWER", answer, 18, grow=1, priority=1),
        ]

    def _show_tally(self) -> None:
        tally = self.tally
        parts: list[str | tuple[str, str]] = [" "]
        done = tally.count / self._runs if self._runs else 0
        cells = 16
        parts += [("█" * round(done * cells), "$primary"), ("░" * (cells - round(done * cells)), "$muted")]
        parts += [f" {tally.count:,}/{self._runs:,}  "]
        for name, colour in (
            ("ok", "$ok"),
            ("function error", "$bad"),
            ("throttled", "$warn"),
            ("refused", "$bad"),
            ("no answer", "$bad"),
        ):
            if tally.outcomes[name] or name == "ok":
                label = "errors" if name == "function error" else name
                parts += [f"{label} ", (f"{tally.outcomes[name]:,}", f"bold {colour}"), "  "]
        if tally.cold:
            parts.append((f"cold {tally.cold:,}  ", "$muted"))
        lines = [Content.assemble(*parts)]
        second: list[str | tuple[str, str]] = [" "]
        if tally.latency:
            for point in (50, 95, 99):
                second += [(f"p{point} ", "$muted"), f"{milliseconds(percentile(tally.latency, point))}  "]
            second += [("max ", "$muted"), f"{milliseconds(tally.latency[-1])}   "]
        shares = tally.shares()
        if shares:
            second.append(("served ", "$muted"))
            for version, share in shares.items():
                second += [(f"{one_line(version)}: {tally.versions[version]:,}", "bold"), f" ({share * 100:.1f} %)  "]
        lines.append(Content.assemble(*second))
        if self._end is not None:
            lines.append(self._end)
        elif not self.running and tally.count:
            seconds = max(time.monotonic() - self._started, 1e-9)
            lines[0] = lines[0] + Content.assemble((f" {tally.count / seconds:.0f}/s", "$muted"))
        self.query_one("#tally", Static).update(Content("\n").join(lines))
        self._show_histogram()

    def _show_histogram(self) -> None:
        chart = self.query_one("#histogram", Static)
        if len(self.tally.latency) < 2:
            chart.update("")
            return
        counts, low, high = histogram(self.tally.latency, max(10, min(60, self.size.width - 40)))
        chart.update(
            Content.assemble(
                (f" {milliseconds(low)} ", "$muted"),
                (sparks(counts), "$primary"),
                (f" {milliseconds(high)}", "$muted"),
                ("   latency, logarithmic", "$muted"),
            )
        )

    def _say(self, text: str, colour: str) -> None:
        self._end = Content.assemble((f" {text}", colour))
        self._show_tally()

    # the payload

    def _payload(self) -> Any:
        text = self.query_one(TextArea).text.strip()
        try:
            return json.loads(text or "{}")
        except ValueError:
            return _NOT_JSON

    def on_text_area_changed(self, _: TextArea.Changed) -> None:
        self._check_payload()

    def _check_payload(self) -> None:
        area = self.query_one(TextArea)
        try:
            json.loads(area.text.strip() or "{}")
        except json.JSONDecodeError as error:
            area.border_subtitle = f"not JSON: {error.msg}, line {error.lineno} column {error.colno}"
            area.add_class("-invalid")
        else:
            area.border_subtitle = "JSON"
            area.remove_class("-invalid")

    # messages and actions

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_run()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.screens.result import ResultScreen

        result: Invocation = event.record

        def closed(log_wanted: bool | None) -> None:
            if log_wanted:
                self._open_log(result)

        self.app.push_screen(ResultScreen(result), closed)

    def _open_log(self, result: Invocation) -> None:
        from lambdatui.tui.screens.function import FunctionView

        self.app.push_screen(FunctionView(self.session, self.scope, self.function, "logs", result.request_id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run":
            return not self.running
        if action == "stop":
            return self.running
        return True

    def action_stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._say("stopping: the calls that are under way are awaited …", "$warn")

    def action_back(self) -> None:
        if self.running:
            self.action_stop()
        else:
            super().action_back()


_NOT_JSON = object()
