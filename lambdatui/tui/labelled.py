"""Names and values in lines, the names in one column; what is long goes on beneath the value, not beneath the name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from lambdatui.aws.errors import AwsError
from lambdatui.text import one_line

WIDTH = 15
LEAST = 16
"""Cells for values, below which they take the whole line rather than a column."""


class Labelled(Content):
    """A line whose value starts `indent` cells from the left."""

    __slots__ = ("indent",)

    indent: int


def labelled(pairs: Iterable[tuple[str, str] | tuple[str, str, str]], width: int = WIDTH) -> list[Content]:
    """A line for each pair that has a value; a third member is the value's style."""
    lines: list[Content] = []
    for name, value, *style in pairs:
        if value:
            colour = style[0] if style else ""
            line = Content.assemble((f"{name:<{width}} ", "$muted"), (one_line(value), colour))
            lines.append(hanging(line, width + 1))
    return lines


def hanging(line: Content, indent: int) -> Labelled:
    """A line that goes on `indent` cells from the left where it is too long."""
    found = Labelled(line.plain, list(line.spans))
    found.indent = indent
    return found


def refused(name: str, error: AwsError) -> list[Content]:
    """A line for a part that AWS would not tell."""
    return labelled([(name, f"? {error}", "$warn")])


def wrapped(lines: Sequence[Content], width: int) -> list[Content]:
    """The lines in rows of `width` cells at most."""
    rows: list[Content] = []
    for line in lines:
        indent = line.indent if isinstance(line, Labelled) else 0
        if not indent or width - indent < LEAST:
            rows += line.wrap(width)
            continue
        first, *rest = line[indent:].wrap(width - indent)
        rows.append(Content.assemble(line[:indent], first))
        rows += [Content.assemble(" " * indent, row) for row in rest]
    return rows
