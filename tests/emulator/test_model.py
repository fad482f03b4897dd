"""The emulator against botocore's own model of Lambda: nothing that can be sent is lost."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.emulator.wire.protocol import service_model
from tests.emulator.clients import ROLE, zipped
from tests.emulator.test_layers import put_layer

MODEL = service_model("lambda")

# what a pattern asks for, by the name of the shape
TEXTS = {
    "Handler": "app.handler",
    "KMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k",
    "SubnetId": "subnet-1a",
    "SecurityGroupId": "sg-1a",
    "EnvironmentVariableName": "NAME",
    "ResourceArn": "arn:aws:sqs:eu-west-1:123456789012:queue",
    "FileSystemArn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0",
    "LocalMountPath": "/mnt/data",
    "LogGroup": "custom/group",
    "CapacityProviderArn": "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:pool",
    "FunctionRuntimeArn": "arn:aws:lambda:eu-west-1:123456789012:runtime/mine-and-long",
    "Description": "what it is for",
    "Runtime": "python3.13",
}
WITH_A_VALUE_OF_ITS_OWN = ("FunctionName", "Role", "Code", "Publish", "PublishTo", "CodeSigningConfigArn", "Tags")


def sample(shape: Any) -> Any:
    """A value of a shape that is not what AWS would have without it."""
    kind = shape.type_name
    if shape.name == "LogFormat":  # only with it are there levels
        return "JSON"
    if shape.name in TEXTS:
        return TEXTS[shape.name]
    if kind == "structure":
        return {name: sample(member) for name, member in shape.members.items()}
    if kind == "list":
        return [sample(shape.member)]
    if kind == "map":
        return {sample(shape.key): sample(shape.value)}
    if kind == "boolean":
        return True
    if kind in ("integer", "long"):
        return int(shape.metadata.get("min", 1)) + 1
    if kind in ("double", "float"):
        return float(shape.metadata.get("min", 1)) + 1
    return shape.enum[-1] if getattr(shape, "enum", None) else "text"


def contains(shown: Any, sent: Any) -> bool:
    """Whether all that was sent is in what is shown, which may have more members."""
    if isinstance(sent, dict):
        return isinstance(shown, dict) and all(contains(shown.get(name), value) for name, value in sent.items())
    return bool(shown == sent)


# what a function must have, to have a member at all
NEEDED = {"FileSystemConfigs": {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}}
# what must be there from the beginning, to be changed
BEGUN: dict[str, dict[str, Any]] = {
    "CapacityProviderConfig": {
        "CapacityProviderConfig": {
            "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": TEXTS["CapacityProviderArn"]}
        }
    },
    "DurableConfig": {"DurableConfig": {"ExecutionTimeout": 60}},
    **NEEDED,
}

CREATE = MODEL.operation_model("CreateFunction").input_shape.members
SETTINGS = [name for name in CREATE if name not in WITH_A_VALUE_OF_ITS_OWN]


@pytest.mark.parametrize("member", SETTINGS)
def test_every_member_of_create_function_is_shown_again(aws_lambda: Any, account: str, member: str) -> None:
    value = sample(CREATE[member])
    if member == "Layers":
        value = [put_layer(aws_lambda)["LayerVersionArn"]]
    if member == "SnapStart":
        value = {"ApplyOn": "PublishedVersions"}
    members: dict[str, Any] = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": zipped()}}
    if member in ("ImageConfig", "PackageType"):
        members = {"PackageType": "Image", "Code": {"ImageUri": "image"}}
    members |= {**NEEDED.get(member, {}), member: value}
    aws_lambda.create_function(FunctionName="f", Role=ROLE.format(account=account), **members)
    shown = aws_lambda.get_function_configuration(FunctionName="f")
    if member == "Layers":
        assert [layer["Arn"] for layer in shown["Layers"]] == value
    elif member == "ImageConfig":
        assert shown["ImageConfigResponse"]["ImageConfig"] == value
    else:
        assert contains(shown[member], value), shown[member]


UPDATE = MODEL.operation_model("UpdateFunctionConfiguration").input_shape.members


@pytest.mark.parametrize(
    "member", [name for name in UPDATE if name not in ("FunctionName", "RevisionId", "ImageConfig")]
)
def test_every_member_of_update_function_configuration_is_shown_again(
    aws_lambda: Any, account: str, member: str
) -> None:
    value = sample(UPDATE[member])
    if member == "Layers":
        value = [put_layer(aws_lambda)["LayerVersionArn"]]
    if member == "SnapStart":
        value = {"ApplyOn": "PublishedVersions"}
    if member == "Role":
        value = ROLE.format(account=account) + "-another"
    aws_lambda.create_function(
        FunctionName="f",
        Role=ROLE.format(account=account),
        Runtime="python3.12",
        Handler="other.handler",
        Code={"ZipFile": zipped()},
        **BEGUN.get(member, {}),
    )
    aws_lambda.update_function_configuration(FunctionName="f", **{member: value})
    shown = aws_lambda.get_function_configuration(FunctionName="f")
    if member == "Layers":
        assert [layer["Arn"] for layer in shown["Layers"]] == value
    else:
        assert contains(shown[member], value), shown[member]


def test_every_operation_is_there_but_those_of_durable_executions(emulator: Emulator) -> None:
    missing = [name for name in MODEL.operation_names if emulator.cloud.lambda_service.method(name) is None]
    assert missing
    assert all("Durable" in name for name in missing), missing
