"""What the screens share on which a run is watched as it goes: its worker, its events, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.stages.controls import Controls
from lambdatui.stages.event import Done, Event, Failed, Finished, Note, Started
from lambdatui.stages.plan import Plan
from lambdatui.text import one_line
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import hanging
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.plan_view import glyph_of

if TYPE_CHECKING:
    from lambdatui.aws.clients import Retry
    from lambdatui.aws.invocations import Invocation
    from lambdatui.stages.stage import Stage
    from lambdatui.tui.session import Session

KEPT_LINES = 200


class RunScreen(Screen[Mapping[str, Any] | None]):
    """Carries out a plan that was agreed to, and shows it. It ends with the outputs, empty where it failed half-way,
    or None where nothing was done.

    A subclass shows what `take` was given in `redraw`, which comes after each batch of events. Lines with the id
    `run-log`, in a VerticalScroll `run-scroll`, has the lines of the log.
    """

    run_title = "Run"

    def __init__(
        self, session: Session, stage: Stage, plan: Plan, folder: Path | None = None, anyway: bool = False
    ) -> None:
        super().__init__()
        self.session = session
        self.stage = stage
        self.plan = plan
        self.clock = Clock()
        self.controls = Controls()
        self.outcome: Finished | Failed | None = None
        self._folder = folder
        self._anyway = anyway
        self._touched = False
        self._log: list[Content] = []
        self._under_way: Content | None = None

    def identity_bar(self, subject: str) -> IdentityBar:
        """The first line: what runs, on what, as whom."""
        place = self.plan.place
        bar = IdentityBar(self.run_title, subject, demo=self.session.demo is not None)
        bar.set_reactive(
            IdentityBar.who, Who(place.account_id, place.profile, place.region, place.principal, place.read_only)
        )
        return bar

    def on_mount(self) -> None:
        self._feed: Feed[Event] = Feed(self.app, self._arrived, self.session.settings.frames_per_second)
        self.redraw()
        self._run()

    def on_unmount(self) -> None:
        self.clock.cancel()
        self._feed.close()

    @property
    def is_over(self) -> bool:
        return self.outcome is not None

    @work(thread=True, group="run", exit_on_error=False)
    def _run(self) -> None:
        try:
            world = self.session.world(
                self.clock, self._folder, self._retried, controls=self.controls, anyway=self._anyway
            )
        except LambdatuiError as error:
            self._feed.put(Failed(error, (), self.plan.changes))
            return
        for event in self.stage.run(world, self.plan):
            self._feed.put(event)

    def _retried(self, retry: Retry) -> None:
        self._feed.put(Note(str(retry)))

    def _arrived(self, items: list[Event]) -> None:
        for event in items:
            self._take_common(event)
            self.take(event)
        self.redraw()
        self.refresh_bindings()

    def _take_common(self, event: Event) -> None:
        match event:
            case Started(_, change):
                self._touched = True
                self.say(Content.assemble(("◌ ", "$busy"), f"{change.operation}  {one_line(change.target)}"))
                self._under_way = self._log[-1]
            case Done(_, change):
                sign, colour = glyph_of(change)
                shown = ", ".join(f"{line.field} → {line.after or '0 %'}" for line in change.differences)
                self._log = [line for line in self._log if line is not self._under_way]
                self.say(
                    Content.assemble(
                        ("✔ ", "$ok"),
                        (f"{sign} {change.operation}", colour),
                        f"  {one_line(change.target)}",
                        (f"   {one_line(shown)}" if change.operation == "UpdateAlias" else "", "$muted"),
                    )
                )
            case Note(text):
                self.say(Content.assemble((f"  {one_line(text)}", "$muted")))
            case Finished() | Failed():
                self.outcome = event
                self.ended()
            case _:
                pass

    def take(self, event: Event) -> None:
        """Hears of an event."""

    def ended(self) -> None:
        """The run is over; `outcome` says how."""

    def redraw(self) -> None:
        """Shows what has come so far."""
        self.show_log()

    def say(self, line: Content) -> None:
        """One more line of the log, with the time."""
        now = dt.datetime.fromtimestamp(self.clock.now()).astimezone()
        self._log.append(hanging(Content.assemble((f" {now:%H:%M:%S}  ", "$muted"), line), len(" 12:00:00  ✔ ")))
        del self._log[:-KEPT_LINES]

    def show_log(self) -> None:
        """Draws the log, and follows its end unless the reader has scrolled up."""
        scroll = self.query_one("#run-scroll", VerticalScroll)
        follows = scroll.scroll_offset.y >= scroll.max_scroll_y
        self.query_one("#run-log", Lines).update(self._log)
        if follows:
            self.call_after_refresh(scroll.scroll_end, animate=False)

    def outcome_lines(self) -> list[Content]:
        """How the run ended: what was done, what was not, what is not known."""
        if isinstance(self.outcome, Failed):
            failed = self.outcome
            colour = "$warn" if isinstance(failed.error, Cancelled) else "$bad"
            lines = [Content.assemble((f"✖ {one_line(str(failed.error))}", f"bold {colour}"))]
            if failed.unsure is not None:
                unsure = failed.unsure
                words = f"? {unsure.operation} {unsure.target}: sent, and not known whether it was done"
                lines.append(Content.assemble((one_line(words), "$warn")))
            return lines
        return []

    def open_invocation(self, invocation: Invocation) -> None:
        """Shows one of the run's invocations whole, and its log in CloudWatch if the reader wants it."""
        from lambdatui.tui.screens.result import ResultScreen

        def closed(log_wanted: bool | None) -> None:
            from lambdatui.aws.scope import Scope
            from lambdatui.tui.screens.function import FunctionView

            if log_wanted:
                scope = Scope(self.plan.place.profile, self.plan.place.region)
                self.app.push_screen(
                    FunctionView(self.session, scope, self.stage.subject, "logs", invocation.request_id)
                )

        self.app.push_screen(ResultScreen(invocation), closed)

    def close(self) -> None:
        """Ends the screen with what the run brought."""
        if isinstance(self.outcome, Finished):
            self.dismiss(self.outcome.outputs)
        else:
            self.dismiss({} if self._touched else None)
