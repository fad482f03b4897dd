"""An embedded AWS whose clock stands still until a test moves it, and clients of its Logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of

NOW = 1_800_000_000_000
"""Milliseconds; 2027-01-15 08:00:00 UTC."""

Write = Callable[..., None]


@pytest.fixture
def still() -> Iterator[Emulator]:
    with Emulator(Cloud(clock=Clock(frozen=NOW / 1000), transition_seconds=0.0)) as running:
        yield running


@pytest.fixture
def logs(still: Emulator, account: str) -> Any:
    """A client of Logs in the test's account. A host prefix would lead nowhere."""
    return client_of(still, "logs", account, inject_host_prefix=False)


@pytest.fixture
def write(logs: Any) -> Write:
    """Writes messages to the group `g`, a millisecond apart from `at` (before now) on; makes what is missing."""

    def write(*messages: str, stream: str = "s", at: int = 10_000, group: str = "g") -> None:
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
        if not logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": NOW - at + index, "message": text} for index, text in enumerate(messages)]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    return write
