"""A fader between two versions: both sides always add up to 100 percent."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_EIGHTHS = " ▏▎▍▌▋▊▉"


class WeightSlider(Widget, can_focus=True):
    """Two bars, one a version. `percent` is the canary's share, 0 to 100. A `fixed` one shows, and takes no hand."""

    DEFAULT_CSS = """
    WeightSlider { height: 2; background: $background; text-wrap: nowrap; }
    WeightSlider:focus { background: $cursor-blurred; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-1)", "1 % less", key_display="◂ ▸", id="slider.less"),
        Binding("right", "shift(1)", "1 % more", show=False, id="slider.more"),
        Binding("shift+left,pagedown", "shift(-10)", "10 % less", show=False, id="slider.much_less"),
        Binding("shift+right,pageup", "shift(10)", "10 % more", show=False, id="slider.much_more"),
        Binding("home", "set(0)", "0 %", show=False, id="slider.none"),
        Binding("end", "set(100)", "100 %", show=False, id="slider.all"),
    ]

    percent: reactive[float] = reactive(0)
    stable: reactive[str] = reactive("")
    canary: reactive[str] = reactive("")
    stable_words: reactive[str] = reactive("")
    canary_words: reactive[str] = reactive("")

    class Moved(Message):
        """The share is another one."""

        def __init__(self, percent: float) -> None:
            super().__init__()
            self.percent = percent

    def __init__(self, *, fixed: bool = False) -> None:
        super().__init__()
        self.can_focus = not fixed
        self._fixed = fixed
        self.touched = False
        """Whether the operator has moved it since `put` was called."""
        self._typed = ""
        self._bar_at = 0
        self._bar_cells = 1
        self._dragged_row: int | None = None

    def validate_percent(self, percent: float) -> float:
        return min(100, max(0, percent))

    def watch_percent(self, percent: float) -> None:
        if self.is_mounted:
            self.post_message(self.Moved(percent))

    def render(self) -> Content:
        width = self.size.width
        words = min(34, max(0, width - 56)) if width >= 70 else 0
        label = 16
        cells = max(8, width - label - words - 12)
        self._bar_at, self._bar_cells = label + words + 1, cells
        rows = (
            ("stable", self.stable, self.stable_words, 100 - self.percent, "$stable"),
            ("canary", self.canary, self.canary_words, self.percent, "$canary"),
        )
        lines = []
        for name, version, said, share, colour in rows:
            lines.append(
                Content.assemble(
                    (f"{'▸' if self.has_focus and name == 'canary' else ' '}{name}  ", "$muted"),
                    (f"{version or '–':<{label - len(name) - 3}}", f"bold {colour}"),
                    (_cut(said, words), "$muted"),
                    ("┃", "$muted"),
                    (_bar(share, cells), colour),
                    ("┃", "$muted"),
                    (f" {share:>{3 if float(share).is_integer() else 5}g} %", f"bold {colour}"),
                )
            )
        return Content("\n").join(lines)

    def put(self, percent: float) -> None:
        """Puts the fader somewhere without the operator's hand."""
        self.touched = False
        self._typed = ""
        self.percent = percent

    def action_shift(self, by: int) -> None:
        self._typed = ""
        self._move(round(self.percent) + by)

    def action_set(self, to: int) -> None:
        self._typed = ""
        self._move(to)

    def _move(self, percent: float) -> None:
        self.touched = True
        self.percent = percent

    def on_key(self, event: events.Key) -> None:
        """Digits set the share: `1`, `0` is 10, and one more digit begins anew where it would pass 100."""
        if event.character is not None and event.character.isdigit():
            typed = self._typed + event.character
            if int(typed) > 100 or len(typed) > 3:
                typed = event.character
            self._typed = typed
            self._move(int(typed))
            event.stop()
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
            self._move(int(self._typed or 0))
            event.stop()
        else:
            self._typed = ""

    def on_blur(self) -> None:
        self._typed = ""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self._fixed:
            return
        self._dragged_row = event.y
        self.capture_mouse()
        self._point(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged_row is not None:
            self._point(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._dragged_row = None
        self.release_mouse()

    def _point(self, event: events.MouseEvent) -> None:
        share = round((event.x - self._bar_at) / max(1, self._bar_cells - 1) * 100)
        # the upper bar is the stable version's, so that a click on it asks for that much of the stable one
        self._typed = ""
        self._move(100 - share if self._dragged_row == 0 else share)


def _bar(share: float, cells: int) -> str:
    eighths = round(share / 100 * cells * 8)
    if share and not eighths:
        eighths = 1
    full, part = divmod(eighths, 8)
    bar = "█" * full + (_EIGHTHS[part] if part else "")
    return bar.ljust(cells)


def _cut(text: str, cells: int) -> str:
    from lambdatui.tui.widgets.cells import fit

    return fit(text, cells) if cells else ""
