"""Reads a range of a log group and follows it: no line twice and none lost, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from lambdatui.aws import live_tail, logs
from lambdatui.aws.account import Account
from lambdatui.aws.clients import Retry
from lambdatui.aws.errors import AwsError, CredentialsError, NotFound, Throttled, Unreachable
from lambdatui.aws.live_tail import Update
from lambdatui.aws.log_ledger import Ledger
from lambdatui.aws.logs import LogEvent
from lambdatui.clock import Clock

PAUSE = 2.0
"""Seconds between two readings while lines arrive. AWS allows FilterLogEvents five times a second for the whole account
and region, and charges nothing for it but the bytes: this takes a tenth of that."""

QUIET_PAUSE = 5.0
QUIET_AFTER = 60.0
"""Seconds between two readings where nothing has arrived for so long."""

WAIT = 5.0
LONGEST_WAIT = 30.0
"""Seconds between two tries where the group is missing or AWS does not answer, doubled up to the longest."""

OVERLAP = 10_000
"""Milliseconds before the newest event that each reading asks for again: lines that were on their way."""

SWEEP = 120_000
SWEEP_EVERY = 30.0
"""Each so many seconds a reading goes back by so many milliseconds: an environment may have held its lines back."""

CLOCKS_APART = 600_000
"""Milliseconds that this clock is surely not off: AWS refuses signatures that are 5 minutes off."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Events, oldest first: what was new in one answer of AWS's."""

    events: tuple[LogEvent, ...]


@dataclass(frozen=True, slots=True)
class RangeRead:
    """The range has been read. `cut` where there was more in it than was asked for: the rest is older."""

    cut: bool


