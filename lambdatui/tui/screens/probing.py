"""Probing: a blue/green route as it goes. Each probe with its verdict, then the switch, or why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from lambdatui.stages.event import Event, Failed, Finished, Progress, Result
from lambdatui.stages.plan import Plan
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.text import one_line
from lambdatui.tui.rollout_words import VERDICTS
from lambdatui.tui.screens.run import RunScreen
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.probe_table import ProbeTable
from lambdatui.tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage
    from lambdatui.tui.session import Session


class ProbingScreen(RunScreen):
    """The probes of a version, and the switch that follows if they pass."""

    CSS_PATH = "probing.tcss"
    run_title = "Blue/green"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "stop", id="probing.stop"),
        Binding("escape,q", "close", "close", id="probing.close", key_display="esc"),
    ]

    def __init__(
        self, session: Session, stage: Stage, plan: Plan, folder: Path | None = None, anyway: bool = False
    ) -> None:
        super().__init__(session, stage, plan, folder, anyway)
        self.probed: list[Probed] = []
        self.verdict: Verdict | None = None
        self._progress: Progress | None = None

    def compose(self) -> ComposeResult:
        yield self.identity_bar(f"{self.stage.subject}:{getattr(self.stage, 'alias', '')}")
        yield Lines(id="phase")
        yield ProbeTable()
        with VerticalScroll(id="run-scroll", can_focus=False):
            yield Lines(id="run-log")
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_focus(self.query_one(ProbeTable))

    def take(self, event: Event) -> None:
        match event:
            case Result(Probed() as probed):
                self.probed.append(probed)
            case Result(Verdict() as verdict):
                self.verdict = verdict
            case Progress():
                self._progress = event
            case _:
                pass

    def redraw(self) -> None:
        super().redraw()
        self.query_one(ProbeTable).show(self.probed)
        self.query_one("#phase", Lines).update(self._phase())

    def _phase(self) -> list[Content]:
        version = self.plan.facts["outputs"]["version"]
        lines = []
        if self.verdict is not None and not isinstance(self.outcome, Failed):
            # a failure says it all
            glyph, colour = VERDICTS[self.verdict.outcome]
            lines.append(Content.assemble((f" {glyph} {one_line(self.verdict.words)}", f"bold {colour}")))
        if isinstance(self.outcome, Finished):
            lines.append(Content.assemble((f" ✔ Done: all traffic to {version}", "bold $ok")))
        elif self.outcome is not None:
            lines += [Content.assemble(" ", line) for line in self.outcome_lines()]
        elif self.verdict is not None:
            lines.append(Content.assemble((f" ▸ Moving the traffic to {version} …", "bold $busy")))
        else:
            good = sum(1 for one in self.probed if not one.failures)
            runs = getattr(getattr(self.stage, "strategy", None), "runs", 0)
            words = f" ◌ Probing {version}: {len(self.probed)} of {runs} answered, {good} as expected"
            lines.append(Content.assemble((words, "bold $busy"), ("   callers still get the old version", "$muted")))
        return lines

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.open_invocation(event.record.invocation)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        shown = {"stop": not self.is_over, "close": self.is_over}
        return shown.get(action, True)

    def action_stop(self) -> None:
        self.clock.cancel()
        self.say(Content.assemble(("you: stop", "bold $accent")))
        self.show_log()

    def action_close(self) -> None:
        self.close()
