"""Who the caller is, for keys that name their account: an operator with an assumed role, as in a real account.

Everything else of STS, and the keys that IAM or STS behind the front gave out, are moto's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lambdatui.emulator.accounts import account_in
from lambdatui.emulator.service import Call, Method, Service

ROLE = "operator"
SESSION = "you"


class StsService(Service):
    """GetCallerIdentity of the keys of `accounts`."""

    name: ClassVar[str] = "sts"

    def answers(self, operation: str, access_key: str) -> bool:
        """Whether a call is answered here and not behind the front."""
        return operation == "GetCallerIdentity" and account_in(access_key) is not None

    def method(self, operation: str) -> Method | None:
        return self.get_caller_identity if operation == "GetCallerIdentity" else None

    def get_caller_identity(self, call: Call) -> dict[str, Any]:
        return {
            "UserId": f"AROADEMO{call.account}:{SESSION}",
            "Account": call.account,
            "Arn": caller_arn(call.account),
        }


def caller_arn(account: str) -> str:
    """The ARN of whoever calls with a key of `accounts`."""
    return f"arn:aws:sts::{account}:assumed-role/{ROLE}/{SESSION}"
