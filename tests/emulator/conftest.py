"""One embedded AWS for the session; each test has accounts of its own in it, so that tests do not see one another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator

REGION = "eu-west-1"
_account_numbers = itertools.count(500_000_000_000)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def account() -> str:
    """An account in which nothing has been made yet."""
    return str(next(_account_numbers))


@pytest.fixture
def client(emulator: Emulator, account: str) -> Callable[..., Any]:
    """Makes boto3 clients of the test's account: one attempt, no retries."""

    def make(service: str, region: str = REGION, account: str = account, **config: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=emulator.endpoint,
            region_name=region,
            aws_access_key_id=access_key_of(account),
            aws_secret_access_key="unchecked",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50, **config),
        )

    return make
