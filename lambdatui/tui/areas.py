"""Areas of several series, one in front of the other, in block characters: eight steps to a terminal cell.

Blocks are in every terminal's font, and an area is told from another at any size, where thin lines would cross. The
lower one stands in front at each moment, so that none is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

FULL = "█"
_BLOCKS = f" ▁▂▃▄▅▆▇{FULL}"
_STEPS = 8


class Cell(NamedTuple):
    """A character, the index of the series that it is of, and of the one behind it; None where there is none."""

    character: str
    front: int | None
    behind: int | None


_BLANK = Cell(" ", None, None)


def areas(series: Sequence[Sequence[float | None]], top: float, width: int, rows: int) -> list[list[Cell]]:
    """The rows from the top, each with `width` cells, of series of one length; `top` is the value of the upper edge.

    A cell that stands for several values has the highest. None is left blank, and 0 is the lowest step, so that
    nothing to tell and nothing happened are two things.
    """
    columns = [
        _column(heights, rows) for heights in zip(*(_heights(one, top, width, rows) for one in series), strict=True)
    ]
    return [[column[row] for column in columns] for row in range(rows)]


def _heights(values: Sequence[float | None], top: float, width: int, rows: int) -> list[int]:
    """The height of each column in steps; 0 where there is no value."""
    found = []
    for x in range(width):
        first = x * len(values) // width
        last = max(first + 1, (x + 1) * len(values) // width)
        there = [value for value in values[first:last] if value is not None]
        share = min(1.0, max(0.0, max(there) / top)) if there and top > 0 else 0.0
        found.append(max(1, round(share * rows * _STEPS)) if there else 0)
    return found


def _column(heights: Sequence[int], rows: int) -> list[Cell]:
    """The cells of one column from the top."""
    # of those of one height the first is drawn
    first = {height: index for index, height in reversed(list(enumerate(heights))) if height}
    order = sorted(first.items())
    return [_cell(order, base) for base in range((rows - 1) * _STEPS, -1, -_STEPS)]


def _cell(order: Sequence[tuple[int, int]], base: int) -> Cell:
    here = [(height - base, index) for height, index in order if height > base]
    if not here:
        return _BLANK
    ending = [one for one in here if one[0] < _STEPS]
    behind = next((index for height, index in here if height >= _STEPS), None)
    if not ending:
        return Cell(FULL, behind, None)
    # of those that end within one cell only one can be drawn: the highest
    height, front = ending[-1]
    return Cell(_BLOCKS[height], front, behind)
