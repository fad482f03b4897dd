"""What Lambda reports of an invocation when it is over: the REPORT line of its text format, `platform.report` of JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """What Lambda's REPORT line says. Durations in ms, memory in MB; None where it says nothing."""

    duration: float | None = None
    billed: float | None = None
    init: float | None = None
    memory_size: int | None = None
    memory_used: int | None = None
    restore: float | None = None
    """How long a SnapStart environment took to come back."""
    status: str = ""
    """`success`, `failure`, `error` or `timeout`; in the text format only where the runtime ended or timed out."""
    error_type: str = ""
    """Such as `Runtime.ExitError`."""


_FIELDS = re.compile(
    r"(?:^|[\t\n]) ?(Duration|Billed Duration|Init Duration|Restore Duration|Memory Size|Max Memory Used): "
    r"([\d.]+) (?:ms|MB)"
)
_WORDS = re.compile(r"\t(Status|Error Type): ([^\t\n]+)")


def parse_report(log: str) -> Report:
    """The figures of the last report in a log, in Lambda's text or JSON format; an empty Report where there is none."""
    for line in reversed(log.splitlines()):
        if line.startswith("REPORT "):
            return text_report(line)
        if '"platform.report"' in line:
            try:
                record = json.loads(line)["record"]
            except (ValueError, KeyError, TypeError, RecursionError):
                return Report()
            return json_report(record)
    return Report()


def text_report(line: str) -> Report:
    """A REPORT line, whose fields a tab separates."""
    found = {name: _number(value) for name, value in _FIELDS.findall(line)}
    words = dict(_WORDS.findall(line))
    return Report(
        duration=found.get("Duration"),
        billed=found.get("Billed Duration"),
        init=found.get("Init Duration"),
        memory_size=_whole(found.get("Memory Size")),
        memory_used=_whole(found.get("Max Memory Used")),
        restore=found.get("Restore Duration"),
        status=words.get("Status", "").strip(),
        error_type=words.get("Error Type", "").strip(),
    )


def json_report(record: Any) -> Report:
    """The `record` of a `platform.report`, whatever JSON it is."""
    if not isinstance(record, Mapping):
        return Report()
    metrics = record.get("metrics")
    figures = metrics if isinstance(metrics, Mapping) else {}
    return Report(
        duration=_number(figures.get("durationMs")),
        billed=_number(figures.get("billedDurationMs")),
        init=_number(figures.get("initDurationMs")),
        memory_size=_whole(_number(figures.get("memorySizeMB"))),
        memory_used=_whole(_number(figures.get("maxMemoryUsedMB"))),
        restore=_number(figures.get("restoreDurationMs")),
        status=_word(record.get("status")),
        error_type=_word(record.get("errorType")),
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _whole(value: float | None) -> int | None:
    return int(value) if value is not None and abs(value) < 1e9 else None


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
