"""The one bridge from worker threads to the screen.

Workers append to a deque, which costs next to nothing; one drain hands the lot to the screen, at most so many times a
second, and not while the terminal has yet to take what was drawn before. Nothing is lost and nothing runs when idle.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual.app import App

T = TypeVar("T")


class Feed(Generic[T]):
    """Takes items from any thread and gives them to `drain`, in order, in the event loop.

    Must be made in the event loop, by the screen or widget that drains it; `close` ends it with that. With `most`, so
    many are given at once at most, and the others a frame later: taking them in never holds up the loop. One that
    `waits` gives nothing while the terminal is behind; one that does not is for a drain that draws nothing itself.
    """

    def __init__(
        self,
        app: App[Any],
        drain: Callable[[list[T]], None],
        frames_per_second: int = 30,
        *,
        most: int | None = None,
        waits: bool = True,
    ) -> None:
        self._app = app
        self._most = most
        self._waits = waits
        self._drain = drain
        self._pause = 1 / frames_per_second
        self._items: deque[T] = deque()
        self._loop = asyncio.get_running_loop()
        # Textual finds the app and the active widget in context variables
        self._context = contextvars.copy_context()
        self._armed = False
        self._last = 0.0
        self._closed = False

    def put(self, item: T) -> None:
        """Hands an item over. May be called from any thread."""
        self._items.append(item)
        if not self._armed and not self._closed:
            self._armed = True
            try:
                self._loop.call_soon_threadsafe(self._arm, context=self._context)
            except RuntimeError:
                # the loop has ended with the app: there is no screen to feed
                self._closed = True

    def close(self) -> None:
        """Stops feeding; what is still waiting is dropped."""
        self._closed = True
        self._items.clear()

    def flush(self) -> None:
        """Hands over what is waiting, now. To be called in the event loop."""
        if self._items and not self._closed:
            self._give()

    def _arm(self) -> None:
        wait = self._last + self._pause - self._loop.time()
        if wait > 0:
            self._loop.call_later(wait, self._tick, context=self._context)
        else:
            self._tick()

    def _tick(self) -> None:
        if self._closed:
            return
        if self._waits and terminal_is_behind(self._app):
            self._loop.call_later(self._pause, self._tick, context=self._context)
            return
        # before the items are taken: one that comes now arms anew
        self._armed = False
        self._give(self._most)
        if self._items and not self._armed and not self._closed:
            self._armed = True
            self._loop.call_later(self._pause, self._tick, context=self._context)

    def _give(self, most: int | None = None) -> None:
        self._last = self._loop.time()
        items: list[T] = []
        while self._items and (most is None or len(items) < most):
            items.append(self._items.popleft())
        if items:
            self._drain(items)


def terminal_is_behind(app: App[Any]) -> bool:
    """Whether what was drawn before still waits to be written, as on a slow link.

    Textual keeps the queue to itself; where it is not found, the answer is no.
    """
    writer = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    waiting = getattr(writer, "_queue", None)
    return waiting is not None and waiting.qsize() > 0
