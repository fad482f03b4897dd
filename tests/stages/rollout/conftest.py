"""A function with versions good and bad, and callers of its alias as the time of a rollout goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulator.clients import make_function, publish
from tests.stages.moved_clock import MovedClock, clock, emulator, world

__all__ = ["clock", "emulator", "world"]

GOOD = "def handler(event, context):\n    return {'version': context.function_version, 'total': 20.5}\n"
BAD = "def handler(event, context):\n    raise KeyError('currency')\n"


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
