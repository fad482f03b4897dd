"""One invoke is one run; a control call is tried again, and the operator hears of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clients import ATTEMPTS, INVOKE_MARGIN, Retry
from lambdatui.aws.errors import Throttled, Unreachable
from lambdatui.aws.invocations import invoke
from lambdatui.errors import Cancelled
from lambdatui.settings import Settings
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.servers import dropping


@pytest.fixture
def told(connected: Any) -> list[Retry]:
    return []


@pytest.fixture
def watched(told: list[Retry], connected: Any) -> Account:
    """An account whose retries are told."""
    return Accounts(Settings(), on_retry=told.append).open()


def test_an_invoke_whose_connection_is_dropped_is_not_sent_again(
    watched: Account, told: list[Retry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3's default would run the function up to five times (boto3#1104)."""
    with dropping({}) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        account = Accounts(Settings()).open()
        result = invoke(account, "f", b"{}")
    assert served.requests == ["POST /2015-03-31/functions/f/invocations HTTP/1.1"]
    assert (result.outcome, result.status) == ("no answer", 0)
    assert "Connection was closed" in result.error
    assert told == []


@pytest.mark.parametrize("effect", ["throttle", "internal-error", "unavailable", "cut-after-work", "cut-before-work"])
def test_an_invoke_is_sent_once_whatever_aws_answers(
    watched: Account, connected: Any, aws: Any, account_id: str, calls: Calls, effect: str
) -> None:
    make_function(aws(), "f")
    connected.cloud.faults.add(effect, operation="Invoke", account=account_id)
    calls.forget()
    result = invoke(watched, "f", b"{}")
    assert calls.operations() == ["Invoke"]
    expected = {"throttle": "throttled", "cut-after-work": "no answer", "cut-before-work": "no answer"}
    assert result.outcome == expected.get(effect, "refused")
    assert result.error


def test_the_read_timeout_of_an_invoke_lies_above_the_function_s_own(watched: Account) -> None:
    assert watched.invoke_client(900).meta.config.read_timeout == 900 + INVOKE_MARGIN
    assert watched.invoke_client(3).meta.config.read_timeout == 3 + INVOKE_MARGIN
    assert watched.invoke_client(3) is watched.invoke_client(3)
    assert watched.invoke_client(3).meta.config.tcp_keepalive


def test_a_control_call_whose_connection_is_dropped_is_sent_again_and_told(
    monkeypatch: pytest.MonkeyPatch, connected: Any
) -> None:
    told: list[Retry] = []
    with dropping({2: b'{"Functions": []}'}) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        account = Accounts(Settings(), on_retry=told.append).open()
        assert account.call("lambda", "ListFunctions") == {"Functions": []}
    assert len(served.requests) == 2
    [retry] = told
    assert (retry.operation, retry.attempt) == ("ListFunctions", 1)
    when = f"next try in {retry.seconds:.1f} s (attempt 2 of {ATTEMPTS})"
    assert str(retry) == f"ListFunctions: the connection was cut, {when}"


def test_a_throttled_call_is_tried_again_and_told_to_the_thread_that_runs_it(
    watched: Account, told: list[Retry], connected: Any, account_id: str, calls: Calls
) -> None:
    connected.cloud.faults.add("throttle", operation="ListFunctions", account=account_id, times=1)
    mine: list[Retry] = []
    watched.watched(mine.append)
    assert watched.call("lambda", "ListFunctions") == {"Functions": []}
    assert calls.operations() == ["ListFunctions", "ListFunctions"]
    assert [retry.reason for retry in mine] == ["TooManyRequestsException"]
    assert "ListFunctions: throttled, next try in " in str(mine[0])
    assert told == []
    connected.cloud.faults.add("unavailable", operation="ListFunctions", account=account_id, times=1)
    other = threading.Thread(target=watched.call, args=("lambda", "ListFunctions"))
    other.start()
    other.join()
    assert len(mine) == 1
    assert len(told) == 1


def test_who_hears_of_a_retry_may_end_the_call(watched: Account, connected: Any, account_id: str, calls: Calls) -> None:
    connected.cloud.faults.add("unavailable", operation="ListFunctions", account=account_id)

    def stop(retry: Retry) -> None:
        raise Cancelled

    watched.watched(stop)
    with pytest.raises(Cancelled):
        watched.call("lambda", "ListFunctions")
    assert calls.operations() == ["ListFunctions"]


def test_what_is_not_worth_a_retry_is_not_tried_again(
    watched: Account, told: list[Retry], connected: Any, account_id: str, calls: Calls
) -> None:
    connected.cloud.faults.add("access-denied", operation="ListFunctions", account=account_id)
    with pytest.raises(Exception, match="is not authorized"):
        watched.call("lambda", "ListFunctions")
    assert len(calls.operations()) == 1
    assert told == []


def test_nobody_there_is_unreachable_and_a_throttled_invoke_says_why(
    watched: Account, connected: Any, aws: Any, account_id: str
) -> None:
    account = Accounts(Settings(endpoint_url="http://127.0.0.1:9")).open()
    account.watched(lambda retry: (_ for _ in ()).throw(Unreachable(retry.reason)))
    with pytest.raises(Unreachable, match="EndpointConnectionError"):
        account.identity()
    make_function(aws(), "f")
    aws().put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    result = invoke(watched, "f", b"{}")
    assert (result.outcome, result.status) == ("throttled", 429)
    assert "ReservedFunctionConcurrentInvocationLimitExceeded" in result.error


def test_a_throttled_error_that_stays_is_throttled(watched: Account, connected: Any, account_id: str) -> None:
    connected.cloud.faults.add(
        "error", operation="GetFunction", account=account_id, code="EC2ThrottledException", status=502, message="busy"
    )
    watched.watched(lambda retry: (_ for _ in ()).throw(Throttled(retry.reason)))
    with pytest.raises(Throttled):
        watched.call("lambda", "GetFunction", {"FunctionName": "f"})
