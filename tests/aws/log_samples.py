"""Lines as runtimes and Lambda write them, for the tests of what is read from a log."""

from __future__ import annotations

import json
from typing import Any

from lambdatui.aws.log_lines import LogLine, parse
from lambdatui.aws.logs import LogEvent

RID = "6e0c1f2a-0d5e-4b7a-9c3d-2f1e8a7b6c5d"
OTHER = "91bb2c3d-1111-4222-8333-444455556666"
NOON = 1_795_521_600_000
"""24 November 2026, 12:00 UTC, in ms."""


def event(message: str, at: int = 0, stream: str = "s", number: int = 0) -> LogEvent:
    """An event `at` ms after noon."""
    return LogEvent(NOON + at, stream, message, NOON + at + 400, f"{NOON + at:028}{number:028}")


def line(message: str, at: int = 0, stream: str = "s") -> LogLine:
    return parse(event(message, at, stream))


def start(rid: str = RID, at: int = 0, stream: str = "s", version: str = "42") -> LogLine:
    return line(f"START RequestId: {rid} Version: {version}\n", at, stream)


def end(rid: str = RID, at: int = 0, stream: str = "s") -> LogLine:
    return line(f"END RequestId: {rid}\n", at, stream)


def report(rid: str = RID, at: int = 0, stream: str = "s", more: str = "", duration: float = 11.83) -> LogLine:
    text = (
        f"REPORT RequestId: {rid}\tDuration: {duration} ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\t"
        f"Max Memory Used: 64 MB\t{more}\n"
    )
    return line(text, at, stream)


def platform(kind: str, at: int = 0, stream: str = "s", **record: Any) -> LogLine:
    text = json.dumps({"time": "2026-11-24T12:00:00.000Z", "type": f"platform.{kind}", "record": record})
    return line(text, at, stream)
