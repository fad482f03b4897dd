"""An embedded AWS whose clock the sleeping of a stage moves: hours pass in seconds, with real calls. For conftests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.stages.stage import World


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One for these tests alone, for its clock runs ahead."""
    with Emulator(Cloud(transition_seconds=0.0, async_retry_seconds=(0.0, 0.0), seed=7)) as running:
        yield running


class MovedClock(Clock):
    """The embedded AWS's time, which sleeping moves on. `as_time_goes` hears of it, before and after each second."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud
        self.slept = 0.0
        self.as_time_goes: list[Callable[[float], None]] = []

    def now(self) -> float:
        return self._cloud.clock.now()

    def sleep(self, seconds: float) -> None:
        self.check()
        self._cloud.clock.advance(max(0.0, seconds))
        self.slept += seconds
        for hear in self.as_time_goes:
            hear(self.slept)
        self.check()


@pytest.fixture
def clock(emulator: Emulator) -> MovedClock:
    return MovedClock(emulator.cloud)


@pytest.fixture
def world(accounts: Accounts, journal: Journal, clock: MovedClock, tmp_path: Any) -> World:
    return World(accounts, clock=clock, folder=tmp_path, journal=journal)
