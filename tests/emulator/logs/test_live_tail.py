"""StartLiveTail: what arrives is sent as it comes.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of
from tests.emulator.expectations import eventually, refused
from tests.emulator.logs.conftest import Write


@pytest.fixture
def arn(logs: Any, write: Write) -> str:
    write("before")
    return str(logs.describe_log_groups()["logGroups"][0]["logGroupArn"])


def found(stream: Iterator[Any], number: int) -> list[Any]:
    """The next events of a session."""
    results: list[Any] = []
    while len(results) < number:
        results += next(stream)["sessionUpdate"]["sessionResults"]
    return results


def test_a_session_starts_and_sends_what_arrives(logs: Any, write: Write, arn: str) -> None:
    response = logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="ERROR")["responseStream"]
    stream = iter(response)
    start = next(stream)["sessionStart"]
    assert (start["logGroupIdentifiers"], start["logEventFilterPattern"]) == ([arn], "ERROR")
    assert len(start["sessionId"]) == 36
    write("fine", "ERROR 1", "ERROR 2")
    write("ERROR elsewhere", group="other")
    write("ERROR 3", stream="second")
    results = found(stream, 3)
    assert [(result["logStreamName"], result["message"]) for result in results] == [
        ("s", "ERROR 1"),
        ("s", "ERROR 2"),
        ("second", "ERROR 3"),
    ]
    assert results[0]["logGroupIdentifier"] == arn
    response.close()


def test_streams_can_be_chosen(logs: Any, write: Write, arn: str) -> None:
    response = logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["b"])["responseStream"]
    stream = iter(response)
    next(stream)
    write("1", stream="a1")
    write("2", stream="b1")
    assert [result["message"] for result in found(stream, 1)] == ["2"]
    response.close()


def test_a_session_ends_when_its_reader_goes_away(still: Emulator, logs: Any, arn: str, account: str) -> None:
    response = logs.start_live_tail(logGroupIdentifiers=[arn])["responseStream"]
    next(iter(response))
    region = still.cloud.logs.region(account, "eu-west-1")
    assert len(region.tails) == 1
    response.close()
    eventually(lambda: not region.tails)


def test_what_live_tail_refuses(logs: Any, arn: str) -> None:
    with refused("ResourceNotFoundException", 400):
        logs.start_live_tail(logGroupIdentifiers=[arn + "none"])
    with refused("InvalidParameterException", 400, "ARNs"):
        logs.start_live_tail(logGroupIdentifiers=["g"])
    with refused("InvalidParameterException", 400, "Invalid filter pattern: Invalid character(s) in term ':'"):
        logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="a:b")
    with refused("InvalidParameterException", 400, "cannot be specified together"):
        logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNames=["s"], logStreamNamePrefixes=["s"])


def test_a_client_that_puts_a_prefix_before_the_host_finds_nothing(still: Emulator, account: str, arn: str) -> None:
    with pytest.raises(EndpointConnectionError, match=r"stream-127\.0\.0\.1"):
        client_of(still, "logs", account).start_live_tail(logGroupIdentifiers=[arn])
