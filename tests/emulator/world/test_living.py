"""The demo while it runs: its traffic, its process, its profiles, and as many functions as are wanted."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import crowd, profiles
from lambdatui.emulator.world.furnishing import furnish
from lambdatui.emulator.world.places import PROD, STAGING
from tests.emulator.clients import client_of
from tests.emulator.expectations import eventually
from tests.emulator.observability import log, metric


@pytest.fixture(scope="module")
def living() -> Iterator[Emulator]:
    with Emulator(Cloud(transition_seconds=0.0, seed=7)) as running:
        furnish(running.cloud)
        yield running
    threads = [thread for thread in threading.enumerate() if thread.name.startswith(("traffic", "surroundings"))]
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


BEGAN = time.time() // 60 * 60
"""A start that does not move: of a window that does, as much may leave as comes in."""


def calls(emulator: Emulator, name: str, **dimensions: str) -> float:
    return metric(emulator, PROD, "Invocations", BEGAN, FunctionName=name, **dimensions).sum


@pytest.mark.parametrize("name", ["checkout-api", "storefront-bff", "catalog-search", "payments-authorize"])
def test_the_traffic_calls_functions(living: Emulator, name: str) -> None:
    before = calls(living, name)
    eventually(lambda: calls(living, name) > before, 40)


def test_the_traffic_follows_an_alias_that_is_shifted(living: Emulator) -> None:
    client = client_of(living, "lambda", PROD)
    weights = {"AdditionalVersionWeights": {"42": 0.5}}
    client.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="41", RoutingConfig=weights)
    executed = {"Resource": "checkout-api:live", "ExecutedVersion": "42"}
    try:
        before = calls(living, "checkout-api", **executed)
        eventually(lambda: calls(living, "checkout-api", **executed) > before, 40)
    finally:
        client.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="41", RoutingConfig={})


def test_orders_come_through_the_queue(living: Emulator) -> None:
    def settled() -> int:
        return sum("settled" in line for line in log(living, PROD, "/aws/lambda/checkout-worker"))

    before = settled()
    eventually(lambda: settled() > before, 40)


def test_a_function_that_is_deleted_does_not_end_the_traffic(living: Emulator) -> None:
    client_of(living, "lambda", PROD).delete_function(FunctionName="session-tokens")
    before = calls(living, "checkout-api")
    eventually(lambda: calls(living, "checkout-api") >= before + 3, 40)


def profile(folder: Path, name: str) -> Any:
    """A botocore session of a profile that was written into a folder."""
    session = botocore.session.Session(profile=name)
    session.set_config_variable("config_file", str(folder / "config"))
    session.set_config_variable("credentials_file", str(folder / "credentials"))
    return session


def test_the_profiles_lead_to_the_accounts(living: Emulator, tmp_path: Path) -> None:
    profiles.write(tmp_path, living.endpoint)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    for name, account in (("prod", PROD), ("staging", STAGING)):
        session = profile(tmp_path, name)
        assert session.create_client("sts").get_caller_identity()["Account"] == account
        assert session.create_client("lambda").meta.region_name == "eu-west-1"
    logs = profile(tmp_path, "prod").create_client("logs")
    arn = f"arn:aws:logs:eu-west-1:{PROD}:log-group:/aws/lambda/checkout-api"
    stream = logs.start_live_tail(logGroupIdentifiers=[arn])["responseStream"]  # its host has no prefix
    assert "sessionStart" in next(iter(stream))
    stream.close()


def test_ten_thousand_functions_more() -> None:
    cloud = Cloud()
    crowd.add(cloud, 10_000, cloud.clock.now())
    regions = cloud.lambda_service.state.regions()
    names = [(region.account, region.name, name) for region in regions for name in region.names()]
    assert len(set(names)) == 10_000
    assert len(regions) == 5
    assert max(len(name) for _, _, name in names) <= 64
    cloud.close()


def test_the_process_has_the_world_and_writes_the_profiles(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "lambdatui.emulator", "--port", "0", "--world", "demo"),
            *("--functions", "300", "--profiles", str(tmp_path)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
        client = profile(tmp_path, "prod").create_client("lambda")
        pages = list(client.get_paginator("list_functions").paginate())
        assert len(pages) > 3
        assert sum(len(page["Functions"]) for page in pages) > 24 + 150
        assert process.stdin is not None
        process.stdin.close()  # its parent is gone
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout and process.stdout.close()
