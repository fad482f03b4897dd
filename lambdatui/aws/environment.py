"""Environment variables: names and sizes by default; values only for those who ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError

LIMIT = 4096
"""Bytes, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable without its value. `size` is that of the value, in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of $LATEST by name, and what is known of them all. It holds no value."""

    variables: tuple[Variable, ...]
    used: int
    """Bytes of LIMIT."""
    kms_key: str
    """The ARN of the key they are encrypted with; empty for the one that AWS manages."""
    error: str
    """Why AWS cannot decrypt them, with its code; empty where it can."""


def measured(variables: Mapping[str, str]) -> int:
    """Bytes that count towards LIMIT: AWS measures the variables as one JSON document."""
    if not variables:
        return 0
    return len(json.dumps(dict(variables), separators=(",", ":"), ensure_ascii=False).encode())


def read(account: Account, function: str) -> Environment:
    """The environment of a function's $LATEST, without values. Raises AwsError."""
    configuration = functions.configuration(account, function)
    environment = configuration.get("Environment") or {}
    values: Mapping[str, str] = environment.get("Variables") or {}
    error = environment.get("Error") or {}
    why = f"{error.get('Message') or 'AWS gives no reason'} [{error.get('ErrorCode', '')}]" if error else ""
    return Environment(
        variables=tuple(Variable(name, len(value.encode())) for name, value in sorted(values.items())),
        used=measured(values),
        kms_key=configuration.get("KMSKeyArn", ""),
        error=why,
    )


def values(account: Account, function: str) -> Mapping[str, str]:
    """The variables with their values: for an operator who asked to see them, and for nothing else.

    Raises AwsError, also where AWS cannot decrypt them.
    """
    environment = functions.configuration(account, function).get("Environment") or {}
    error = environment.get("Error")
    if error:
        raise AwsError(
            f"The environment cannot be read: {error.get('Message') or 'AWS gives no reason'}",
            operation="GetFunctionConfiguration",
            code=str(error.get("ErrorCode", "")),
        )
    found: Mapping[str, str] = environment.get("Variables") or {}
    return found
