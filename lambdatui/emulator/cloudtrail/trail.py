"""Writes down the management calls of an account, as CloudTrail does. Lambda's are written; no other service's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloudtrail import lambda_events
from lambdatui.emulator.cloudtrail.events import EventStore, TrailEvent
from lambdatui.emulator.lambda_.names import Target, target
from lambdatui.emulator.service import ApiError, Call

SOURCE_IP = "127.0.0.1"
"""The front answers this machine alone."""
_ERROR_CODES = {"AccessDeniedException": "AccessDenied"}
_NOBODYS = frozenset({"ExpiredTokenException"})
"""Errors of calls whose caller is not known: they are nobody's, and in no account's history."""


class Trail:
    """An event for each management call, at once: AWS takes up to a quarter of an hour.

    `caller_arn` tells who makes a call.
    """

    def __init__(self, store: EventStore, clock: Clock, caller_arn: Callable[[Call], str]) -> None:
        self.store = store
        self._clock = clock
        self._caller_arn = caller_arn

    def note(
        self,
        service: str,
        call: Call,
        operation: Any,
        params: Mapping[str, Any] | None,
        result: Mapping[str, Any] | None,
        error: ApiError | None,
    ) -> None:
        """Writes a call down. `operation` is its model; `params` is None where the call was refused unread."""
        if service != "lambda" or operation.name in lambda_events.DATA_EVENTS:
            return
        if error is not None and error.code in _NOBODYS:
            return
        name, given = operation.name, params or {}
        shown = lambda_events.parameters(name, given) if params is not None else None
        kept = lambda_events.response(name, result) if result is not None else None
        self.store.add(
            TrailEvent(
                time=int(self._clock.now()),
                name=lambda_events.event_name(name),
                source=lambda_events.SOURCE,
                account=call.account,
                region=call.region,
                read_only=lambda_events.reads(name),
                caller_arn=self._caller_arn(call),
                access_key=call.access_key,
                source_ip=SOURCE_IP,
                user_agent=call.headers.get("user-agent", ""),
                request_id=call.request_id,
                parameters=None if shown is None else _in_trail_names(operation.input_shape, shown),
                response=None if kept is None else _in_trail_names(operation.output_shape, kept),
                error_code=_ERROR_CODES.get(error.code, error.code) if error else "",
                error_message=error.message if error else "",
                resources=lambda_events.resources(name, given, _meant(call, given), error is not None),
            )
        )


def _meant(call: Call, params: Mapping[str, Any]) -> Target | None:
    try:
        return target(call, str(params["FunctionName"]))
    except (KeyError, ApiError):
        return None


def _in_trail_names(shape: Any, value: Any) -> Any:
    """A value with members as CloudTrail names them: as in the model, but for a first letter in lower case."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {
            name[:1].lower() + name[1:]: _in_trail_names(members[name], item)
            for name, item in value.items()
            if name in members and item is not None
        }
    if kind == "list":
        return [_in_trail_names(shape.member, item) for item in value]
    if kind == "map":
        return {key: _in_trail_names(shape.value, item) for key, item in value.items()}
    if kind == "timestamp":
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromtimestamp(value, dt.UTC)
        return f"{moment:%b %d, %Y, %I:%M:%S %p}"
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else value
