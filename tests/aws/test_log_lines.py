"""Single lines of a log: level, request id, and what Lambda itself says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.log_lines import (
    IN_JSON,
    End,
    Failure,
    Init,
    InitReport,
    Level,
    Platform,
    Start,
    parse,
)
from lambdatui.aws.log_words import words
from tests.aws.log_samples import RID, event, line, platform

AT = "2026-11-24T12:00:00.000Z"


@pytest.mark.parametrize(
    ("message", "mark", "request_id"),
    [
        (f"START RequestId: {RID} Version: $LATEST\n", Start("$LATEST", in_json=False), RID),
        (f"END RequestId: {RID}\n", End(""), RID),
        (f"REPORT RequestId: {RID}\tDuration: 3.00 ms\tStatus: timeout", Report(duration=3.0, status="timeout"), RID),
        ("INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn", Init(on_demand=True), ""),
        ("RESTORE_START Runtime Version: java:21.v1\tRuntime Version ARN: arn", Init(on_demand=True), ""),
        ("INIT_REPORT Init Duration: 9 ms\tPhase: init\tStatus: timeout", InitReport("timeout", ""), ""),
        (
            "INIT_REPORT Init Duration: 9 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
            InitReport("error", "Runtime.ExitError"),
            "",
        ),
        ("EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]", Platform(), ""),
        (f"{AT} {RID} Task timed out after 3.01 seconds\n\n", Failure("Task timed out after 3.01 seconds", True), RID),
        (
            f"RequestId: {RID} Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
            Failure("Runtime exited with error: exit status 1", False),
            RID,
        ),
        (
            "[ERROR] KeyError: 'currency'\nTraceback (most recent call last):",
            Failure("KeyError: 'currency'", False),
            "",
        ),
        (
            f'{AT}\t{RID}\tERROR\tInvoke Error \t{{"errorType":"Error","errorMessage":"boom","stack":["Error: boom"]}}',
            Failure("Error: boom", False),
            RID,
        ),
        (
            "boom: java.lang.RuntimeException\njava.lang.RuntimeException: boom\n\tat shop.App.handle(App.java:3)",
            Failure("boom: java.lang.RuntimeException", False),
            "",
        ),
        (
            f'{{"timestamp":"{AT}","level":"ERROR","errorMessage":"x","errorType":"KeyError","requestId":"{RID}"}}',
            Failure("KeyError: x", False),
            RID,
        ),
        # a logger's own words about an exception do not make the invocation fail
        (f"[ERROR]\t{AT}\t{RID}\tKeyError: 'currency'\nTraceback (most recent call last):", None, RID),
        (f'{{"level":"ERROR","message":"m","errorMessage":"x","errorType":"E","requestId":"{RID}"}}', None, RID),
        (f"the handler says START RequestId: {RID} Version: 1", None, ""),
    ],
)
def test_what_lambda_and_the_runtimes_say(message: str, mark: object, request_id: str) -> None:
    found = line(message)
    assert (found.mark, found.request_id) == (mark, request_id)


@pytest.mark.parametrize(
    ("message", "level", "said"),
    [
        (f"[WARNING]\t{AT}\t{RID}\tno warehouse\n", Level.WARN, "no warehouse"),
        (f"{AT}\t{RID}\tINFO\tpage gathered", Level.INFO, "page gathered"),
        (f"{AT}\tundefined\tERROR\tno module", Level.ERROR, "no module"),
        (f"{AT}\t{RID}\tfail\tno stock", Level.ERROR, "no stock"),
        (f"{AT} {RID} INFO  handled in 3 steps", Level.INFO, "handled in 3 steps"),
        (f"{AT} {RID} handled", Level.NONE, "handled"),
        (
            "2026-11-24 12:00:00,123 - shop - ERROR - no stock",
            Level.ERROR,
            "2026-11-24 12:00:00,123 - shop - ERROR - no stock",
        ),
        ('time=12:00 level=warn msg="slow"', Level.WARN, 'time=12:00 level=warn msg="slow"'),
        ("INFORMED the customer; no MIRROR found", Level.NONE, "INFORMED the customer; no MIRROR found"),
        ("plain", Level.NONE, "plain"),
        ("", Level.NONE, ""),
        (f'{{"level":"WARN","message":"slow","requestId":"{RID}","ms":9}}', Level.WARN, "slow  ms=9"),
        ('{"level":30,"msg":"hi there","to":"a b"}', Level.INFO, 'hi there  to="a b"'),
        ('{"log_level":"debug","event":{"a":[1,2]}}', Level.DEBUG, '{"a":[1,2]}'),
        ('{"a":1,"b":null}', Level.NONE, "a=1 b=null"),
        (
            '{"level":"ERROR","errorType":"KeyError","errorMessage":"x","stackTrace":["  File a\\n","  File b\\n"]}',
            Level.ERROR,
            "KeyError: x\n  File a\n  File b",
        ),
        ('{"level":"ERROR","message":{"errorType":"Error","errorMessage":"boom"}}', Level.ERROR, "Error: boom"),
        ('{"broken": ', Level.NONE, '{"broken": '),
        ('{"level": {"a": 1}, "message": "odd"}', Level.NONE, "odd"),
    ],
)
def test_levels_and_words(message: str, level: Level, said: str) -> None:
    found = line(message)
    assert (found.level, words(found)) == (level, said)


def test_the_platforms_json() -> None:
    assert platform("start", requestId=RID, version="7").mark == Start("7", in_json=True)
    assert platform("runtimeDone", requestId=RID, status="timeout").mark == End("timeout")
    told = platform("report", requestId=RID, status="error", metrics={"durationMs": 3.5, "maxMemoryUsedMB": 64})
    assert (told.mark, told.request_id) == (Report(duration=3.5, memory_used=64, status="error"), RID)
    assert platform("initStart", initializationType="on-demand").mark == Init(on_demand=True)
    assert platform("initStart", initializationType="provisioned-concurrency").mark == Init(on_demand=False)
    assert platform("initReport", status="error", errorType="X").mark == InitReport("error", "X")
    dropped = platform("logsDropped", reason="too many", droppedRecords=7)
    assert (dropped.mark, dropped.level) == (Platform(), Level.WARN)
    assert words(dropped) == 'platform.logsDropped  reason="too many" droppedRecords=7'


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"platform.report","record":[]}',
        '{"type":"platform.start","record":{"requestId":7,"version":[]}}',
        '{"type":"platform.report","record":{"metrics":{"durationMs":"x","memorySizeMB":1e999}}}',
        '{"type":7,"record":{}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "[ERROR] ",
        "START RequestId: ",
        "\x00\x1b[2J",
    ],
)
def test_what_is_malformed_is_a_line_all_the_same(text: str) -> None:
    found = line(text)
    assert found.message == text.rstrip("\r\n")
    words(found)


@given(st.text(max_size=300) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_a_line(text: str) -> None:
    found = parse(event(text))
    assert found.message == text.rstrip("\r\n")
    words(found)


@given(
    st.dictionaries(
        st.sampled_from(["level", "requestId", "message", "type", "record", "errorType", "stackTrace", "errorMessage"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("platform.report"),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=5,
        ),
    )
)
def test_any_json_object_is_a_line(value: dict[str, object]) -> None:
    found = parse(event(json.dumps(value)))
    assert found.at == IN_JSON
    words(found)


def test_a_traceback_is_an_error_whatever_it_says() -> None:
    assert line("Traceback (most recent call last):").level is Level.ERROR
    assert line("it failed\n\tat shop.App.handle(App.java:3)").level is Level.ERROR
    assert line("    at Object.handler (/var/task/app.js:3:1)").is_trace
    assert not line("at noon we met").is_trace


def test_a_line_of_256_kilobytes_is_taken_whole() -> None:
    text = "x" * 262_144
    assert words(line(text)) == text
    assert words(line(json.dumps({"message": text}))) == text
