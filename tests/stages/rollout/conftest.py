"""An embedded AWS whose clock the rollout's sleeping moves: hours of baking pass in seconds, with real calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.stages.stage import World
from tests.emulator.clients import make_function, publish

GOOD = "def handler(event, context):\n    return {'version': context.function_version, 'total': 20.5}\n"
BAD = "def handler(event, context):\n    raise KeyError('currency')\n"


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


@pytest.fixture
def client(aws: Any) -> Any:
    """`f` with version 1, which `live` leads to, version 2, which is as good, and version 3, which fails."""
    client = aws()
    make_function(client)
    for source in (GOOD, GOOD + "\n", BAD):
        publish(client, "f", source)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", Description="the shop")
    return client


@pytest.fixture
def traffic(clock: MovedClock, client: Any) -> Iterator[Callable[[int], None]]:
    """Calls `live` so many times a minute from now on."""
    pool = ThreadPoolExecutor(8)

    def begin(a_minute: int) -> None:
        due = 0.0

        def call(slept: float) -> None:
            nonlocal due
            while due <= slept:
                due += 10
                calls = range(max(1, a_minute // 6))
                list(pool.map(lambda _: client.invoke(FunctionName="f", Qualifier="live")["Payload"].read(), calls))

        clock.as_time_goes.append(call)

    yield begin
    pool.shutdown()


def routing(client: Any, alias: str = "live") -> tuple[str, dict[str, float]]:
    """The main version and the weights of an alias, as AWS says."""
    found = client.get_alias(FunctionName="f", Name=alias)
    return found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})
