"""An embedded AWS whose clock stands still until a test moves it, with metrics that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of

NOW = 1_800_000_000.0
"""A full minute, 2027-01-15 08:00:00 UTC."""


@pytest.fixture
def still() -> Iterator[Emulator]:
    with Emulator(Cloud(clock=Clock(frozen=NOW), transition_seconds=0.0)) as running:
        yield running


@pytest.fixture
def cloudwatch(still: Emulator, account: str) -> Any:
    """A client of CloudWatch in the test's account."""
    return client_of(still, "cloudwatch", account)


@pytest.fixture
def put(cloudwatch: Any) -> Callable[..., None]:
    """Puts values of the metric `Latency` in the namespace `Shop`, `minutes_ago` before now."""

    def put(*values: float, minutes_ago: float = 1, name: str = "Latency", unit: str = "None", **dims: str) -> None:
        cloudwatch.put_metric_data(
            Namespace="Shop",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dims.items()],
                    "Timestamp": NOW - 60 * minutes_ago,
                    "Values": list(values),
                    "Unit": unit,
                }
            ],
        )

    return put
