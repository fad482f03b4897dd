"""The demo's checkout: its version 42 is stopped by its gate and put back, and 43, which mends it, goes through."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import functions
from lambdatui.emulator.world.places import PROD_IRELAND
from lambdatui.emulator.world.story import CHECKOUT
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.route import Route
from lambdatui.stages.stage import Failed, Finished, World
from tests.emulator.clients import client_of
from tests.stages.acting import run
from tests.stages.rollout.conftest import MovedClock

CALLS_AT_ONCE = 4
CALLS_EVERY_MINUTE = 240


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, journal: Journal, tmp_path: Path) -> Iterator[tuple[Any, World]]:
    """A client of the shop's account, and a world in which the shop's customers call `live` as time goes."""
    with Emulator(Cloud(transition_seconds=0.0, seed=7)) as running, ThreadPoolExecutor(CALLS_AT_ONCE) as customers:
        cloud = running.cloud
        functions.make(cloud, CHECKOUT, cloud.clock.now())
        for name, value in {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": access_key_of(PROD_IRELAND.account),
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_REGION": PROD_IRELAND.region,
        }.items():
            monkeypatch.setenv(name, value)
        client = client_of(running, "lambda", PROD_IRELAND.account, PROD_IRELAND.region)
        clock, due = MovedClock(cloud), 0.0

        def buy(_: int) -> None:
            client.invoke(FunctionName="checkout-api", Qualifier="live", Payload=b"{}")["Payload"].read()

        def call(slept: float) -> None:
            nonlocal due
            while due <= slept:
                due += 10
                list(customers.map(buy, range(CALLS_EVERY_MINUTE // 6)))

        clock.as_time_goes.append(call)
        yield client, World(Accounts(Settings(), journal), clock=clock, folder=tmp_path, journal=journal)


def rollout(to: str, *more: Any) -> Route:
    strategy = {
        "kind": "gradual",
        "to": to,
        "schedule": {"kind": "canary", "percent": 50, "bake": "4m"},
        "gates": [{"kind": "metrics", "max_error_increase": 0.4}, *more],
    }
    return Route(function="checkout-api", alias="live", strategy=strategy)


def served(client: Any) -> tuple[str, Any]:
    alias = client.get_alias(FunctionName="checkout-api", Name="live")
    return alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})


def test_the_version_that_loses_orders_is_put_back_and_the_one_that_mends_it_goes_through(
    checkout: tuple[Any, World],
) -> None:
    client, world = checkout
    last = run(rollout("42"), world)[-1]
    assert isinstance(last, Failed)
    assert "Stopped at 50 % by metrics: " in last.error.message
    assert "percentage points more are allowed. Put back: all traffic to 41." in last.error.message
    assert served(client) == ("41", {})
    probe = {"kind": "probe", "steps": [0], "probes": [{"runs": 5, "expect": {"contains": {"currency": "EUR"}}}]}
    last = run(rollout("description(currency may be missing)", probe), world)[-1]
    assert isinstance(last, Finished), last
    assert served(client) == ("43", {})
