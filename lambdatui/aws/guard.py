"""What every call of an account passes, below all screens and commands: the read-only rule, then the journal.

The guard hangs on botocore's events, so that a call cannot get round it: `before-parameter-build` gives the
parameters, `before-call` is the last moment before anything is sent, `after-call` and `after-call-error` bring the end.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from lambdatui.aws.masking import masked
from lambdatui.errors import LambdatuiError, Refused, Unrecorded

# The verbs of operations that only read. An operation whose name starts otherwise is a change.
_READING = ("Get", "List", "Describe", "Head", "Filter", "Lookup", "Search", "BatchGet", "Simulate")
# Operations that read, or only log in, whatever their verb.
_ALSO_READING = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "CreateToken",
        "RegisterClient",
        "StartDeviceAuthorization",
        "StartQuery",
        "StopQuery",
        "StartLiveTail",
    }
)
# Runs code without changing the function: not for a read-only session, and journalled by the run, not by the call.
_INVOKING = frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"})
# Changes nothing that anybody sees: not for a read-only session, but what begins and ends the upload is journalled.
_UNSEEN = frozenset({"UploadPart"})


@dataclass(frozen=True, slots=True)
class Context:
    """Why a call is made: the run it belongs to, what stood there before, and the calls that put it back."""

    run: str = ""
    target: str = ""
    before: Any = None
    undo: str = ""
    back: Any = None


_NO_CONTEXT = Context()
_context: contextvars.ContextVar[Context] = contextvars.ContextVar("context", default=_NO_CONTEXT)


@contextmanager
def because(run: str = "", target: str = "", before: Any = None, undo: str = "", back: Any = None) -> Iterator[None]:
    """Calls made inside are journalled with this run, target and before-state, and with what takes them back."""
    mark = _context.set(Context(run, target, masked(before), undo, masked(back)))
    try:
        yield
    finally:
        _context.reset(mark)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mutating call as it is about to be sent. Secrets are masked in `parameters` and `before`."""

    service: str
    operation: str
    profile: str
    account_id: str
    arn: str
    region: str
    parameters: Mapping[str, Any]
    context: Context


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a mutating call ended. `error` is empty where AWS took it; `seconds` is its duration.

    `unsure` is whether AWS may have taken it all the same: nothing came back, or a failure, or it was sent again after
    that, and the answer is to the second sending.
    """

    error: str = ""
    code: str = ""
    unsure: bool = False
    request_id: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Recorder(Protocol):
    """Where mutating calls are written down. The journal is one."""

    def sent(self, call: Sent) -> int | None:
        """Writes the call down before it goes out; what it returns names the entry. An exception stops the call."""

    def finished(self, entry: int, outcome: Outcome) -> None:
        """Completes the entry."""


def reads(operation: str, parameters: Mapping[str, Any] | None = None) -> bool:
    """Whether an operation only reads. An Invoke with InvocationType DryRun runs nothing and counts as reading."""
    if operation in _INVOKING:
        return parameters is not None and parameters.get("InvocationType") == "DryRun"
    if operation.startswith("Update") and parameters and parameters.get("DryRun") is True:
        return True
    return operation in _ALSO_READING or operation.startswith(_READING)


def invokes(operation: str) -> bool:
    """Whether an operation runs the function's code."""
    return operation in _INVOKING


class Guard:
    """The hooks of one account. `identity` and `is_read_only` are asked for calls that change something, as they go."""

    def __init__(
        self,
        profile: str,
        region: str,
        is_read_only: Callable[[], bool],
        recorder: Recorder | None,
        identity: Any,
    ) -> None:
        self._profile = profile
        self._region = region
        self._is_read_only = is_read_only
        self._recorder = recorder
        self._identity = identity

    def hang_on(self, client: Any) -> None:
        """Registers the hooks with a client, for all its operations."""
        events = client.meta.events
        events.register_last("before-parameter-build.*.*", self._before_build)
        events.register_first("before-call.*.*", self._before_call)
        events.register_first("needs-retry.*.*", self._before_retry)
        events.register_last("after-call.*.*", self._after_call)
        events.register_last("after-call-error.*.*", self._after_error)

    def _before_build(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["lambdatui"] = {"params": params}
        self.check(model.name, params)

    def check(self, operation: str, params: Mapping[str, Any]) -> None:
        """The read-only rule, which is also for invocations that are sent without a client. Raises Refused."""
        if self._is_read_only() and not reads(operation, params):
            where = f"profile {self._profile}" if self._profile else "this session"
            raise Refused(
                f"{operation}: {where} is read-only, nothing was sent.",
                "Start without --read-only, take `protected: true` off the profile in the settings, or, where it was "
                "switched on in the app, switch it off there.",
            )

    def _before_call(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        note = context.setdefault("lambdatui", {})
        params = note.pop("params", {})
        if self._recorder is None or reads(model.name, params) or invokes(model.name) or model.name in _UNSEEN:
            return
        identity = self._identity()
        note["entry"] = self._recorder.sent(
            Sent(
                service=model.service_model.service_name,
                operation=model.name,
                profile=self._profile,
                account_id=identity.account_id,
                arn=identity.arn,
                region=self._region,
                parameters=masked(params),
                context=_context.get(),
            )
        )
        note["started"] = time.monotonic()

    def _before_retry(
        self, request_dict: dict[str, Any], response: tuple[Any, Any] | None, caught_exception: Any, **_: Any
    ) -> None:
        """Hears of the end of each attempt."""
        note = request_dict["context"].get("lambdatui", {})
        if caught_exception is not None or (response is not None and response[0].status_code >= 500):
            note["unsure"] = True

    def _after_call(
        self, http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        meta = parsed.get("ResponseMetadata", {})
        if http_response.status_code >= 300:
            error = parsed.get("Error", {})
            outcome = Outcome(
                error=str(error.get("Message") or f"HTTP {http_response.status_code}"),
                code=str(error.get("Code") or http_response.status_code),
                request_id=str(meta.get("RequestId") or ""),
                unsure=context.get("lambdatui", {}).get("unsure", False),
            )
        else:
            result = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
            outcome = Outcome(request_id=str(meta.get("RequestId") or ""), result=masked(result))
        self._finish(context, outcome)

    def _after_error(self, exception: BaseException, context: dict[str, Any], **_: Any) -> None:
        # no answer: whether AWS did it is not known
        error = str(exception) or type(exception).__name__
        self._finish(context, Outcome(error=error, code="no-answer", unsure=True))

    def _finish(self, context: dict[str, Any], outcome: Outcome) -> None:
        note = context.get("lambdatui", {})
        entry = note.pop("entry", None)
        if entry is not None and self._recorder is not None:
            seconds = time.monotonic() - note["started"]
            try:
                self._recorder.finished(entry, replace(outcome, seconds=seconds))
            except LambdatuiError as error:
                ended = f"AWS said no: {outcome.error}" if outcome.error else "AWS took it"
                raise Unrecorded(f"The call was sent ({ended}), but {error.message}", error.hint) from None
