"""Invoke, in its three kinds, and its streaming variant."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from lambdatui.emulator.lambda_.async_queue import AsyncQueue, QueuedEvent
from lambdatui.emulator.lambda_.execution import Executor, Invocation, checked_payload
from lambdatui.emulator.lambda_.operations import LambdaOperations, LambdaState
from lambdatui.emulator.service import ApiError, Call

SYNCHRONOUS_LIMIT = 6_291_456
ASYNCHRONOUS_LIMIT = 1_048_576
"""Bytes, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_CLIENT_CONTEXT_LIMIT = 3583


class InvocationOperations(LambdaOperations):
    """The operations that run functions."""

    def __init__(self, state: LambdaState, executor: Executor, queue: AsyncQueue) -> None:
        super().__init__(state)
        self._executor = executor
        self._queue = queue

    def invoke(
        self,
        call: Call,
        FunctionName: str,
        InvocationType: str = "RequestResponse",
        LogType: str = "None",
        ClientContext: str | None = None,
        Payload: bytes = b"",
        Qualifier: str | None = None,
        TenantId: str | None = None,
    ) -> dict[str, Any]:
        invocation = self._chosen(call, FunctionName, Qualifier, TenantId)
        if InvocationType == "DryRun":
            return {"StatusCode": 204}
        if InvocationType == "Event":
            payload = checked_payload(Payload, ASYNCHRONOUS_LIMIT, InvocationType)
            self._executor.check(invocation)
            region, name = invocation.region, invocation.function.name
            self._queue.put(QueuedEvent(region, name, invocation.qualifier, call.request_id, payload, self.now()))
            return {"StatusCode": 202}
        payload = checked_payload(Payload, SYNCHRONOUS_LIMIT, InvocationType)
        outcome = self._executor.run(invocation, call.request_id, payload, _checked_context(ClientContext))
        return {
            "StatusCode": 200,
            "ExecutedVersion": invocation.version.qualifier,
            "FunctionError": "Unhandled" if outcome.error_type is not None else None,
            "LogResult": base64.b64encode(outcome.log_tail).decode() if LogType == "Tail" else None,
            "Payload": outcome.payload,
        }

    def invoke_async(self, call: Call, FunctionName: str, InvokeArgs: bytes = b"") -> dict[str, Any]:
        self.invoke(call, FunctionName, "Event", Payload=InvokeArgs)
        return {"Status": 202}

    def invoke_with_response_stream(
        self,
        call: Call,
        FunctionName: str,
        InvocationType: str = "RequestResponse",
        LogType: str = "None",
        ClientContext: str | None = None,
        Payload: bytes = b"",
        Qualifier: str | None = None,
        TenantId: str | None = None,
    ) -> dict[str, Any]:
        """A handler that returns a generator is streamed part by part, which AWS does not do for Python."""
        invocation = self._chosen(call, FunctionName, Qualifier, TenantId)
        if InvocationType == "DryRun":
            return {"StatusCode": 204}
        payload = checked_payload(Payload, SYNCHRONOUS_LIMIT, InvocationType)
        events = self._events(invocation, call.request_id, payload, _checked_context(ClientContext), LogType == "Tail")
        first = next(events)  # a refusal is an answer of its own, so the stream begins only when there is none
        return {
            "StatusCode": 200,
            "ExecutedVersion": invocation.version.qualifier,
            "EventStream": itertools.chain([first], events),
        }

    def _events(
        self, invocation: Invocation, request_id: str, payload: bytes, context: str | None, tail: bool
    ) -> Iterator[Mapping[str, Any]]:
        stream = self._executor.stream(invocation, request_id, payload, context)
        try:
            while True:
                try:
                    yield {"PayloadChunk": {"Payload": next(stream)}}
                except StopIteration as end:
                    outcome = end.value
                    break
        finally:
            stream.close()  # who asked may have gone away in the middle
        complete: dict[str, Any] = {}
        if outcome.error_type is not None:
            complete = {"ErrorCode": "Unhandled", "ErrorDetails": outcome.payload.decode()}
        elif outcome.payload:
            yield {"PayloadChunk": {"Payload": outcome.payload}}
        if tail:
            complete["LogResult"] = base64.b64encode(outcome.log_tail).decode()
        yield {"InvokeComplete": complete}

    def _chosen(self, call: Call, function_name: str, qualifier: str | None, tenant: str | None) -> Invocation:
        region, function, meant = self.find(call, function_name, qualifier)
        invocation = self._executor.choose(region, function, meant, tenant)
        isolated = "TenancyConfig" in invocation.version.settings
        if isolated and tenant is None:
            raise ApiError(
                "InvalidParameterValueException",
                "Add a valid tenant ID in your request. A valid tenant ID must be included in the request for "
                "functions with tenant isolation enabled.",
            )
        if tenant is not None and not isolated:
            raise ApiError(
                "InvalidParameterValueException",
                "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from the "
                "request.",
            )
        return invocation


def _checked_context(context: str | None) -> str | None:
    if context is None:
        return None
    try:
        document = json.loads(base64.b64decode(context, validate=True))
    except (binascii.Error, ValueError):
        document = None
    if not isinstance(document, dict) or len(context) > _CLIENT_CONTEXT_LIMIT:
        raise ApiError(
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON object of at most 3583 bytes.",
        )
    return context
