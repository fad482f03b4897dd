"""How a function's asynchronous events are handled: retries, age, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import arns
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.paging import every

DEFAULT_RETRIES = 2
DEFAULT_MAXIMUM_AGE = 21_600
"""Seconds. Both from https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


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
    return _settings(answer)


def list_of(account: Account, function: str) -> dict[str, AsyncSettings]:
    """The settings of a function and all its versions and aliases, by qualifier; `$LATEST` is the function itself.

    Raises AwsError.
    """
    entries = every(account, "ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", {"FunctionName": function})
    return {arns.qualifier(entry["FunctionArn"]) or "$LATEST": _settings(entry) for entry in entries}


def _settings(config: Mapping[str, Any]) -> AsyncSettings:
    destinations: Mapping[str, Any] = config.get("DestinationConfig") or {}
    return AsyncSettings(
        config.get("MaximumRetryAttempts"),
        config.get("MaximumEventAgeInSeconds"),
        (destinations.get("OnSuccess") or {}).get("Destination"),
        (destinations.get("OnFailure") or {}).get("Destination"),
    )
