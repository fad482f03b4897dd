"""The function view: everything about one function, in tabs that read only when they are opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.aws.errors import NotFound
from lambdatui.aws.scope import Scope
from lambdatui.text import one_line
from lambdatui.tui.credentials import credentials_of
from lambdatui.tui.offers import Copyable
from lambdatui.tui.screens.function_screen import known_who, who
from lambdatui.tui.session import Session
from lambdatui.tui.tabs.tab import FunctionTab, Subject
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.tab_bar import KEYS, TabBar

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage

TABS: dict[str, str] = {
    "overview": "OverviewTab",
    "versions": "VersionsTab",
    "aliases": "AliasesTab",
    "triggers": "TriggersTab",
    "environment": "EnvironmentTab",
    "concurrency": "ConcurrencyTab",
    "layers": "LayersTab",
    "tags": "TagsTab",
    "logs": "LogsTab",
    "metrics": "MetricsTab",
    "history": "HistoryTab",
}
"""The tabs in their order: the module in `tui/tabs` and its class. A module is imported when its tab is opened."""


class FunctionView(Screen[bool]):
    """Everything about one function. It ends with whether anything was changed."""

    CSS_PATH = "function.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "deploy", "deploy", id="function.deploy"),
        Binding("U", "update_code", "update code", id="function.update_code"),
        Binding("D", "download", "download", show=False, id="function.download"),
        Binding("i", "invoke", "invoke", id="function.invoke"),
        Binding("t", "traffic", "traffic", id="function.traffic"),
        Binding("C", "canary", "canary", id="function.canary"),
        Binding("r", "refresh", "refresh", id="function.refresh"),
        Binding("left", "step(-1)", "tab before", show=False, id="function.before"),
        Binding("right", "step(1)", "tab after", show=False, id="function.after"),
        *(
            Binding(
                "minus" if key == "-" else key, f"open_tab({index})", f"tab {key}", show=False, id=f"function.tab_{key}"
            )
            for index, key in enumerate(KEYS)
        ),
        Binding("escape,q", "back", "back", id="function.back", key_display="esc"),
    ]

    def __init__(
        self, session: Session, scope: Scope, function: str, tab: str = "overview", request_id: str = ""
    ) -> None:
        super().__init__()
        self.subject = Subject(session, scope, function, request_id)
        self.changed = False
        self._names = list(TABS)
        self._first = self._names.index(tab)
        self._tabs: dict[int, FunctionTab[Any]] = {}
        self._stale: set[int] = set()
        self._active = -1

    def compose(self) -> ComposeResult:
        subject = self.subject
        bar = IdentityBar("Function", subject.function, demo=subject.session.demo is not None)
        bar.set_reactive(IdentityBar.who, known_who(subject.session, subject.scope))
        yield bar
        yield TabBar([name.capitalize() for name in self._names])
        yield Static("", id="notice", markup=False)
        yield Container(id="tabs")
        yield KeyBar()

    async def on_mount(self) -> None:
        await self.action_open_tab(self._first)

    # tabs

    @property
    def tab(self) -> FunctionTab[Any]:
        """The tab in front."""
        return self._tabs[self._active]

    async def action_open_tab(self, index: int) -> None:
        """Brings a tab to the front, and makes it if it was not opened before."""
        if index >= len(self._names) or index == self._active:
            return
        if self._active >= 0:
            self.tab.display = False
            self.tab.closed()
        self._active = index
        self.query_one(TabBar).active = index
        if index not in self._tabs:
            name = self._names[index]
            module = importlib.import_module(f"lambdatui.tui.tabs.{name}")
            tab: FunctionTab[Any] = getattr(module, TABS[name])(self.subject)
            self._tabs[index] = tab
            await self.query_one("#tabs").mount(tab)
        else:
            self.tab.display = True
            if index in self._stale:
                self.tab.reload()
        self._stale.discard(index)
        self.tab.opened()
        first = self.tab.query(".first")
        self.set_focus(first.first() if first else None)
        self._show_reading()

    async def action_step(self, by: int) -> None:
        await self.action_open_tab((self._active + by) % len(self._names))

    async def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        await self.action_open_tab(event.index)

    def on_function_tab_changed(self, event: FunctionTab.Changed) -> None:
        if event.tab.last is not None:
            self.query_one(IdentityBar).who = who(self.subject.scope, event.tab.last)
        if isinstance(event.tab.trouble, NotFound):
            # it was deleted elsewhere: the list has to learn of it too
            self.changed = True
        self._show_reading()

    def _show_reading(self) -> None:
        bar, tab = self.query_one(TabBar), self.tab
        at, trouble = tab.read_at, tab.trouble
        when = f"read {at.astimezone():%H:%M:%S}" if at else ""
        bar.word = when or "reading …"
        bar.trouble = (when or "not read") if trouble else ""
        words = ""
        if tab.waiting:
            words = f"▲ {one_line(tab.waiting)}"
        elif trouble and when:
            # a tab that has nothing to show tells it in its own place
            words = f"▲ This was {when}, and cannot be read anew: {one_line(str(trouble))}"
        notice = self.query_one("#notice", Static)
        notice.update(words)
        notice.display = bool(words)

    # copying

    def copies(self) -> Sequence[Copyable]:
        """What the tab in front offers."""
        return self.tab.copies()

    # acts

    def act(self, stage: Stage, then: Callable[[Any], None] | None = None, folder: Path | None = None) -> None:
        """Plans a stage, asks, and carries it out; all tabs are read anew if something was changed."""
        from lambdatui.tui.screens.act import ActScreen

        def over(outputs: Any) -> None:
            if outputs is not None:
                self.was_changed()
            if then is not None:
                then(outputs)

        self.app.push_screen(ActScreen(self.subject.session, stage, folder), over)

    def was_changed(self, changed: object = True) -> None:
        """Something about the function is another: the tab in front is read now, the others when they are opened."""
        if changed:
            self.changed = True
            self._stale = set(self._tabs) - {self._active}
            self.tab.reload()

    def action_refresh(self) -> None:
        credentials = credentials_of(self)
        if credentials is not None:
            credentials.retry({self.subject.scope.profile})
        self.tab.reload()

    def action_back(self) -> None:
        self.dismiss(self.changed)

    def action_invoke(self, qualifier: str | None = None) -> None:
        from lambdatui.tui.screens.invoke import InvokeScreen

        subject = self.subject
        self.app.push_screen(InvokeScreen(subject.session, subject.scope, subject.function, qualifier))

    def action_traffic(self, canary: str | None = None, alias: str | None = None) -> None:
        from lambdatui.tui.screens.traffic import TrafficScreen

        subject = self.subject
        screen = TrafficScreen(subject.session, subject.scope, subject.function, canary, alias)
        self.app.push_screen(screen, self.was_changed)

    def action_canary(self, canary: str = "") -> None:
        """Judges a version, else the newest, beside the one that callers get."""
        from lambdatui.tui.screens.canary_form import CanaryForm

        subject = self.subject
        self.app.push_screen(CanaryForm(subject.session, subject.scope, subject.function, canary=canary))

    def action_deploy(self) -> None:
        from lambdatui.tui.screens.deploy import DeployScreen

        subject = self.subject
        self.app.push_screen(DeployScreen(subject.session, subject.scope, subject.function), self.was_changed)

    def action_download(self) -> None:
        """Writes the function to a folder that a deployment takes back."""
        from lambdatui.tui.screens.download import DownloadScreen

        subject = self.subject
        self.app.push_screen(DownloadScreen(subject.session, subject.scope, subject.function))

    def action_update_code(self) -> None:
        from lambdatui.tui.screens.update_code import UpdateCodeScreen

        subject = self.subject
        self.app.push_screen(UpdateCodeScreen(subject.session, subject.scope, subject.function), self.was_changed)
