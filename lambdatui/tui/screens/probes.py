"""The probes that a rollout sent so far, of which each opens with its answer and its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lambdatui.aws.invocations import Invocation
from lambdatui.stages.rollout.probes import Probed
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.probe_table import ProbeTable
from lambdatui.tui.widgets.record_table import RecordTable


class ProbesScreen(ModalScreen[None]):
    """A list of probes, the latest last; `show` opens the invocation of one."""

    CSS_PATH = "probes.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "close", id="probes.close", key_display="esc"),
    ]

    def __init__(self, title: str, probed: Sequence[Probed], show: Callable[[Invocation], None]) -> None:
        super().__init__()
        self._show = show
        self._title = title
        self._probed = list(probed)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield ProbeTable()
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = self._title
        table = self.query_one(ProbeTable)
        table.styles.height = min(len(self._probed) + 2, max(6, self.app.size.height - 8))
        table.show(self._probed)
        table.action_edge(1)
        self.set_focus(table)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self._show(event.record.invocation)

    def action_close(self) -> None:
        self.dismiss(None)
