"""Concurrency: what a function has reserved, what is provisioned for its qualifiers, and what the account has left."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import functions, versions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.parts import permitted
from lambdatui.clock import Clock

UNRESERVED_MINIMUM = 100
"""Executions that AWS keeps for the functions that reserve none,
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Provisioned concurrency of one qualifier (a version number or an alias), in executions."""

    qualifier: str
    requested: int
    allocated: int
    available: int
    status: str
    """IN_PROGRESS, READY or FAILED."""
    reason: str
    """Why it failed, as AWS says it."""
    modified: str
    """ISO 8601 as AWS writes it."""
    config: Mapping[str, Any]
    """The entry in AWS's names."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Concurrent executions of an account in one region."""

    limit: int
    unreserved: int
    """What the functions share that reserve none."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A part that AWS refuses is its refusal.

    `reserved` is None where the function shares what is unreserved; `recursion` is Terminate or Allow; `scaling` is a
    FunctionScalingConfig, None for a function that does not run on managed instances.
    """

    reserved: int | None
    account: Limits | AwsError
    provisioned: tuple[Provisioned, ...] | AwsError
    recursion: str | AwsError
    scaling: Mapping[str, Any] | AwsError | None


def read(account: Account, function: str) -> Concurrency:
    """What there is to know of one function's concurrency. Four calls, and one more for managed instances.

    Raises NotFound where there is no such function, or another AwsError.
    """
    found = functions.get(account, function)
    managed = bool(found.configuration.get("CapacityProviderConfig"))
    return Concurrency(
        reserved=found.reserved_concurrency,
        account=permitted(lambda: limits(account)),
        provisioned=permitted(lambda: list_provisioned(account, function)),
        recursion=permitted(lambda: _recursion(account, function)),
        scaling=permitted(lambda: _scaling(account, function)) if managed else None,
    )


def list_provisioned(account: Account, function: str) -> tuple[Provisioned, ...]:
    """Every provisioned concurrency of a function, by qualifier. Raises AwsError."""
    return tuple(
        _provisioned(qualifier, entry)
        for qualifier, entry in sorted(versions.list_provisioned(account, function).items())
    )


def provisioned(
    account: Account, function: str, qualifier: str, clock: Clock, seconds: float
) -> Generator[Provisioned, None, None]:
    """Waits until provisioned concurrency is READY. Yields it as it goes, the last time when it is READY.

    Ends at once where none is configured. Looks again after 0.25 s, then ever later up to 5 s. Raises AwsError with
    AWS's reason where it FAILED, or where it takes more than `seconds`; Cancelled when the clock is cancelled.
    """
    deadline, pause = clock.now() + seconds, 0.25
    told: Provisioned | None = None
    wanted = {"FunctionName": function, "Qualifier": qualifier}
    while True:
        try:
            now = _provisioned(qualifier, account.call("lambda", "GetProvisionedConcurrencyConfig", wanted))
        except NotFound:
            return
        if told is None or (now.available, now.status) != (told.available, told.status):
            yield now
            told = now
        if now.status == "READY":
            return
        if now.status == "FAILED":
            raise AwsError(
                f"{function}:{qualifier}: the provisioned concurrency failed: {now.reason or 'AWS does not say why'}",
                operation="GetProvisionedConcurrencyConfig",
            )
        if clock.now() >= deadline:
            raise AwsError(
                f"{function}:{qualifier}: {now.available} of {now.requested} environments are ready after "
                f"{seconds:.0f} s.",
                "The others may yet come; look at its concurrency.",
                operation="GetProvisionedConcurrencyConfig",
            )
        clock.sleep(pause)
        pause = min(pause * 1.6, 5.0)


def _provisioned(qualifier: str, entry: Mapping[str, Any]) -> Provisioned:
    return Provisioned(
        qualifier=qualifier,
        requested=entry.get("RequestedProvisionedConcurrentExecutions", 0),
        allocated=entry.get("AllocatedProvisionedConcurrentExecutions", 0),
        available=entry.get("AvailableProvisionedConcurrentExecutions", 0),
        status=entry.get("Status", ""),
        reason=entry.get("StatusReason", ""),
        modified=entry.get("LastModified", ""),
        config=entry,
    )


def limits(account: Account) -> Limits:
    """The concurrency that the account has in the region. Raises AwsError."""
    found = account.call("lambda", "GetAccountSettings")["AccountLimit"]
    return Limits(found["ConcurrentExecutions"], found["UnreservedConcurrentExecutions"])


def most_reservable(unreserved: int, reserved: int | None, provisioned: int) -> int:
    """How much a function could reserve at most: AWS keeps 100 for the functions that reserve none.

    `unreserved` is the account's, `reserved` and `provisioned` are the function's own, which it would give back. Where
    nothing is reserved, the provisioned part has been taken from what is unreserved already.
    """
    own = provisioned if reserved is None else max(reserved, provisioned)
    return max(0, unreserved + own - UNRESERVED_MINIMUM)


def _recursion(account: Account, function: str) -> str:
    answer = account.call("lambda", "GetFunctionRecursionConfig", {"FunctionName": function})
    return str(answer.get("RecursiveLoop", "Terminate"))


def _scaling(account: Account, function: str) -> Mapping[str, Any]:
    wanted = {"FunctionName": function, "Qualifier": "$LATEST"}
    answer = account.call("lambda", "GetFunctionScalingConfig", wanted)
    return answer.get("AppliedFunctionScalingConfig") or answer.get("RequestedFunctionScalingConfig") or {}
