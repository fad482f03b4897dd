"""Runs of pipelines: what the journal has of them. One is opened as it was, two are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.errors import LambdatuiError
from lambdatui.journal import PipelineRun, PipelineRuns, StageRecord
from lambdatui.pipeline.status import Status
from lambdatui.text import ago, one_line
from lambdatui.tui import pipeline_words, states
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import labelled
from lambdatui.tui.screens.pipelines import RUN_STATES
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.pipeline_graph import GLYPHS
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

if TYPE_CHECKING:
    from lambdatui.tui.pipeline_progress import PipelineProgress


@dataclass(frozen=True, slots=True)
class Row:
    """One run, with how its stages stand."""

    run: PipelineRun
    stages: Mapping[str, StageRecord]


@dataclass(frozen=True, slots=True)
class Listed:
    """The runs of the journal, or why it cannot be read."""

    rows: tuple[Row, ...] = ()
    trouble: str = ""


class PipelineRunsScreen(Screen[None]):
    """The runs of one pipeline, or of all; enter opens one, space marks two to compare."""

    DEFAULT_CSS = """
    PipelineRunsScreen #count { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="pipeline_runs.mark"),
        Binding("c", "compare", "compare", id="pipeline_runs.compare"),
        Binding("r", "refresh", "refresh", id="pipeline_runs.refresh"),
        Binding("escape,q", "back", "back", id="pipeline_runs.back", key_display="esc"),
    ]

    def __init__(self, session: Session, name: str | None = None) -> None:
        super().__init__()
        self.session = session
        self.pipeline_name = name
        self._marked: list[str] = []
        self._rows: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        yield IdentityBar("Runs", one_line(self.pipeline_name or ""), demo=self.session.demo is not None)
        yield Static("", id="count", markup=False)
        table: RecordTable[Row] = RecordTable(self._columns(), lambda row: row.run.id, empty="Reading the journal …")
        yield RecordDetail(table, _detail)
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Listed] = Feed(self.app, self._take)
        self._recalled: Feed[PipelineProgress | LambdatuiError] = Feed(self.app, self._open)
        self.set_focus(self._table)
        self.action_refresh()

    def on_unmount(self) -> None:
        self._feed.close()
        self._recalled.close()

    @property
    def _table(self) -> RecordTable[Row]:
        return self.query_one(RecordTable)

    def action_refresh(self) -> None:
        self.run_worker(self._read, thread=True, exclusive=True, group="runs", exit_on_error=False)

    def _read(self) -> None:
        try:
            runs = PipelineRuns(self.session.journal())
            found = runs.runs(name=self.pipeline_name, limit=200)
            self._feed.put(Listed(tuple(Row(run, runs.stages(run.id)) for run in found)))
        except LambdatuiError as error:
            self._feed.put(Listed(trouble=str(error)))

    def _take(self, items: list[Listed]) -> None:
        last = items[-1]
        self._rows = last.rows
        self._table.empty = f"✖ {one_line(last.trouble)}" if last.trouble else "No pipeline was run from here yet."
        self._table.show(list(last.rows))
        self.query_one(RecordDetail).show_detail()
        self._say_count()
        self.refresh_bindings()

    def _say_count(self) -> None:
        count = len(self._rows)
        marked = f"  ·  {len(self._marked)} marked of 2 to compare" if self._marked else ""
        words = Content.assemble((f"{count} run{'' if count == 1 else 's'}", "$muted"), (marked, "$accent"))
        self.query_one("#count", Static).update(words)

    def _columns(self) -> list[Column[Row]]:
        def state(row: Row) -> Cell:
            return RUN_STATES.get(row.run.status, (row.run.status, "muted"))

        def over(row: Row) -> str:
            ended = sum(Status(record.status).lets_on for record in row.stages.values())
            return f"{ended}/{len(row.stages)}"

        def seconds(row: Row) -> str:
            return pipeline_words.took(row.run.finished - row.run.started) if row.run.finished is not None else "–"

        return [
            Column("mark", "", lambda row: ("◆", "busy") if row.run.id in self._marked else "", 1),
            Column("name", "PIPELINE", lambda row: one_line(row.run.name), 24, grow=1),
            Column("state", "STATE", state, 11),
            Column("when", "WHEN", lambda row: ago(states.now().timestamp() - row.run.started), 12),
            Column("took", "TOOK", seconds, 8, align="right"),
            Column("stages", "STAGES", over, 8, align="right", priority=2),
            Column("attempt", "ATTEMPT", lambda row: str(row.run.attempt), 7, align="right", priority=4),
            Column("run", "RUN", lambda row: (row.run.id, "muted"), 12, priority=3),
        ]

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "compare":
            return len(self._marked) == 2
        if action == "mark":
            return self._table.record is not None
        return True

    def action_mark(self) -> None:
        row = self._table.record
        if row is None:
            return
        if row.run.id in self._marked:
            self._marked.remove(row.run.id)
        else:
            # the third takes the place of the first
            self._marked = [*self._marked[-1:], row.run.id]
        self._table.redraw()
        self._say_count()
        self.refresh_bindings()

    def action_compare(self) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        rows = sorted((row for row in self._rows if row.run.id in self._marked), key=lambda row: row.run.started)
        if len(rows) == 2:
            text = "\n".join(compared(*rows))
            self.app.push_screen(DocumentScreen(f"{rows[0].run.id} and {rows[1].run.id}", text))

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        row: Row = event.record
        self.run_worker(lambda: self._recall(row), thread=True, exclusive=True, group="recall", exit_on_error=False)

    def _recall(self, row: Row) -> None:
        """Reads a run as it was."""
        from lambdatui.pipeline import pipeline_file
        from lambdatui.tui.pipeline_progress import PipelineProgress

        run = row.run
        try:
            progress = PipelineProgress(pipeline_file.parse(run.text, run.source, Path(run.folder)))
            told = PipelineRuns(self.session.journal()).events(run.id)
        except LambdatuiError as error:
            self._recalled.put(error)
            return
        words = [(record.stage, _words(record.event)) for record in told if record.stage]
        progress.recall(run, row.stages, [(stage, text) for stage, text in words if text])
        self._recalled.put(progress)

    def _open(self, items: list[PipelineProgress | LambdatuiError]) -> None:
        from lambdatui.tui.screens.pipeline import PipelineScreen

        found = items[-1]
        if isinstance(found, LambdatuiError):
            self.notify(one_line(str(found)), severity="error", markup=False)
        else:
            self.app.push_screen(PipelineScreen(self.session, found))

    def action_back(self) -> None:
        self.dismiss(None)


