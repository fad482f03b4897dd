"""Invocations that were handed over, followed to their end in the log."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.clock import Clock
from lambdatui.stages.load.following import follow
from lambdatui.stages.stage import World

GROUP = "/aws/lambda/f"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.aws.log_reading.PAUSE", 0.05)


def handed_over(*ids: str) -> dict[str, Invocation]:
    return {
        one: Invocation(number, time.time(), 5.0, "ok", 202, "", "", one, b"", "", Report())
        for number, one in enumerate(ids, 1)
    }


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def lines_of(request_id: str, *between: str, status: str = "") -> list[str]:
    return [
        f"START RequestId: {request_id} Version: 7\n",
        *between,
        f"END RequestId: {request_id}\n",
        f"REPORT RequestId: {request_id}\tDuration: 3.10 ms\tBilled Duration: 4 ms\tMemory Size: 512 MB\t"
        f"Max Memory Used: 64 MB\t{status}\n",
    ]


@pytest.fixture
def write(aws: Any) -> Any:
    """Writes lines into a stream of the function's log group."""
    client = aws("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="s")

    def put(*lines: str) -> None:
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines]
        client.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=events)

    return put


def test_each_comes_with_what_its_log_says(world: World, write: Any) -> None:
    failed = f"[ERROR]\t2026-11-24T09:00:00.000Z\t{uuid(2)}\tKeyError: 'currency'\n"
    late = f"2026-11-24T09:00:00.000Z {uuid(3)} Task timed out after 3.00 seconds\n"
    write(
        *lines_of(uuid(1), "hello\n"),
        *lines_of(uuid(2), "[ERROR] KeyError: 'currency'\nTraceback (most recent call last):\n", failed),
        *lines_of(uuid(3), late, status="Status: timeout"),
        *lines_of(uuid(9)),
    )
    found = {
        one.number: one
        for one in follow(world.accounts.open(), GROUP, handed_over(uuid(1), uuid(2), uuid(3)), 3, Clock())
    }
    assert {number: one.outcome for number, one in found.items()} == {1: "ok", 2: "function error", 3: "timeout"}
    assert (found[1].version, found[1].report.duration, found[1].report.memory_used) == ("7", 3.1, 64)
    assert "hello" in found[1].log
    assert found[2].error == "KeyError: 'currency'"
    assert found[1].latency == 5.0  # of handing it over: nobody waited for the rest


class Jumping(Clock):
    """A clock that can be put forward."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


def test_one_whose_end_does_not_come_is_given_up(world: World, write: Any) -> None:
    write(*lines_of(uuid(1)), f"START RequestId: {uuid(2)} Version: 7\n")
    clock = Jumping()
    found = follow(world.accounts.open(), GROUP, handed_over(uuid(1), uuid(2)), 3, clock)
    assert next(found).outcome == "ok"
    clock.ahead = 64.0
    [one] = found
    assert (one.number, one.outcome) == (2, "no answer")
    assert one.error == "Lambda took it; its end was not in the log after 63 s."


def test_a_log_that_cannot_be_read_is_told(world: World, connected: Any, account_id: str, write: Any) -> None:
    connected.cloud.faults.add("access-denied", operation="FilterLogEvents", account=account_id)
    [one] = follow(world.accounts.open(), GROUP, handed_over(uuid(1)), 3, Clock())
    assert one.outcome == "no answer"
    assert one.error.startswith("Lambda took it; its log cannot be read: FilterLogEvents: ")


def test_a_person_stops_it(world: World, write: Any) -> None:
    clock = Clock()
    clock.cancel()
    [one] = follow(world.accounts.open(), GROUP, handed_over(uuid(1)), 3, clock)
    assert one.error == "Lambda took it; the run was stopped before its end was in the log."


def test_nothing_to_follow_asks_nobody(world: World) -> None:
    assert list(follow(world.accounts.open(), GROUP, {}, 3, Clock())) == []
