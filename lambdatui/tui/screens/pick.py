"""Pick: one or several of a list that is read in the background; what is typed filters it, and may itself be taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Column, RecordTable

Reader = Callable[[Account], Sequence[Option]]


class PickScreen(ModalScreen[tuple[str, ...] | None]):
    """Ends with the values that were picked, or None.

    `read` gives the options, in a worker thread; `what` names them, such as `roles`. With `free`, what is typed can be
    taken whether it is among them or not; with `several`, tab marks.
    """

    CSS_PATH = "pick.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take", priority=True, id="pick.take"),
        Binding("tab", "mark", "mark", priority=True, id="pick.mark"),
        Binding("down", "move(1)", "down", show=False, priority=True, id="pick.down"),
        Binding("up", "move(-1)", "up", show=False, priority=True, id="pick.up"),
        Binding("pagedown", "page(1)", "page down", show=False, priority=True, id="pick.page_down"),
        Binding("pageup", "page(-1)", "page up", show=False, priority=True, id="pick.page_up"),
        Binding("escape", "back", "not now", id="pick.back", key_display="esc"),
    ]

    def __init__(
        self,
        session: Session,
        scope: Scope,
        title: str,
        read: Reader | None,
        *,
        what: str = "",
        options: Sequence[Option] = (),
        several: bool = False,
        free: bool = False,
    ) -> None:
        super().__init__()
        self._session, self._scope = session, scope
        self._title, self._what = title, what
        self._read = read
        self._options = list(options)
        self._several, self._free = several, free
        self._marked: dict[str, None] = {}
        self._reading: Reading[Sequence[Option]] | None = None

    def compose(self) -> ComposeResult:
        columns: list[Column[Option]] = [
            Column("label", "", self._label, 24, grow=3),
            Column("word", "", lambda option: (one_line(option.word), "muted"), 16, grow=2, priority=1),
        ]
        with Vertical(classes="dialog"):
            yield Input(placeholder=self._placeholder, compact=True, select_on_focus=False)
            yield RecordTable(columns, lambda option: option.value, empty="Nothing matches.")
            yield Static("", id="pick-word", markup=False)
            yield KeyBar()

    @property
    def _placeholder(self) -> str:
        return "type to filter, or the whole value" if self._free else "type to filter"

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = self._title
        field = self.query_one(Input)
        field.cursor_blink = False
        self.table.can_focus = False
        self.set_focus(field)
        self.table.styles.height = max(6, min(16, self.app.size.height - 10))
        self._show()
        if self._read is not None:
            self.table.empty = f"Reading the {self._what} …"
            self._reading = Reading(self, self._session, self._scope, self._read, self._take_options, self._cannot)
            self._reading.start()

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.close()

    @property
    def table(self) -> RecordTable[Option]:
        return self.query_one(RecordTable)

    def _take_options(self, read: Read[Sequence[Option]]) -> None:
        self._options = list(read.value)
        self.table.empty = f"There are no {self._what} here." if not self._options else "Nothing matches."
        self._show()
        self._say(f"{self._what}: {len(self._options):,}" if self._options else "")

    def _cannot(self, error: LambdatuiError) -> None:
        self.table.empty = "Type the value."
        why = f"AWS does not let you list the {self._what}" if isinstance(error, AccessDenied) else str(error)
        self._say(f"▲ {one_line(why).rstrip('.')}: the value can be typed.", "$warn")
        self._show()

    def _say(self, text: str, colour: str = "$muted") -> None:
        self.query_one("#pick-word", Static).update(Content.assemble((text, colour)))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def _show(self) -> None:
        typed = self.query_one(Input).value.strip()
        wanted = typed.lower().split()
        shown = [
            option
            for option in self._options
            if all(word in f"{option.label} {option.value} {option.word}".lower() for word in wanted)
        ]
        if wanted:
            # what begins so is meant before what has it somewhere
            shown.sort(key=lambda option: _rank(option.label.strip().lower(), wanted[0]))
        if self._free and typed and not any(option.value == typed for option in shown):
            shown.append(Option(typed, typed, "as typed"))
        self.table.show(shown)

    def _label(self, option: Option) -> str:
        mark = ("● " if option.value in self._marked else "○ ") if self._several else ""
        return mark + (option.label if option.label.startswith("  ") else one_line(option.label))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._several if action == "mark" else True

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        self.action_take()

    def action_move(self, by: int) -> None:
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        self.table.action_page(by)

    def action_mark(self) -> None:
        option = self.table.record
        if option is None:
            return
        if option.value in self._marked:
            del self._marked[option.value]
        else:
            self._marked[option.value] = None
        self.table.redraw()
        self.table.action_move(1)

    def action_take(self) -> None:
        if self._marked:
            self.dismiss(tuple(self._marked))
        elif self.table.record is not None:
            self.dismiss((self.table.record.value,))

    def action_back(self) -> None:
        self.dismiss(None)


def _rank(label: str, word: str) -> int:
    return 0 if label.startswith(word) else 1 if word in label else 2
