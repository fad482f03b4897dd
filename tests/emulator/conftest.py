"""One embedded AWS for the session; each test has an account of its own in it, so that tests do not see one another."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION, client_of

_account_numbers = itertools.count(500_000_000_000 + os.getpid() * 1000)


def cloud_of(**settings: Any) -> Cloud:
    return Cloud(seed=7, **settings)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """Nothing takes time in it."""
    with Emulator(cloud_of(transition_seconds=0.0, async_retry_seconds=(0.0, 0.0))) as running:
        yield running


@pytest.fixture
def slow() -> Iterator[Emulator]:
    """Its clock stands still until a test moves it; transitions take ten seconds."""
    with Emulator(cloud_of(clock=Clock(frozen=1_800_000_000.0), transition_seconds=10.0)) as running:
        yield running


@pytest.fixture
def account() -> str:
    """An account in which nothing has been made yet."""
    return str(next(_account_numbers))


@pytest.fixture
def client(emulator: Emulator, account: str) -> Callable[..., Any]:
    """Makes boto3 clients of the test's account."""

    def make(service: str, region: str = REGION, account: str = account, **config: Any) -> Any:
        return client_of(emulator, service, account, region, **config)

    return make


@pytest.fixture
def aws_lambda(client: Callable[..., Any]) -> Any:
    """A boto3 client of Lambda in the test's account."""
    return client("lambda")
