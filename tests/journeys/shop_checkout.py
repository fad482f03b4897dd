"""The demo's checkout alone on an embedded AWS of its own, with the shop's keys in force, and customers who call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import functions
from lambdatui.emulator.world.places import PROD_IRELAND
from lambdatui.emulator.world.story import CHECKOUT
from lambdatui.emulator.world.tale import Tale
from tests.emulator.clients import client_of
from tests.stages.moved_clock import MovedClock

CALLS_AT_ONCE = 4
CALLS_EVERY_MINUTE = 240


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, tale: Tale = CHECKOUT) -> Iterator[Emulator]:
    """The embedded AWS with the function as the demo's story has it, or as another `tale` has it."""
    with Emulator(Cloud(transition_seconds=0.0, seed=7)) as emulator:
        functions.make(emulator.cloud, tale, emulator.cloud.clock.now())
        for name, value in {
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ACCESS_KEY_ID": access_key_of(PROD_IRELAND.account),
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_REGION": PROD_IRELAND.region,
        }.items():
            monkeypatch.setenv(name, value)
        yield emulator


def client_in(emulator: Emulator) -> Any:
    """A client for Lambda in the shop's account."""
    return client_of(emulator, "lambda", PROD_IRELAND.account, PROD_IRELAND.region)


@contextmanager
def customers(emulator: Emulator) -> Iterator[Callable[[], MovedClock]]:
    """Makes clocks that take no time to sleep; as the time of one goes, the shop's customers call `live`."""
    client = client_in(emulator)

    def buy(_: int) -> None:
        client.invoke(FunctionName="checkout-api", Qualifier="live", Payload=b"{}")["Payload"].read()

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:

        def clock() -> MovedClock:
            moved, due = MovedClock(emulator.cloud), 0.0

            def call(slept: float) -> None:
                nonlocal due
                while due <= slept:
                    due += 10
                    list(pool.map(buy, range(CALLS_EVERY_MINUTE // 6)))

            moved.as_time_goes.append(call)
            return moved

        yield clock
