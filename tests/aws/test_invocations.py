"""One invocation, and everything that came back."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.invocations import decode_log, describe_error, invoke
from lambdatui.settings import Settings
from tests.emulator.clients import make_function, publish


def test_a_log_that_is_no_base64_is_empty() -> None:
    assert decode_log(base64.b64encode("é\n".encode()).decode()) == "é\n"
    assert decode_log('{"logGroup": "g"}') == ""


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b'{"errorMessage": "\'currency\'", "errorType": "KeyError"}', "KeyError: 'currency'"),
        (b'{"errorMessage": "two\\nlines"}', "two lines"),
        (b'{"errorMessage": null}', "function error without a message"),
        (b"[1]", "[1]"),
        (b"\xff oops", "\ufffd oops"),
    ],
)
def test_a_function_error_is_one_line(payload: bytes, words: str) -> None:
    assert describe_error(payload) == words


def test_an_answer_comes_back_whole(account: Account, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    print('seen')\n    return {'got': event}\n")
    result = invoke(account, "f", b'{"a": 1}', number=7)
    assert (result.number, result.outcome, result.status, result.version) == (7, "ok", 200, "$LATEST")
    assert result.payload == b'{"got": {"a": 1}}'
    assert "seen" in result.log
    assert result.cold
    assert result.report.duration is not None
    assert result.report.memory_size == 128
    assert result.latency > 0
    assert result.request_id in result.log
    assert not invoke(account, "f", b"{}").cold


def test_the_version_that_served_is_told_whatever_the_qualifier(account: Account, aws: Any) -> None:
    client = aws()
    make_function(client, "f")
    publish(client)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert [invoke(account, "f", b"{}", qualifier=q).version for q in ("live", "1", "$LATEST")] == ["1", "1", "$LATEST"]


def test_a_function_error_is_an_outcome_not_an_exception(account: Account, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    return event['currency']\n")
    result = invoke(account, "f", b"{}")
    assert (result.outcome, result.status, result.function_error) == ("function error", 200, "Unhandled")
    assert result.error == "KeyError: 'currency'"


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
def test_other_types_of_invocation(account: Account, aws: Any, kind: Any, status: int) -> None:
    make_function(aws(), "f")
    result = invoke(account, "f", b"{}", invocation_type=kind)
    assert (result.outcome, result.status, result.log) == ("ok", status, "")


def test_what_aws_refuses_is_an_outcome_too(account: Account) -> None:
    result = invoke(account, "absent", b"{}")
    assert (result.outcome, result.status) == ("refused", 404)
    assert "Function not found" in result.error
    assert result.request_id


def test_what_was_never_sent_is_refused_not_unanswered(connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    result = invoke(Accounts(Settings()).open(), "f", b"{}")
    assert (result.outcome, result.status) == ("refused", 0)
    assert "Unable to locate credentials" in result.error
