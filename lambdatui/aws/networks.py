"""The subnets and security groups of EC2 that a function may be put into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet; `name` is its tag, empty where it has none."""

    id: str
    name: str
    vpc: str
    zone: str
    block: str
    """The addresses, such as 10.0.1.0/24."""
    free: int
    """Addresses that are not taken."""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group of a VPC."""

    id: str
    name: str
    vpc: str
    description: str


def subnets(account: Account) -> list[Subnet]:
    """Every subnet of the region, by VPC and zone. Raises AwsError."""
    found = [
        Subnet(
            row["SubnetId"],
            _name(row.get("Tags", ())),
            row.get("VpcId", ""),
            row.get("AvailabilityZone", ""),
            row.get("CidrBlock", ""),
            row.get("AvailableIpAddressCount", 0),
        )
        for row in _every(account, "DescribeSubnets", "Subnets")
    ]
    return sorted(found, key=lambda subnet: (subnet.vpc, subnet.zone, subnet.id))


def security_groups(account: Account) -> list[SecurityGroup]:
    """Every security group of the region, by VPC and name. Raises AwsError."""
    found = [
        SecurityGroup(row["GroupId"], row.get("GroupName", ""), row.get("VpcId", ""), row.get("Description", ""))
        for row in _every(account, "DescribeSecurityGroups", "SecurityGroups")
    ]
    return sorted(found, key=lambda group: (group.vpc, group.name))


def _every(account: Account, operation: str, key: str) -> Iterable[dict[str, Any]]:
    token: str | None = None
    while True:
        answer = account.call("ec2", operation, {"MaxResults": 1000} | ({"NextToken": token} if token else {}))
        yield from answer[key]
        token = answer.get("NextToken")
        if not token:
            return


def _name(tags: Iterable[Mapping[str, str]]) -> str:
    return next((tag["Value"] for tag in tags if tag.get("Key") == "Name"), "")
