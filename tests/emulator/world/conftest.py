"""The demo's world, once for all tests that only look at it, and without its background traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world.furnishing import furnish
from lambdatui.emulator.world.places import PROD
from tests.emulator.clients import REGION, client_of
from tests.emulator.expectations import eventually

Client = Callable[..., Any]


@pytest.fixture(scope="session")
def demo() -> Iterator[Emulator]:
    with Emulator(Cloud(transition_seconds=0.0, async_retry_seconds=(0.0, 0.0), seed=7)) as running:
        furnish(running.cloud, is_alive=False)
        queues = client_of(running, "lambda", PROD)
        # the trigger of the queue comes last
        eventually(
            lambda: queues.list_event_source_mappings(FunctionName="checkout-worker:live")["EventSourceMappings"]
        )
        yield running


@pytest.fixture
def prod(demo: Emulator) -> Client:
    """Makes clients of production's account."""

    def make(service: str = "lambda", region: str = REGION, account: str = PROD) -> Any:
        return client_of(demo, service, account, region)

    return make
