"""Reading something of AWS's for a widget: in a worker thread, told in the event loop, with who read it and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.widget import Widget

from lambdatui.aws.account import Account, Identity
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui import states
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
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
class ReadFailed:
    """A reading brought nothing, and this is why."""

    error: LambdatuiError


class Reading(Generic[T]):
    """Reads one value, as often as `start` is called; a reading that is overtaken by a later one is dropped.

    `read` runs in a worker thread and may raise LambdatuiError; `take` and `fail` run in the event loop. To be made
    when `owner` is mounted, and closed when it is unmounted.
    """

    def __init__(
        self,
        owner: Widget,
        session: Session,
        scope: Scope,
        read: Callable[[Account], T],
        take: Callable[[Read[T]], None],
        fail: Callable[[LambdatuiError], None],
    ) -> None:
        self._owner = owner
        self._session = session
        self._scope = scope
        self._read = read
        self._take = take
        self._fail = fail
        self._number = 0
        self._feed: Feed[tuple[int, Read[T] | ReadFailed]] = Feed(owner.app, self._arrived)

    def start(self) -> None:
        """Reads; what was read before stays until this has ended."""
        self._number += 1
        number = self._number
        self._owner.run_worker(lambda: self._work(number), thread=True, group="reading", exit_on_error=False)

    def close(self) -> None:
        """Drops what is still under way."""
        self._feed.close()

    def _work(self, number: int) -> None:
        try:
            account = self._session.account(self._scope)
            value = self._read(account)
            self._feed.put((number, Read(value, account.identity(), account.read_only, states.now())))
        except LambdatuiError as error:
            self._feed.put((number, ReadFailed(error)))

    def _arrived(self, items: list[tuple[int, Read[T] | ReadFailed]]) -> None:
        number, last = items[-1]
        if number != self._number:
            return
        if isinstance(last, ReadFailed):
            self._fail(last.error)
        else:
            self._take(last)
