"""The sample release, with real invokes and a real judgement: the demo's 42 is deleted, and 43 gets the callers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.world.story import CHECKOUT
from tests.cli.conftest import Ended, Run, lambdatui
from tests.journeys import shop_checkout

__all__ = ["lambdatui"]

ROOT = Path(__file__).parents[2]
HANDLERS = ROOT / "lambdatui" / "emulator" / "handlers" / "checkout_api"


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the shop's account on the evening before 42: 41 serves, and is the newest."""
    before = replace(CHECKOUT, code="checkout_api/41", releases=CHECKOUT.releases[:4], aliases={"live": "41"})
    with shop_checkout.running(monkeypatch, before) as emulator:
        yield shop_checkout.client_in(emulator)


def released(lambdatui: Run, version: str) -> Ended:
    # with these, a good version is taken for a bad one in one of a million runs; the bad one is slower by half
    given = {"code": str(HANDLERS / version), "runs": "250", "alpha": "0.000001"}
    words = [word for name, value in given.items() for word in ("-p", f"{name}={value}")]
    return lambdatui("run", str(ROOT / "sample_configs" / "release.yaml"), *words, "--yes", "--json")


def ends(ended: Ended) -> dict[str, Any]:
    return {line["stage"]: line for line in ended.lines if line["event"] == "stage_ended"}


def test_the_version_that_loses_orders_is_deleted_and_the_one_that_mends_it_goes_live(
    lambdatui: Run, shop: Any
) -> None:
    bad = released(lambdatui, "42")
    assert bad.status == 1, bad.err
    stages = ends(bad)
    assert {name: one["status"] for name, one in stages.items()} == {
        "deploy": "done",
        "invoke": "done",
        "canary": "halted",
        "delete": "done",
    }
    assert stages["deploy"]["outputs"]["version"] == "42"
    assert stages["canary"]["outputs"]["verdict"] == "fail"
    assert stages["delete"]["outputs"]["deleted"] == [42]
    assert "checkout-api 42 is not as good as 41" in bad.err.splitlines()[-1]
    versions = shop.list_versions_by_function(FunctionName="checkout-api")["Versions"]
    assert [one["Version"] for one in versions] == ["$LATEST", "38", "39", "40", "41"]

    good = released(lambdatui, "43")
    assert good.status == 0, good.err
    stages = ends(good)
    assert {name: one["status"] for name, one in stages.items()} == {
        "deploy": "done",
        "invoke": "done",
        "canary": "done",
        "route": "done",
    }
    assert stages["canary"]["outputs"]["passed"] is True
    assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "43"
    assert [run["status"] for run in lambdatui("runs", "--json").lines] == ["done", "failed"]
