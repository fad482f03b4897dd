"""Time and the wish to stop."""

from __future__ import annotations

import threading

import pytest

from lambdatui.clock import Clock
from lambdatui.errors import Cancelled


def test_a_cancelled_clock_ends_what_asks_it() -> None:
    clock = Clock()
    clock.check()
    clock.sleep(0)
    assert not clock.cancelled
    clock.cancel()
    assert clock.cancelled
    for ask in (clock.check, lambda: clock.sleep(0), lambda: clock.sleep(-1)):
        with pytest.raises(Cancelled):
            ask()


def test_a_sleep_is_woken_by_the_wish_to_stop() -> None:
    clock, ended = Clock(), threading.Event()

    def sleep() -> None:
        with pytest.raises(Cancelled):
            clock.sleep(3600)
        ended.set()

    threading.Thread(target=sleep, daemon=True).start()
    clock.cancel()
    assert ended.wait(20)
