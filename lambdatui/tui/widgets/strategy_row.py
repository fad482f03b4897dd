"""The strategies of a route in one row, one of them chosen: by the arrows, or by a click."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

STRATEGIES: tuple[tuple[str, str], ...] = (
    ("simple", "Simple"),
    ("weighted", "Weighted"),
    ("blue_green", "Blue/green"),
    ("gradual", "Gradual"),
)
_LABEL = " Strategy  "
_GAP = 3


class StrategyRow(Widget, can_focus=True):
    """`chosen` is the strategy's `kind`, as in a file."""

    DEFAULT_CSS = """
    StrategyRow { height: 1; background: $background; text-wrap: nowrap; }
    StrategyRow:focus { background: $cursor-blurred; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-1)", "strategy", key_display="◂ ▸", id="strategy.before"),
        Binding("right", "shift(1)", "next strategy", show=False, id="strategy.next"),
    ]

    chosen: reactive[str] = reactive("weighted")

    class Chosen(Message):
        """A person chose another strategy."""

        def __init__(self, kind: str) -> None:
            super().__init__()
            self.kind = kind

    def render(self) -> Content:
        parts: list[tuple[str, str]] = [(_LABEL, "$muted")]
        for kind, title in STRATEGIES:
            is_chosen = kind == self.chosen
            mark = "(•) " if is_chosen else "( ) "
            style = "bold $accent" if is_chosen else "$foreground"
            parts.append((mark + title + " " * _GAP, style))
        return Content.assemble(*parts)

    def action_shift(self, by: int) -> None:
        """The next one, or the one before; the last is followed by the first."""
        kinds = [kind for kind, _ in STRATEGIES]
        self._choose(kinds[(kinds.index(self.chosen) + by) % len(kinds)])

    def on_click(self, event: events.Click) -> None:
        at = cell_len(_LABEL)
        for kind, title in STRATEGIES:
            end = at + len("( ) ") + cell_len(title)
            if at <= event.x < end:
                self._choose(kind)
            at = end + _GAP

    def _choose(self, kind: str) -> None:
        if kind != self.chosen:
            self.chosen = kind
            self.post_message(self.Chosen(kind))
