"""Resource policies of functions, versions and aliases, as GetPolicy gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound


@dataclass(frozen=True, slots=True)
class Policy:
    """Who else may use one qualifier of a function; an empty qualifier is the function itself.

    A policy counts for the ARN that it stands at: one for the function says nothing about an alias.
    """

    qualifier: str
    statements: tuple[Mapping[str, Any], ...]
    revision: str


def get(account: Account, function: str, qualifier: str = "") -> Policy:
    """The policy at a qualifier; one without statements where there is none. Raises AwsError."""
    parameters = {"FunctionName": function} | ({"Qualifier": qualifier} if qualifier else {})
    try:
        answer = account.call("lambda", "GetPolicy", parameters)
    except NotFound:
        return Policy(qualifier, (), "")
    try:
        found = json.loads(answer["Policy"])["Statement"]
    except (ValueError, KeyError, TypeError):
        raise AwsError(
            f"GetPolicy: the policy of {function}{':' + qualifier if qualifier else ''} is no policy document.",
            operation="GetPolicy",
        ) from None
    statements = found if isinstance(found, list) else [found]
    return Policy(
        qualifier,
        tuple(statement for statement in statements if isinstance(statement, dict)),
        answer.get("RevisionId", ""),
    )
