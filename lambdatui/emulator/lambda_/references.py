"""What a function refers to in other services: its role, its network, its layers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdatui.emulator.lambda_.records import Region
from lambdatui.emulator.service import ApiError, Call

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud
    from lambdatui.emulator.lambda_.operations import LambdaState


def check_role(cloud: Cloud, call: Call, role_arn: str) -> None:
    """Raises InvalidParameterValueException for a role that Lambda cannot assume.

    A role that IAM knows must trust lambda.amazonaws.com. One that IAM does not know is taken, so that a function can
    be made without making a role first, unless the cloud has `strict_references`.
    """
    refusal = ApiError(
        "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
    )
    if not cloud.moto.used and not cloud.strict_references:
        return
    account = role_arn.split(":")[4]
    try:
        iam = cloud.moto.client("iam", account, "us-east-1")
        trust = iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
    except ClientError:
        if cloud.strict_references:
            raise refusal from None
        return
    if not _trusts_lambda(trust):
        raise refusal


def _trusts_lambda(document: Any) -> bool:
    if isinstance(document, str):
        document = json.loads(document or "{}")
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principals = statement.get("Principal", {})
        services = principals if principals == "*" else principals.get("Service", [])
        trusted = "lambda.amazonaws.com" in ([services] if isinstance(services, str) else services) or services == "*"
        if trusted and statement.get("Effect") == "Allow":
            return True
    return False


def placed_in_vpc(cloud: Cloud, call: Call, config: Mapping[str, Any]) -> dict[str, Any]:
    """A VpcConfig as AWS shows it, with the VpcId of the subnets.

    Subnets that EC2 does not know are taken and get a made-up VPC, unless the cloud has `strict_references`.
    """
    subnets = config.get("SubnetIds") or []
    groups = config.get("SecurityGroupIds") or []
    shown = {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": "",
        "Ipv6AllowedForDualStack": config.get("Ipv6AllowedForDualStack", False),
    }
    if not subnets and not groups:
        return shown
    shown["VpcId"] = f"vpc-{hashlib.sha256(','.join(subnets).encode()).hexdigest()[:17]}"
    if not cloud.moto.used and not cloud.strict_references:
        return shown
    ec2 = cloud.moto.client("ec2", call.account, call.region)
    asked = "DescribeSubnets"
    try:
        found = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
        asked = "DescribeSecurityGroups"
        ec2.describe_security_groups(GroupIds=groups)
    except ClientError as error:
        if cloud.strict_references:
            reason = error.response["Error"]
            raise ApiError(
                "InvalidParameterValueException",
                f"Error occurred while {asked}. EC2 Error Code: {reason['Code']}. EC2 Error Message: "
                f"{reason['Message']}",
            ) from None
        return shown
    shown["VpcId"] = found[0]["VpcId"]
    return shown


def layers_of(state: LambdaState, region: Region, arns: Sequence[str]) -> list[dict[str, Any]]:
    """Layers as AWS shows them: ARN and CodeSize. Raises InvalidParameterValueException for one that is not there."""
    shown: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    for arn in arns:
        parts = arn.split(":")
        layer_arn, number = ":".join(parts[:-1]), parts[-1]
        if len(parts) == 8 and parts[3] != region.name:
            raise ApiError(
                "InvalidParameterValueException",
                "Layers are not in the same region as the function. Layers are expected to be in region "
                f"{region.name}.",
            )
        home = state.region(parts[4], parts[3]) if len(parts) == 8 else None
        layer = home.layers.get(parts[6]) if home else None
        version = layer.versions.get(int(number)) if layer and number.isdigit() else None
        if version is None:
            raise ApiError("InvalidParameterValueException", f"Layer version {arn} does not exist.")
        if layer_arn in seen:
            raise ApiError(
                "InvalidParameterValueException",
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[layer_arn]} and {arn} are versions of the same layer.",
            )
        seen[layer_arn] = arn
        shown.append({"Arn": arn, "CodeSize": version.package.size})
    return shown
