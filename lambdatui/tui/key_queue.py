"""Keys one at a time, so that what is typed ahead goes where the reader will be when it arrives.

Textual hands a key to the widget that has the focus when it comes in, and runs what it is bound to later. Keys that
are pressed quickly would act on the screen that is about to be left: of `t` and `10` the number would be lost, and
`/checkout` would act eight times. Here each key waits until the one before has done all it does, and until a screen
that it opened is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

LOOK_SECONDS = 0.5
"""How often a key that has not answered is looked after: its widget may be gone, and its answer with it."""
PATIENCE_SECONDS = 10
"""After this long the next key is handed over whatever became of the one before."""


class KeyDone(Message, bubble=True):
    """Follows a key through the same queues: where it arrives at the app, the key has done what it does."""

    def __init__(self, number: int, last: bool = False) -> None:
        super().__init__()
        self.number = number
        self.last = last


class KeyQueue:
    """Holds keys and pastes back, and hands them to `deliver` one by one. Lives in the app's message pump."""

    def __init__(self, app: App[Any], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[events.Event] = deque()
        self._number = 0
        self._busy = False
        self._screen: Screen[Any] | None = None
        self._awaited: MessagePump = app
        self._looks = 0

    async def put(self, event: events.Event) -> None:
        """Takes a key or a paste."""
        self._waiting.append(event)
        if not self._busy:
            await self._next()

    def done(self, number: int, last: bool) -> None:
        """The key of this number has done what it does; with `last`, so has what it told the widgets around it."""
        if number != self._number or not self._busy:
            return
        if not last and self._is_there(self._awaited):
            # what the key made its widget post stands behind the first message in the queues, and before this one
            self._awaited.post_message(KeyDone(number, last=True))
            return
        screen = self._app.screen
        if screen is self._screen and screen.focused is not None:
            self._app.call_next(self._ready, number)
        else:
            # a screen that it opened puts the focus where it belongs when it is first drawn
            self._awaited = screen
            screen.call_after_refresh(self._app.call_next, self._ready, number)

    async def _ready(self, number: int) -> None:
        if number == self._number and self._busy:
            self._busy = False
            await self._next()

    async def _next(self) -> None:
        if not self._waiting:
            return
        self._busy = True
        self._number += 1
        number = self._number
        self._screen = self._app.screen
        target = self._app.focused or self._screen
        await self._deliver(self._waiting.popleft())
        self._awaited, self._looks = target, 0
        target.post_message(KeyDone(number))
        self._look_later(number)

    def _look_later(self, number: int) -> None:
        self._app.set_timer(LOOK_SECONDS, lambda: self._look(number))

    def _look(self, number: int) -> None:
        if number != self._number or not self._busy:
            return
        self._looks += 1
        if not self._is_there(self._awaited) or self._looks * LOOK_SECONDS >= PATIENCE_SECONDS:
            self._app.call_next(self._ready, number)
        else:
            self._look_later(number)

    def _is_there(self, pump: MessagePump) -> bool:
        return pump in self._app.screen_stack if isinstance(pump, Screen) else pump.is_attached
