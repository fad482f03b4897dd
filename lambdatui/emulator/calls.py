"""The calls that the embedded AWS has answered, for the tests that ask what was sent."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. `status` is 0 where the connection was cut instead of an answer; `time` is in epoch seconds.

    For a service behind the front whose protocol does not name the operation (S3), `operation` is the HTTP method.
    """

    number: int
    service: str
    operation: str
    account: str
    region: str
    status: int
    time: float
    request_id: str


class CallLog:
    """The last `keep` calls, numbered from 1 in the order in which they were answered."""

    def __init__(self, keep: int = 10_000) -> None:
        self._lock = threading.Lock()
        self._records: deque[CallRecord] = deque(maxlen=keep)
        self._count = 0

    def add(
        self, service: str, operation: str, account: str, region: str, status: int, time: float, request_id: str
    ) -> None:
        """Adds a call; see CallRecord."""
        with self._lock:
            self._count += 1
            record = CallRecord(self._count, service, operation, account, region, status, time, request_id)
            self._records.append(record)

    def since(self, number: int = 0, account: str | None = None) -> list[CallRecord]:
        """The calls with a higher number, oldest first; of one account, if given."""
        with self._lock:
            records = list(self._records)
        return [r for r in records if r.number > number and account in (None, r.account)]

    def as_json(self, number: int = 0, account: str | None = None) -> list[dict[str, Any]]:
        """`since` as plain dictionaries."""
        return [asdict(record) for record in self.since(number, account)]

    def clear(self) -> None:
        """Forgets the calls; numbers go on."""
        with self._lock:
            self._records.clear()