def _words(event: Mapping[str, object]) -> str:
    """What an event of the journal says, in a line; empty for what the record of its stage says already."""
    name = str(event.get("event") or "")
    if name in ("stage_began", "stage_ended", "planned", "finished", "failed"):
        return ""
    rest = (f"{value}" for key, value in event.items() if key != "event" and isinstance(value, str | int | float))
    return one_line(f"{name.replace('_', ' ')}  {'  '.join(rest)}")[:300]


def _detail(row: Row) -> tuple[str, list[Content]]:
    run = row.run
    began = dt.datetime.fromtimestamp(run.started).astimezone()
    lines = labelled(
        [
            ("run", run.id),
            ("file", run.source),
            ("began", f"{began:%Y-%m-%d %H:%M:%S}"),
            ("parameters", ", ".join(f"{name}={value}" for name, value in run.parameters.items())),
            ("ended", run.error, "$bad"),
        ]
    )
    lines.append(Content(""))
    width = max((len(name) for name in row.stages), default=0)
    for name, record in row.stages.items():
        glyph, tone = GLYPHS[Status(record.status)]
        seconds = record.finished - record.started if record.finished is not None else None
        lines.append(
            Content.assemble(
                (f"{glyph} ", f"${tone}"),
                f"{name:<{width}}  ",
                (f"{record.status:<10}", f"${tone}"),
                (f"{pipeline_words.took(seconds):>8}  {one_line(record.error)}", "$muted"),
            )
        )
    return one_line(run.name), lines


def compared(first: Row, second: Row) -> list[str]:
    """Two runs side by side: parameters, states, durations and outputs, and what differs marked."""
    lines = [f"{'':<26}{first.run.id:<34}{second.run.id}", _pair("state", first.run.status, second.run.status)]
    lines.append(_pair("document", first.run.sha256[:12], second.run.sha256[:12]))
    given = (first.run.parameters, second.run.parameters)
    lines += [
        _pair(f"-p {name}", given[0].get(name, "–"), given[1].get(name, "–"))
        for name in dict.fromkeys((*given[0], *given[1]))
    ]
    for name in dict.fromkeys((*first.stages, *second.stages)):
        one, other = first.stages.get(name), second.stages.get(name)
        lines += ["", _pair(name, one.status if one else "–", other.status if other else "–")]
        lines.append(_pair("  took", _took(one), _took(other)))
        outputs = [record.outputs if record is not None else {} for record in (one, other)]
        for key in dict.fromkeys((*outputs[0], *outputs[1])):
            if key != "report":
                lines.append(_pair(f"  {key}", outputs[0].get(key, "–"), outputs[1].get(key, "–")))
    return lines


def _took(record: StageRecord | None) -> str:
    if record is None or record.finished is None:
        return "–"
    return pipeline_words.took(record.finished - record.started)


def _pair(name: str, one: object, other: object) -> str:
    mark = "≠" if str(one) != str(other) else " "
    return f"{mark} {one_line(name)[:23]:<24}{one_line(str(one))[:32]:<34}{one_line(str(other))[:60]}"
