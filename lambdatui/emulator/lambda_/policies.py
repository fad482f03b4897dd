"""Resource-based policies: who else may invoke a function, version or alias."""

from __future__ import annotations

import json
from typing import Any

from lambdatui.emulator.lambda_.names import LATEST, Target
from lambdatui.emulator.lambda_.operations import LambdaOperations, check_revision, resolve
from lambdatui.emulator.lambda_.records import Function, Region, new_revision
from lambdatui.emulator.service import ApiError, Call

_CONDITIONS = (
    # member, operator, condition key
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)


class PolicyOperations(LambdaOperations):
    """AddPermission, RemovePermission, GetPolicy, and the resource policies that replace a policy as a whole."""

    def add_permission(
        self, call: Call, FunctionName: str, Qualifier: str | None = None, RevisionId: str | None = None, **members: Any
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        if meant.qualifier == LATEST:
            raise ApiError("InvalidParameterValueException", "We currently do not support adding policies for $LATEST.")
        with region.lock:
            check_revision(RevisionId, self._revision(function, meant))
            statements = function.policies.setdefault(meant.qualifier or LATEST, [])
            sid = members["StatementId"]
            if any(statement["Sid"] == sid for statement in statements):
                raise ApiError(
                    "ResourceConflictException",
                    f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove "
                    "the existing statement.",
                )
            statement = _statement(meant.qualified_arn, members)
            statements.append(statement)
            self._revise(function, meant)
        return {"Statement": json.dumps(statement, separators=(",", ":"))}

    def remove_permission(
        self,
        call: Call,
        FunctionName: str,
        StatementId: str,
        Qualifier: str | None = None,
        RevisionId: str | None = None,
    ) -> None:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        with region.lock:
            current = self._revision(function, meant)
            statements = function.policies.get(meant.qualifier or LATEST)
            if not statements:
                raise ApiError("ResourceNotFoundException", "No policy is associated with the given resource.")
            kept = [statement for statement in statements if statement["Sid"] != StatementId]
            if len(kept) == len(statements):
                raise ApiError("ResourceNotFoundException", f"Statement {StatementId} is not found in resource policy.")
            check_revision(RevisionId, current)
            function.policies[meant.qualifier or LATEST] = kept
            self._revise(function, meant)

    def get_policy(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        _, function, meant = self.find(call, FunctionName, Qualifier)
        revision = self._revision(function, meant)
        statements = function.policies.get(meant.qualifier or LATEST)
        if not statements:
            raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
        return {"Policy": _document(statements), "RevisionId": revision}

    def put_resource_policy(
        self, call: Call, ResourceArn: str, Policy: str, RevisionId: str | None = None
    ) -> dict[str, Any]:
        region, function, meant = self._resource(call, ResourceArn)
        try:
            statements = json.loads(Policy)["Statement"]
        except (ValueError, KeyError, TypeError):
            raise ApiError("InvalidParameterValueException", "The policy is not a valid policy document.") from None
        with region.lock:
            check_revision(RevisionId, self._revision(function, meant))
            numbered = enumerate(statements if isinstance(statements, list) else [statements], 1)
            function.policies[meant.qualifier or LATEST] = [{"Sid": f"statement-{i}", **s} for i, s in numbered]
            self._revise(function, meant)
            kept = function.policies[meant.qualifier or LATEST]
            return {"Policy": _document(kept), "RevisionId": self._revision(function, meant)}

    def get_resource_policy(self, call: Call, ResourceArn: str) -> dict[str, Any]:
        return self.get_policy(call, ResourceArn)

    def delete_resource_policy(self, call: Call, ResourceArn: str, RevisionId: str | None = None) -> None:
        region, function, meant = self._resource(call, ResourceArn)
        with region.lock:
            check_revision(RevisionId, self._revision(function, meant))
            if function.policies.pop(meant.qualifier or LATEST, None) is None:
                raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
            self._revise(function, meant)

    def _resource(self, call: Call, arn: str) -> tuple[Region, Function, Target]:
        if ":function:" not in arn:
            raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
        return self.find(call, arn)

    def _revision(self, function: Function, meant: Target) -> str:
        version, alias = resolve(function, meant)
        return alias.revision if alias else version.revision_at(self.now())

    def _revise(self, function: Function, meant: Target) -> None:
        version, alias = resolve(function, meant)
        if alias:
            alias.revision = new_revision()
        else:
            version.revise(self.now())


def _statement(resource: str, members: dict[str, Any]) -> dict[str, Any]:
    """The statement that AddPermission writes: a service, an account's root, an ARN or everybody as the principal."""
    named = members["Principal"]
    principal: Any
    if named == "*":
        principal = "*"
    elif named.endswith(".amazonaws.com"):
        principal = {"Service": named}
    else:
        principal = {"AWS": f"arn:aws:iam::{named}:root" if named.isdigit() else named}
    statement = {
        "Sid": members["StatementId"],
        "Effect": "Allow",
        "Principal": principal,
        "Action": members["Action"],
        "Resource": resource,
    }
    condition: dict[str, dict[str, str]] = {}
    for member, operator, key in _CONDITIONS:
        if members.get(member) is not None:
            value = members[member]
            condition.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    return {**statement, "Condition": condition} if condition else statement


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements}, separators=(",", ":"))
