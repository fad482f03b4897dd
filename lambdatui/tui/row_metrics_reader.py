"""Reads the last hour's figures of the functions that are on the screen, in as few requests as there can be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.row_metrics import AT_ONCE, QUERIES, RowMetrics
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui import states
from lambdatui.tui.session import Session

FRESH_SECONDS = 60
"""How long figures are good for: CloudWatch has new ones every minute."""
GATHER_SECONDS = 0.15
"""How long a request waits for more: who scrolls past does not want each row's figures."""


class RowMetricsRead(NamedTuple):
    """Figures by ARN, or why there are none; and what was asked of CloudWatch for them."""

    metrics: Mapping[str, RowMetrics]
    requests: int
    asked: int
    """Metrics asked for: what AWS bills."""
    error: LambdatuiError | None = None


class RowMetricsReader:
    """One thread that reads what was asked for last. `tell` is called in it.

    What is asked for under a profile whose credentials lapse is not read; it is to be asked for again when they work.
    """

    def __init__(self, session: Session, tell: Callable[[RowMetricsRead], None]) -> None:
        self._session = session
        self._tell = tell
        self._wanted: list[FunctionRecord] = []
        self._read_at: dict[str, float] = {}
        self._ready = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def want(self, records: Sequence[FunctionRecord]) -> None:
        """Asks for the figures of these, unless they are fresh, instead of what is still waiting."""
        now = time.monotonic()
        with self._ready:
            self._wanted = [
                record
                for record in records
                if now - self._read_at.get(record.arn, -1e9) > FRESH_SECONDS
                and self._session.lapses.of(record.scope.profile) is None
            ]
            if self._wanted and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="row-metrics", daemon=True)
                self._thread.start()
            self._ready.notify_all()

    def stop(self) -> None:
        """Ends the thread after the request that it is in."""
        with self._ready:
            self._stopped = True
            self._ready.notify_all()

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._wanted and not self._stopped:
                    self._ready.wait()
                if not self._stopped:
                    self._ready.wait(GATHER_SECONDS)
                if self._stopped:
                    return
                wanted, self._wanted = self._wanted, []
                moment = time.monotonic()
                self._read_at.update((record.arn, moment) for record in wanted)
            by_scope: dict[Scope, list[FunctionRecord]] = {}
            for record in wanted:
                by_scope.setdefault(record.scope, []).append(record)
            for scope, records in by_scope.items():
                for start in range(0, len(records), AT_ONCE):
                    self._read(scope, records[start : start + AT_ONCE])

    def _read(self, scope: Scope, records: Sequence[FunctionRecord]) -> None:
        from lambdatui.aws import row_metrics

        asked = len(records) * len(QUERIES)
        try:
            account = self._session.account(scope)
            found = row_metrics.last_hour(account, [record.name for record in records], states.now())
            self._tell(RowMetricsRead({record.arn: found[record.name] for record in records}, 1, asked))
        except CredentialsError:
            with self._ready:
                for record in records:
                    self._read_at.pop(record.arn, None)
        except LambdatuiError as error:
            self._tell(RowMetricsRead({}, 1, asked, error))
