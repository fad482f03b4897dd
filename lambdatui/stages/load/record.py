"""An invocation as a line of a file, and back: nothing of it is lost, and a line may hold anything."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import OUTCOMES, Invocation
from lambdatui.stages.load import strict_json

_DEEPEST = 200
_BRACKETS = re.compile(r"[\[\]{}]")


def line(invocation: Invocation, *, answers: bool = True) -> dict[str, Any]:
    """What a file keeps of an invocation, as JSON values; without `answers`, neither its answer nor its log.

    The answer is text where it is UTF-8 (`answer`), else base64 (`answer_base64`): both give back the same bytes.
    """
    report = invocation.report
    found: dict[str, Any] = {
        "number": invocation.number,
        "outcome": invocation.outcome,
        "status": invocation.status,
        "version": invocation.version,
        "request_id": invocation.request_id,
        "started": invocation.started,
        "latency_ms": invocation.latency,
        "duration_ms": report.duration,
        "billed_ms": report.billed,
        "init_ms": report.init,
        "memory_mb": report.memory_size,
        "memory_used_mb": report.memory_used,
    }
    seldom = {
        "qualifier": invocation.qualifier,
        "side": invocation.side,
        "warm_up": invocation.warm_up,
        "function_error": invocation.function_error,
        "error": invocation.error,
        "lateness_ms": invocation.lateness,
        "attempts": invocation.attempts if invocation.attempts > 1 else 0,
        "first_byte_ms": invocation.first_byte,
        "restore_ms": report.restore,
        "report_status": report.status,
        "report_error": report.error_type,
    }
    found |= {name: value for name, value in seldom.items() if value}
    if answers:
        try:
            found["answer"] = invocation.payload.decode()
        except UnicodeDecodeError:
            found["answer_base64"] = base64.b64encode(invocation.payload).decode()
        found["log"] = invocation.log
    return found


def document(one: Invocation) -> dict[str, Any]:
    """An invocation as other programs get it: always the same names, its answer as JSON where it is JSON."""
    report = one.report
    return {
        "number": one.number,
        "outcome": one.outcome,
        "status": one.status,
        "version": one.version,
        "qualifier": one.qualifier,
        "side": one.side,
        "function_error": one.function_error,
        "error": one.error,
        "request_id": one.request_id,
        "started": one.started,
        "latency_ms": round(one.latency, 3),
        "lateness_ms": round(one.lateness, 3),
        "first_byte_ms": None if one.first_byte is None else round(one.first_byte, 3),
        "duration_ms": report.duration,
        "billed_ms": report.billed,
        "init_ms": report.init,
        "memory_mb": report.memory_size,
        "memory_used_mb": report.memory_used,
        "warm_up": one.warm_up,
        "attempts": one.attempts,
        "payload": _decoded(one.payload),
        "log": one.log,
    }


def _decoded(payload: bytes) -> Any:
    """An answer as a JSON value; as text where it is no JSON, or JSON that other programs would not read."""
    text = payload.decode("utf-8", "replace")
    if _depth(text) > _DEEPEST:
        return text
    try:
        return strict_json.loads(text)
    except ValueError:
        return text


def _depth(text: str) -> int:
    """How deep brackets are nested at most; more than that where some stand in strings."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return 0
    deepest = depth = 0
    for match in _BRACKETS.finditer(text):
        depth += 1 if match.group() in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def invocation(found: Mapping[str, Any]) -> Invocation | None:
    """The invocation in a line of a file; None where the line is about something else.

    What is missing or no value of its kind is as if it was not told.
    """
    number, outcome = found.get("number"), found.get("outcome")
    if type(number) is not int or outcome not in OUTCOMES:
        return None
    return Invocation(
        number=number,
        started=_number(found.get("started")) or 0.0,
        latency=_number(found.get("latency_ms")) or 0.0,
        outcome=outcome,
        status=_whole(found.get("status")) or 0,
        version=_text(found.get("version")),
        function_error=_text(found.get("function_error")),
        request_id=_text(found.get("request_id")),
        payload=_answer(found),
        log=_text(found.get("log")),
        report=Report(
            duration=_number(found.get("duration_ms")),
            billed=_number(found.get("billed_ms")),
            init=_number(found.get("init_ms")),
            memory_size=_whole(found.get("memory_mb")),
            memory_used=_whole(found.get("memory_used_mb")),
            restore=_number(found.get("restore_ms")),
            status=_text(found.get("report_status")),
            error_type=_text(found.get("report_error")),
        ),
        error=_text(found.get("error")),
        qualifier=_text(found.get("qualifier")),
        side=_text(found.get("side")),
        warm_up=found.get("warm_up") is True,
        lateness=_number(found.get("lateness_ms")) or 0.0,
        attempts=_whole(found.get("attempts")) or 1,
        first_byte=_number(found.get("first_byte_ms")),
    )


def _answer(found: Mapping[str, Any]) -> bytes:
    if "answer_base64" in found:
        try:
            return base64.b64decode(_text(found["answer_base64"]), validate=True)
        except (binascii.Error, ValueError):
            return b""
    return _text(found.get("answer")).encode()


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and abs(value) < 1e300 else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int and abs(value) < 1e15 else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    # a lone surrogate can stand in JSON and on no screen
    return value if value.isascii() else value.encode("utf-8", "replace").decode()
