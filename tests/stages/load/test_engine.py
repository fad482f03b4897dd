"""The engine on a source that answers as it is told: the schedule, what is under way, and what is handed over."""

from __future__ import annotations

import asyncio
import resource
import sys
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Call, Invocation, Turn
from lambdatui.clock import Clock
from lambdatui.errors import BadInput
from lambdatui.stages.load import engine as module
from lambdatui.stages.load.engine import Engine, Work
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.schedule import Load
from lambdatui.stages.load.stopping import Stopping
from tests.deadlines import wait_for

ONE = Invocation(1, 1.8e9, 12.0, "ok", 200, "42", "", "id", b'{"total": 1290}', "", Report(11.8, 12.0, None, 512, 64))


class Source:
    """Answers each invocation with what `answer` makes of its turn, after it was let go."""

    def __init__(self, answer: Callable[[Turn], str] = lambda _: "ok", gate: threading.Event | None = None) -> None:
        self._answer = answer
        self._gate = gate
        self.turns: list[tuple[int, str]] = []
        self.under_way = 0
        self.most = 0
        self.readied = 0
        self.closed = False

    async def send(self, call: Call, payload: bytes, turn: Turn) -> Invocation:
        self.turns.append((turn.number, call.side))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        outcome: Any = "ok"
        try:
            while self._gate is not None and not self._gate.is_set():
                await asyncio.sleep(0.002)
            await asyncio.sleep(0)
            outcome = self._answer(turn)
        except asyncio.CancelledError:
            outcome = "no answer"
        finally:
            self.under_way -= 1
        return replace(
            ONE, number=turn.number, outcome=outcome, side=call.side, warm_up=turn.warm_up, attempts=turn.attempts
        )

    async def ready(self, count: int, most: int) -> None:
        self.readied = count

    def close(self) -> None:
        self.closed = True


def engine_on(source: Source, load: Load, *, sides: str = "", stopping: Stopping | None = None, **work: Any) -> Engine:
    calls = [Call("f", side=side) for side in sides or ("",)]
    work.setdefault("payload", lambda _: b"{}")
    return Engine(Work(calls, load=load, **work), lambda _: source, stopping or Stopping())


def all_of(engine: Engine, clock: Clock | None = None) -> list[Invocation]:
    return [one for batch in engine.results(clock or Clock()) for one in batch if isinstance(one, Invocation)]


def test_so_many_run_at_once_and_no_more() -> None:
    gate = threading.Event()
    source = Source(gate=gate)
    found: list[Invocation] = []
    reader = threading.Thread(target=lambda: found.extend(all_of(engine_on(source, Load(12, at_once=4)))))
    reader.start()
    wait_for(lambda: source.under_way == 4, "four that are under way")
    assert len(source.turns) == 4
    gate.set()
    reader.join(20)
    assert sorted(one.number for one in found) == list(range(1, 13))
    assert (source.most, source.readied, source.closed) == (4, 4, True)


def test_a_rate_does_not_wait_for_answers() -> None:
    gate = threading.Event()
    source = Source(gate=gate)
    found: list[Invocation] = []
    engine = engine_on(source, Load(20, at_once=1000, rate=2000))
    reader = threading.Thread(target=lambda: found.extend(all_of(engine)))
    reader.start()
    wait_for(lambda: source.under_way == 20, "all, though none is answered")
    gate.set()
    reader.join(20)
    assert [number for number, _ in source.turns] == list(range(1, 21))
    assert len(found) == 20


def test_a_rate_beyond_what_may_be_at_once_waits_for_room() -> None:
    source = Source()
    assert len(all_of(engine_on(source, Load(50, at_once=3, rate=10_000)))) == 50
    assert source.most <= 3


def test_of_two_sides_each_goes_first_in_turn_with_the_same_event() -> None:
    source, payloads = Source(), []
    engine = engine_on(source, Load(3), sides="AB", payload=lambda number: payloads.append(number) or b"{}")
    assert len(all_of(engine)) == 6
    assert sorted(source.turns[:2]) == [(1, "A"), (1, "B")]
    assert source.turns[0] == (1, "A")
    assert sorted(source.turns) == [(n, side) for n in (1, 2, 3) for side in "AB"]
    assert sorted(payloads) == [1, 1, 2, 2, 3, 3]


