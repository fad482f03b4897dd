"""Reading CloudTrail's events of a function for a widget: in a worker thread, page by page, at AWS's slow pace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widget import Widget

from lambdatui.aws.trail import Page, TrailEvent, TrailReader
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.tui.tabs.tab import Subject

PAGES = 4
"""How many pages of each search are read at once: 200 events."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading is. `back_to` is since when every event is there; `error` is why it ended early."""

    searched: int
    searches: int
    ended: bool = False
    complete: bool = False
    back_to: dt.datetime | None = None
    error: LambdatuiError | None = None


class TrailReading:
    """Reads the events since a moment, as often as `start` is called; `more` reads on into the past.

    `take` hears, in the event loop, all events so far and how far the reading is. To be made when `owner` is mounted,
    and closed when it is unmounted.
    """

    def __init__(
        self, owner: Widget, subject: Subject, take: Callable[[list[TrailEvent], Progress], None], pages: int = PAGES
    ) -> None:
        self._owner = owner
        self._subject = subject
        self._take = take
        self._pages = pages
        self._clock = Clock()
        self._reader: TrailReader | None = None
        self._events: list[TrailEvent] = []
        self._feed: Feed[tuple[Clock, Page | None, Progress]] = Feed(owner.app, self._arrived)

    def start(self, aliases: Iterable[str], since: dt.datetime) -> None:
        """Begins anew; what was read before stays with whoever took it."""
        self._clock.cancel()
        self._clock = clock = Clock()
        self._reader, self._events = None, []
        names = tuple(aliases)

        def make() -> TrailReader:
            account = self._subject.session.account(self._subject.scope)
            return TrailReader(account, self._subject.function, names, since, clock)

        self._run(make, clock)

    def more(self) -> None:
        """Reads further into the past, where the last reading has ended before its time."""
        reader = self._reader
        if reader is not None and not reader.complete:
            self._run(lambda: reader, self._clock)

    def close(self) -> None:
        """Ends what is under way."""
        self._clock.cancel()
        self._feed.close()

    def _run(self, make: Callable[[], TrailReader], clock: Clock) -> None:
        self._owner.run_worker(lambda: self._work(make, clock), thread=True, group="trail", exit_on_error=False)

    def _work(self, make: Callable[[], TrailReader], clock: Clock) -> None:
        last = Progress(0, 0)
        try:
            reader = make()
            for page in reader.read(self._pages):
                last = Progress(page.searched, page.searches)
                self._feed.put((clock, page, last))
            if clock is self._clock:
                self._reader = reader
            ended = Progress(last.searched, last.searches, True, reader.complete, reader.back_to)
            self._feed.put((clock, None, ended))
        except Cancelled:
            pass
        except LambdatuiError as error:
            self._feed.put((clock, None, Progress(last.searched, last.searches, True, error=error)))

    def _arrived(self, items: list[tuple[Clock, Page | None, Progress]]) -> None:
        current = [(page, progress) for clock, page, progress in items if clock is self._clock]
        for page, _ in current:
            if page is not None:
                self._events += page.events
        if current:
            self._take(self._events, current[-1][1])
