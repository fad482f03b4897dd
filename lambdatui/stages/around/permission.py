"""Who may invoke: statements of a function's resource policy, as AddPermission takes them and GetPolicy shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from lambdatui.aws import arns
from lambdatui.aws.masking import MASK
from lambdatui.stages.around.standing import Qualifier
from lambdatui.stages.settings.setting_groups import Group

_TOKEN = "lambda:eventsourcetoken"  # noqa: S105 - the name of a condition


class Permission(Group):
    """One statement of a resource policy."""

    statement_id: Annotated[str, Field(title="Statement", min_length=1, max_length=100, pattern=r"^[a-zA-Z0-9_-]+$")]
    """What the statement is called: letters, digits, - and _."""
    principal: Annotated[str, Field(title="Principal", min_length=1, max_length=2048, pattern=r"^\S+$")]
    """Who: a service such as s3.amazonaws.com, an account's number, the ARN of a role or user, or *."""
    action: Annotated[str, Field(title="Action", pattern=r"^(lambda:[*]|lambda:[a-zA-Z]+|[*])$")] = (
        "lambda:InvokeFunction"
    )
    """What: lambda:InvokeFunction, lambda:InvokeFunctionUrl, or another action of Lambda's."""
    source_arn: Annotated[str, Field(title="Source", max_length=10000, pattern=r"^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$")] | (
        None
    ) = None
    """The ARN of the bucket, topic or rule that invokes; wildcards may stand in it."""
    source_account: Annotated[str, Field(title="Source account", pattern=r"^\d{12}$")] | None = None
    """The account that owns the source, twelve digits in quotes."""
    principal_org_id: Annotated[str, Field(title="Organization", pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """The organization that the caller must belong to, such as o-a1b2c3d4e5."""
    function_url_auth_type: Annotated[Literal["AWS_IAM", "NONE"], Field(title="URL's authorization")] | None = None
    """With lambda:InvokeFunctionUrl: the authorization of the URL that it counts for."""
    invoked_via_function_url: Annotated[bool, Field(title="Through the URL only")] | None = None
    """With lambda:InvokeFunction: whether it counts for calls through the function URL only."""
    event_source_token: Annotated[
        str | None, Field(title="Event source token", max_length=256, pattern=r"^[a-zA-Z0-9._-]+$", repr=False)
    ] = None
    """For Alexa Smart Home: the token that the caller must present."""
    qualifier: Qualifier | None = None
    """An alias or version; a statement for the function itself says nothing about them."""

    @model_validator(mode="after")
    def _fits(self) -> Permission:
        if self.principal.isdigit() and len(self.principal) != 12:
            raise ValueError(f"principal: an account's number has twelve digits, not {len(self.principal)}; quote it.")
        if self.function_url_auth_type and self.action not in ("lambda:InvokeFunctionUrl", "lambda:*", "*"):
            raise ValueError(f"function_url_auth_type goes with lambda:InvokeFunctionUrl, not with {self.action}.")
        return self

    @property
    def request(self) -> dict[str, Any]:
        """The parameters of AddPermission, without the function."""
        given = {
            "StatementId": self.statement_id,
            "Action": self.action,
            "Principal": self.principal,
            "SourceArn": self.source_arn,
            "SourceAccount": self.source_account,
            "PrincipalOrgID": self.principal_org_id,
            "FunctionUrlAuthType": self.function_url_auth_type,
            "InvokedViaFunctionUrl": self.invoked_via_function_url,
            "EventSourceToken": self.event_source_token,
            "Qualifier": self.qualifier,
        }
        return {name: value for name, value in given.items() if value is not None}

    def statement(self, partition: str) -> dict[str, Any]:
        """The statement that AWS writes for it."""
        conditions = {
            "ArnLike": {"AWS:SourceArn": self.source_arn},
            "StringEquals": {
                "AWS:SourceAccount": self.source_account,
                "aws:PrincipalOrgID": self.principal_org_id,
                "lambda:EventSourceToken": self.event_source_token,
                "lambda:FunctionUrlAuthType": self.function_url_auth_type,
            },
            "Bool": {
                "lambda:InvokedViaFunctionUrl": None
                if self.invoked_via_function_url is None
                else str(self.invoked_via_function_url).lower()
            },
        }
        given = {
            operator: kept
            for operator, tests in conditions.items()
            if (kept := {key: value for key, value in tests.items() if value is not None})
        }
        found = {
            "Sid": self.statement_id,
            "Effect": "Allow",
            "Principal": _principal(self.principal, partition),
            "Action": self.action,
        }
        return {**found, "Condition": given} if given else found


def _principal(named: str, partition: str) -> Any:
    """As AWS writes it: an account as its root, a service or an identity under its kind."""
    if named == "*":
        return "*"
    if ".amazonaws.com" in named and not named.startswith("arn:"):
        return {"Service": named}
    return {"AWS": f"arn:{partition}:iam::{named}:root" if named.isdigit() else named}


def content(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a statement says, for comparing: without its name and its resource, and with one spelling of each thing."""
    return {name: value for name, value in _parts(statement).items() if value}


_CONDITIONS = {
    "aws:sourcearn": "SourceArn",
    "aws:sourceaccount": "SourceAccount",
    "aws:principalorgid": "PrincipalOrgID",
    "lambda:eventsourcetoken": "EventSourceToken",
    "lambda:functionurlauthtype": "FunctionUrlAuthType",
    "lambda:invokedviafunctionurl": "InvokedViaFunctionUrl",
}


def added_by(statement: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parameters of AddPermission, without function and qualifier, that write this statement.

    None where AddPermission cannot.
    """
    says = dict(content(statement))
    if says.pop("effect", None) != ("Allow",) or any(len(values) != 1 for values in says.values()):
        return None
    if not {"principal", "action"} <= says.keys() <= {"principal", "action", *_CONDITIONS}:
        return None
    found: dict[str, Any] = {
        "StatementId": str(statement.get("Sid", "")),
        "Principal": says.pop("principal")[0],
        "Action": says.pop("action")[0],
    }
    found |= {_CONDITIONS[name]: values[0] for name, values in says.items()}
    if "InvokedViaFunctionUrl" in found:
        found["InvokedViaFunctionUrl"] = found["InvokedViaFunctionUrl"] == "true"
    return found


def lines(statement: Mapping[str, Any] | None) -> dict[str, str]:
    """A statement as lines of a plan, secrets masked; none for no statement."""
    if statement is None:
        return {}
    found = {}
    for name, values in content(statement).items():
        if name == "effect" and values == ("Allow",):
            continue
        found[_SHOWN.get(name, name)] = MASK if name == _TOKEN else ", ".join(values)
    return found


_SHOWN = {
    "aws:sourcearn": "source ARN",
    "aws:sourceaccount": "source account",
    "aws:principalorgid": "organization",
    "lambda:functionurlauthtype": "URL's authorization",
    "lambda:invokedviafunctionurl": "through the URL only",
    _TOKEN: "event source token",
}


def _parts(statement: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(principal, Mapping):
        names = tuple(name for kind in sorted(principal) for name in _listed(principal[kind]))
    else:
        names = _listed(principal)
    found = {
        "effect": _listed(statement.get("Effect")),
        ("all but" if "NotPrincipal" in statement else "principal"): names,
        "action": _listed(statement.get("Action", statement.get("NotAction"))),
    }
    conditions = statement.get("Condition")
    for operator, tests in (conditions or {}).items():
        for key, values in tests.items():
            # AWS writes the source's ARN with StringLike or ArnLike, which say the same
            plain = operator in ("ArnLike", "StringLike", "StringEquals", "Bool")
            found[key.lower() if plain else f"{key.lower()} {operator}"] = _listed(values)
    return found


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return tuple(sorted(str(item) for item in value))
    return (str(value).lower() if isinstance(value, bool) else str(value),)


def source_of(statement: Mapping[str, Any]) -> str:
    """The one source ARN that a statement names; empty where it names none, or several."""
    found = content(statement).get("aws:sourcearn", ())
    return found[0] if len(found) == 1 and arns.parse(found[0]) else ""
