"""Pipelines: those in a folder, with what is wrong with them and how each ran last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.text import ago, one_line
from lambdatui.tui import pipeline_files, states
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import hanging, labelled
from lambdatui.tui.pipeline_files import Found
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable, Tone

RUN_STATES: dict[str, tuple[str, Tone]] = {
    "running": ("◌ running", "busy"),
    "done": ("✔ done", "ok"),
    "failed": ("✖ failed", "bad"),
    "cancelled": ("■ stopped", "warn"),
    "unknown": ("? cut off", "warn"),
}
"""How a run of a pipeline stands: a sign with a word, and a colour. `unknown`: its process is gone."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a folder holds, or why it cannot be read."""

    found: tuple[Found, ...] = ()
    trouble: str = ""


class PipelinesScreen(Screen[None]):
    """The pipelines of a folder: enter opens one."""

    DEFAULT_CSS = """
    PipelinesScreen #folder { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "folder", "folder", id="pipelines.folder"),
        Binding("h", "runs", "runs", id="pipelines.runs"),
        Binding("w", "problems", "what is wrong", id="pipelines.problems"),
        Binding("r", "refresh", "refresh", id="pipelines.refresh"),
        Binding("escape,q", "back", "back", id="pipelines.back", key_display="esc"),
    ]

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.session = session
        self.folder = folder

    def compose(self) -> ComposeResult:
        yield IdentityBar("Pipelines", demo=self.session.demo is not None)
        yield Static("", id="folder", markup=False)
        table: RecordTable[Found] = RecordTable(_columns(), lambda one: str(one.path), empty="Reading …")
        yield RecordDetail(table, _detail)
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Listed] = Feed(self.app, self._take)
        self.set_focus(self._table)

    def on_unmount(self) -> None:
        self._feed.close()

    def on_screen_resume(self) -> None:
        # at first as well as when a run was looked at
        self.action_refresh()

    @property
    def _table(self) -> RecordTable[Found]:
        return self.query_one(RecordTable)

    def action_refresh(self) -> None:
        self.run_worker(self._read, thread=True, exclusive=True, group="pipelines", exit_on_error=False)

    def _read(self) -> None:
        from lambdatui.journal import PipelineRuns

        try:
            runs = PipelineRuns(self.session.journal())
            self._feed.put(Listed(tuple(pipeline_files.found(self.folder, runs))))
        except LambdatuiError as error:
            self._feed.put(Listed(trouble=str(error)))

    def _take(self, items: list[Listed]) -> None:
        last = items[-1]
        nothing = "There is no pipeline here. f chooses another folder; `lambdatui import-spinnaker` makes one."
        self._table.empty = f"✖ {one_line(last.trouble)}" if last.trouble else nothing
        self._table.show(list(last.found))
        self.query_one(RecordDetail).show_detail()
        count = len(last.found)
        words = f"{count} pipeline{'' if count == 1 else 's'} in {one_line(str(self.folder))}"
        self.query_one("#folder", Static).update(Content.assemble((words, "$muted")))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        one = self._table.record
        if action == "problems":
            return one is not None and bool(one.examined.problems)
        return True

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self.refresh_bindings()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.pipeline_progress import PipelineProgress
        from lambdatui.tui.screens.pipeline import PipelineScreen

        one: Found = event.record
        if one.examined.file is None:
            self.action_problems()
        else:
            self.app.push_screen(PipelineScreen(self.session, PipelineProgress(one.examined.file)))

    def action_problems(self) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        one = self._table.record
        if one is not None:
            told = [f"{'▲' if problem.warning else '✖'} {words}" for words, problem in one.examined.told]
            self.app.push_screen(DocumentScreen(f"What is wrong with {one.path.name}", "\n".join(told)))

    def action_runs(self) -> None:
        from lambdatui.tui.screens.pipeline_runs import PipelineRunsScreen

        self.app.push_screen(PipelineRunsScreen(self.session))

    def action_folder(self) -> None:
        from lambdatui.tui.screens.ask_text import AskText

        def folder(text: str) -> Path:
            path = Path(text).expanduser()
            if not path.is_dir():
                raise BadInput(f"{path} is no folder.")
            return path

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.folder = path
                self.action_refresh()

        ask = AskText("Pipelines", "Which folder?", "its YAML and JSON files are looked at", str(self.folder), folder)
        self.app.push_screen(ask, chosen)

    def action_back(self) -> None:
        self.dismiss(None)


def _columns() -> list[Column[Found]]:
    def checked(one: Found) -> Cell:
        if one.errors:
            return f"✖ {one.errors} wrong", "bad"
        return (f"▲ {one.warnings}", "warn") if one.warnings else ("✔", "ok")

    def last(one: Found) -> Cell:
        return RUN_STATES.get(one.last.status, (one.last.status, "muted")) if one.last is not None else ("–", "muted")

    def age(one: Found) -> Cell:
        if one.last is None:
            return "–", "muted"
        return ago(states.now().timestamp() - one.last.started), "muted"

    def stages(one: Found) -> Cell:
        return str(len(one.examined.file.pipeline.stages)) if one.examined.file is not None else "–"

    return [
        Column("name", "PIPELINE", lambda one: one_line(one.name), 28, grow=2),
        Column("stages", "STAGES", stages, 6, align="right"),
        Column("checked", "CHECKED", checked, 10),
        Column("last", "LAST RUN", last, 12),
        Column("age", "WHEN", age, 12, priority=2),
        Column("file", "FILE", lambda one: (one_line(one.path.name), "muted"), 20, grow=1, priority=3),
    ]


def _detail(one: Found) -> tuple[str, list[Content]]:
    """A pipeline's name, and what it is."""
    pairs: list[tuple[str, str]] = [("file", str(one.path))]
    if one.examined.file is not None:
        pipeline = one.examined.file.pipeline
        pairs += [
            ("what", pipeline.description or ""),
            ("stages", ", ".join(entry.title for entry in pipeline.stages)),
            ("parameters", ", ".join(pipeline.parameters)),
        ]
    if one.last is not None:
        pairs.append(("last run", f"{one.last.id}  {one.last.status}  {one.last.error}"))
    lines = labelled([(name, one_line(value)) for name, value in pairs if value])
    for words, problem in one.examined.told[:20]:
        glyph, colour = ("▲ ", "$warn") if problem.warning else ("✖ ", "$bad")
        lines.append(hanging(Content.assemble((glyph, colour), one_line(words)), 2))
    return one_line(one.name), lines
