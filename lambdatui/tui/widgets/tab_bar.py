"""The tabs of a view in one line: a key, a name, which one is in front, and a word at the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from lambdatui.text import one_line

KEYS = "1234567890-"

_WHOLE, _LONG, _ALL, _NONE = range(4)
_FITS = ((_WHOLE, 2, 16), (_WHOLE, 1, 16), (_LONG, 2, 16), (_LONG, 1, 16), (_ALL, 1, 0), (_NONE, 2, 0))
"""What of the names is cut, the cells between them, and those that must be left for the word at the right."""


class TabBar(Widget):
    """Shows `titles`; `active` is the index of the one in front. Names are cut where there is no room for them."""

    DEFAULT_CSS = """
    TabBar { height: 1; background: $background; color: $foreground; text-wrap: nowrap; }
    """

    active: reactive[int] = reactive(0)
    word: reactive[str] = reactive("")
    """What stands at the right, such as when the tab was read."""
    trouble: reactive[str] = reactive("")
    """Why it could not be read; stands in the place of `word`."""

    class Chosen(Message):
        """A click on a tab."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = list(titles)
        self._spans: list[tuple[int, int]] = []

    def render(self) -> Content:
        right = f"▲ {one_line(self.trouble)}" if self.trouble else self.word
        width = self.size.width
        names, gap = self._titles, 2
        for lengths, gap, left in _FITS:
            names = [
                title if index == self.active else _cut(title, lengths) for index, title in enumerate(self._titles)
            ]
            needed = 1 + sum(len(name) + (2 if name else 1) + gap for name in names)
            if needed + min(cell_len(right), left) <= width:
                break
        parts: list[str | tuple[str, str]] = [" "]
        self._spans = []
        at = 1
        for index, name in enumerate(names):
            front = index == self.active
            blank = " " if name else ""
            parts += [(KEYS[index], "bold $accent"), blank, (name, "bold underline" if front else "$muted"), " " * gap]
            self._spans.append((at, at + 1 + len(blank) + len(name)))
            at += 1 + len(blank) + len(name) + gap
        room = width - at
        if cell_len(right) > room and not self.trouble:
            right = right.rpartition(" ")[2]
            right = right if cell_len(right) <= room else ""
        if room > 4 and right:
            right = right if cell_len(right) <= room else right[: room - 1] + "…"
            parts.append(" " * max(0, room - cell_len(right)))
            parts.append((right, "$bad" if self.trouble else "$muted"))
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        for index, (start, end) in enumerate(self._spans):
            if start <= event.x < end:
                self.post_message(self.Chosen(index))


def _cut(title: str, lengths: int) -> str:
    """A tab's name, shortened: only where it is long, always, or to nothing."""
    if lengths == _WHOLE or (lengths == _LONG and len(title) < 9):
        return title
    return "" if lengths == _NONE else title[:3]
