"""One invocation of a function: sent once, and everything that came back."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, Throttled, Unreachable
from lambdatui.aws.invocation_report import Report, parse_report

InvocationType = Literal["RequestResponse", "Event", "DryRun", "ResponseStream"]

OUTCOMES = ("ok", "function error", "throttled", "timeout", "refused", "no answer")
Outcome = Literal["ok", "function error", "throttled", "timeout", "refused", "no answer"]
"""`timeout`: Lambda stopped the function at its time limit, or no answer came in the time that is waited for one.
`refused`: AWS said no, or there were no credentials. `no answer`: the endpoint was not reached, or the connection ended
without an answer."""

MOST_STREAMED = 6 * 1024 * 1024
"""How many bytes of a streamed answer are kept."""

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
_TIMED_OUT = b"Task timed out after "


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


@dataclass(frozen=True, slots=True)
class Call:
    """What is invoked, and how: the same for all runs, or for all of one side."""

    function: str
    """Name or ARN."""
    qualifier: str | None = None
    invocation_type: InvocationType = "RequestResponse"
    tail: bool = True
    """Whether to ask for the tail of the log; there is one only where the answer is waited for."""
    client_context: str = ""
    """JSON in base64, as the header carries it."""
    tenant: str = ""
    function_timeout: int = 900
    """The function's Timeout in seconds: the read time-out lies above it."""
    side: str = ""

    @property
    def operation(self) -> str:
        """AWS's name of the call."""
        return "InvokeWithResponseStream" if self.invocation_type == "ResponseStream" else "Invoke"

    @property
    def parameters(self) -> dict[str, str]:
        """The call's parameters in AWS's names, but for the payload."""
        waits = self.invocation_type in ("RequestResponse", "ResponseStream")
        found = {"FunctionName": self.function, "LogType": "Tail" if self.tail and waits else "None"}
        found["InvocationType"] = "RequestResponse" if waits else self.invocation_type
        if self.qualifier:
            found["Qualifier"] = self.qualifier
        if self.client_context:
            found["ClientContext"] = self.client_context
        if self.tenant:
            found["TenantId"] = self.tenant
        return found


class Turn(NamedTuple):
    """Which of many runs an invocation is; the words are those of Invocation."""

    number: int = 1
    warm_up: bool = False
    attempts: int = 1
    due: float | None = None
    """When it is to be sent, on the clock of `time.perf_counter`; None where no rate sets a time."""
    lateness: float = 0.0

    def sent(self, clock: float) -> Turn:
        """The turn of an invocation that was sent at this moment."""
        return self if self.due is None else self._replace(lateness=max(0.0, (clock - self.due) * 1000))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of an answer that is streamed, as it came."""

    number: int
    side: str
    index: int
    """Counted from 0 in its answer."""
    at: float
    """Milliseconds after the invocation was sent."""
    data: bytes


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
    call = Call(function, qualifier, invocation_type, tail, function_timeout=function_timeout)
    return by_botocore(account, call, payload, Turn(number))


def by_botocore(
    account: Account, call: Call, payload: bytes, turn: Turn, tell: Callable[[Chunk], None] | None = None
) -> Invocation:
    """One invocation by botocore's client. `tell` hears of the parts of a streamed answer as they come."""
    started, clock = time.time(), time.perf_counter()
    turn = turn.sent(clock)
    first_byte = None
    try:
        with account.calling(call.operation):
            client = account.invoke_client(call.function_timeout)
            if call.invocation_type == "ResponseStream":
                answer = client.invoke_with_response_stream(Payload=payload, **call.parameters)
                body, first_byte, end = _streamed(answer["EventStream"], call, turn, clock, tell)
                answer |= end
            else:
                answer = client.invoke(Payload=payload, **call.parameters)
                body = answer["Payload"].read()
    except AwsError as error:
        return unanswered(call, turn, started, (time.perf_counter() - clock) * 1000, error)
    return answered(
        call,
        turn,
        started,
        (time.perf_counter() - clock) * 1000,
        status=answer["StatusCode"],
        version=answer.get("ExecutedVersion", ""),
        function_error=answer.get("FunctionError", ""),
        request_id=answer["ResponseMetadata"].get("RequestId", ""),
        payload=body,
        log_result=answer.get("LogResult", ""),
        first_byte=first_byte,
    )


def _streamed(
    events: Any, call: Call, turn: Turn, clock: float, tell: Callable[[Chunk], None] | None
) -> tuple[bytes, float | None, dict[str, str]]:
    """The answer, as much of it as is kept, when its first part came, and what is told at its end."""
    parts: list[bytes] = []
    size = 0
    first_byte: float | None = None
    for index, event in enumerate(events):
        at = (time.perf_counter() - clock) * 1000
        if (complete := event.get("InvokeComplete")) is not None:
            end = {"LogResult": complete.get("LogResult", "")}
            if complete.get("ErrorCode"):
                details = complete.get("ErrorDetails", "")
                return details.encode() or b"".join(parts), first_byte, {**end, "FunctionError": complete["ErrorCode"]}
            return b"".join(parts), first_byte, end
        data = event.get("PayloadChunk", {}).get("Payload", b"")
        first_byte = at if first_byte is None else first_byte
        if size < MOST_STREAMED:
            parts.append(data[: MOST_STREAMED - size])
        size += len(data)
        if tell is not None:
            tell(Chunk(turn.number, call.side, index, at, data))
    raise Unreachable(
        f"{call.operation}: the answer ended before it was whole.", operation=call.operation, code="StreamCut"
    )


def answered(
    call: Call,
    turn: Turn,
    started: float,
    latency: float,
    *,
    status: int,
    version: str,
    function_error: str,
    request_id: str,
    payload: bytes,
    log_result: str,
    first_byte: float | None = None,
) -> Invocation:
    """What an answer of Lambda's says; times as in Invocation, the rest as in AWS's answer."""
    log = decode_log(log_result) if log_result else ""
    report = parse_report(log) if log else Report()
    outcome: Outcome = "ok"
    if function_error:
        timed_out = report.status == "timeout" or _TIMED_OUT in payload[:500]
        outcome = "timeout" if timed_out else "function error"
    return Invocation(
        turn.number,
        started,
        latency,
        outcome,
        status,
        version,
        function_error,
        request_id,
        payload,
        log,
        report,
        describe_error(payload) if function_error else "",
        call.qualifier or "",
        call.side,
        turn.warm_up,
        turn.lateness,
        turn.attempts,
        first_byte,
    )


def unanswered(call: Call, turn: Turn, started: float, latency: float, error: AwsError) -> Invocation:
    """What an error says of the invocation that it ended."""
    return Invocation(
        number=turn.number,
        started=started,
        latency=latency,
        outcome=_outcome(error),
        status=error.status,
        version="",
        function_error="",
        request_id=error.request_id,
        payload=b"",
        log="",
        report=Report(),
        error=f"{error.message}{' (' + error.reason + ')' if error.reason else ''}",
        qualifier=call.qualifier or "",
        side=call.side,
        warm_up=turn.warm_up,
        lateness=turn.lateness,
        attempts=turn.attempts,
    )


def _outcome(error: AwsError) -> Outcome:
    if isinstance(error, Throttled):
        return "throttled"
    if error.code == "ReadTimeoutError":
        return "timeout"
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
