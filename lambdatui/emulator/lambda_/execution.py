"""Carries out one invocation: which version answers, whether there is room for it, and what is written down of it."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdatui.emulator.engine.program import Event, Outcome, Program
from lambdatui.emulator.lambda_.aliases import weights_now
from lambdatui.emulator.lambda_.concurrency import ACCOUNT_CONCURRENCY, UNRESERVED_MINIMUM, unreserved
from lambdatui.emulator.lambda_.names import Target
from lambdatui.emulator.lambda_.operations import not_found, resolve
from lambdatui.emulator.lambda_.programs import program_of
from lambdatui.emulator.lambda_.records import Alias, Function, Region, Version
from lambdatui.emulator.lambda_.telemetry import Telemetry
from lambdatui.emulator.service import ApiError

if TYPE_CHECKING:
    from lambdatui.emulator.lambda_.operations import LambdaState


@dataclass(frozen=True, slots=True)
class Invocation:
    """What is to be run: a function's version, found through `qualifier` (None: none was named)."""

    region: Region
    function: Function
    version: Version
    qualifier: str | None
    weighted: bool
    tenant: str | None = None

    @property
    def invoked_arn(self) -> str:
        """The ARN that was asked for, which a handler sees in its context."""
        return Target(self.region.account, self.region.name, self.function.name, self.qualifier).qualified_arn


class Executor:
    """Runs invocations."""

    def __init__(self, state: LambdaState, telemetry: Telemetry) -> None:
        self._state = state
        self._cloud = state.cloud
        self._telemetry = telemetry

    def choose(self, region: Region, function: Function, meant: Target, tenant: str | None = None) -> Invocation:
        """The version that answers now; a weighted alias lets chance decide. Raises AWS's errors where none can."""
        version, alias = resolve(function, meant)
        now = self._cloud.clock.now()
        weighted = False
        if alias is not None:
            weights = weights_now(function, alias, now)
            weighted = bool(weights)
            version = self._drawn(function, alias, weights, meant)
        state = version.state(now)
        if state != "Active":
            raise ApiError(
                "ResourceConflictException",
                "The operation cannot be performed at this time. The function is currently in the following state: "
                f"{state}",
            )
        return Invocation(region, function, version.serving(now), meant.qualifier, weighted, tenant)

    def _drawn(self, function: Function, alias: Alias, weights: dict[str, float], meant: Target) -> Version:
        chosen = alias.version
        point = self._cloud.random.random()
        for number, weight in weights.items():
            if point < weight:
                chosen = number
                break
            point -= weight
        version = function.version(chosen)
        if version is None:
            raise not_found(meant)
        return version

    def check(self, invocation: Invocation) -> None:
        """Raises what `run` would raise before anything is run: the version cannot be run here."""
        self._program(invocation)

    def run(
        self, invocation: Invocation, request_id: str, payload: bytes, client_context: str | None = None
    ) -> Outcome:
        """Runs an invocation and writes it down. Raises TooManyRequestsException where there is no room for it."""
        stream = self.stream(invocation, request_id, payload, client_context, wanted=False)
        while True:
            try:
                next(stream)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome

    def stream(
        self,
        invocation: Invocation,
        request_id: str,
        payload: bytes,
        client_context: str | None = None,
        *,
        wanted: bool = True,
    ) -> Generator[bytes, None, Outcome]:
        """As `run`; yields the parts of a streamed answer as they come if that is `wanted`."""
        region, function = invocation.region, invocation.function
        program = self._program(invocation)
        event = Event(
            request_id, payload, invocation.invoked_arn, client_context, tenant_id=invocation.tenant, stream=wanted
        )
        concurrent = self._enter(region, function, invocation.qualifier)
        try:
            outcome = yield from self._cloud.engine.stream(program, event)
        finally:
            with region.lock:
                region.in_flight[function.name] -= 1
        self._telemetry.invoked(
            region,
            function,
            invocation.qualifier,
            invocation.version.qualifier if invocation.weighted else None,
            program,
            outcome,
            self._cloud.clock.now(),
            concurrent,
        )
        return outcome

    def _program(self, invocation: Invocation) -> Program:
        function, version = invocation.function, invocation.version
        now = self._cloud.clock.now()
        provisioned = any(
            config.ready_at <= now
            for qualifier, config in function.provisioned.items()
            if qualifier in (invocation.qualifier, version.qualifier)
        )
        return program_of(
            self._state, invocation.region, function, version, provisioned=provisioned, tenant=invocation.tenant
        )

    def _enter(self, region: Region, function: Function, qualifier: str | None) -> int:
        """Counts an invocation in, if there is room; returns how many of the function are running with it."""
        with region.lock:
            running = region.in_flight[function.name]
            reserved = function.reserved_concurrency
            if reserved is not None:
                reason = "ReservedFunctionConcurrentInvocationLimitExceeded" if running >= reserved else None
            else:
                reason = "ConcurrentInvocationLimitExceeded" if self._is_full(region) else None
            if reason is None:
                region.in_flight[function.name] = running + 1
                return running + 1
        self._telemetry.throttled(region, function, qualifier, self._cloud.clock.now())
        raise ApiError("TooManyRequestsException", "Rate Exceeded.", Reason=reason, retryAfterSeconds=1)

    @staticmethod
    def _is_full(region: Region) -> bool:
        """Whether the functions without reserved concurrency use up all that is left to them."""
        running = sum(
            count
            for name, count in region.in_flight.items()
            if count and (function := region.functions.get(name)) and function.reserved_concurrency is None
        )
        if running < UNRESERVED_MINIMUM:  # so much is always left
            return False
        return running >= min(unreserved(region), ACCOUNT_CONCURRENCY)


def checked_payload(payload: bytes, limit: int, invocation_type: str) -> bytes:
    """A payload as the handler gets it: `{}` for none. Raises AWS's errors where it is too large or is not JSON."""
    if len(payload) > limit:
        raise ApiError(
            "RequestTooLargeException",
            f"{len(payload)} byte payload is too large for the {invocation_type} invocation type (limit {limit} bytes)",
        )
    if not payload:
        return b"{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ApiError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: Could not parse payload into json: {error}",
        ) from None
    return payload
