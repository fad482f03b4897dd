"""Sends a run's invocations when they are due, and hands over what comes back.

One asyncio loop in a thread of its own keeps the schedule; whoever wants the results takes them in batches. The loop
never waits for who reads, unless so much is unread that memory would fill.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.invocations import Call, Chunk, Invocation, Turn
from lambdatui.aws.invoke_senders import Sender, Tell
from lambdatui.clock import Clock
from lambdatui.stages.load.schedule import Load
from lambdatui.stages.load.stopping import Stopping

GRACE = 1.0
"""Seconds that what is under way may still take when a person stops the run."""
BATCH_SECONDS = 0.02
"""How long results wait for others, at most."""
MOST_UNREAD = 20_000
MOST_UNREAD_BYTES = 128 * 1024 * 1024
_LOOK_SECONDS = 0.1
_READY_FOR_A_RATE = 32


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be invoked: one call, or two side by side; with which events; how often."""

    calls: Sequence[Call]
    payload: Callable[[int], bytes]
    """From a run's number, from 1, to its event. May raise BadInput, which ends the run."""
    load: Load
    warm_up: int = 0
    retry_throttled: int = 0


class Engine:
    """One run. `results` starts it, and may be asked once."""

    def __init__(self, work: Work, open_sender: Callable[[Tell], Sender], stopping: Stopping) -> None:
        self._work = work
        self._open_sender = open_sender
        self._stopping = stopping
        self._unread: deque[Invocation | Chunk] = deque()
        self._news = threading.Event()
        self._bytes_out = 0
        self._bytes_read = 0
        self._ended = False
        self._error: BaseException | None = None
        self._halted = False
        self._is_warming_up = False
        self._taken = 0
        self._start = 0.0
        self._told_at = 0.0
        self._is_telling = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sleeping: set[asyncio.Future[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sender: Sender | None = None

    def results(self, clock: Clock) -> Iterator[Sequence[Invocation | Chunk]]:
        """What comes back, as it comes, until all has. When the clock is cancelled nothing more is sent, and what is
        still under way after a second is told as stopped. Raises, at the end, what made the run impossible.
        """
        self._sender = self._open_sender(self._tell)
        thread = threading.Thread(target=self._run, name="invoke-engine", daemon=True)
        thread.start()
        is_cancelled = False
        try:
            while True:
                has_ended = self._ended
                self._news.clear()
                batch = [self._unread.popleft() for _ in range(len(self._unread))]
                if batch:
                    yield batch
                    self._bytes_read += sum(_size(one) for one in batch)
                elif has_ended:
                    break
                else:
                    self._news.wait(_LOOK_SECONDS)
                if clock.cancelled and not is_cancelled:
                    is_cancelled = True
                    self._call(self._halt, GRACE)
        finally:
            self._call(self._halt, 0.0)
            thread.join(GRACE)
        if self._error is not None:
            raise self._error

    # in the loop's thread, but for `_tell`

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - told to who reads, who raises it
            self._error = self._error or error
        finally:
            self._ended = True
            self._news.set()

    async def _main(self) -> None:
        assert self._sender is not None
        self._loop = asyncio.get_running_loop()
        work, load = self._work, self._work.load
        sides = len(work.calls)
        try:
            slots = load.at_once if load.runs is None else min(load.at_once, load.runs)
            wanted = slots if load.rate is None else min(slots, _READY_FOR_A_RATE)
            await self._all([self._sender.ready(wanted * sides, load.at_once * sides)])
            if work.warm_up:
                self._is_warming_up = True
                warming = Load(runs=work.warm_up, at_once=min(load.at_once, work.warm_up))
                await self._closed(warming)
                self._is_warming_up, self._taken = False, 0
            await (self._closed(load) if load.rate is None else self._opened(load))
        finally:
            self._sender.close()

    async def _closed(self, load: Load) -> None:
        self._start = time.perf_counter()
        count = load.at_once if load.runs is None else min(load.at_once, load.runs)
        sides = len(self._work.calls)
        await self._all([self._worker(load, load.begins(index // sides)) for index in range(count * sides)])

    async def _worker(self, load: Load, begins: float) -> None:
        if begins:
            await self._sleep(begins)
        while not self._halted:
            number, call = self._next()
            if load.is_over(number, time.perf_counter() - self._start):
                return
            self._taken += 1
            await self._room()
            await self._invoke(call, Turn(number, self._is_warming_up))

    async def _opened(self, load: Load) -> None:
        self._start = time.perf_counter()
        slots = load.at_once * len(self._work.calls)
        freed = asyncio.Event()
        flying: set[asyncio.Task[None]] = set()

        def landed(task: asyncio.Task[None]) -> None:
            flying.discard(task)
            self._tasks.discard(task)
            freed.set()

        while not self._halted:
            number, call = self._next()
            if load.is_over(number, 0.0):
                break
            due = self._start + load.due(number)
            # a moment for the answers, also where the schedule is behind
            await self._sleep(max(0.0, due - time.perf_counter()))
            await self._room()
            while len(flying) >= slots and not self._halted:
                freed.clear()
                await freed.wait()
            if self._halted:
                break
            self._taken += 1
            task = asyncio.create_task(self._invoke(call, Turn(number, due=due)))
            flying.add(task)
            self._tasks.add(task)
            task.add_done_callback(landed)
        while flying:
            await asyncio.wait(flying)

    def _next(self) -> tuple[int, Call]:
        """The number and the call that is next. Of two sides each goes first in turn, so that neither has the gain."""
        calls = self._work.calls
        before, place = divmod(self._taken, len(calls))
        return before + 1, calls[(place + before) % len(calls)]

    async def _invoke(self, call: Call, turn: Turn) -> None:
        assert self._sender is not None
        try:
            payload = self._work.payload(turn.number)
            result = await self._sender.send(call, payload, turn)
            while result.outcome == "throttled" and turn.attempts <= self._work.retry_throttled and not self._halted:
                # AWS's advice: exponential, with jitter
                await self._sleep(random.uniform(0.1, 0.2 * 2**turn.attempts))  # noqa: S311
                if self._halted:
                    break
                turn = turn._replace(attempts=turn.attempts + 1, due=None, lateness=result.lateness)
                result = await self._sender.send(call, payload, turn)
        except Exception as error:  # noqa: BLE001 - the first one ends the run, and is raised where it is read
            self._error = self._error or error
            self._halt(GRACE)
            return
        self._hand_over(result)
        self._stopping.add(result)
        if self._stopping.reason and not self._halted:
            self._halt(None)

    async def _all(self, coroutines: Sequence[Coroutine[Any, Any, None]]) -> None:
        """Waits for all; those that are cancelled have told what there was to tell."""
        tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
        self._tasks.update(tasks)
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                self._error = self._error or result
        self._tasks.difference_update(tasks)

    async def _sleep(self, seconds: float) -> None:
        """Sleeps, until the run is halted at most."""
        if seconds <= 0 or self._halted:
            await asyncio.sleep(0)
            return
        assert self._loop is not None
        over: asyncio.Future[None] = self._loop.create_future()
        timer = self._loop.call_later(seconds, _wake, over)
        self._sleeping.add(over)
        try:
            await over
        finally:
            timer.cancel()
            self._sleeping.discard(over)

    async def _room(self) -> None:
        """Waits while too much is unread."""
        while (
            len(self._unread) > MOST_UNREAD or self._bytes_out - self._bytes_read > MOST_UNREAD_BYTES
        ) and not self._halted:
            await asyncio.sleep(BATCH_SECONDS)

    def _halt(self, grace: float | None) -> None:
        """Sends nothing more. What is under way ends within `grace` seconds; None lets it take its time."""
        assert self._loop is not None
        self._halted = True
        for sleeping in list(self._sleeping):
            _wake(sleeping)
        if grace is not None:
            self._loop.call_later(grace, self._cancel)

    def _cancel(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _hand_over(self, result: Invocation) -> None:
        assert self._loop is not None
        self._unread.append(result)
        self._bytes_out += _size(result)
        if not self._is_telling:
            self._is_telling = True
            self._loop.call_later(max(0.0, self._told_at + BATCH_SECONDS - self._loop.time()), self._told)

    def _told(self) -> None:
        assert self._loop is not None
        self._is_telling, self._told_at = False, self._loop.time()
        self._news.set()

    def _tell(self, chunk: Chunk) -> None:
        """A part of a streamed answer; comes in another thread."""
        self._unread.append(chunk)
        self._news.set()

    def _call(self, what: Callable[[float], None], value: float) -> None:
        """Has the loop do something, if it is still there."""
        while self._loop is None and not self._ended:
            self._news.wait(_LOOK_SECONDS)
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(what, value)
        except RuntimeError:
            # it has ended, and everything with it
            return


def _wake(sleeping: asyncio.Future[None]) -> None:
    if not sleeping.done():
        sleeping.set_result(None)


def _size(one: Invocation | Chunk) -> int:
    return len(one.payload) + len(one.log) if isinstance(one, Invocation) else 0
