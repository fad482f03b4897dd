"""Names and values in lines, the names in one column."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from lambdatui.aws.errors import AwsError
from lambdatui.text import one_line

WIDTH = 15


def labelled(pairs: Iterable[tuple[str, str] | tuple[str, str, str]], width: int = WIDTH) -> list[Content]:
    """A line for each pair that has a value; a third member is the value's style."""
    lines = []
    for name, value, *style in pairs:
        if value:
            colour = style[0] if style else ""
            lines.append(Content.assemble((f"{name:<{width}} ", "$muted"), (one_line(value), colour)))
    return lines


def refused(name: str, error: AwsError) -> list[Content]:
    """A line for a part that AWS would not tell."""
    return labelled([(name, f"? {error}", "$warn")])
