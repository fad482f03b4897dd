"""How a function's asynchronous events are handled: retries, age, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound


@dataclass(frozen=True, slots=True)
class AsyncSettings:
    """A FunctionEventInvokeConfig: ages in seconds, destinations as ARNs, None for AWS's default or none."""

    retries: int | None
    maximum_age: int | None
    on_success: str | None
    on_failure: str | None


def get(account: Account, function: str, qualifier: str | None = None) -> AsyncSettings | None:
    """The settings of a function, or of one version or alias; None where there are none. Raises AwsError."""
    parameters = {"FunctionName": function} | ({"Qualifier": qualifier} if qualifier else {})
    try:
        answer = account.call("lambda", "GetFunctionEventInvokeConfig", parameters)
    except NotFound:
        return None
    destinations: Mapping[str, Any] = answer.get("DestinationConfig") or {}
    return AsyncSettings(
        answer.get("MaximumRetryAttempts"),
        answer.get("MaximumEventAgeInSeconds"),
        (destinations.get("OnSuccess") or {}).get("Destination"),
        (destinations.get("OnFailure") or {}).get("Destination"),
    )
