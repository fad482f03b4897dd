"""The threads of workers: as many as there is work, and none that is waited for beyond its grace."""

from __future__ import annotations

import asyncio
import threading

import pytest

from lambdatui.tui import worker_threads
from lambdatui.tui.worker_threads import WorkerThreads


def test_work_that_hangs_keeps_nothing_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_threads, "GRACE_SECONDS", 0.05)
    never = threading.Event()
    ended = []

    async def main() -> str:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(WorkerThreads())
        hanging = [loop.run_in_executor(None, never.wait) for _ in range(40)]
        ended.append(await loop.run_in_executor(None, lambda: "done"))
        for future in hanging:
            future.cancel()
        return "over"

    assert asyncio.run(main()) == "over"
    assert ended == ["done"]
    never.set()


def test_what_is_nearly_done_is_waited_for() -> None:
    begun, written = threading.Event(), []

    def write() -> None:
        begun.set()
        threading.Event().wait(0.1)
        written.append("the record")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(WorkerThreads())
        loop.run_in_executor(None, write)
        await loop.run_in_executor(None, begun.wait)

    asyncio.run(main())
    assert written == ["the record"]


async def test_errors_come_out_where_they_are_awaited() -> None:
    executor = WorkerThreads()
    with pytest.raises(ZeroDivisionError):
        await asyncio.wrap_future(executor.submit(lambda: 1 // 0))
    executor.shutdown()
