"""Target groups of load balancers, and the function that one has registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A target group and what is registered with it. `kind` is its target type: instance, ip, lambda or alb."""

    arn: str
    name: str
    kind: str
    targets: Sequence[str]
    """Ids of the targets: for a function its ARN, perhaps with a qualifier."""


def find(account: Account, named: str) -> TargetGroup | None:
    """A target group by its name or ARN; None where there is none. Two calls. Raises AwsError."""
    by = {"TargetGroupArns": [named]} if named.startswith("arn:") else {"Names": [named]}
    try:
        found = account.call("elbv2", "DescribeTargetGroups", by)["TargetGroups"]
    except AwsError as error:
        if error.code in ("TargetGroupNotFound", "TargetGroupNotFoundException"):
            return None
        raise
    if not found:
        return None
    arn = found[0]["TargetGroupArn"]
    health = account.call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn})["TargetHealthDescriptions"]
    # one that drains is on its way out
    targets = [one["Target"]["Id"] for one in health if one.get("TargetHealth", {}).get("State") != "draining"]
    return TargetGroup(arn, found[0]["TargetGroupName"], found[0].get("TargetType", "instance"), targets)
