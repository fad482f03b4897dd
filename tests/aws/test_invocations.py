"""One invocation, and everything that came back."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from lambdatui.aws.account import Account, Accounts
from lambdatui.aws.invocations import Report, decode_log, describe_error, invoke, parse_report
from lambdatui.settings import Settings
from tests.emulator.clients import make_function, publish

TEXT = (
    "START RequestId: 8f5 Version: 42\nhello\nEND RequestId: 8f5\n"
    "REPORT RequestId: 8f5\tDuration: 11.83 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 64 MB\tInit Duration: 65.12 ms\t\n"
)
JSON = (
    '{"time":"2026-11-24T08:49:55.000Z","type":"platform.report","record":{"requestId":"8f5","metrics":'
    '{"durationMs":11.83,"billedDurationMs":12,"memorySizeMB":128,"maxMemoryUsedMB":64,"initDurationMs":65.12}}}\n'
)


@pytest.mark.parametrize("log", [TEXT, JSON, JSON.replace(':"platform', ': "platform')])
def test_the_report_is_read_in_both_formats(log: str) -> None:
    assert parse_report(log) == Report(11.83, 12.0, 65.12, 128, 64)


@pytest.mark.parametrize(
    ("log", "report"),
    [
        ("", Report()),
        ("hello\n", Report()),
        (TEXT.replace("\tInit Duration: 65.12 ms", ""), Report(11.83, 12.0, None, 128, 64)),
        ('{"type":"platform.report"}\n', Report()),
        ('{"type":"platform.report"\n', Report()),
        ('{"type":"platform.report","record":[]}', Report()),
        ("REPORT RequestId: 8f5\tDuration: oops ms\n", Report()),
        ("the handler says REPORT Duration: 5 ms\n", Report()),
    ],
)
def test_a_report_that_lacks_figures_breaks_nothing(log: str, report: Report) -> None:
    assert parse_report(log) == report


def test_a_handler_that_prints_a_report_is_not_believed() -> None:
    assert parse_report("REPORT Duration: 1 ms\n" + TEXT).duration == 11.83


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
