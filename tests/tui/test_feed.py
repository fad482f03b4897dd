"""The bridge from worker threads to the screen."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from textual.app import App

from lambdatui.tui import feed as feed_module
from lambdatui.tui.feed import Feed, terminal_is_behind


class EmptyApp(App[None]):
    pass


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


async def test_nothing_is_lost_and_the_order_of_each_thread_is_kept() -> None:
    app = EmptyApp()
    async with app.run_test():
        taken: list[tuple[int, int]] = []
        feed: Feed[tuple[int, int]] = Feed(app, taken.extend, 60)
        threads = [
            threading.Thread(target=lambda n=number: [feed.put((n, i)) for i in range(5_000)]) for number in range(4)
        ]
        for thread in threads:
            thread.start()
        await until(lambda: len(taken) == 20_000)
        for number in range(4):
            assert [i for n, i in taken if n == number] == list(range(5_000))


async def test_items_come_in_batches_and_not_one_by_one() -> None:
    app = EmptyApp()
    async with app.run_test():
        batches: list[list[int]] = []
        feed: Feed[int] = Feed(app, batches.append, 30)
        for number in range(1000):
            feed.put(number)
        await until(lambda: sum(map(len, batches)) == 1000)
        assert len(batches) <= 2


async def test_the_drain_waits_while_the_terminal_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    app = EmptyApp()
    async with app.run_test():
        behind = True
        asked = 0

        def answer(_: Any) -> bool:
            nonlocal asked
            asked += 1
            return behind

        monkeypatch.setattr(feed_module, "terminal_is_behind", answer)
        taken: list[int] = []
        feed: Feed[int] = Feed(app, taken.extend, 60)
        feed.put(1)
        await until(lambda: asked >= 3)
        assert taken == []
        behind = False
        await until(lambda: taken == [1])


async def test_after_close_nothing_is_drained() -> None:
    app = EmptyApp()
    async with app.run_test():
        taken: list[int] = []
        feed: Feed[int] = Feed(app, taken.extend)
        feed.put(1)
        feed.close()
        feed.put(2)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert taken == []


def test_the_queue_of_the_driver_is_where_it_is_looked_for() -> None:
    """Textual keeps it private: this fails when a release moves it, and the fallback would go unnoticed."""
    import io

    from textual.drivers._writer_thread import WriterThread

    writer = WriterThread(io.StringIO())

    class Driver:
        _writer_thread = writer

    class Fake:
        _driver = Driver()

    assert not terminal_is_behind(Fake())  # type: ignore[arg-type]
    writer.write("x")
    assert terminal_is_behind(Fake())  # type: ignore[arg-type]


async def test_a_flood_is_given_in_pieces_and_nothing_of_it_is_lost() -> None:
    app = EmptyApp()
    async with app.run_test():
        batches: list[list[int]] = []
        feed: Feed[int] = Feed(app, batches.append, 60, most=100)
        for number in range(450):
            feed.put(number)
        await until(lambda: sum(map(len, batches)) == 450)
        assert [len(batch) for batch in batches] == [100, 100, 100, 100, 50]
        assert [number for batch in batches for number in batch] == list(range(450))


async def test_a_drain_that_draws_nothing_does_not_wait_for_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    app = EmptyApp()
    async with app.run_test():
        monkeypatch.setattr(feed_module, "terminal_is_behind", lambda _: True)
        taken: list[int] = []
        feed: Feed[int] = Feed(app, taken.extend, 60, waits=False)
        feed.put(1)
        await until(lambda: taken == [1])