@dataclass(frozen=True, slots=True)
class Following:
    """What arrives from now on is shown: live, or read every few seconds. `why_not_live` is a sentence, or empty."""

    live: bool
    why_not_live: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something is in the way, in one sentence; it is tried again."""

    words: str
    error: AwsError | None = None


News = Arrived | RangeRead | Following | Waiting


class LogReading:
    """One reading of a log group from `start` (ms since the epoch) on: to `end`, or on and on where that is None.

    `newest_first` reads the range from its end, and `most` is how many events of it are wanted at most. `live` is
    whether Live Tail may be used, which AWS charges by the minute; where it cannot be had, FilterLogEvents is asked
    again and again.

    `run` may be called again after it was cancelled or raised: it goes on where it was.
    """

    def __init__(
        self,
        group: str,
        start: int,
        end: int | None = None,
        *,
        newest_first: bool = False,
        most: int | None = None,
        live: bool = True,
    ) -> None:
        self.group = group
        self.start = start
        self.end = end
        self._newest_first = newest_first
        self._most = most
        self._token = ""
        self._range_read = False
        self._count = 0
        self._ledger = Ledger()
        self._covered: float | None = None
        self._arrived_at = 0.0
        self._swept_at = 0.0
        self._live_from = 0.0 if live else _NEVER
        self._was_live = False
        self._why_not_live = ""
        self._told: Following | Waiting | None = None

    def run(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        """Reads, and hands over what there is to tell. Returns when the range is read and nothing is followed.

        Raises Cancelled when the clock is cancelled, within about a second, and AwsError for what waiting will not
        mend: access denied, credentials. Throttling, an endpoint that does not answer and a missing group are told
        as Waiting and tried again.
        """
        self._told = None

        def retried(retry: Retry) -> None:
            clock.check()
            self._tell(put, Waiting(f"{retry}."))

        account.watched(retried)
        try:
            self._persist(clock, put, lambda: self._read_range(account, clock, put))
            while self.end is None:
                if clock.now() >= self._live_from:
                    self._persist(clock, put, lambda: self._tail(account, clock, put))
                else:
                    self._persist(clock, put, lambda: self._ask(account, clock, put))
        finally:
            account.watched(None)

    # the range

    def _read_range(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        if self._range_read:
            return
        self._arrived_at = clock.now()
        cut = False
        pages = logs.pages(
            account, self.group, self.start, self.end, newest_first=self._newest_first, token=self._token
        )
        followed_at = clock.now()
        for page in pages:
            clock.check()
            self._hand_out(page.events, clock, put)
            self._token = page.token
            if self._ledger.newest is not None and not (self._ledger.floor and page.newest_first):
                # what is older is not asked for again; nor may more be forgotten while older pages are to come
                self._ledger.forget(self._ledger.newest - SWEEP)
            if self.end is None and page.newest_first and page.more and clock.now() - followed_at >= PAUSE:
                # a long range is read from its end, and what arrives meanwhile does not wait for it
                self._catch_up(account, clock, put)
                followed_at = clock.now()
            if self._most is not None and self._count >= self._most and page.more and page.newest_first:
                cut = True
                break
        self._range_read = True
        self._token = ""
        put(RangeRead(cut))

    # following

    def _ask(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        self._catch_up(account, clock, put)
        self._tell(put, Following(False, self._why_not_live))
        quiet = clock.now() - self._arrived_at > QUIET_AFTER
        clock.sleep(QUIET_PAUSE if quiet else PAUSE)

    def _tail(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        began, error = False, None
        try:
            with closing(live_tail.updates(account, self.group)) as session:
                for update in session:
                    clock.check()
                    if not began:
                        # what came before the session is read while the session already collects
                        began = self._was_live = True
                        self._ledger.session_begins()
                        self._catch_up(account, clock, put)
                        self._tell(put, Following(True))
                    self._take(update, account, clock, put)
        except AwsError as refused:
            if refused.operation != live_tail.OPERATION or isinstance(refused, NotFound | CredentialsError):
                raise
            error = refused
        self._live_from, self._why_not_live = self._without_live_tail(error, clock)

    def _take(self, update: Update, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        self._hand_out(update.events, clock, put)
        if update.sampled or clock.now() - self._swept_at >= SWEEP_EVERY:
            # a sample is not all, and a session that is read too slowly loses events without a word
            self._catch_up(account, clock, put)
            self._tell(put, Following(True))

    def _without_live_tail(self, error: AwsError | None, clock: Clock) -> tuple[float, str]:
        """When to try Live Tail again, and why it is not there until then."""
        if error is not None and error.code == live_tail.TIMED_OUT:
            return _NEVER, "Live Tail ended after three hours."
        if self._was_live and (error is None or isinstance(error, Unreachable) or error.code == live_tail.BROKE):
            return clock.now() + LONGEST_WAIT, "Live Tail broke off and is tried again."
        return _NEVER, f"No Live Tail: {error.message if error else 'it ended at once.'}"

    def _catch_up(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        """Reads what has arrived since the last time, and hands out what is new of it."""
        began = clock.now()
        sweeps = began - self._swept_at >= SWEEP_EVERY
        start = self._window(SWEEP if sweeps else OVERLAP)
        for page in logs.pages(account, self.group, start):
            clock.check()
            self._hand_out(page.events, clock, put)
        self._covered = began * 1000
        if sweeps:
            self._swept_at = began
            if self._range_read:
                self._ledger.forget(self._window(SWEEP))

    def _window(self, back: int) -> int:
        """From when on to read, in ms: `back` before the newest event, or before what was surely read to its end."""
        newest = self._ledger.newest
        start = self.start if newest is None else newest - back
        if self._covered is not None:
            start = max(start, int(self._covered) - CLOCKS_APART)
        return max(start, self.start, self._ledger.floor)

    def _hand_out(self, events: tuple[LogEvent, ...], clock: Clock, put: Callable[[News], None]) -> None:
        new = self._ledger.new(events)
        if new:
            self._count += len(new)
            self._arrived_at = clock.now()
            put(Arrived(tuple(new)))

    # what is in the way

    def _persist(self, clock: Clock, put: Callable[[News], None], act: Callable[[], None]) -> None:
        """Acts, and where waiting may help waits and acts again."""
        wait = WAIT
        while True:
            clock.check()
            try:
                return act()
            except NotFound as error:
                if error.operation not in ("FilterLogEvents", live_tail.OPERATION):
                    raise
                self._tell(put, Waiting(self._missing(), error))
                wait = WAIT
            except AwsError as error:
                if not (isinstance(error, Throttled | Unreachable) or error.status >= 500):
                    raise
                self._tell(put, Waiting(str(error), error))
            clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _missing(self) -> str:
        if self._ledger.newest is None:
            return f"There is no log group {self.group} yet: it is made when the function first runs."
        return f"The log group {self.group} was deleted: it is made anew when the function next runs."

    def _tell(self, put: Callable[[News], None], news: Following | Waiting) -> None:
        if news != self._told:
            self._told = news
            put(news)


_NEVER = float("inf")
