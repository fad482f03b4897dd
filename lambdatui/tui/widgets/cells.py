"""Text fitted into a number of terminal cells."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis. Wide characters are never halved."""
    length = len(text) if text.isascii() else cell_len(text)
    if length == width:
        return text
    if length < width:
        blank = " " * (width - length)
        return blank + text if align == "right" else text + blank
    if width <= 1:
        return ELLIPSIS[:width]
    if text.isascii():
        return text[: width - 1] + ELLIPSIS
    cut = set_cell_size(text, width - 1).rstrip(" ")
    return fit(cut + ELLIPSIS, width)
