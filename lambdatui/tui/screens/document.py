"""A document whole: what AWS said of something, or a text that a table has no room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.text import clean, one_line
from lambdatui.tui.offers import Copyable
from lambdatui.tui.widgets.key_bar import KeyBar

SHOWN = 200_000
"""Characters that are shown: more would be slow, and can be copied or exported."""


class DocumentScreen(ModalScreen[None]):
    """Shows `text`, without terminal escapes; `secret` keeps it out of the choice of what to copy.

    `style` gives the style of a line.
    """

    CSS_PATH = "document.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "close", id="document.close", key_display="esc"),
        Binding("y", "app.copy", "copy", id="document.copy"),
        Binding("Y", "app.select_here", "select here", show=False, id="document.select_here"),
    ]

    def __init__(
        self, title: str, text: str, *, secret: bool = False, style: Callable[[str], str] = lambda _: ""
    ) -> None:
        super().__init__()
        self._style = style
        self._title = title
        self._text = text
        self._secret = secret

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static(self._content(), id="document")
            yield KeyBar()

    def _content(self) -> Content:
        lines = clean(self._text)[:SHOWN].split("\n")
        return Content("\n").join(Content.assemble((line, self._style(line))) for line in lines)

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(one_line(self._title))
        self.set_focus(self.query_one(VerticalScroll))

    def copies(self) -> Sequence[Copyable]:
        return [Copyable("text", self._text, self._secret)]

    def action_close(self) -> None:
        self.dismiss(None)
