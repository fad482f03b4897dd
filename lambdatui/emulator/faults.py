"""Faults on demand: what AWS, or the network before it, does to a client on a bad day."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.sts import caller_arn

EFFECTS: Mapping[str, str] = {
    "throttle": "429 TooManyRequestsException of Lambda, ThrottlingException of the others",
    "internal-error": "500",
    "unavailable": "503",
    "expired-token": "403 ExpiredTokenException",
    "access-denied": "403 AccessDeniedException that names the caller, the action and the resource",
    "stale-revision": "412 PreconditionFailedException",
    "error": "the given code, message and status",
    "cut-before-work": "the connection ends without an answer and nothing was done",
    "cut-after-work": "the call is carried out and the connection ends without an answer",
    "hang": "no answer for the given seconds, then the connection ends; nothing was done",
    "slow": "the given seconds of added latency",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which calls.

    `service` is botocore's name; it, `operation`, `account` and `region` are matched with `*` and `?`. The first
    `after` calls that match are let through, `times` of those that follow are hit (None: all), each with `probability`.
    `seconds` is for `hang` and `slow`; `code`, `message` and `status` are for `error`.
    """

    effect: str
    service: str = "*"
    operation: str = "*"
    account: str = "*"
    region: str = "*"
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    seconds: float = 0.0
    code: str = ""
    message: str = ""
    status: int = 400

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS:
            close = get_close_matches(self.effect, EFFECTS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else f" There are: {', '.join(EFFECTS)}."
            raise ValueError(f"effect: '{self.effect}' is not a fault.{hint}")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Fault:
        """A fault from its JSON form. Raises ValueError with one sentence where it is not one."""
        known = {field.name for field in fields(cls)}
        for name in document:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f" Did you mean '{close[0]}'?" if close else ""
                raise ValueError(f"{name}: a fault has no such field.{hint}")
        if "effect" not in document:
            raise ValueError(f"effect: is missing; it is one of {', '.join(EFFECTS)}.")
        return cls(**document)

    def matches(self, service: str, operation: str, account: str, region: str) -> bool:
        """Whether a call is one that this fault is meant for."""
        return (
            fnmatchcase(service, self.service)
            and fnmatchcase(operation, self.operation)
            and fnmatchcase(account, self.account)
            and fnmatchcase(region, self.region)
        )

    def error(self, service: str, operation: str, account: str, resource: str) -> ApiError | None:
        """The error with which the call is answered, or None where this fault lets AWS answer or nobody."""
        if self.effect == "throttle":
            if service == "lambda":
                return ApiError("TooManyRequestsException", "Rate exceeded", 429, Reason="CallerRateLimitExceeded")
            return ApiError("ThrottlingException", "Rate exceeded", 400)
        if self.effect == "internal-error":
            code = "ServiceException" if service == "lambda" else "InternalFailure"
            return ApiError(code, "An internal error occurred.", 500)
        if self.effect == "unavailable":
            return ApiError("ServiceUnavailableException", "Service is unavailable. Please try again later.", 503)
        if self.effect == "expired-token":
            return ApiError("ExpiredTokenException", "The security token included in the request is expired", 403)
        if self.effect == "access-denied":
            return ApiError(
                "AccessDeniedException",
                f"User: {caller_arn(account)} is not authorized to perform: {service}:{operation} "
                f"on resource: {resource} because no identity-based policy allows the {service}:{operation} action",
                403,
            )
        if self.effect == "stale-revision":
            return ApiError(
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API "
                "to retrieve the latest Revision Id",
                412,
            )
        if self.effect == "error":
            return ApiError(self.code, self.message, self.status)
        return None


class Faults:
    """The faults in force. The first that matches a call and is due is the one that hits it."""

    def __init__(self, rng: random.Random) -> None:
        self._lock = threading.Lock()
        self._rng = rng
        self._ids = itertools.count(1)
        self._faults: dict[int, Fault] = {}
        self._matched: dict[int, int] = {}
        self._hits: dict[int, int] = {}

    def add(self, effect: str | Fault, **conditions: Any) -> int:
        """Adds a fault, given or made of an effect and conditions. Returns the number to remove it by."""
        fault = effect if isinstance(effect, Fault) else Fault(effect, **conditions)
        with self._lock:
            number = next(self._ids)
            self._faults[number] = fault
            self._matched[number] = self._hits[number] = 0
            return number

    def remove(self, number: int) -> None:
        """Removes one fault, if it is there."""
        with self._lock:
            self._faults.pop(number, None)

    def clear(self) -> None:
        """Removes all faults."""
        with self._lock:
            self._faults.clear()

    def hits(self, number: int) -> int:
        """How many calls a fault has hit."""
        with self._lock:
            return self._hits.get(number, 0)

    def as_json(self) -> list[dict[str, Any]]:
        """The faults in force, each with its `number` and `hits`."""
        with self._lock:
            return [{"number": n, "hits": self._hits[n], **asdict(fault)} for n, fault in self._faults.items()]

    def due(self, service: str, operation: str, account: str, region: str) -> Fault | None:
        """The fault that hits this call, or None. Counts the call."""
        if not self._faults:
            return None
        with self._lock:
            for number, fault in self._faults.items():
                if not fault.matches(service, operation, account, region):
                    continue
                self._matched[number] += 1
                spent = fault.times is not None and self._hits[number] >= fault.times
                if self._matched[number] <= fault.after or spent or self._rng.random() >= fault.probability:
                    continue
                self._hits[number] += 1
                return fault
        return None
