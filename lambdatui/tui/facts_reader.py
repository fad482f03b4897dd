"""Reads the facts of the functions that are on the screen, a few at a time, never faster than AWS's limits allow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.facts import Facts
from lambdatui.aws.lapses import Lapse
from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.session import Session

WORKERS = 4
CALLS_A_SECOND = 8
"""ListAliases calls to one account and region: AWS allows 15 control calls, and the rest is for the operator."""


@dataclass(frozen=True, slots=True)
class FactsRead:
    """The facts of one function, or why there are none."""

    key: str
    facts: Facts | None
    error: LambdatuiError | None = None


class FactsReader:
    """Threads that read what was asked for last. `tell` is called in them.

    What is asked for under a profile whose credentials lapse waits until they work.
    """

    def __init__(self, session: Session, tell: Callable[[FactsRead], None]) -> None:
        self._session = session
        self._tell = tell
        self._wanted: list[FunctionRecord] = []
        self._reading: set[str] = set()
        self._next: dict[Scope, float] = {}
        self._ready = threading.Condition()
        self._stopped = False
        self._started = False
        session.lapses.watch(self._look_again)

    def want(self, records: Sequence[FunctionRecord]) -> None:
        """Asks for these, in their order, instead of what is still waiting."""
        with self._ready:
            self._wanted = [record for record in records if record.key not in self._reading]
            if self._wanted and not self._started:
                self._started = True
                for number in range(WORKERS):
                    threading.Thread(target=self._work, name=f"facts-{number}", daemon=True).start()
            self._ready.notify_all()

    def stop(self) -> None:
        """Ends the threads after the call that each is in."""
        with self._ready:
            self._stopped = True
            self._wanted = []
            self._ready.notify_all()

    def _work(self) -> None:
        from lambdatui.aws import facts

        while True:
            record = self._take()
            if record is None:
                return
            try:
                read = FactsRead(record.key, facts.read(self._session.account(record.scope), record.name))
            except CredentialsError as error:
                if self._put_back(record):
                    continue
                read = FactsRead(record.key, None, error)
            except LambdatuiError as error:
                read = FactsRead(record.key, None, error)
            with self._ready:
                self._reading.discard(record.key)
            if not self._stopped:
                self._tell(read)

    def _take(self) -> FunctionRecord | None:
        """The next record whose scope may be called now; waits for one. None when it is time to end."""
        with self._ready:
            while not self._stopped:
                now = time.monotonic()
                soonest: float | None = None
                for index, record in enumerate(self._wanted):
                    if self._session.lapses.of(record.scope.profile) is not None:
                        continue
                    at = self._next.get(record.scope, 0.0)
                    if at <= now:
                        del self._wanted[index]
                        self._reading.add(record.key)
                        self._next[record.scope] = now + 1 / CALLS_A_SECOND
                        return record
                    soonest = at if soonest is None else min(soonest, at)
                self._ready.wait(None if soonest is None else soonest - now)
            return None

    def _put_back(self, record: FunctionRecord) -> bool:
        """Has a record wait for its profile's credentials; whether they lapse."""
        with self._ready:
            if self._session.lapses.of(record.scope.profile) is None:
                return False
            self._reading.discard(record.key)
            if record not in self._wanted:
                self._wanted.insert(0, record)
            return True

    def _look_again(self, _: str, lapse: Lapse | None) -> None:
        if lapse is None:
            with self._ready:
                self._ready.notify_all()
