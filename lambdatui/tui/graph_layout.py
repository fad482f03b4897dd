"""Where the boxes of a graph stand on a grid of cells, and which line signs join them. Pure, and fit for thousands.

The graph goes from left to right: a column for each layer, a box for each stage, lines in the gaps between columns. A
line that skips columns has a lane of its own in each of them. The order within a column follows the neighbours' (the
barycentre method of Sugiyama, Tagawa and Toda, 1981), which keeps most lines from crossing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOX_HEIGHT = 3
_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
SIGNS: Mapping[int, str] = {
    _NORTH: "│",
    _SOUTH: "│",
    _EAST: "─",
    _WEST: "─",
    _NORTH | _SOUTH: "│",
    _EAST | _WEST: "─",
    _NORTH | _EAST: "╰",
    _EAST | _SOUTH: "╭",
    _SOUTH | _WEST: "╮",
    _NORTH | _WEST: "╯",
    _NORTH | _EAST | _SOUTH: "├",
    _NORTH | _SOUTH | _WEST: "┤",
    _EAST | _SOUTH | _WEST: "┬",
    _NORTH | _EAST | _WEST: "┴",
    _NORTH | _EAST | _SOUTH | _WEST: "┼",
}
"""The sign for a cell, by the directions in which lines leave it."""
HEAD = "▸"
_SWEEPS = 4

Key = str | tuple[str, str, int]
"""A box by its id, or the lane of a line in a column: from, to, layer."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its column, and the cells that it covers."""

    id: str
    column: int
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph on its grid: `width` by `height` cells, from 0."""

    width: int
    height: int
    boxes: Mapping[str, Box]
    lines: Mapping[int, Mapping[int, str]]
    """The signs of the lines between the boxes: by row, then by column of cells."""

    def neighbour(self, box: str, direction: str) -> str | None:
        """The box that is next to one: `left`, `right`, `up` or `down`; None where there is none."""
        here = self.boxes[box]
        if direction in ("up", "down"):
            step = -1 if direction == "up" else 1
            column = sorted((one for one in self.boxes.values() if one.column == here.column), key=lambda one: one.y)
            place = column.index(here) + step
            return column[place].id if 0 <= place < len(column) else None
        step = -1 if direction == "left" else 1
        beside = [one for one in self.boxes.values() if one.column == here.column + step]
        return min(beside, key=lambda one: (abs(one.y - here.y), one.y)).id if beside else None


def drawing(layers: Sequence[Sequence[str]], before: Mapping[str, Sequence[str]], box_width: int) -> Drawing:
    """The drawing of a graph without cycles.

    `layers` are the ids, column by column, each after all that lead to it; `before` says which lead to which.
    """
    layer_of = {name: index for index, layer in enumerate(layers) for name in layer}
    columns: list[list[Key]] = [list(layer) for layer in layers]
    links: list[list[tuple[Key, Key]]] = [[] for _ in layers]
    for name, leading in before.items():
        for start in dict.fromkeys(leading):
            last: Key = start
            for layer in range(layer_of[start] + 1, layer_of[name]):
                lane: Key = (start, name, layer)
                columns[layer].append(lane)
                links[layer - 1].append((last, lane))
                last = lane
            links[layer_of[name] - 1].append((last, name))
    _order(columns, links)
    rows = _rows(columns, links)
    return _drawn(columns, links, rows, box_width)


def _order(columns: list[list[Key]], links: Sequence[Sequence[tuple[Key, Key]]]) -> None:
    """Puts each column in the order of what it is joined to, first from the left, then from the right."""
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        indices = range(1, len(columns)) if forwards else range(len(columns) - 2, -1, -1)
        for index in indices:
            beside = columns[index - 1] if forwards else columns[index + 1]
            place = {key: at for at, key in enumerate(beside)}
            joined: dict[Key, list[int]] = {}
            for left, right in links[index - 1 if forwards else index]:
                here, there = (right, left) if forwards else (left, right)
                joined.setdefault(here, []).append(place[there])
            own = {key: float(at) for at, key in enumerate(columns[index])}
            weight = {key: sum(at) / len(at) for key, at in joined.items()}
            columns[index].sort(key=lambda key: weight.get(key, own[key]))


def _rows(columns: Sequence[Sequence[Key]], links: Sequence[Sequence[tuple[Key, Key]]]) -> dict[Key, int]:
    """The row of each box's middle, and of each lane: beside what leads to it, and below what is above it."""
    rows: dict[Key, int] = {}
    for index, column in enumerate(columns):
        leading: dict[Key, list[int]] = {}
        for left, right in links[index - 1] if index else ():
            leading.setdefault(right, []).append(rows[left])
        free = 0
        for key in column:
            half = 1 if isinstance(key, str) else 0
            wanted = sorted(leading[key])[len(leading[key]) // 2] if key in leading else free + half
            rows[key] = max(free + half, wanted)
            free = rows[key] + half + 1
    return rows


def _drawn(
    columns: Sequence[Sequence[Key]],
    links: Sequence[Sequence[tuple[Key, Key]]],
    rows: Mapping[Key, int],
    box_width: int,
) -> Drawing:
    masks: dict[tuple[int, int], int] = {}
    heads: set[tuple[int, int]] = set()
    boxes: dict[str, Box] = {}
    x = 0
    for index, column in enumerate(columns):
        for key in column:
            if isinstance(key, str):
                boxes[key] = Box(key, index, x, rows[key] - 1, box_width)
            else:
                _across(masks, rows[key], x, x + box_width - 1)
        x += box_width
        if index < len(columns) - 1:
            tracks = _tracks(links[index], rows)
            gap = max(tracks.values(), default=0) + 4
            for left, right in links[index]:
                _join(masks, rows[left], rows[right], x, x + 1 + tracks[left], x + gap - 1)
                if isinstance(right, str):
                    heads.add((x + gap - 1, rows[right]))
            x += gap
    lines: dict[int, dict[int, str]] = {}
    for (column_at, row), mask in masks.items():
        lines.setdefault(row, {})[column_at] = HEAD if (column_at, row) in heads else SIGNS[mask]
    height = max((row + 2 for row in rows.values()), default=0)
    return Drawing(x, height, boxes, lines)


def _tracks(links: Sequence[tuple[Key, Key]], rows: Mapping[Key, int]) -> dict[Key, int]:
    """Which of the gap's vertical tracks the lines of each left end go along: ends whose spans meet have their own."""
    spans: dict[Key, tuple[int, int]] = {}
    for left, right in links:
        low, high = spans.get(left, (rows[left], rows[left]))
        spans[left] = (min(low, rows[right]), max(high, rows[right]))
    taken: list[list[tuple[int, int]]] = []
    found: dict[Key, int] = {}
    for left, (low, high) in sorted(spans.items(), key=lambda item: item[1]):
        if low == high:
            found[left] = 0
            continue
        free = (
            track
            for track, others in enumerate(taken)
            if all(high < other_low or low > other_high for other_low, other_high in others)
        )
        track = next(free, len(taken))
        if track == len(taken):
            taken.append([])
        taken[track].append((low, high))
        found[left] = track
    return found


def _join(masks: dict[tuple[int, int], int], start: int, end: int, x: int, track: int, last: int) -> None:
    """A line from the left end's row along its track to the right end's row."""
    _across(masks, start, x, track - 1, _EAST | _WEST)
    if start == end:
        _across(masks, start, track, last)
        return
    down = end > start
    _mark(masks, track, start, _WEST | (_SOUTH if down else _NORTH))
    for row in range(min(start, end) + 1, max(start, end)):
        _mark(masks, track, row, _NORTH | _SOUTH)
    _mark(masks, track, end, _EAST | (_NORTH if down else _SOUTH))
    _across(masks, end, track + 1, last)


def _across(masks: dict[tuple[int, int], int], row: int, first: int, last: int, mask: int = _EAST | _WEST) -> None:
    for at in range(first, last + 1):
        _mark(masks, at, row, mask)


def _mark(masks: dict[tuple[int, int], int], x: int, y: int, mask: int) -> None:
    masks[(x, y)] = masks.get((x, y), 0) | mask
