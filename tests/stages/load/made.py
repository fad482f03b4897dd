"""Invocations for the tests of figures and files."""

from __future__ import annotations

from typing import Any

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation


def invocation(**members: Any) -> Invocation:
    """One that went well, with these members instead."""
    return Invocation(
        **{
            "number": 1,
            "started": 1000.0,
            "latency": 10.0,
            "outcome": "ok",
            "status": 200,
            "version": "41",
            "function_error": "",
            "request_id": "r",
            "payload": b"{}",
            "log": "",
            "report": Report(duration=5.0),
        }
        | members
    )
