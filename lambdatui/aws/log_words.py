"""What a line of a log says to a reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdatui.aws.log_lines import (
    IN_JSON,
    LEVEL_KEYS,
    MESSAGE_KEYS,
    REQUEST_KEYS,
    STACK_KEYS,
    Failure,
    LogLine,
    error_words,
)

_TIME_KEYS = ("timestamp", "time", "Timestamp", "@timestamp", "ts")
_LEFT_OUT = frozenset((*LEVEL_KEYS, *REQUEST_KEYS, *_TIME_KEYS))
"""Told beside the words."""


def words(line: LogLine) -> str:
    """What a line says, without what the runtime puts before it; a JSON object as its message and `key=value`.

    May have several lines. It is as it came: whoever shows it makes it harmless.
    """
    if line.at != IN_JSON:
        return line.message[line.at :]
    value: dict[str, Any] = json.loads(line.message)
    if line.mark is not None and not isinstance(line.mark, Failure):
        return f"{value['type']}  {_pairs(value['record'])}"
    said, stack, rest = "", "", {}
    for key, item in value.items():
        if key in MESSAGE_KEYS and not said:
            said = item if isinstance(item, str) else _said(item)
        elif key in STACK_KEYS:
            stack = "\n".join(str(frame).rstrip("\n") for frame in item) if isinstance(item, list) else str(item)
        elif key not in _LEFT_OUT:
            rest[key] = item
    if isinstance(line.mark, Failure):
        said = line.mark.words
        rest = {key: item for key, item in rest.items() if key not in ("errorType", "errorMessage")}
    head = "  ".join(part for part in (said, _pairs(rest)) if part)
    return f"{head}\n{stack}" if stack else head


def _said(value: Any) -> str:
    if isinstance(value, Mapping) and (value.get("errorType") or value.get("errorMessage")):
        return error_words(value)
    return _short(value)


def _pairs(record: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={_short(item)}" for key, item in record.items())


def _short(value: Any) -> str:
    if isinstance(value, str) and value and " " not in value and "=" not in value:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
