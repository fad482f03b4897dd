"""The live panel of the invoke screen, alone on a screen, or its run without a screen.

`python -m tests.bench.invoke_panel_apps flood RATE SECONDS` takes so many results a second from four threads, which are
also written to a file; `flood-unguarded` draws also while the terminal is behind. `panel PORT AT_ONCE COUNT` invokes a
server and shows the results, `headless` does the same without a screen and prints it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from textual.app import ComposeResult
from textual.widgets import Label

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.saved import SavedRuns
from lambdatui.stages.stage import Event, Result, World
from lambdatui.tui import feed as feeds
from lambdatui.tui.feed import Feed
from lambdatui.tui.invoke_run import InvokeRun
from lambdatui.tui.screens.invoke import AT_ONCE, FRAMES, TAKES
from lambdatui.tui.widgets.run_view import RunView
from tests.bench.log_apps import Late

THREADS = 4


def made(number: int) -> Invocation:
    """A result as the demo's: one in ten is served by version 42, and fails."""
    failed = number % 10 == 0
    latency = 12.0 + number * 7919 % 1009 / 50
    return Invocation(
        number=number,
        started=time.time(),
        latency=latency,
        outcome="function error" if failed else "ok",
        status=200,
        version="42" if failed else "41",
        function_error="Unhandled" if failed else "",
        request_id=f"6e0c1f2a-0d5e-4b7a-9c3d-{number:012d}",
        payload=b'{"order": "o-%d", "total": 1290}' % number,
        log="",
        report=Report(latency - 3, latency, None, 512, 64),
        error=f"KeyError: 'currency' of order {number}" if failed else "",
    )


def world_of(port: int) -> World:
    """A world whose AWS is the server."""
    os.environ.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="x" * 40, AWS_DEFAULT_REGION="eu-west-1")
    journal = Journal(Path(mkdtemp()) / "journal.sqlite")
    return World(Accounts(Settings(endpoint_url=f"http://127.0.0.1:{port}"), journal), journal=journal)


class Panel(Late):
    """The panel, fed as the invoke screen feeds it."""

    def __init__(self, run: InvokeRun, seconds: float) -> None:
        super().__init__(0, seconds)
        self.run_shown = run

    def compose(self) -> ComposeResult:
        yield Label("")
        yield RunView()

    def on_mount(self) -> None:
        self.events: Feed[Event] = Feed(self, self.take, TAKES, most=AT_ONCE, waits=False)
        self.frames: Feed[None] = Feed(self, lambda _: self.query_one(RunView).show(), FRAMES)
        self.query_one(RunView).begin(self.run_shown)
        self.run_worker(self.measure())
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        """Puts events, in a thread."""
        raise NotImplementedError

    def take(self, items: list[Event]) -> None:
        self.run_shown.take(items)
        self.frames.put(None)


class Flood(Panel):
    def __init__(self, rate: int, seconds: float) -> None:
        super().__init__(InvokeRun(Invoke(function="f", runs=1_000_000)), seconds)
        self.rate = rate

    def work(self) -> None:
        writer = SavedRuns(Path(mkdtemp())).begin(
            function="f", qualifier="", account="1", region="r", inputs={}, started=time.time()
        )
        counts = [0] * THREADS

        def produce(index: int) -> None:
            def put(numbers: range) -> None:
                for number in numbers:
                    one = made(number * THREADS + index + 1)
                    writer.add(one)
                    self.events.put(Result(one))

            counts[index] = flood_numbers(self.rate // THREADS, self.seconds, put)

        threads = [threading.Thread(target=produce, args=(index,)) for index in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while self.run_shown.figures.count < sum(counts):
            time.sleep(0.01)
        writer.close("done", self.run_shown.figures.outputs())
        with Reader(writer.path) as reader:
            written = len(reader)
        self.call_from_thread(self.end, sum(counts), min(written, len(self.query_one(RunView).table.rows)))


def flood_numbers(rate: int, seconds: float, put: Any) -> int:
    """As `flood`, with the numbers of what is due."""
    start, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < seconds:
        due = int(rate * passed)
        put(range(count, due))
        count = due
        time.sleep(0.01)
    return count


class Invoking(Panel):
    def __init__(self, port: int, at_once: int, count: int) -> None:
        self.stage = Invoke(function="f", runs=count, concurrency=at_once, region="eu-west-1")
        super().__init__(InvokeRun(self.stage), 0)
        self.world = world_of(port)

    def work(self) -> None:
        plan = self.stage.plan(self.world)
        begun = time.perf_counter()
        for event in self.stage.run(self.world, plan):
            self.events.put(event)
        seconds = time.perf_counter() - begun
        while not self.run_shown.over:
            time.sleep(0.01)
        self.call_from_thread(self.end, round(self.run_shown.figures.count / seconds), self.run_shown.figures.count)


def headless(port: int, at_once: int, count: int) -> None:
    stage = Invoke(function="f", runs=count, concurrency=at_once, region="eu-west-1")
    world = world_of(port)
    plan = stage.plan(world)
    begun = time.perf_counter()
    results = sum(isinstance(event, Result) for event in stage.run(world, plan))
    print(f"OVER {results / (time.perf_counter() - begun):.0f} {results}")


if __name__ == "__main__":
    which, *numbers = sys.argv[1:]
    if which == "flood-unguarded":
        feeds.terminal_is_behind = lambda app: False
    if which.startswith("flood"):
        Flood(int(numbers[0]), float(numbers[1])).run()
    elif which == "panel":
        Invoking(*map(int, numbers)).run()
    else:
        headless(*map(int, numbers))
