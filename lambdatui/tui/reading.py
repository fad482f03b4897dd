"""Reading something of AWS's for a widget: in a worker thread, told in the event loop, with who read it and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.widget import Widget

from lambdatui.aws.account import Account, Identity
from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui import states
from lambdatui.tui.credentials import Standing, credentials_of
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.aws.clients import Retry
    from lambdatui.tui.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a reading brought, under which identity, and when."""

    value: T
    identity: Identity
    read_only: bool
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReadWaits:
    """A call of the reading is to be tried again."""

    retry: Retry


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A reading brought nothing, and this is why."""

    error: LambdatuiError


class Reading(Generic[T]):
    """Reads one value, as often as `start` is called; a reading that is overtaken by a later one is dropped.

    `read` runs in a worker thread and may raise LambdatuiError; `take` and `fail` run in the event loop, and so does
    `wait`, which hears of calls of `read`'s own thread that AWS throttles or does not answer. To be made when `owner`
    is mounted, and closed when it is unmounted. One that failed for its profile's credentials starts again by itself
    when they work.
    """

    def __init__(
        self,
        owner: Widget,
        session: Session,
        scope: Scope,
        read: Callable[[Account], T],
        take: Callable[[Read[T]], None],
        fail: Callable[[LambdatuiError], None],
        wait: Callable[[Retry], None] | None = None,
    ) -> None:
        self._owner = owner
        self._session = session
        self._scope = scope
        self._read = read
        self._take = take
        self._fail = fail
        self._wait = wait
        self._number = 0
        self._waits = False
        self._retried = False
        credentials = credentials_of(owner)
        if credentials is not None:
            credentials.changed.subscribe(owner, self._take_standing)
        self._feed: Feed[tuple[int, Read[T] | ReadWaits | ReadFailed]] = Feed(owner.app, self._arrived)

    def start(self) -> None:
        """Reads; what was read before stays until this has ended."""
        self._retried = False
        self._start()

    def _start(self) -> None:
        self._waits = False
        self._number += 1
        number = self._number
        self._owner.run_worker(lambda: self._work(number), thread=True, group="reading", exit_on_error=False)

    def close(self) -> None:
        """Drops what is still under way."""
        self._feed.close()

    def _work(self, number: int) -> None:
        try:
            account = self._session.account(self._scope)
            if self._wait is not None:
                account.watched(lambda retry: self._feed.put((number, ReadWaits(retry))))
            value = self._read(account)
            self._feed.put((number, Read(value, account.identity(), account.read_only, states.now())))
        except LambdatuiError as error:
            self._feed.put((number, ReadFailed(error)))

    def _arrived(self, items: list[tuple[int, Read[T] | ReadWaits | ReadFailed]]) -> None:
        last = next((item for number, item in reversed(items) if number == self._number), None)
        if last is None:
            return
        if isinstance(last, ReadWaits):
            if self._wait is not None:
                self._wait(last.retry)
        elif isinstance(last, ReadFailed):
            self._waits = isinstance(last.error, CredentialsError)
            if self._waits and not self._retried and self._session.lapses.of(self._scope.profile) is None:
                # they were renewed while the failure was on its way here
                self._retried = True
                self._start()
                return
            self._fail(last.error)
        else:
            self._take(last)

    def _take_standing(self, standing: Standing) -> None:
        if self._waits and self._scope.profile in standing.renewed:
            self._start()
