"""Choose: one or several of a list, with a word on each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.text import one_line
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Column, RecordTable


class Option(NamedTuple):
    """What may be chosen: the value that it stands for, its label, and a word on it."""

    value: str
    label: str
    word: str = ""


class Choices(RecordTable[Option]):
    """The options, of which enter takes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "choose", id="choose.take")]


class ChooseScreen(ModalScreen[tuple[str, ...] | None]):
    """Ends with the values that were chosen, or None. With `several`, space marks and enter takes the marked ones."""

    CSS_PATH = "choose.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "on / off", id="choose.mark"),
        Binding("escape,q", "back", "not now", id="choose.back", key_display="esc"),
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        *,
        chosen: Collection[str] = (),
        several: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._options = list(options)
        self._chosen = set(chosen)
        self._several = several
        self._hint = hint

    def compose(self) -> ComposeResult:
        columns: list[Column[Option]] = [
            Column("label", "", self._label, 20, grow=1, most=34),
            Column("word", "", lambda option: (one_line(option.word), "muted"), 10, grow=2),
        ]
        with Vertical(classes="dialog"):
            yield Choices(columns, lambda option: option.value, empty="There is nothing to choose from.")
            if self._hint:
                yield Static(self._hint, id="hint", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = self._title
        table = self.query_one(RecordTable)
        table.styles.height = min(len(self._options) + 2, max(6, self.app.size.height - 10))
        table.show(self._options)
        if not self._several and self._chosen:
            table.go_to(next(iter(self._chosen)))
        self.set_focus(table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._several if action == "mark" else True

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        if self._several:
            self.dismiss(tuple(option.value for option in self._options if option.value in self._chosen))
        else:
            self.dismiss((event.record.value,))

    def action_mark(self) -> None:
        table = self.query_one(RecordTable)
        if table.record is not None:
            self._chosen ^= {table.record.value}
            table.redraw()

    def action_back(self) -> None:
        self.dismiss(None)

    def _label(self, option: Option) -> str:
        mark = ("● " if option.value in self._chosen else "○ ") if self._several else ""
        return mark + one_line(option.label)
