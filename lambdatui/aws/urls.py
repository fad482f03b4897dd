"""Function URLs: one for the function itself at most, and one for each alias."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import arns
from lambdatui.aws.account import Account
from lambdatui.aws.paging import every


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A URL that invokes. `qualifier` is an alias, or empty for $LATEST; `auth` is AWS_IAM or NONE."""

    url: str
    qualifier: str
    auth: str
    invoke_mode: str
    """BUFFERED or RESPONSE_STREAM."""
    cors: Mapping[str, Any]
    modified: str
    """ISO 8601 as AWS writes it."""
    config: Mapping[str, Any]
    """The FunctionUrlConfig in AWS's names."""


def list_of(account: Account, function: str) -> list[FunctionUrl]:
    """Every URL of a function, that of $LATEST first. Raises AwsError."""
    found = [
        FunctionUrl(
            url=config["FunctionUrl"],
            qualifier=arns.qualifier(config["FunctionArn"]),
            auth=config["AuthType"],
            invoke_mode=config.get("InvokeMode", "BUFFERED"),
            cors=config.get("Cors") or {},
            modified=config.get("LastModifiedTime", ""),
            config=config,
        )
        for config in every(account, "ListFunctionUrlConfigs", "FunctionUrlConfigs", {"FunctionName": function})
    ]
    return sorted(found, key=lambda one: one.qualifier)


def cors_words(cors: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a browser is told of a URL, in words; empty where nothing is set, so that other origins are refused."""
    listed = {
        "AllowOrigins": "origins",
        "AllowMethods": "methods",
        "AllowHeaders": "headers",
        "ExposeHeaders": "exposed headers",
    }
    pairs = [(word, ", ".join(map(str, cors[name]))) for name, word in listed.items() if cors.get(name)]
    if cors.get("AllowCredentials"):
        pairs.append(("credentials", "cookies and authorization go along"))
    if cors.get("MaxAge"):
        pairs.append(("cached for", f"{cors['MaxAge']} s"))
    return pairs