def test_warm_ups_come_first_and_are_told_as_such() -> None:
    source = Source()
    found = all_of(engine_on(source, Load(3, at_once=2), warm_up=2))
    assert sorted((one.number, one.warm_up) for one in found[:2]) == [(1, True), (2, True)]
    assert sorted((one.number, one.warm_up) for one in found[2:]) == [(1, False), (2, False), (3, False)]


def test_a_ramp_begins_with_one() -> None:
    gate = threading.Event()
    source = Source(gate=gate)
    clock, found = Clock(), []
    engine = engine_on(source, Load(100, at_once=10, ramp=3600))
    reader = threading.Thread(target=lambda: found.extend(all_of(engine, clock)))
    reader.start()
    wait_for(lambda: source.under_way == 1, "the first")
    gate.set()
    wait_for(lambda: len(source.turns) > 20, "more of the same worker")
    clock.cancel()
    reader.join(20)
    assert not reader.is_alive()
    assert source.most == 1


def test_throttles_are_sent_again_only_where_asked() -> None:
    def throttled(turn: Turn) -> str:
        return "throttled" if turn.attempts == 1 else "ok"

    assert [one.outcome for one in all_of(engine_on(Source(throttled), Load(3)))] == ["throttled"] * 3
    found = all_of(engine_on(Source(throttled), Load(3), retry_throttled=1))
    assert [(one.outcome, one.attempts) for one in found] == [("ok", 2)] * 3


def test_a_stop_condition_lets_what_is_under_way_end() -> None:
    source = Source(lambda turn: "timeout" if turn.number == 5 else "ok")
    stopping = Stopping(max_errors=1)
    found = all_of(engine_on(source, Load(1000, at_once=2), stopping=stopping))
    assert len(found) == len(source.turns) <= 7
    assert stopping.reason


def test_a_person_stops_it_and_what_is_under_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.05)
    source, clock, found = Source(gate=threading.Event()), Clock(), []
    reader = threading.Thread(target=lambda: found.extend(all_of(engine_on(source, Load(100, at_once=3)), clock)))
    reader.start()
    wait_for(lambda: source.under_way == 3, "three that are under way")
    clock.cancel()
    reader.join(20)
    assert [one.outcome for one in found] == ["no answer"] * 3
    assert source.closed


def test_an_event_that_cannot_be_made_ends_the_run_after_what_came_back() -> None:
    def payload(number: int) -> bytes:
        if number == 3:
            raise BadInput("the payload of run 3 is not JSON.")
        return b"{}"

    results = engine_on(Source(), Load(100), payload=payload).results(Clock())
    assert [one.number for one in next(results) if isinstance(one, Invocation)] == [1, 2]
    with pytest.raises(BadInput, match="run 3"):
        next(results)


def test_who_stops_reading_stops_the_run() -> None:
    source = Source()
    results = engine_on(source, Load(1_000_000, at_once=4)).results(Clock())
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert source.closed
    assert not [thread for thread in threading.enumerate() if thread.name == "invoke-engine"]


def test_it_waits_where_too_much_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_UNREAD", 50)
    source = Source()
    results = engine_on(source, Load(5000, at_once=4)).results(Clock())
    first = next(results)
    wait_for(lambda: len(source.turns) - len(first) > 50, "what is unread to be too much")
    assert len(source.turns) < 5000
    assert len(first) + sum(len(batch) for batch in results) == 5000


class Forgetful(Source):
    """Remembers nothing of what it was asked."""

    async def send(self, call: Call, payload: bytes, turn: Turn) -> Invocation:
        await asyncio.sleep(0)
        return replace(ONE, number=turn.number)


def counted(count: int) -> None:
    """Counts so many results, as whoever shows them does."""
    figures, seen = Figures(), 0
    for batch in engine_on(Forgetful(), Load(count, at_once=64)).results(Clock()):
        seen += len(batch)
        for one in batch:
            if isinstance(one, Invocation):
                figures.add(one)
    assert figures.count == seen == count


def test_ten_thousand_results_fill_no_memory() -> None:
    tracemalloc.start()
    try:
        counted(10_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


@pytest.mark.slow
def test_a_million_results_fill_no_memory() -> None:
    counted(50_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counted(1_000_000)
    unit = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 40_000_000
