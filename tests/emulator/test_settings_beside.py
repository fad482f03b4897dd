"""What Lambda keeps beside a function: tags, URLs, code signing, capacity providers, runtime updates, recursion."""

from __future__ import annotations

import re
from typing import Any

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function
from tests.emulator.expectations import refused


def test_tags_are_merged_and_removed_by_key(aws_lambda: Any) -> None:
    arn = make_function(aws_lambda, Tags={"team": "shop"})["FunctionArn"]
    aws_lambda.tag_resource(Resource=arn, Tags={"team": "checkout", "stage": "prod"})
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"team": "checkout", "stage": "prod"}
    aws_lambda.untag_resource(Resource=arn, TagKeys=["team", "nope"])
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"stage": "prod"}


def test_tags_have_aws_limits(aws_lambda: Any) -> None:
    arn = make_function(aws_lambda, Publish=True)["FunctionArn"]
    with refused("InvalidParameterValueException", 400, "Number of tags exceeds resource tag limit."):
        aws_lambda.tag_resource(Resource=arn, Tags={f"k{n}": "v" for n in range(51)})
    with refused("InvalidParameterValueException", 400, "aws: prefixed tag key names"):
        aws_lambda.tag_resource(Resource=arn, Tags={"aws:k": "v"})
    with refused("InvalidParameterValueException", 400, "Tags on function aliases and versions are not supported."):
        aws_lambda.tag_resource(Resource=f"{arn}:1", Tags={"k": "v"})
    with refused("ResourceNotFoundException", 404):
        aws_lambda.list_tags(Resource=f"{arn}x")


def test_a_function_url_belongs_to_a_function_or_an_alias(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    arn = make_function(client, Publish=True)["FunctionArn"]
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    made = client.create_function_url_config(
        FunctionName="f", Qualifier="live", AuthType="NONE", Cors={"AllowOrigins": ["*"]}
    )
    assert re.fullmatch(r"https://[0-9a-z]{32}\.lambda-url\.eu-west-1\.on\.aws/", made["FunctionUrl"])
    assert (made["FunctionArn"], made["AuthType"], made["InvokeMode"]) == (f"{arn}:live", "NONE", "BUFFERED")
    with refused("ResourceConflictException", 409, "FunctionUrlConfig exists for this Lambda function"):
        client.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="NONE")
    with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
        client.get_function_url_config(FunctionName="f")
    slow.cloud.clock.advance(5)
    updated = client.update_function_url_config(FunctionName="f", Qualifier="live", AuthType="AWS_IAM")
    assert (updated["AuthType"], updated["Cors"]) == ("AWS_IAM", {"AllowOrigins": ["*"]})
    assert updated["LastModifiedTime"] > updated["CreationTime"]
    (listed,) = client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"]
    assert listed["FunctionUrl"] == made["FunctionUrl"]
    client.delete_function_url_config(FunctionName="f", Qualifier="live")
    assert client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"] == []


def test_a_function_url_is_not_for_a_version(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    with refused("ValidationException", 400, "at 'qualifier' failed to satisfy constraint"):
        aws_lambda.create_function_url_config(FunctionName="f", Qualifier="1", AuthType="NONE")


def test_code_signing_configurations_are_kept_and_given_to_functions(aws_lambda: Any) -> None:
    publishers = {"SigningProfileVersionArns": ["arn:aws:signer:eu-west-1:123456789012:/signing-profiles/p/1"]}
    config = aws_lambda.create_code_signing_config(AllowedPublishers=publishers, Description="d")["CodeSigningConfig"]
    arn = config["CodeSigningConfigArn"]
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Warn"}
    function = make_function(aws_lambda, CodeSigningConfigArn=arn)["FunctionArn"]
    assert aws_lambda.get_function_code_signing_config(FunctionName="f")["CodeSigningConfigArn"] == arn
    assert aws_lambda.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"] == [function]
    with refused("ResourceConflictException", 409):
        aws_lambda.delete_code_signing_config(CodeSigningConfigArn=arn)
    aws_lambda.delete_function_code_signing_config(FunctionName="f")
    policies = {"UntrustedArtifactOnDeployment": "Enforce"}
    updated = aws_lambda.update_code_signing_config(CodeSigningConfigArn=arn, CodeSigningPolicies=policies)
    assert updated["CodeSigningConfig"]["CodeSigningPolicies"] == policies
    aws_lambda.delete_code_signing_config(CodeSigningConfigArn=arn)
    with refused("ResourceNotFoundException", 404, "can not be found."):
        aws_lambda.get_code_signing_config(CodeSigningConfigArn=arn)
    with refused("CodeSigningConfigNotFoundException", 404):
        aws_lambda.put_function_code_signing_config(FunctionName="f", CodeSigningConfigArn=arn)


def test_capacity_providers_are_kept_and_list_their_functions(aws_lambda: Any, account: str) -> None:
    made = aws_lambda.create_capacity_provider(
        CapacityProviderName="pool",
        VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": f"arn:aws:iam::{account}:role/operator"},
    )["CapacityProvider"]
    arn = made["CapacityProviderArn"]
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    function = make_function(aws_lambda, CapacityProviderConfig=config, MemorySize=32_768)["FunctionArn"]
    listed = aws_lambda.list_function_versions_by_capacity_provider(CapacityProviderName="pool")
    assert listed["FunctionVersions"] == [{"FunctionArn": f"{function}:$LATEST", "State": "Active"}]
    with refused("ResourceConflictException", 409):
        aws_lambda.delete_capacity_provider(CapacityProviderName="pool")
    aws_lambda.delete_function(FunctionName="f")
    assert aws_lambda.delete_capacity_provider(CapacityProviderName="pool")["CapacityProvider"]["State"] == "Deleting"
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_capacity_provider(CapacityProviderName="pool")


def test_runtime_updates_are_automatic_unless_told_otherwise(aws_lambda: Any) -> None:
    arn = make_function(aws_lambda, Publish=True)["FunctionArn"]
    assert aws_lambda.get_runtime_management_config(FunctionName="f")["UpdateRuntimeOn"] == "Auto"
    put = aws_lambda.put_runtime_management_config(FunctionName="f", Qualifier="1", UpdateRuntimeOn="FunctionUpdate")
    assert (put["UpdateRuntimeOn"], put["FunctionArn"]) == ("FunctionUpdate", f"{arn}:1")
    with refused("InvalidParameterValueException", 400, "You must specify the runtime version ARN"):
        aws_lambda.put_runtime_management_config(FunctionName="f", UpdateRuntimeOn="Manual")


def test_recursive_loops_are_terminated_unless_allowed(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    assert aws_lambda.get_function_recursion_config(FunctionName="f")["RecursiveLoop"] == "Terminate"
    aws_lambda.put_function_recursion_config(FunctionName="f", RecursiveLoop="Allow")
    assert aws_lambda.get_function_recursion_config(FunctionName="f")["RecursiveLoop"] == "Allow"


def test_scaling_is_kept_by_version(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    config = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 5}
    aws_lambda.put_function_scaling_config(FunctionName="f", Qualifier="1", FunctionScalingConfig=config)
    shown = aws_lambda.get_function_scaling_config(FunctionName="f", Qualifier="1")
    assert shown["RequestedFunctionScalingConfig"] == config


def test_what_is_left_out_says_so(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    with refused(
        "NotImplementedException", 501, "lambda:ListDurableExecutionsByFunction is not part of the embedded AWS"
    ):
        aws_lambda.list_durable_executions_by_function(FunctionName="f")
