"""What Lambda reports of an invocation, in its two formats."""

from __future__ import annotations

import pytest

from lambdatui.aws.invocation_report import Report, parse_report

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


def test_the_end_of_a_runtime_and_a_time_out_are_named() -> None:
    ended = TEXT.rstrip() + "\tStatus: error\tError Type: Runtime.ExitError\n"
    assert (parse_report(ended).status, parse_report(ended).error_type) == ("error", "Runtime.ExitError")
    traced = TEXT.rstrip() + "\tStatus: timeout\nXRAY TraceId: 1-66d9\tSegmentId: 29c3\tSampled: true\n"
    assert parse_report(traced).status == "timeout"
    told = JSON.replace(',"metrics"', ',"status":"error","errorType":"Runtime.Unknown","metrics"')
    assert (parse_report(told).status, parse_report(told).error_type) == ("error", "Runtime.Unknown")


def test_coming_back_from_a_snapshot_is_not_taken_for_the_duration() -> None:
    log = (
        "REPORT RequestId: 8f5\tDuration: 306.34 ms\tBilled Duration: 610 ms\tMemory Size: 3009 MB\t"
        "Max Memory Used: 155 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t\n"
    )
    assert parse_report(log) == Report(306.34, 610.0, None, 3009, 155, restore=511.25)
