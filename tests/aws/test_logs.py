"""Which log group a function has, and reading a range of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws import logs
from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import AccessDenied, AwsError, NotFound
from lambdatui.aws.functions import configuration
from lambdatui.aws.logs import LogGroup, log_group, pages
from lambdatui.emulator.logs import event_operations
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Settings
from tests.conftest import Calls
from tests.emulator.clients import REGION, make_function
from tests.servers import answering

GROUP = "/aws/lambda/f"
NOW = int(time.time() * 1000)


@pytest.fixture
def write(connected: Emulator, account_id: str) -> Callable[..., None]:
    """Writes events to the group: each a time, in ms before now, and its text."""

    def put(*events: tuple[int, str], stream: str = "s") -> None:
        connected.cloud.logs.put(account_id, REGION, GROUP, stream, [(NOW - ago, text) for ago, text in events])

    return put


def read(account: Account, **options: Any) -> list[str]:
    return [event.message for page in pages(account, GROUP, NOW - 60_000, **options) for event in page.events]


def test_the_group_of_the_logging_configuration_else_lambdas_own(account: Account, aws: Callable[..., Any]) -> None:
    client = aws()
    make_function(client, "f")
    assert log_group(configuration(account, "f")) == LogGroup(GROUP, is_json=False)
    make_function(client, "g", LoggingConfig={"LogGroup": "/shop/all", "LogFormat": "JSON"})
    assert log_group(configuration(account, "g")) == LogGroup("/shop/all", is_json=True)
    assert log_group({"FunctionName": "h"}).name == "/aws/lambda/h"


def test_a_range_is_read_page_by_page_from_either_end(
    account: Account, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_operations, "EVENTS_A_PAGE", 2)
    write((90_000, "too old"), (5, "a"), (4, "b"), (4, "c"), (3, "d"), (2, "e"))
    forward = list(pages(account, GROUP, NOW - 60_000))
    assert [[e.message for e in page.events] for page in forward] == [["a", "b"], ["c", "d"], ["e"]]
    assert [(page.more, page.newest_first) for page in forward] == [(True, False), (True, False), (False, False)]
    backward = list(pages(account, GROUP, NOW - 60_000, newest_first=True))
    assert [[e.message for e in page.events] for page in backward] == [["d", "e"], ["b", "c"], ["a"]]
    assert all(page.newest_first for page in backward)
    again = pages(account, GROUP, NOW - 60_000, newest_first=True, token=backward[0].token)
    assert [[e.message for e in page.events] for page in again] == [["b", "c"], ["a"]]
    assert read(account, end=NOW - 4) == ["a", "b", "c"]


def test_an_empty_page_is_not_the_last(
    account: Account, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch, account_id: str
) -> None:
    write((5, "a"))
    answers = iter(
        [{"events": [], "nextToken": "1"}, {"events": [], "nextToken": "2"}, {"events": [], "nextToken": "2"}]
    )
    with answering(lambda *_: (200, {"Content-Type": "application/x-amz-json-1.1"}, next(answers))) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        found = list(pages(Accounts(Settings()).open(), GROUP, 0))
    assert [page.more for page in found] == [True, True, False], "a token that comes back ends it"


def test_an_endpoint_that_reads_forward_whatever_it_is_asked(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def event(number: int) -> dict[str, Any]:
        return {"eventId": str(number), "timestamp": NOW + number, "message": str(number), "logStreamName": "s"}

    answers = iter([{"events": [event(1), event(2)], "nextToken": "1"}, {"events": [event(3), event(4)]}])
    with answering(lambda *_: (200, {"Content-Type": "application/x-amz-json-1.1"}, next(answers))) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        found = list(pages(Accounts(Settings()).open(), GROUP, NOW, newest_first=True))
    assert [[e.message for e in page.events] for page in found] == [["1", "2"], ["3", "4"]]
    assert [page.newest_first for page in found] == [False, False]


def test_an_endpoint_that_will_not_read_backwards_is_read_forward(
    account: Account, write: Callable[..., None], connected: Emulator, account_id: str
) -> None:
    write((5, "a"), (4, "b"))
    connected.cloud.faults.add(
        "error",
        operation="FilterLogEvents",
        account=account_id,
        times=1,
        code="InvalidParameterException",
        message="no",
    )
    [page] = pages(account, GROUP, NOW - 60_000, newest_first=True)
    assert ([e.message for e in page.events], page.newest_first) == (["a", "b"], False)
    connected.cloud.faults.add(
        "error", operation="FilterLogEvents", account=account_id, code="InvalidParameterException", message="no"
    )
    with pytest.raises(AwsError, match="no"):
        list(pages(account, GROUP, NOW - 60_000, newest_first=True))


def test_before_2024_a_range_is_read_forward(account: Account, write: Callable[..., None], calls: Calls) -> None:
    write((5, "a"), (4, "b"))
    [page] = pages(account, GROUP, logs.NEWEST_FIRST_SINCE - 1, newest_first=True)
    assert ([e.message for e in page.events], page.newest_first) == (["a", "b"], False)


def test_what_cannot_be_read_is_told(account: Account, connected: Emulator, account_id: str) -> None:
    with pytest.raises(NotFound, match="log group does not exist"):
        read(account)
    connected.cloud.faults.add("access-denied", operation="FilterLogEvents", account=account_id)
    with pytest.raises(AccessDenied, match="not authorized to perform: logs:FilterLogEvents"):
        read(account)
