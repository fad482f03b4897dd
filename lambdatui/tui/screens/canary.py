"""Canary: what a judge says of a version, metric by metric, with the two sides drawn over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from lambdatui.canary.report import Judgement, MetricVerdict
from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.stages import progress_words
from lambdatui.stages.event import Event, Failed, Finished, Note, Progress, Result
from lambdatui.text import one_line
from lambdatui.tui import judgement_words
from lambdatui.tui.feed import Feed
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.screens.function_screen import known_who
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable, Tone

if TYPE_CHECKING:
    from lambdatui.aws.scope import Scope
    from lambdatui.stages.stage import Stage

_TONES: Mapping[str, Tone] = {"$ok": "ok", "$warn": "warn", "$bad": "bad", "$muted": "muted"}


class CanaryScreen(Screen[None]):
    """The judgements of one canary, the last one shown. With a `stage`, it is carried out here and shown as it goes."""

    CSS_PATH = "canary.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "stop", id="canary.stop"),
        Binding("r", "again", "judge again", id="canary.again"),
        Binding("escape,q", "back", "back", id="canary.back", key_display="esc"),
    ]

    def __init__(
        self,
        session: Session,
        subject: str,
        *,
        judgements: Sequence[Judgement] = (),
        sides: tuple[str, str] = ("", ""),
        stage: Stage | None = None,
        scope: Scope | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self._subject = subject
        self._stage, self._scope = stage, scope
        self._clock: Clock | None = None
        self._words: Content | None = None
        self.judgements = list(judgements)
        self.sides = sides
        """The versions of the baseline and of the canary, where they are known."""

    def compose(self) -> ComposeResult:
        bar = IdentityBar("Canary", one_line(self._subject), demo=self.session.demo is not None)
        if self._scope is not None:
            bar.set_reactive(IdentityBar.who, known_who(self.session, self._scope))
        yield bar
        yield Lines(id="score")
        table: RecordTable[MetricVerdict] = RecordTable(
            _columns(), lambda metric: metric.name, empty="The samples are being read …"
        )
        yield RecordDetail(table, self._detail)
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Event] = Feed(self.app, self._take, self.session.settings.frames_per_second)
        self.set_focus(self._table)
        if self._stage is not None:
            self.action_again()
        self._show()

    def on_unmount(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._feed.close()

    def on_resize(self, _: events.Resize) -> None:
        self.query_one(RecordDetail).show_detail()

    @property
    def _table(self) -> RecordTable[MetricVerdict]:
        return self.query_one(RecordTable)

    @property
    def over(self) -> bool:
        """Whether nothing is being judged."""
        return self._clock is None

    # the judging

    def _judge(self, stage: Stage, clock: Clock) -> None:
        try:
            world = self.session.world(clock)
            plan = stage.plan(world)
            facts = plan.facts
            self.sides = (str(facts.get("baseline", "")), str(facts.get("canary", "")))
            for warning in plan.warnings:
                self._feed.put(Note(warning))
            for event in stage.run(world, plan):
                self._feed.put(event)
        except LambdatuiError as error:
            self._feed.put(Failed(error, (), ()))

    def _take(self, items: list[Event]) -> None:
        for item in items:
            match item:
                case Result(Judgement() as judgement):
                    self.judgements.append(judgement)
                    self._words = None
                case Progress():
                    self._words = Content.assemble((f" ◌ {one_line(progress_words.told(item))}", "$busy"))
                case Note(text):
                    self._words = Content.assemble((f" {one_line(text)}", "$muted"))
                case Failed(error=error):
                    self._clock = None
                    # a canary that does not pass fails, and its judgement says why
                    self._words = None
                    if not self.judgements or self.judgements[-1].outcome != "fail":
                        self._words = Content.assemble((f" ✖ {one_line(str(error))}", "$bad"))
                        self._table.empty = "There is no judgement."
                case Finished():
                    self._clock = None
                    self._words = None
                case _:
                    pass
        self._show()

    def _show(self) -> None:
        lines: list[Content] = []
        if self.judgements:
            last = self.judgements[-1]
            lines = [judgement_words.score(last), Content(one_line(last.words))]
            points = judgement_words.points(last)
            lines += [points] if points is not None else []
            if len(self.judgements) > 1 or last.looks > 1:
                lines.append(judgement_words.looks(self.judgements))
            lines += [Content.assemble((f"▲ {one_line(warning)}", "$warn")) for warning in last.warnings]
            self._table.show(list(last.metrics))
        if any(self.sides):
            lines.append(judgement_words.legend(*self.sides))
        if self._words is not None:
            lines.append(self._words)
        self.query_one("#score", Lines).update(lines)
        self.query_one(RecordDetail).show_detail()
        self._table.redraw()
        self.refresh_bindings()

    def _detail(self, metric: MetricVerdict) -> tuple[str, Sequence[Content]]:
        width = self.query_one(RecordDetail).detail_width
        return one_line(metric.name), judgement_words.metric_lines(metric, width, *self.sides)

    # copying and exporting

    def copies(self) -> Sequence[Copyable]:
        """The report, and the judgement in full."""
        if not self.judgements:
            return []
        last = self.judgements[-1]
        return [
            Copyable("report", judgement_words.as_text(last, self._title, self.sides)),
            Copyable("verdict", f"{self._title}: {last.outcome}, score {last.score:g}: {last.words}"),
            Copyable("JSON", as_json(last.as_data())),
        ]

    def exported(self) -> Rows:
        """A row a metric, with all that was measured."""
        if not self.judgements:
            return Rows(f"canary of {self._subject}", [], 0)
        last = self.judgements[-1]
        about = {"baseline": self.sides[0], "canary": self.sides[1], "judge": last.judge, "look": last.look}
        about |= {"outcome": last.outcome, "score": last.score}
        rows = [{**metric, **about} for metric in last.as_data()["metrics"]]
        return Rows(f"canary of {self._subject}", rows, len(rows))

    @property
    def _title(self) -> str:
        baseline, canary = self.sides
        return f"{self._subject} {canary} beside {baseline}" if any(self.sides) else self._subject

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop":
            return self._clock is not None
        if action == "again":
            return self._stage is not None and self._clock is None
        return True

    def action_again(self) -> None:
        if self._stage is None:
            return
        self._clock = Clock()
        self.judgements.clear()
        stage, clock = self._stage, self._clock
        self.run_worker(lambda: self._judge(stage, clock), thread=True, group="canary", exit_on_error=False)
        self.refresh_bindings()

    def action_stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def action_back(self) -> None:
        self.dismiss(None)


def _columns() -> list[Column[Any]]:
    def verdict(metric: MetricVerdict) -> Cell:
        glyph, word, colour = judgement_words.LABELS[metric.label]
        return f"{glyph} {word}", _TONES[colour]

    def tags(metric: MetricVerdict) -> Cell:
        found = [*metric.groups, *(["critical"] if metric.critical else []), *(["muted"] if metric.muted else [])]
        return one_line(", ".join(found)), "muted"

    return [
        Column("metric", "METRIC", lambda metric: one_line(metric.name), 16, grow=1, most=30),
        Column("verdict", "VERDICT", verdict, 10),
        Column("baseline", "BASELINE", lambda m: m.figure(m.control), 11, align="right"),
        Column("canary", "CANARY", lambda m: m.figure(m.experiment), 11, align="right"),
        Column("ratio", "RATIO", judgement_words.ratio, 7, align="right", priority=2),
        Column(
            "samples", "SAMPLES", lambda m: f"{m.control.count}+{m.experiment.count}", 12, align="right", priority=3
        ),
        Column("groups", "GROUP", tags, 12, priority=4),
        Column("why", "WHY", lambda m: (one_line(m.words), "muted"), 20, grow=3, priority=5),
    ]
