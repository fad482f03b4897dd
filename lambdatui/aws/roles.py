"""IAM roles: who may assume one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.aws import arns
from lambdatui.aws.account import Account


def trusted_services(account: Account, role_arn: str) -> frozenset[str]:
    """The service principals that a role's trust policy lets assume it, such as `lambda.amazonaws.com`.

    Raises NotFound where there is no such role, or another AwsError.
    """
    name = arns.short(role_arn).rpartition("/")[2]
    document = account.call("iam", "GetRole", {"RoleName": name})["Role"].get("AssumeRolePolicyDocument")
    found = document.get("Statement") if isinstance(document, Mapping) else None
    statements: list[Any] = found if isinstance(found, list) else [found] if found else []
    return frozenset(
        service
        for statement in statements
        if statement.get("Effect") == "Allow"
        for service in _services(statement.get("Principal"))
    )


def _services(principal: Any) -> list[str]:
    found = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
    return [found] if isinstance(found, str) else list(found)
