"""The demo's checkout: its version 42 is stopped by its gate and put back, and 43, which mends it, goes through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.route import Route
from lambdatui.stages.stage import Failed, Finished, World
from tests.journeys import shop_checkout
from tests.stages.acting import run


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, journal: Journal, tmp_path: Path) -> Iterator[tuple[Any, World]]:
    """A client of the shop's account, and a world in which the shop's customers call `live` as time goes."""
    with shop_checkout.running(monkeypatch) as emulator, shop_checkout.customers(emulator) as clock:
        client = shop_checkout.client_in(emulator)
        yield client, World(Accounts(Settings(), journal), clock=clock(), folder=tmp_path, journal=journal)


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
