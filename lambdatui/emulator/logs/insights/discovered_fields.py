"""The fields that Logs Insights finds in an event by itself.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from lambdatui.emulator.logs.insights.functions import Value
from lambdatui.emulator.logs.log_store import Group, LogEvent, Stream

_MEGABYTE = 1_000_000
_MOST_FIELDS = 200

_KIND = re.compile(r"(START|END|REPORT) RequestId: ([0-9a-f-]{36})")
_REQUEST = re.compile(r"\[[A-Z]+\]\t\S+\t([0-9a-f-]{36})\t|\S+\t([0-9a-f-]{36})\t|\S+ ([0-9a-f-]{36}) Task timed out")
_FIGURES = {
    "@duration": (re.compile(r"\tDuration: ([\d.]+) ms"), 1),
    "@billedDuration": (re.compile(r"Billed Duration: (\d+) ms"), 1),
    "@memorySize": (re.compile(r"Memory Size: (\d+) MB"), _MEGABYTE),
    "@maxMemoryUsed": (re.compile(r"Max Memory Used: (\d+) MB"), _MEGABYTE),
    "@initDuration": (re.compile(r"Init Duration: ([\d.]+) ms"), 1),
}
"""Milliseconds, and bytes as AWS counts them: a megabyte is a million."""

Record = dict[str, Value]


def record(account: str, group: Group, stream: Stream, event: LogEvent) -> Record:
    """An event's fields: times in milliseconds since the epoch, what Lambda's own lines tell, and those of its JSON."""
    message = event.message
    fields: Record = {
        "@timestamp": float(event.timestamp),
        "@ingestionTime": float(event.ingested),
        "@message": message,
        "@logStream": stream.name,
        "@log": f"{account}:{group.name}",
        "@ptr": event.id,
    }
    kind = _KIND.match(message)
    if kind is not None:
        fields["@type"], fields["@requestId"] = kind[1], kind[2]
        if kind[1] == "REPORT":
            for name, (pattern, factor) in _FIGURES.items():
                figure = pattern.search(message)
                if figure is not None:
                    fields[name] = float(figure[1]) * factor
        return fields
    request = _REQUEST.match(message)
    if request is not None:
        fields["@requestId"] = request[1] or request[2] or request[3]
    document = _embedded_json(message)
    if document is not None:
        _flatten("", document, fields)
        _platform_report(document, fields)
    return fields


def _embedded_json(message: str) -> dict[str, Any] | None:
    """The first JSON object in a message."""
    start = message.find("{")
    if start < 0:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _flatten(prefix: str, value: Any, fields: Record) -> None:
    if len(fields) > _MOST_FIELDS:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            _flatten(f"{prefix}.{name}" if prefix else str(name), item, fields)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _flatten(f"{prefix}.{index}", item, fields)
    elif prefix and value is not None:
        fields.setdefault(prefix, value if isinstance(value, str | bool) else float(value))


def _platform_report(document: dict[str, Any], fields: Record) -> None:
    """What a function with JSON logs tells in `platform.report`, under the names of the text format."""
    details = document.get("record")
    if not isinstance(details, dict):
        return
    kinds = {"platform.start": "START", "platform.report": "REPORT"}
    if document.get("type") in kinds and isinstance(details.get("requestId"), str):
        fields["@type"], fields["@requestId"] = kinds[str(document["type"])], details["requestId"]
    metrics = details.get("metrics")
    if isinstance(metrics, dict):
        names = {"durationMs": "@duration", "billedDurationMs": "@billedDuration", "initDurationMs": "@initDuration"}
        sizes = {"memorySizeMB": "@memorySize", "maxMemoryUsedMB": "@maxMemoryUsed"}
        for source, name in (names | sizes).items():
            if isinstance(metrics.get(source), int | float):
                fields[name] = float(metrics[source]) * (_MEGABYTE if source in sizes else 1)
