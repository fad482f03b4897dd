"""A function whose alias shares its traffic between two versions, and minutes of metrics that pass as one waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION
from tests.stages.acting import function_with_versions
from tests.stages.moved_clock import MovedClock, clock, emulator, world

__all__ = ["clock", "emulator", "world"]

ALIAS = {"FunctionName": "f", "Resource": "f:live"}


@pytest.fixture
def shared(aws: Any) -> Any:
    """`f` with versions 1 to 3; `live` shares its traffic between 1 and 2."""
    client = aws()
    function_with_versions(client, 3)
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=weights)
    return client


@dataclass
class Served:
    """What a version does in each minute."""

    calls: int = 60
    error_rate: float = 0.0
    ms: float = 10.0


@dataclass
class Traffic:
    """Writes the metrics of each minute that has passed, by the dimensions that AWS has for them."""

    cloud: Cloud
    account: str
    clock: MovedClock
    served: dict[str, Served] = field(default_factory=lambda: {"1": Served(), "2": Served()})
    random: Any = field(default_factory=lambda: np.random.default_rng(11))
    _told: float = 0.0

    def begin(self, earlier: float = 0.0) -> None:
        """From so many seconds ago on."""
        self._told = (self.clock.now() - earlier) // 60 * 60
        self.clock.as_time_goes.append(lambda _: self.tell())
        self.tell()

    def tell(self) -> None:
        while self._told + 60 <= self.clock.now():
            for version, served in self.served.items():
                self._minute(version, served)
            self._told += 60

    def _minute(self, version: str, served: Served) -> None:
        for dimensions in ({**ALIAS, "ExecutedVersion": version}, ALIAS):
            for failed in self.random.random(served.calls) < served.error_rate:
                self.put("Errors", dimensions, float(failed))
                self.put("Invocations", dimensions, 1.0)
            for ms in served.ms * self.random.lognormal(0, 0.5, served.calls):
                self.put("Duration", dimensions, float(ms))

    def put(self, metric: str, dimensions: dict[str, str], value: float, namespace: str = "AWS/Lambda") -> None:
        unit = "Milliseconds" if metric == "Duration" else "Count"
        at = self._told + 30
        self.cloud.metrics.put(self.account, REGION, namespace, metric, dimensions, value, at, unit)


@pytest.fixture
def traffic(emulator: Emulator, account_id: str, clock: MovedClock) -> Traffic:
    return Traffic(emulator.cloud, account_id, clock)
