"""Who the caller is, and whether a role is assumed with the MFA code that it wants.

A key that names its account belongs to an operator with an assumed role, as in a real account; keys of Identity Center
to the role they were given out for. Everything else of STS, and the keys that IAM or STS behind the front gave out, are
moto's, as are the credentials of an assumed role.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from lambdatui.emulator.accounts import account_in
from lambdatui.emulator.service import ApiError, Call, Method, Service

if TYPE_CHECKING:
    from lambdatui.emulator.identity_center import IdentityCenter
    from lambdatui.emulator.moto_behind import MotoBehind

ROLE = "operator"
SESSION = "you"
WRONG_CODE = "000000"
"""The one MFA code that is never right."""


class StsService(Service):
    """GetCallerIdentity of the keys of `accounts`, and AssumeRole."""

    name: ClassVar[str] = "sts"

    def __init__(self, center: IdentityCenter, moto: MotoBehind) -> None:
        self._center = center
        self._moto = moto

    def answers(self, operation: str, access_key: str) -> bool:
        """Whether a call is answered here and not behind the front."""
        return operation == "AssumeRole" or (operation == "GetCallerIdentity" and account_in(access_key) is not None)

    def method(self, operation: str) -> Method | None:
        methods: dict[str, Method] = {"GetCallerIdentity": self.get_caller_identity, "AssumeRole": self.assume_role}
        return methods.get(operation)

    def get_caller_identity(self, call: Call) -> dict[str, Any]:
        role = self._center.role_of(call.access_key)
        arn = caller_arn(call.account)
        if role is not None:
            arn = f"arn:aws:sts::{call.account}:assumed-role/AWSReservedSSO_{role}_0123456789abcdef/{SESSION}"
        return {"UserId": f"AROADEMO{call.account}:{SESSION}", "Account": call.account, "Arn": arn}

    def assume_role(self, call: Call, RoleArn: str, **members: Any) -> Mapping[str, Any]:
        serial, code = members.get("SerialNumber"), members.get("TokenCode")
        if bool(serial) != bool(code):
            raise _denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
            )
        if code == WRONG_CODE:
            raise _denied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
        if not code and self._wants_mfa(call, RoleArn):
            caller = caller_arn(call.account)
            raise _denied(f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {RoleArn}")
        client = self._moto.client("sts", call.account, call.region)
        answer: Mapping[str, Any] = client.assume_role(RoleArn=RoleArn, **members)
        return answer

    def _wants_mfa(self, call: Call, role_arn: str) -> bool:
        """Whether the trust policy of a role, if there is such a role, lets it be assumed with MFA only."""
        if not self._moto.used:
            return False
        iam = self._moto.client("iam", role_arn.split(":")[4], call.region)
        try:
            policy = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]["AssumeRolePolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            return False
        return "aws:MultiFactorAuthPresent" in json.dumps(policy)


def caller_arn(account: str) -> str:
    """The ARN of whoever calls with a key of `accounts`."""
    return f"arn:aws:sts::{account}:assumed-role/{ROLE}/{SESSION}"


def _denied(message: str) -> ApiError:
    return ApiError("AccessDenied", message, 403)
