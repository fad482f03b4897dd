"""A log on its way to the screen: read and parsed in a worker thread, handed over a frame at a time.

A reading that brings lines faster than the screen takes them in waits for it, so that no frame has more to do than it
can.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass

from textual.widget import Widget

from lambdatui.aws.log_lines import LogLine, parse
from lambdatui.aws.log_reading import Arrived, Following, LogReading, News, RangeRead, Waiting
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.tui.feed import Feed
from lambdatui.tui.session import Session

PART = 1000
"""Lines that are handed over at once."""

AHEAD = 4000
"""Lines that may wait for the screen."""

FREEZE_EVERY = 10_000
"""Lines after which the lines are kept out of the garbage collector's rounds: it would walk a hundred thousand lines
again and again, and hold the screen up for a tenth of a second. Lines refer to nothing that refers to them."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that have arrived; `page_ends` with the last of one answer of AWS's."""

    lines: tuple[LogLine, ...]
    page_ends: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The reading has ended: `error` says why, None where there is nothing left to read.

    `is_retried` where it goes on by itself, when a login has made the credentials work again.
    """

    error: LambdatuiError | None
    is_retried: bool = False


LogNews = Part | RangeRead | Following | Waiting | Stopped


class LogFollowing:
    """Runs one reading after another for a widget. To be made when `owner` is mounted, and closed when it goes.

    `take` runs in the event loop.
    """

    def __init__(self, owner: Widget, session: Session, scope: Scope, take: Callable[[list[LogNews]], None]) -> None:
        self._owner = owner
        self._session = session
        self._scope = scope
        self._take = take
        self._reading: LogReading | None = None
        self._clock: Clock | None = None
        self._turn = threading.Lock()
        self._feed: Feed[tuple[LogReading, LogNews]] = Feed(
            owner.app, self._arrived, session.settings.frames_per_second
        )
        self._room = threading.Condition()
        self._waiting = 0
        self._unfrozen = 0

    @property
    def is_running(self) -> bool:
        """Whether a reading is under way."""
        return self._clock is not None

    def start(self, reading: LogReading) -> None:
        """Runs a reading, from where it was where it had been stopped; what ran before is stopped."""
        self.stop()
        if reading is not self._reading:
            self._reading, self._turn = reading, threading.Lock()
        clock, turn = Clock(), self._turn
        self._clock = clock
        self._owner.run_worker(lambda: self._work(reading, clock, turn), thread=True, group="log", exit_on_error=False)

    def stop(self) -> None:
        """Ends the reading within about a second. It can be started again; lines that it still brings are taken."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
            with self._room:
                self._room.notify_all()

    def close(self) -> None:
        """Ends it with the widget."""
        self.stop()
        self._feed.close()
        gc.unfreeze()

    # in the worker thread

    def _work(self, reading: LogReading, clock: Clock, turn: threading.Lock) -> None:
        # the same reading may have been stopped a moment ago, and not have ended yet
        with turn:
            try:
                while not self._run(reading, clock):
                    self._session.accounts().lapses.wait(self._scope.profile, clock)
            except Cancelled:
                pass

    def _run(self, reading: LogReading, clock: Clock) -> bool:
        """Whether that was all: not where credentials failed, and a login may mend it. Raises Cancelled."""
        from lambdatui.aws.errors import CredentialsError

        def put(news: News) -> None:
            if isinstance(news, Arrived):
                self._hand_over(news, reading, clock)
            else:
                self._feed.put((reading, news))

        clock.check()
        try:
            reading.run(self._session.account(self._scope), clock, put)
        except Cancelled:
            raise
        except LambdatuiError as error:
            is_retried = isinstance(error, CredentialsError)
            self._feed.put((reading, Stopped(error, is_retried)))
            return not is_retried
        self._feed.put((reading, Stopped(None)))
        return True

    def _hand_over(self, arrived: Arrived, reading: LogReading, clock: Clock) -> None:
        events = arrived.events
        for first in range(0, len(events), PART):
            lines = tuple(parse(event) for event in events[first : first + PART])
            with self._room:
                while self._waiting >= AHEAD and not clock.cancelled:
                    self._room.wait(1.0)
                self._waiting += len(lines)
            # after a stop too: the reading counts them as handed over
            self._feed.put((reading, Part(lines, first + PART >= len(events))))

    # in the event loop

    def _arrived(self, items: list[tuple[LogReading, LogNews]]) -> None:
        count = sum(len(news.lines) for _, news in items if isinstance(news, Part))
        with self._room:
            self._waiting -= count
            self._room.notify_all()
        # of a reading that was overtaken nothing, and of one that was stopped its lines
        news = [
            news
            for reading, news in items
            if reading is self._reading and (self._clock is not None or isinstance(news, Part))
        ]
        if news:
            self._take(news)
        self._unfrozen += count
        if self._unfrozen >= FREEZE_EVERY:
            self._unfrozen = 0
            gc.freeze()
