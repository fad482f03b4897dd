"""What became of invocations that were handed over to run later: their log tells."""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Literal

from lambdatui.aws import log_lines
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_reading import Arrived, LogReading, News
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled

MOST = 10_000
"""So many may be followed at once."""
PATIENCE = 60.0
"""Seconds beyond the function's time limit in which nothing of them was in the log, after which they are given up."""
_CLOCKS_APART = 60_000
_LOG_TAIL = 4096
_LOOK_SECONDS = 0.1
_OUTCOMES: Mapping[str, Literal["ok", "function error", "timeout"]] = {
    "ok": "ok",
    "error": "function error",
    "timeout": "timeout",
}


def follow(
    account: Account, group: str, handed_over: Mapping[str, Invocation], function_timeout: float, clock: Clock
) -> Iterator[Invocation]:
    """Each of these invocations, by request id, when its first attempt's end is in the log, with what that says of it.

    What is not there in time, or when the clock is cancelled, comes as `no answer`. `group` is the log group's name.
    """
    waiting = dict(handed_over)
    if not waiting:
        return
    since = int(min(one.started for one in waiting.values()) * 1000) - _CLOCKS_APART
    news: queue.SimpleQueue[News | AwsError] = queue.SimpleQueue()
    reading_clock = Clock()

    def read() -> None:
        try:
            LogReading(group, since, live=False).run(account, reading_clock, news.put)
        except Cancelled:
            return
        except AwsError as error:
            news.put(error)

    threading.Thread(target=read, name="follow-log", daemon=True).start()
    folding, patience = Folding(), function_timeout + PATIENCE
    give_up_at, why = clock.now() + patience, f"its end was not in the log after {patience:g} s"
    try:
        while waiting and clock.now() < give_up_at:
            if clock.cancelled:
                why = "the run was stopped before its end was in the log"
                break
            try:
                told = news.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(told, AwsError):
                why = f"its log cannot be read: {told.message}"
                break
            if not isinstance(told, Arrived):
                continue
            changes = folding.add(log_lines.parse(event) for event in told.events)
            for entry in [*changes.added, *changes.changed.values()]:
                if isinstance(entry, Invoked) and entry.report is not None and entry.request_id in waiting:
                    give_up_at = clock.now() + patience
                    yield _ended(waiting.pop(entry.request_id), entry, entry.report)
            folding.drop_oldest()
    finally:
        reading_clock.cancel()
    for invocation in waiting.values():
        yield dataclasses.replace(invocation, outcome="no answer", error=f"Lambda took it; {why}.")


def _ended(invocation: Invocation, entry: Invoked, report: Report) -> Invocation:
    outcome = _OUTCOMES.get(entry.outcome(entry.began), "function error")
    error = ""
    if outcome != "ok":
        error = (entry.failure.words if entry.failure is not None else "") or report.error_type or outcome
    return dataclasses.replace(
        invocation,
        outcome=outcome,
        version=entry.version,
        report=report,
        log="\n".join(line.message.rstrip("\n") for line in entry.every_line)[-_LOG_TAIL:],
        error=" ".join(error.split()),
        function_error="" if outcome == "ok" else "Unhandled",
    )
