"""One invocation of a function: sent once, and everything that came back."""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, Throttled
from lambdatui.aws.invocation_report import Report, parse_report

InvocationType = Literal["RequestResponse", "Event", "DryRun"]

OUTCOMES = ("ok", "function error", "throttled", "timeout", "refused", "no answer")
Outcome = Literal["ok", "function error", "throttled", "timeout", "refused", "no answer"]
"""`timeout`: Lambda stopped the function at its time limit, or no answer came in the time that is waited for one.
`refused`: AWS said no, or nothing was sent. `no answer`: it was sent, and the connection ended without an answer."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run: what was sent, what came back, and how long the caller waited."""

    number: int
    """Counted from 1 in its run."""
    started: float
    """Seconds since the epoch."""
    latency: float
    """Milliseconds, from before the request was built to after the answer was read."""
    outcome: Outcome
    status: int
    """HTTP status, 0 where no answer came."""
    version: str
    """ExecutedVersion: which version served."""
    function_error: str
    """AWS's X-Amz-Function-Error, such as `Unhandled`; empty without an error."""
    request_id: str
    payload: bytes
    log: str
    """The tail of the log, at most 4 KB."""
    report: Report
    error: str = ""
    """One sentence: the function's own error, or why there was no answer."""
    qualifier: str = ""
    """What was invoked: a version or an alias; empty for none."""
    side: str = ""
    """`A` or `B` where two qualifiers are invoked side by side."""
    warm_up: bool = False
    """Whether it went before the run and does not count. Warm-ups have numbers of their own, from 1."""
    lateness: float = 0.0
    """Milliseconds by which it was sent after its time, where a rate sets one."""
    attempts: int = 1
    """How often it was sent: more than once only where throttles were to be retried."""
    first_byte: float | None = None
    """Milliseconds to the first part of an answer that is streamed."""

    @property
    def cold(self) -> bool:
        return self.report.init is not None or self.report.restore is not None


def invoke(
    account: Account,
    function: str,
    payload: bytes,
    *,
    number: int = 1,
    qualifier: str | None = None,
    invocation_type: InvocationType = "RequestResponse",
    tail: bool = True,
    function_timeout: int = 900,
) -> Invocation:
    """Invokes once: no retry beneath. Never raises for what AWS or the function answers; Refused passes through.

    `function_timeout` is the function's Timeout in seconds: the read time-out lies above it.
    """
    client = account.invoke_client(function_timeout)
    parameters: dict[str, Any] = {
        "FunctionName": function,
        "Payload": payload,
        "InvocationType": invocation_type,
        "LogType": "Tail" if tail and invocation_type == "RequestResponse" else "None",
    }
    if qualifier:
        parameters["Qualifier"] = qualifier
    started, clock = time.time(), time.perf_counter()
    try:
        with account.calling("Invoke"):
            answer = client.invoke(**parameters)
            body = answer["Payload"].read()
    except AwsError as error:
        latency = (time.perf_counter() - clock) * 1000
        return Invocation(
            number=number,
            started=started,
            latency=latency,
            outcome=_refusal(error),
            status=error.status,
            version="",
            function_error="",
            request_id=error.request_id,
            payload=b"",
            log="",
            report=Report(),
            error=f"{error.message}{' (' + error.reason + ')' if error.reason else ''}",
        )
    latency = (time.perf_counter() - clock) * 1000
    log = decode_log(answer.get("LogResult", ""))
    function_error = answer.get("FunctionError", "")
    return Invocation(
        number=number,
        started=started,
        latency=latency,
        outcome="function error" if function_error else "ok",
        status=answer["StatusCode"],
        version=answer.get("ExecutedVersion", ""),
        function_error=function_error,
        request_id=answer["ResponseMetadata"].get("RequestId", ""),
        payload=body,
        log=log,
        report=parse_report(log),
        error=describe_error(body) if function_error else "",
    )


def _refusal(error: AwsError) -> Outcome:
    if isinstance(error, Throttled):
        return "throttled"
    return "no answer" if error.perhaps_done and not error.status else "refused"


def decode_log(log_result: str) -> str:
    """The text of a LogResult header (base64). Empty where it is not base64: it may be a pointer to a log stream."""
    try:
        return base64.b64decode(log_result, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def describe_error(payload: bytes) -> str:
    """`errorType: errorMessage` of a function error's payload, in one line; without them, the payload's start."""
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return payload[:200].decode("utf-8", "replace")
    parts = [str(answer[key]) for key in ("errorType", "errorMessage") if answer.get(key)]
    return " ".join(": ".join(parts).split()) or "function error without a message"
