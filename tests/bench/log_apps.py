"""A log that floods in, in two apps: `python -m tests.bench.log_apps ours|richlog LINES_A_SECOND SECONDS`.

`richlog` is what one writes first: lines are collected, and a drain writes them to a RichLog 30 times a second. Each
draws in its first line, when the flood is over, how many lines were shown and how late the event loop was.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Label, RichLog

from lambdatui.aws.account import Account
from lambdatui.aws.log_reading import Arrived, LogReading, News
from lambdatui.aws.logs import LogEvent
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.tui import themes
from lambdatui.tui.feed import Feed
from lambdatui.tui.log_following import LogFollowing, LogNews, Part, Stopped
from lambdatui.tui.log_rows import LogRows
from lambdatui.tui.widgets.log_view import LogView

BATCH = 0.01
STREAMS = 8


def events(first: int, count: int) -> tuple[LogEvent, ...]:
    """Lines of invocations of four lines each, in several streams."""
    now = int(time.time() * 1000)
    found = []
    for number in range(first, first + count):
        invocation, kind = divmod(number, 4)
        rid = f"6e0c1f2a-0d5e-4b7a-9c3d-{invocation:012d}"
        message = (
            f"START RequestId: {rid} Version: 42\n",
            f"[INFO]\t2026-11-24T12:00:00.000Z\t{rid}\torder {invocation} was paid for with a card\n",
            f"END RequestId: {rid}\n",
            f"REPORT RequestId: {rid}\tDuration: 11.83 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 64 MB\t\n",
        )[kind]
        found.append(LogEvent(now, f"s{invocation % STREAMS}", message, now, str(number)))
    return tuple(found)


def flood(rate: int, seconds: float, put: Callable[[tuple[LogEvent, ...]], None], stopped: Callable[[], bool]) -> int:
    """Puts so many events a second for so long, as well as it may; returns how many it were."""
    start, made = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < seconds and not stopped():
        due = int(rate * passed) - made
        if due:
            put(events(made, due))
            made += due
        time.sleep(BATCH)
    return made


class Flood(LogReading):
    """A reading that needs no AWS."""

    def __init__(self, rate: int, seconds: float) -> None:
        super().__init__("/flood", 0)
        self._rate, self._seconds = rate, seconds
        self.made = 0

    def run(self, account: Account, clock: Clock, put: Callable[[News], None]) -> None:
        self.made = flood(self._rate, self._seconds, lambda part: put(Arrived(part)), lambda: clock.cancelled)


class Late(App[None]):
    """Measures how late a timer of 10 ms is."""

    def __init__(self, rate: int, seconds: float) -> None:
        super().__init__()
        self.rate, self.seconds = rate, seconds
        self.lags: list[float] = []
        self.over = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    async def measure(self) -> None:
        while not self.over:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            self.lags.append((time.perf_counter() - before - 0.01) * 1000)

    def end(self, made: int, shown: int) -> None:
        self.over = True
        lags = sorted(self.lags)
        told = f"OVER {made} {shown} {lags[len(lags) * 99 // 100]:.1f} {lags[-1]:.1f} MEASURED"
        self.query_one(Label).update(told)


class Ours(Late):
    def compose(self) -> ComposeResult:
        yield Label("")
        self.rows = LogRows()
        yield LogView(self.rows)

    def on_mount(self) -> None:
        session: Any = SimpleNamespace(settings=SimpleNamespace(frames_per_second=30), account=lambda scope: None)
        self.flood = Flood(self.rate, self.seconds)
        self.following = LogFollowing(self.query_one(LogView), session, Scope("", "eu-west-1"), self.take)
        self.run_worker(self.measure())
        self.following.start(self.flood)

    def take(self, news: list[LogNews]) -> None:
        new = 0
        for one in news:
            if isinstance(one, Part):
                new += self.rows.take(self.rows.folding.add(one.lines, page_ends=one.page_ends))
        self.query_one(LogView).grew(new)
        if any(isinstance(one, Stopped) for one in news):
            folding = self.rows.folding
            self.end(self.flood.made, folding.lines + folding.dropped)


class RichLogs(Late):
    def compose(self) -> ComposeResult:
        yield Label("")
        yield RichLog(max_lines=100_000)

    def on_mount(self) -> None:
        self.shown = 0
        self.made = -1
        self.feed: Feed[LogEvent] = Feed(self, self.take)
        self.run_worker(self.measure())
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        def put(part: tuple[LogEvent, ...]) -> None:
            for event in part:
                self.feed.put(event)

        made = flood(self.rate, self.seconds, put, lambda: False)
        self.made = made
        self.call_from_thread(lambda: self.end(made, self.shown))

    def take(self, items: list[LogEvent]) -> None:
        log = self.query_one(RichLog)
        for event in items:
            log.write(event.message.rstrip())
        self.shown += len(items)


if __name__ == "__main__":
    which, rate, seconds = sys.argv[1:]
    {"ours": Ours, "richlog": RichLogs}[which](int(rate), float(seconds)).run()
