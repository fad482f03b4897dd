"""Pipeline: its graph, and each stage with what it is, will do, does and did; run live, or as the journal has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer

from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEvent, StageBegan
from lambdatui.pipeline.graph import Graph
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.runner import Runner
from lambdatui.pipeline.status import Status
from lambdatui.stages.world import World
from lambdatui.text import one_line
from lambdatui.tui import pipeline_words, states
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import hanging
from lambdatui.tui.pipeline_progress import PipelineProgress, StageProgress
from lambdatui.tui.screens.choose import ChooseScreen, Option
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.pipeline_graph import PipelineGraph

MakeRunner = Callable[[World, PipelineControls], Runner]


_WRONG = (Status.FAILED, Status.HALTED, Status.CANCELLED)


_MOST_LINES = 1500


def _lines(graph: Graph) -> Mapping[str, Sequence[str]]:
    """Which stages lead to which, as it is drawn: where that is too much to see, without what follows from the rest."""
    before = {name: graph.before(name) for name in graph.ids}
    if sum(map(len, before.values())) <= _MOST_LINES:
        return before
    above = {name: graph.upstream(name) for name in graph.ids}
    return {
        name: [one for one in leading if not any(one in above[other] for other in leading)]
        for name, leading in before.items()
    }


class NotRun:
    """A run could not begin, and why."""

    def __init__(self, error: LambdatuiError) -> None:
        self.error = error


class PipelineScreen(Screen[bool]):
    """One pipeline. It ends with whether it was run.

    With `recalled`, it shows that run of the journal; `run_with` begins one at once.
    """

    CSS_PATH = "pipeline.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,g", "run", "run", id="pipeline.run", key_display="f5"),
        Binding("y", "answer(True)", "yes", id="pipeline.yes"),
        Binding("n", "answer(False)", "no", id="pipeline.no"),
        Binding("s", "skip", "skip the wait", id="pipeline.skip"),
        Binding("p", "pause", "pause", id="pipeline.pause"),
        Binding("x", "stop", "stop", id="pipeline.stop"),
        Binding("r", "resume", "go on", id="pipeline.resume"),
        Binding("f", "from_here", "from here", id="pipeline.from_here"),
        Binding("c", "report", "report", id="pipeline.report"),
        Binding("h", "runs", "runs", id="pipeline.runs"),
        Binding("escape,q", "back", "back", id="pipeline.back", key_display="esc"),
        # last, for where not all find room
        Binding("tab", "app.focus_next", "graph, panel", id="pipeline.focus"),
    ]

    def __init__(self, session: Session, progress: PipelineProgress, *, run_with: MakeRunner | None = None) -> None:
        super().__init__()
        self.session = session
        self.progress = progress
        self._run_with = run_with
        self._clock = Clock()
        self.controls = PipelineControls()
        self._was_run = False
        self._leaving = False
        self._asks = False
        """Whether it is being asked what is to become of the run."""
        self._follows = True
        """Whether the stage that began last is the chosen one: until a person chooses another."""
        self._trouble = ""
        self._ticking: Timer | None = None

    @property
    def file(self) -> PipelineFile:
        return self.progress.file

    def compose(self) -> ComposeResult:
        yield IdentityBar("Pipeline", one_line(self.file.pipeline.name), demo=self.session.demo is not None)
        yield Lines(id="headline")
        yield PipelineGraph(id="graph")
        with VerticalScroll(id="panel-scroll", can_focus=True):
            yield Lines(id="panel")
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[PipelineEvent | NotRun] = Feed(self.app, self._take, self.session.settings.frames_per_second)
        now = self._now()
        graph = self.file.graph
        shown = {name: pipeline_words.box(stage, now) for name, stage in self.progress.stages.items()}
        self._graph.show(graph.layers(), _lines(graph), shown)
        self.set_focus(self._graph)
        self._show()
        if self._run_with is not None:
            self._begin(self._run_with)

    def on_unmount(self) -> None:
        # whatever runs is left at its next safe point, to be gone on with
        self._clock.cancel()
        self._feed.close()

    @property
    def _graph(self) -> PipelineGraph:
        return self.query_one(PipelineGraph)

    @property
    def _chosen(self) -> StageProgress:
        return self.progress.stages[self._graph.chosen]

    def _now(self) -> float:
        return states.now().timestamp()

    # what is shown

    def _show(self) -> None:
        now = self._now()
        headline = pipeline_words.headline(self.progress, now)
        words = self._trouble or self.progress.error
        lines = [headline]
        if words:
            lines.append(hanging(Content.assemble((f" ✖ {one_line(words)}", "$bad")), 3))
        elif self.progress.status is None:
            source = one_line(self.file.document.source)
            description = one_line(self.file.pipeline.description or "")
            lines = [Content.assemble(headline, (f"   {source}", "$muted")), hanging(Content(f" {description}"), 1)]
        self.query_one("#headline", Lines).update(lines)
        self.query_one("#panel", Lines).update(pipeline_words.panel(self.progress, self._graph.chosen, now))
        self.refresh_bindings()

    def _tick(self) -> None:
        """Once a second while something runs: how long it has taken."""
        now = self._now()
        for name, stage in self.progress.stages.items():
            if stage.status is Status.RUNNING:
                self._graph.say(name, pipeline_words.box(stage, now))
        self._show()

    def on_pipeline_graph_chosen(self, event: PipelineGraph.Chosen) -> None:
        self._follows = self._follows and not event.by_hand
        self.query_one("#panel-scroll").scroll_home(animate=False)
        self._show()

    def on_pipeline_graph_opened(self, _: PipelineGraph.Opened) -> None:
        self.set_focus(self.query_one("#panel-scroll"))

    # the run

    def _begin(self, make: MakeRunner) -> None:
        self._clock, self.controls = Clock(), PipelineControls()
        self._trouble, self._was_run, self._follows = "", True, True
        self.progress.status, self.progress.elsewhere = Status.RUNNING, False
        self.progress.began, self.progress.ended, self.progress.error = self._now(), None, ""
        if self._ticking is None:
            self._ticking = self.set_interval(1.0, self._tick)
        self._carry_out(make, self._clock, self.controls)
        self._show()

    @work(thread=True, group="pipeline", exit_on_error=False)
    def _carry_out(self, make: MakeRunner, clock: Clock, controls: PipelineControls) -> None:
        try:
            runner = make(self.session.world(clock, self.file.folder), controls)
            for event in runner.events():
                self._feed.put(event)
        except LambdatuiError as error:
            self._feed.put(NotRun(error))

    def _take(self, items: list[PipelineEvent | NotRun]) -> None:
        now = self._now()
        touched: set[str] = set()
        was_asking = {stage.id for stage in self.progress.asking}
        for item in items:
            if isinstance(item, NotRun):
                self._trouble = str(item.error)
                self.progress.status = None if not self.progress.run else Status.FAILED
            else:
                touched.add(self.progress.take(item, now))
                if self._follows and isinstance(item, StageBegan):
                    self._graph.choose(item.id)
        # what is about the run as a whole may be about every stage
        for name in self.progress.stages if "" in touched else touched:
            self._graph.say(name, pipeline_words.box(self.progress.stages[name], now))
        asking = [stage for stage in self.progress.asking if stage.id not in was_asking]
        if asking:
            self._graph.choose(asking[0].id)
            self.app.bell()
        if not self.progress.runs:
            self._over()
        self._show()

    def _over(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            self.app.bell()
            wrong = (stage for stage in self.progress.stages.values() if stage.status in _WRONG)
            first = next(wrong, None)
            if self._follows and first is not None:
                self._graph.choose(first.id)
        if self._leaving:
            self.dismiss(True)

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        progress = self.progress
        if not self._graph.chosen:
            return action in ("back",)
        stage = self._chosen
        match action:
            case "run":
                return not progress.runs
            case "answer":
                return progress.runs and stage.waits_for_a_person
            case "skip":
                return progress.runs and stage.kind == "wait" and stage.status is Status.RUNNING
            case "pause" | "stop":
                return progress.runs
            case "resume":
                return not progress.runs and progress.status in (Status.FAILED, Status.CANCELLED)
            case "from_here":
                return not progress.runs and progress.status in (Status.FAILED, Status.DONE) and bool(progress.run)
            case "report":
                return bool(stage.judgements)
            case "runs":
                return not progress.runs
            case _:
                return True

    def action_run(self) -> None:
        """Asks for the parameters, shows what would be done, and runs it."""
        from lambdatui.tui.screens.pipeline_start import PipelineStart

        def agreed(values: Mapping[str, Any] | None) -> None:
            if values is None:
                return
            self.progress = PipelineProgress(self.file)
            now = self._now()
            for name, stage in self.progress.stages.items():
                self._graph.say(name, pipeline_words.box(stage, now))
            self._begin(lambda world, controls: Runner(world, self.file, values, controls=controls))

        self.app.push_screen(PipelineStart(self.session, self.file), agreed)

    def action_answer(self, yes: bool) -> None:
        stage = self._chosen
        if not stage.waits_for_a_person:
            return
        if not yes:
            self._answered(stage.id, None)
        elif stage.asked is not None and stage.asked.choices:
            options = [Option(choice, one_line(choice)) for choice in stage.asked.choices]

            def chosen(values: tuple[str, ...] | None) -> None:
                if values:
                    self._answered(stage.id, values[0])

            self.app.push_screen(ChooseScreen(one_line(stage.asked.question), options), chosen)
        else:
            self._answered(stage.id, "")

    def _answered(self, stage: str, choice: str | None) -> None:
        """Passes an answer on: None says no."""
        held = self.progress.stages[stage].asked is None
        if choice is None:
            self.controls.reject(stage)
        elif held:
            self.controls.of(stage).go_on()
        else:
            self.controls.approve(stage, choice or None)
        self.progress.answered(stage)
        self._graph.say(stage, pipeline_words.box(self.progress.stages[stage], self._now()))
        self._show()

    def action_skip(self) -> None:
        self.controls.skip(self._graph.chosen)

    def action_pause(self) -> None:
        if self.progress.paused:
            self.controls.go_on()
        else:
            self.controls.pause()

    def action_stop(self) -> None:
        """Asks how to stop: leave a rollout where it is, put it back, or go on."""
        options = [
            Option("leave", "stop, and leave a rollout at its step", "it can be gone on with later"),
            Option("put back", "stop, and put a rollout back", "the alias gets its routing from before"),
        ]

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self.controls.cancel(put_back=values[0] == "put back")

        self.app.push_screen(ChooseScreen(f"Stop {one_line(self.file.pipeline.name)}?", options), chosen)

    def action_resume(self) -> None:
        """Goes on with a run that failed or was stopped, its ended stages kept."""
        self._take_up(None)

    def action_from_here(self) -> None:
        """Runs the chosen stage again, and all that it leads to."""
        self._take_up(self._graph.chosen)

    def _take_up(self, stage: str | None) -> None:
        from lambdatui.pipeline import taking_up_run

        run = self.progress.run
        if run:
            self._begin(lambda world, controls: taking_up_run.runner(world, run, controls=controls, stage=stage))

    def action_report(self) -> None:
        from lambdatui.tui.screens.canary import CanaryScreen

        stage = self._chosen
        sides = (str(stage.outputs.get("baseline", "")), str(stage.outputs.get("canary", "")))
        screen = CanaryScreen(self.session, stage.title, judgements=stage.judgements, sides=sides)
        self.app.push_screen(screen)

    def action_runs(self) -> None:
        from lambdatui.tui.screens.pipeline_runs import PipelineRunsScreen

        self.app.push_screen(PipelineRunsScreen(self.session, self.file.pipeline.name))

    def action_back(self) -> None:
        if not self.progress.runs:
            self.dismiss(self._was_run)
        else:
            self._ask_to_leave()

    def hold_app(self) -> bool:
        """Leaving the app would end the run, which is asked about first."""
        if not self.progress.runs or self._asks:
            return False
        self._ask_to_leave()
        return True

    def _ask_to_leave(self) -> None:
        options = [
            Option("stay", "stay here", "it goes on"),
            Option("leave", "stop it, and leave", "a rollout stays at its step; it can be gone on with later"),
            Option("put back", "stop it, put a rollout back, and leave", "the alias gets its routing from before"),
        ]

        self._asks = True

        def chosen(values: tuple[str, ...] | None) -> None:
            self._asks = False
            if values and values[0] != "stay":
                self._leaving = True
                self.controls.cancel(put_back=values[0] == "put back")
                if not self.progress.runs:
                    self.dismiss(True)

        self.app.push_screen(ChooseScreen("It runs only while this screen is open.", options), chosen)
