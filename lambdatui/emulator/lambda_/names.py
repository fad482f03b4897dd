"""Function names, ARNs and qualifiers, in all the forms in which AWS takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lambdatui.emulator.service import ApiError, Call
from lambdatui.emulator.sts import caller_arn

LATEST = "$LATEST"
LATEST_PUBLISHED = "$LATEST.PUBLISHED"
"""What functions on managed instances publish to in place of a number."""

_FUNCTION = re.compile(
    r"(?:(?:arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d):)?(?P<account>\d{12}):function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """Which function is meant, and which of its versions or aliases: `qualifier` is None where none was named."""

    account: str
    region: str
    name: str
    qualifier: str | None = None

    @property
    def arn(self) -> str:
        """The ARN without a qualifier."""
        return function_arn(self.account, self.region, self.name)

    @property
    def qualified_arn(self) -> str:
        """The ARN with the qualifier, if there is one."""
        return function_arn(self.account, self.region, self.name, self.qualifier)


def function_arn(account: str, region: str, name: str, qualifier: str | None = None) -> str:
    """A function's ARN, with a qualifier if one is given."""
    arn = f"arn:aws:lambda:{region}:{account}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def target(call: Call, function_name: str, qualifier: str | None = None) -> Target:
    """What a FunctionName (a name, a partial or a full ARN, perhaps with a qualifier) and a Qualifier mean.

    Raises AWS's errors where they contradict one another, or the ARN is of another region or account.
    """
    match = _FUNCTION.fullmatch(function_name)
    if match is None:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value '{function_name}' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|"
            "(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
        )
    region, account = match["region"] or call.region, match["account"] or call.account
    if len(match["name"]) > 64:
        raise ApiError(
            "InvalidParameterValueException",
            f"1 validation error detected: Value '{match['name']}' at 'functionName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64",
        )
    if region != call.region:
        raise ApiError(
            "ResourceNotFoundException",
            f"Functions from '{region}' are not reachable in this region ('{call.region}')",
        )
    named = match["qualifier"]
    if named and qualifier and named != qualifier:
        raise ApiError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    found = Target(account, region, match["name"], qualifier or named)
    if account != call.account:
        raise ApiError(
            "AccessDeniedException",
            f"User: {caller_arn(call.account)} is not authorized to perform: lambda:{call.operation} on "
            f"resource: {found.qualified_arn} because no resource-based policy allows the lambda:{call.operation} "
            "action",
            403,
        )
    return found


def is_version(qualifier: str) -> bool:
    """Whether a qualifier is the number of a published version."""
    return qualifier.isascii() and qualifier.isdigit()


def is_alias(qualifier: str) -> bool:
    """Whether a qualifier can only be an alias's name."""
    return not qualifier.startswith("$") and not is_version(qualifier)
