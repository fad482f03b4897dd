"""Lists in pages, with markers that tell a client nothing."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lambdatui.emulator.service import ApiError

Item = TypeVar("Item")


def page(
    items: Sequence[Item], key: Callable[[Item], Any], marker: str | None, max_items: int | None, at_most: int = 50
) -> tuple[list[Item], str | None]:
    """One page of `items`, which are sorted by `key` (a text or a number), and the marker of the next, if any.

    AWS gives `at_most` however many are asked for. A marker remembers the last key, so a page continues in the right
    place when items come and go in between. Raises InvalidParameterValueException for a marker that was not given out.
    """
    size = min(max_items or at_most, at_most)
    start = bisect_right(items, _opened(marker), key=lambda item: _comparable(key(item))) if marker else 0
    chosen = list(items[start : start + size])
    more = start + size < len(items)
    return chosen, _closed(key(chosen[-1])) if more else None


def _comparable(key: Any) -> str:
    return f"{key:020d}" if isinstance(key, int) else str(key)


def _closed(key: Any) -> str:
    return base64.urlsafe_b64encode(f"after {_comparable(key)}".encode()[::-1]).decode()


def _opened(marker: str) -> str:
    try:
        text = base64.urlsafe_b64decode(marker.encode("ascii"))[::-1].decode()
    except (binascii.Error, ValueError):
        text = ""
    if not text.startswith("after "):
        raise ApiError("InvalidParameterValueException", "The marker is not valid.")
    return text.removeprefix("after ")
