"""The graph of a pipeline: a box a stage with its state and its time, joined by lines. Only what is seen is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lambdatui.pipeline.status import Status
from lambdatui.text import one_line
from lambdatui.tui import graph_layout
from lambdatui.tui.graph_layout import Box, Drawing
from lambdatui.tui.widgets.cells import fit

NARROWEST, WIDEST = 18, 32
"""Cells of a box: as wide as the longest title and its time want it, between these."""
GLYPHS: Mapping[Status, tuple[str, str]] = {
    Status.WAITING: ("·", "muted"),
    Status.RUNNING: ("◌", "busy"),
    Status.DONE: ("✔", "ok"),
    Status.IGNORED: ("▲", "warn"),
    Status.SKIPPED: ("○", "muted"),
    Status.FAILED: ("✖", "bad"),
    Status.HALTED: ("✖", "bad"),
    Status.CANCELLED: ("■", "warn"),
}
"""How a stage's state looks: a sign and the name of its colour. The word stands beside it where there is room."""
_EDGES = (("╭", "─", "╮"), ("│", " ", "│"), ("╰", "─", "╯"))
_BESIDE_TITLE = 13
_CHOSEN = (("┏", "━", "┓"), ("┃", " ", "┃"), ("┗", "━", "┛"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a box says: a title of the operator's, a state, and a few words such as a duration."""

    title: str
    status: Status
    words: str = ""


class PipelineGraph(ScrollView, can_focus=True):
    """Shows stages and what leads to what. The arrows go from box to box; enter opens one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pipeline-graph--line",
        *(f"pipeline-graph--{tone}" for tone in ("muted", "busy", "ok", "warn", "bad", "chosen")),
    }
    DEFAULT_CSS = """
    PipelineGraph { background: $background; color: $foreground; scrollbar-size: 1 1; }
    PipelineGraph > .pipeline-graph--line { color: $muted; }
    PipelineGraph > .pipeline-graph--muted { color: $muted; }
    PipelineGraph > .pipeline-graph--busy { color: $busy; }
    PipelineGraph > .pipeline-graph--ok { color: $ok; }
    PipelineGraph > .pipeline-graph--warn { color: $warn; }
    PipelineGraph > .pipeline-graph--bad { color: $bad; }
    PipelineGraph > .pipeline-graph--chosen { color: $accent; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go('left')", "stages", key_display="◂ ▸", id="graph.left"),
        Binding("right", "go('right')", "right", show=False, id="graph.right"),
        Binding("up", "go('up')", "up", show=False, id="graph.up"),
        Binding("down", "go('down')", "down", show=False, id="graph.down"),
        Binding("home", "end('first')", "first", show=False, id="graph.first"),
        Binding("end", "end('last')", "last", show=False, id="graph.last"),
        Binding("enter", "open", "read", show=False, id="graph.open"),
    ]

    class Chosen(Message):
        """Another box is the chosen one; `by_hand` where a key or the mouse chose it."""

        def __init__(self, stage: str, by_hand: bool) -> None:
            super().__init__()
            self.stage = stage
            self.by_hand = by_hand

    class Opened(Message):
        """A box was opened."""

        def __init__(self, stage: str) -> None:
            super().__init__()
            self.stage = stage

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._layers: Sequence[Sequence[str]] = ()
        self._before: Mapping[str, Sequence[str]] = {}
        self._drawing = Drawing(0, 0, {}, {})
        self._rows: dict[int, list[Box]] = {}
        self._shown: dict[str, Shown] = {}
        self.chosen: str = ""

    def show(
        self, layers: Sequence[Sequence[str]], before: Mapping[str, Sequence[str]], shown: Mapping[str, Shown]
    ) -> None:
        """Shows another graph, with the first box chosen."""
        self._layers, self._before, self._shown = layers, before, dict(shown)
        if self.chosen not in self._shown:
            self.chosen = layers[0][0] if layers and layers[0] else ""
        self._lay_out()

    def on_resize(self, _: events.Resize) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        """Draws it in boxes as wide as their titles want them, or narrower where all columns fit then."""
        longest = max((cell_len(one_line(one.title)) for one in self._shown.values()), default=0)
        width = min(WIDEST, max(NARROWEST, longest + _BESIDE_TITLE))
        drawn = graph_layout.drawing(self._layers, self._before, width)
        columns, room = len(self._layers), self.size.width
        if room and drawn.width > room:
            narrower = width - -(-(drawn.width - room) // columns)
            if narrower >= NARROWEST:
                drawn = graph_layout.drawing(self._layers, self._before, narrower)
        self._drawing = drawn
        self._rows = {}
        for box in drawn.boxes.values():
            for row in range(box.y, box.y + graph_layout.BOX_HEIGHT):
                self._rows.setdefault(row, []).append(box)
        for boxes in self._rows.values():
            boxes.sort(key=lambda box: box.x)
        self.virtual_size = Size(drawn.width, drawn.height)
        self._bring_into_view()
        self.refresh()

    def _bring_into_view(self) -> None:
        box = self._drawing.boxes.get(self.chosen)
        if box is not None:
            region = Region(box.x - 2, box.y, box.width + 4, graph_layout.BOX_HEIGHT)
            self.scroll_to_region(region, animate=False, force=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        # a line more for the bar where it is wider than its room
        return self._drawing.height + (1 if self._drawing.width > width else 0)

    def say(self, stage: str, shown: Shown) -> None:
        """What a box says is another thing now."""
        box = self._drawing.boxes.get(stage)
        if box is None or self._shown.get(stage) == shown:
            return
        self._shown[stage] = shown
        at = Region(box.x, box.y, box.width, graph_layout.BOX_HEIGHT).translate(-self.scroll_offset)
        self.refresh(at)

    def choose(self, stage: str, by_hand: bool = False) -> None:
        """Makes a box the chosen one, and brings it into view."""
        box = self._drawing.boxes.get(stage)
        if box is None or stage == self.chosen:
            return
        self.chosen = stage
        self._bring_into_view()
        self.refresh()
        self.post_message(self.Chosen(stage, by_hand))

    # keys and mouse

    def action_go(self, direction: str) -> None:
        if self.chosen:
            self.choose(self._drawing.neighbour(self.chosen, direction) or self.chosen, by_hand=True)

    def action_end(self, which: str) -> None:
        boxes = sorted(self._drawing.boxes.values(), key=lambda box: (box.column, box.y))
        if boxes:
            self.choose(boxes[0 if which == "first" else -1].id, by_hand=True)

    def action_open(self) -> None:
        if self.chosen:
            self.post_message(self.Opened(self.chosen))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        x, y = at + self.scroll_offset
        for box in self._rows.get(y, ()):
            if box.x <= x < box.x + box.width:
                again = box.id == self.chosen
                self.choose(box.id, by_hand=True)
                if again or event.chain > 1:
                    self.action_open()

    # drawing

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        left, width = self.scroll_offset.x, self.size.width
        base = self.rich_style
        segments: list[Segment] = []
        at = left
        for box in self._rows.get(row, ()):
            if box.x + box.width <= left or box.x >= left + width:
                continue
            segments += self._between(row, at, box.x, base)
            segments += self._of_box(box, row - box.y, base)
            at = box.x + box.width
        segments += self._between(row, at, left + width, base)
        strip = Strip(segments)
        first = min((box.x for box in self._rows.get(row, ()) if box.x < left < box.x + box.width), default=left)
        return strip.crop(left - first, left - first + width).adjust_cell_length(width, base)

    def _between(self, row: int, start: int, end: int, base: Style) -> list[Segment]:
        """The lines between two places of a row."""
        if end <= start:
            return []
        signs = self._drawing.lines.get(row)
        if not signs:
            return [Segment(" " * (end - start), base)]
        text = "".join(signs.get(x, " ") for x in range(start, end))
        return [Segment(text, base + self.get_component_rich_style("pipeline-graph--line", partial=True))]

    def _of_box(self, box: Box, line: int, base: Style) -> list[Segment]:
        shown = self._shown.get(box.id) or Shown(box.id, Status.WAITING)
        glyph, tone = GLYPHS[shown.status]
        is_chosen = box.id == self.chosen
        state = base + self.get_component_rich_style(f"pipeline-graph--{tone}", partial=True)
        frame = state
        if is_chosen and self.has_focus:
            frame = base + self.get_component_rich_style("pipeline-graph--chosen", partial=True)
        left, across, right = (_CHOSEN if is_chosen else _EDGES)[line]
        if line != 1:
            return [Segment(left + across * (box.width - 2) + right, frame)]
        inside = box.width - 4
        words = shown.words
        title = fit(one_line(shown.title), max(1, inside - 2 - (len(words) + 1 if words else 0)))
        return [
            Segment(f"{left} ", frame),
            Segment(f"{glyph} ", state),
            Segment(title, base + Style(bold=is_chosen)),
            Segment(f" {words}" if words else "", state),
            Segment(f" {right}", frame),
        ]
