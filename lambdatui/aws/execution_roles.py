"""The IAM roles that Lambda may assume: what a function can run under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account

LAMBDA = "lambda.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Role:
    """A role by its name, with its description."""

    name: str
    arn: str
    description: str


def read(account: Account) -> list[Role]:
    """Every role whose trust policy lets Lambda assume it, by name. Raises AwsError."""
    found: list[Role] = []
    marker: str | None = None
    while True:
        answer = account.call("iam", "ListRoles", {"MaxItems": 1000} | ({"Marker": marker} if marker else {}))
        found += [
            Role(role["RoleName"], role["Arn"], role.get("Description", ""))
            for role in answer["Roles"]
            if lets_lambda_assume(role.get("AssumeRolePolicyDocument"))
        ]
        marker = answer.get("Marker")
        if not marker:
            return sorted(found, key=lambda role: role.name)


def lets_lambda_assume(document: Any) -> bool:
    """Whether a trust policy, as botocore decodes it, names Lambda; its conditions are not judged."""
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    if isinstance(statements, Mapping):
        statements = [statements]
    return any(_names_lambda(statement) for statement in statements or () if statement.get("Effect") == "Allow")


def _names_lambda(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
    named = [services] if isinstance(services, str) else list(services)
    # in China the principal may carry the partition's ending
    return any(service.removesuffix(".cn") == LAMBDA for service in named)
