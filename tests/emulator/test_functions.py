"""Functions: create, read, list, update, delete."""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function, publish, zipped
from tests.emulator.conftest import cloud_of
from tests.emulator.expectations import refused


def test_create_function_answers_with_aws_defaults(aws_lambda: Any, account: str) -> None:
    made = make_function(aws_lambda, Description="d")
    code = zipped()
    arn = f"arn:aws:lambda:eu-west-1:{account}:function:f"
    expected = {
        "FunctionName": "f",
        "FunctionArn": arn,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Description": "d",
        "Timeout": 3,
        "MemorySize": 128,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
        "Version": "$LATEST",
        "CodeSize": len(code),
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
    }
    assert {name: made[name] for name in expected} == expected
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", made["LastModified"])
    assert re.fullmatch(r"[0-9a-f-]{36}", made["RevisionId"])
    assert "Environment" not in made
    assert "VpcConfig" not in made


def test_every_form_of_a_functions_name_finds_it(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda)
    arn = f"arn:aws:lambda:eu-west-1:{account}:function:f"
    for name in ("f", arn, f"{account}:function:f", "f:$LATEST", f"{arn}:$LATEST"):
        assert aws_lambda.get_function(FunctionName=name)["Configuration"]["FunctionName"] == "f"


def test_a_qualifier_in_the_name_must_not_contradict_the_qualifier(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    with refused("InvalidParameterValueException", 400, "derived qualifier from the function name does not match"):
        aws_lambda.get_function(FunctionName="f:1", Qualifier="$LATEST")


def test_an_arn_of_another_region_is_not_reachable(aws_lambda: Any, account: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{account}:function:f"
    with refused("ResourceNotFoundException", 404, "Functions from 'us-east-1' are not reachable in this region"):
        aws_lambda.get_function(FunctionName=arn)


def test_an_arn_of_another_account_is_denied(aws_lambda: Any) -> None:
    arn = "arn:aws:lambda:eu-west-1:210987654321:function:f"
    with refused("AccessDeniedException", 403, "not authorized to perform: lambda:GetFunction on resource"):
        aws_lambda.get_function(FunctionName=arn)


def test_a_function_that_is_not_there_is_not_found(aws_lambda: Any, account: str) -> None:
    arn = f"arn:aws:lambda:eu-west-1:{account}:function:nope"
    with refused("ResourceNotFoundException", 404, f"Function not found: {arn}"):
        aws_lambda.get_function(FunctionName="nope")
    with refused("ResourceNotFoundException", 404, f"Function not found: {arn}:7"):
        make_function(aws_lambda, "nope")
        aws_lambda.get_function_configuration(FunctionName="nope", Qualifier="7")


def test_a_second_function_of_the_same_name_is_a_conflict(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    with refused("ResourceConflictException", 409, "Function already exist: f"):
        make_function(aws_lambda)


def test_accounts_and_regions_do_not_see_one_another(client: Callable[..., Any]) -> None:
    make_function(client("lambda"))
    assert client("lambda", region="us-east-1").list_functions()["Functions"] == []
    assert client("lambda", account="411111111111").list_functions()["Functions"] == []


def test_list_functions_gives_fifty_a_page_however_many_are_asked_for(aws_lambda: Any) -> None:
    names = [f"f{number:03d}" for number in range(60)]
    for name in names:
        make_function(aws_lambda, name)
    first = aws_lambda.list_functions(MaxItems=1000)
    assert len(first["Functions"]) == 50
    second = aws_lambda.list_functions(Marker=first["NextMarker"])
    assert "NextMarker" not in second
    assert [f["FunctionName"] for f in first["Functions"] + second["Functions"]] == names
    assert len(aws_lambda.list_functions(MaxItems=7)["Functions"]) == 7
    paginator = aws_lambda.get_paginator("list_functions")
    assert sum(len(page["Functions"]) for page in paginator.paginate()) == 60


def test_a_page_goes_on_in_the_right_place_when_functions_went_in_between(aws_lambda: Any) -> None:
    for name in "abcd":
        make_function(aws_lambda, name)
    first = aws_lambda.list_functions(MaxItems=2)
    aws_lambda.delete_function(FunctionName="b")
    rest = aws_lambda.list_functions(Marker=first["NextMarker"])["Functions"]
    assert [f["FunctionName"] for f in rest] == ["c", "d"]


def test_a_marker_that_was_not_given_out_is_refused(aws_lambda: Any) -> None:
    with refused("InvalidParameterValueException", 400):
        aws_lambda.list_functions(Marker="nonsense")


def test_function_version_all_lists_every_version_with_qualified_arns(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda, "a", Publish=True)
    make_function(aws_lambda, "b")
    arn = f"arn:aws:lambda:eu-west-1:{account}:function:"
    listed = aws_lambda.list_functions(FunctionVersion="ALL")["Functions"]
    assert [f["FunctionArn"] for f in listed] == [f"{arn}a:$LATEST", f"{arn}a:1", f"{arn}b:$LATEST"]


def test_lists_leave_out_the_states(aws_lambda: Any) -> None:
    """ListFunctions and ListVersionsByFunction return a subset of the fields of FunctionConfiguration."""
    make_function(aws_lambda)
    listed = (
        aws_lambda.list_functions()["Functions"] + aws_lambda.list_versions_by_function(FunctionName="f")["Versions"]
    )
    for shown in listed:
        assert not {"State", "LastUpdateStatus", "RuntimeVersionConfig"} & shown.keys()


def test_code_location_downloads_the_package(aws_lambda: Any, emulator: Emulator) -> None:
    make_function(aws_lambda, source="x = 1\n")
    code = aws_lambda.get_function(FunctionName="f")["Code"]
    assert code["RepositoryType"] == "S3"
    with urllib.request.urlopen(code["Location"]) as answer:
        assert answer.read() == zipped("x = 1\n")


def test_code_location_cannot_be_guessed_and_expires(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    make_function(client)
    location = client.get_function(FunctionName="f")["Code"]["Location"]
    forged = location[:-4] + ("0000" if not location.endswith("0000") else "1111")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(forged)
    slow.cloud.clock.advance(601)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(location)


def test_an_image_is_taken_and_shown_by_its_uri(aws_lambda: Any) -> None:
    uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:v7"
    made = make_function(aws_lambda, PackageType="Image", Code={"ImageUri": uri}, ImageConfig={"Command": ["a"]})
    assert (made["PackageType"], made["CodeSize"]) == ("Image", 0)
    assert made["ImageConfigResponse"] == {"ImageConfig": {"Command": ["a"]}}
    code = aws_lambda.get_function(FunctionName="f")["Code"]
    assert (code["RepositoryType"], code["ImageUri"]) == ("ECR", uri)
    assert code["ResolvedImageUri"].startswith("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:")


def test_get_function_shows_tags_and_reserved_concurrency(aws_lambda: Any) -> None:
    make_function(aws_lambda, Tags={"team": "shop"})
    aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    shown = aws_lambda.get_function(FunctionName="f")
    assert shown["Tags"] == {"team": "shop"}
    assert shown["Concurrency"] == {"ReservedConcurrentExecutions": 5}


def test_an_update_of_the_configuration_keeps_what_it_does_not_name(aws_lambda: Any) -> None:
    make_function(aws_lambda, MemorySize=256, Environment={"Variables": {"AB": "1", "CD": "2"}})
    updated = aws_lambda.update_function_configuration(FunctionName="f", Timeout=9)
    assert (updated["Timeout"], updated["MemorySize"]) == (9, 256)
    updated = aws_lambda.update_function_configuration(FunctionName="f", Environment={"Variables": {"EF": "3"}})
    assert updated["Environment"] == {"Variables": {"EF": "3"}}


def test_empty_values_clear_settings(aws_lambda: Any, account: str) -> None:
    queue = f"arn:aws:sqs:eu-west-1:{account}:dead"
    make_function(
        aws_lambda,
        DeadLetterConfig={"TargetArn": queue},
        Environment={"Variables": {"AB": "1"}},
        KMSKeyArn=f"arn:aws:kms:eu-west-1:{account}:key/k",
        VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    )
    cleared = aws_lambda.update_function_configuration(
        FunctionName="f",
        DeadLetterConfig={"TargetArn": ""},
        Environment={"Variables": {}},
        KMSKeyArn="",
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
    )
    assert not {"DeadLetterConfig", "Environment", "KMSKeyArn"} & cleared.keys()
    assert cleared["VpcConfig"]["VpcId"] == ""
    assert cleared["VpcConfig"]["SubnetIds"] == []


def test_a_switch_to_json_logs_brings_levels_and_a_switch_back_takes_them(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    update = aws_lambda.update_function_configuration
    assert update(FunctionName="f", LoggingConfig={"LogFormat": "JSON"})["LoggingConfig"] == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        "LogGroup": "/aws/lambda/f",
    }
    assert update(FunctionName="f", LoggingConfig={"LogFormat": "Text", "LogGroup": "g"})["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": "g",
    }


def test_new_code_has_a_new_hash_and_a_dry_run_changes_nothing(aws_lambda: Any) -> None:
    before = make_function(aws_lambda)
    trial = aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 2\n"), DryRun=True)
    assert trial["CodeSha256"] != before["CodeSha256"]
    assert aws_lambda.get_function_configuration(FunctionName="f")["CodeSha256"] == before["CodeSha256"]
    done = aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 2\n"), Architectures=["arm64"])
    assert done["CodeSha256"] == trial["CodeSha256"]
    assert done["Architectures"] == ["arm64"]


def test_code_is_read_from_s3_in_the_version_that_was_named(client: Callable[..., Any], account: str) -> None:
    s3, aws_lambda = client("s3"), client("lambda")
    bucket = f"code-{account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="a.zip", Body=zipped("old = 1\n"))["VersionId"]
    s3.put_object(Bucket=bucket, Key="a.zip", Body=zipped("new = 1\n"))
    made = make_function(aws_lambda, Code={"S3Bucket": bucket, "S3Key": "a.zip"})
    older = aws_lambda.update_function_code(FunctionName="f", S3Bucket=bucket, S3Key="a.zip", S3ObjectVersion=old)
    assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(zipped("new = 1\n")).digest()).decode()
    assert older["CodeSha256"] == base64.b64encode(hashlib.sha256(zipped("old = 1\n")).digest()).decode()


def test_an_s3_object_that_is_not_there_is_refused_in_s3s_words(client: Callable[..., Any], account: str) -> None:
    bucket = f"code-{account}"
    client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws_lambda = client("lambda")
    text = (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
    )
    with refused("InvalidParameterValueException", 400, text):
        make_function(aws_lambda, Code={"S3Bucket": bucket, "S3Key": "nope.zip"})
    with refused("InvalidParameterValueException", 400, "S3 Error Code: NoSuchBucket"):
        make_function(aws_lambda, Code={"S3Bucket": f"nope-{account}", "S3Key": "nope.zip"})


def test_a_bucket_of_another_region_is_refused(client: Callable[..., Any], account: str) -> None:
    bucket = f"far-{account}"
    client("s3", region="us-east-1").create_bucket(Bucket=bucket)
    with refused("InvalidParameterValueException", 400, "The bucket is in this region: us-east-1"):
        make_function(client("lambda"), Code={"S3Bucket": bucket, "S3Key": "a.zip"})


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ({"ZipFile": b"not a zip"}, "Could not unzip uploaded file. Please check your file, then try to upload again."),
        ({"ZipFile": b""}, "Uploaded file must be a non-empty zip"),
        ({}, "Please provide a source for function code."),
        ({"ZipFile": zipped(), "S3Bucket": "bbb"}, "Please do not provide other FunctionCode parameters"),
        ({"ImageUri": "i"}, "Please don't provide ImageUri when updating a function with packageType Zip."),
    ],
)
def test_code_that_cannot_be_used_is_refused(aws_lambda: Any, code: dict[str, Any], text: str) -> None:
    with refused("InvalidParameterValueException", 400, text):
        make_function(aws_lambda, Code=code)


def test_a_zip_beyond_50_mb_is_too_large_for_a_request(aws_lambda: Any) -> None:
    with refused("RequestEntityTooLargeException", 413, "Zipped size must be smaller than 52428800 bytes"):
        make_function(aws_lambda, Code={"ZipFile": b"\0" * 52_428_801})


def test_a_zip_that_unpacks_to_more_than_250_mb_is_refused(aws_lambda: Any) -> None:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as out:
        for _ in range(250):
            out.write(b"\0" * 1_048_576)
    with refused("InvalidParameterValueException", 400, "Unzipped size must be smaller than 262144000 bytes"):
        make_function(aws_lambda, Code={"ZipFile": buffer.getvalue()})


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"Runtime": "python9.9"}, "InvalidParameterValueException", "Value python9.9 at 'runtime' failed to satisfy"),
        ({"Runtime": "python3.7"}, "InvalidParameterValueException", "The runtime parameter of python3.7 is no longer"),
        ({"MemorySize": 129_000}, "ValidationException", "Value '129000' at 'memorySize' failed to satisfy constraint"),
        ({"MemorySize": 20_000}, "InvalidParameterValueException", "'MemorySize' value failed to satisfy constraint"),
        ({"Timeout": 901}, "InvalidParameterValueException", "'Timeout' value failed to satisfy constraint"),
        (
            {"Role": "arn:aws:iam::1:role/x"},
            "ValidationException",
            "at 'role' failed to satisfy constraint: Member must",
        ),
        ({"Handler": "with space"}, "ValidationException", "at 'handler' failed to satisfy constraint"),
        ({"Description": "x" * 257}, "ValidationException", "Member must have length less than or equal to 256"),
        (
            {"Environment": {"Variables": {"AWS_REGION": "x"}}},
            "InvalidParameterValueException",
            "Reserved keys used in this request: AWS_REGION",
        ),
        (
            {"Environment": {"Variables": {"BIG": "x" * 4096}}},
            "InvalidParameterValueException",
            "exceeded the 4KB limit",
        ),
        (
            {"SnapStart": {"ApplyOn": "PublishedVersions"}, "Runtime": "python3.11"},
            "InvalidParameterValueException",
            "SnapStart",
        ),
        (
            {"LoggingConfig": {"LogFormat": "Text", "SystemLogLevel": "WARN"}},
            "InvalidParameterValueException",
            'LogLevel is not supported when LogFormat is set to "Text".',
        ),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:s3:::b"}}, "InvalidParameterValueException", "dead letter queue"),
        (
            {"Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:no:1"]},
            "InvalidParameterValueException",
            "Layer version arn:aws:lambda:eu-west-1:123456789012:layer:no:1 does not exist.",
        ),
        (
            {"Architectures": ["x86_64", "arm64"]},
            "ValidationException",
            "Member must have length less than or equal to 1",
        ),
        ({"Architectures": ["mips"]}, "ValidationException", "Member must satisfy enum value set: [x86_64, arm64]"),
        ({"Tags": {"aws:x": "y"}}, "InvalidParameterValueException", "aws: prefixed tag key names"),
    ],
)
def test_settings_that_aws_does_not_take_are_refused(
    aws_lambda: Any, members: dict[str, Any], code: str, text: str
) -> None:
    with refused(code, 400, text):
        make_function(aws_lambda, **members)
    make_function(aws_lambda)
    if (
        members.keys() & {"Runtime", "MemorySize", "Timeout", "Environment", "DeadLetterConfig"}
        and "SnapStart" not in members
    ):
        with refused(code, 400, text):
            aws_lambda.update_function_configuration(FunctionName="f", **members)


def test_a_zip_needs_a_runtime_and_a_handler_and_an_image_neither(aws_lambda: Any) -> None:
    role = "arn:aws:iam::123456789012:role/r"
    with refused("InvalidParameterValueException", 400, "Runtime and Handler are mandatory"):
        aws_lambda.create_function(FunctionName="f", Role=role, Code={"ZipFile": zipped()})
    with refused("InvalidParameterValueException", 400, "Please don't provide Handler or Runtime or Layer"):
        make_function(aws_lambda, PackageType="Image", Code={"ImageUri": "i"}, Runtime="python3.13")


def test_a_role_that_does_not_trust_lambda_cannot_be_assumed(client: Callable[..., Any]) -> None:
    iam = client("iam")
    trust = '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "%s"}, "Action": "sts:AssumeRole"}]}'
    ec2 = iam.create_role(RoleName="for-ec2", AssumeRolePolicyDocument=trust % "ec2.amazonaws.com")["Role"]["Arn"]
    good = iam.create_role(RoleName="for-lambda", AssumeRolePolicyDocument=trust % "lambda.amazonaws.com")["Role"][
        "Arn"
    ]
    aws_lambda = client("lambda")
    with refused(
        "InvalidParameterValueException", 400, "The role defined for the function cannot be assumed by Lambda."
    ):
        make_function(aws_lambda, Role=ec2)
    assert make_function(aws_lambda, Role=good)["Role"] == good
    with refused("InvalidParameterValueException", 400, "cannot be assumed by Lambda."):
        aws_lambda.update_function_configuration(FunctionName="f", Role=ec2)


def test_strict_references_refuses_what_iam_and_ec2_do_not_know(account: str) -> None:
    with Emulator(cloud_of(transition_seconds=0.0, strict_references=True)) as strict:
        client = client_of(strict, "lambda", account)
        with refused("InvalidParameterValueException", 400, "cannot be assumed by Lambda."):
            make_function(client)
        trust = '{"Statement": {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": "*"}}'
        iam = client_of(strict, "iam", account)
        iam.create_role(RoleName="service", Path="/apps/", AssumeRolePolicyDocument=trust)
        role = f"arn:aws:iam::{account}:role/apps/service"
        text = "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound."
        with refused("InvalidParameterValueException", 400, text):
            make_function(client, Role=role, VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]})
        assert make_function(client, Role=role)["Role"] == role


def test_the_vpc_is_that_of_the_subnets(client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    made = make_function(client("lambda"), VpcConfig={"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group]})
    assert made["VpcConfig"]["VpcId"] == subnet["VpcId"]


def test_deleting_a_function_takes_its_versions_and_aliases_along(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    aws_lambda.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    aws_lambda.delete_function(FunctionName="f")
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_function(FunctionName="f")
    with refused("ResourceNotFoundException", 404):
        aws_lambda.delete_function(FunctionName="f")
    make_function(aws_lambda)
    assert aws_lambda.list_aliases(FunctionName="f")["Aliases"] == []


def test_a_version_that_an_alias_points_to_or_weights_cannot_be_deleted(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    publish(aws_lambda, source="two = 2\n")
    publish(aws_lambda, source="three = 3\n")
    aws_lambda.create_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}}
    )
    text = "Unable to delete version because the following aliases reference it: [live]"
    for number in ("1", "2"):
        with refused("ResourceConflictException", 409, text):
            aws_lambda.delete_function(FunctionName="f", Qualifier=number)
    aws_lambda.delete_function(FunctionName="f", Qualifier="3")
    listed = aws_lambda.list_versions_by_function(FunctionName="f")["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST", "1", "2"]


def test_latest_and_aliases_cannot_be_deleted_as_versions(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    text = "$LATEST version cannot be deleted without deleting the function."
    with refused("InvalidParameterValueException", 400, text):
        aws_lambda.delete_function(FunctionName="f", Qualifier="$LATEST")
    with refused("InvalidParameterValueException", 400, "Deletion of aliases is not currently supported."):
        aws_lambda.delete_function(FunctionName="f", Qualifier="live")


def test_deleting_a_version_that_is_not_there_is_no_error(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    answer = aws_lambda.delete_function(FunctionName="f", Qualifier="99")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)


PROVIDER = {
    "LambdaManagedInstancesCapacityProviderConfig": {
        "CapacityProviderArn": "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:own"
    }
}


def test_a_function_on_managed_instances_is_published_as_latest_published(aws_lambda: Any) -> None:
    make_function(aws_lambda, CapacityProviderConfig=PROVIDER)
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_function(FunctionName="f", Qualifier="$LATEST.PUBLISHED")
    made = aws_lambda.publish_version(FunctionName="f", PublishTo="LATEST_PUBLISHED", Description="first")
    assert made["Version"] == "$LATEST.PUBLISHED"
    assert made["FunctionArn"].endswith(":function:f:$LATEST.PUBLISHED")
    aws_lambda.update_function_configuration(FunctionName="f", Timeout=9)
    found = aws_lambda.get_function_configuration(FunctionName="f", Qualifier="$LATEST.PUBLISHED")
    assert (found["Timeout"], found["Description"]) == (3, "first")
    aws_lambda.publish_version(FunctionName="f", PublishTo="LATEST_PUBLISHED")
    assert aws_lambda.get_function_configuration(FunctionName="f", Qualifier="$LATEST.PUBLISHED")["Timeout"] == 9
    updated = aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 1"), PublishTo="LATEST_PUBLISHED")
    assert updated["Version"] == "$LATEST.PUBLISHED"
    created = make_function(aws_lambda, "g", CapacityProviderConfig=PROVIDER, PublishTo="LATEST_PUBLISHED")
    assert created["Version"] == "$LATEST.PUBLISHED"
    assert [entry["Version"] for entry in aws_lambda.list_versions_by_function(FunctionName="f")["Versions"]] == [
        "$LATEST"
    ]


def test_latest_published_is_for_managed_instances(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    for call in (
        lambda: aws_lambda.publish_version(FunctionName="f", PublishTo="LATEST_PUBLISHED"),
        lambda: aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped(), PublishTo="LATEST_PUBLISHED"),
        lambda: make_function(aws_lambda, "g", PublishTo="LATEST_PUBLISHED"),
    ):
        with refused("InvalidParameterValueException", 400, "isn't supported for Lambda Default functions."):
            call()
    assert len(aws_lambda.list_functions()["Functions"]) == 1


def test_what_only_a_new_function_can_have_is_refused_later(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    with refused("InvalidParameterValueException", 400, "isn't supported for Lambda Default functions."):
        aws_lambda.update_function_configuration(FunctionName="f", CapacityProviderConfig=PROVIDER)
    with refused("InvalidParameterValueException", 400, "durable execution"):
        aws_lambda.update_function_configuration(FunctionName="f", DurableConfig={"ExecutionTimeout": 9})


def test_a_durable_function_has_a_timeout_and_keeps_what_an_update_leaves_out(aws_lambda: Any) -> None:
    with refused("InvalidParameterValueException", 400, "without an executionTimeout"):
        make_function(aws_lambda, DurableConfig={"RetentionPeriodInDays": 3})
    make_function(aws_lambda, DurableConfig={"ExecutionTimeout": 9})
    changed = aws_lambda.update_function_configuration(FunctionName="f", DurableConfig={"RetentionPeriodInDays": 3})
    assert changed["DurableConfig"] == {"ExecutionTimeout": 9, "RetentionPeriodInDays": 3}


def test_a_file_system_needs_a_vpc_and_a_large_tmp_an_accelerator(aws_lambda: Any) -> None:
    mount = f"arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-{'0' * 17}"
    systems = [{"Arn": mount, "LocalMountPath": "/mnt/data"}]
    with refused("InvalidParameterValueException", 400, "must be configured to execute in a VPC"):
        make_function(aws_lambda, FileSystemConfigs=systems)
    vpc = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    make_function(aws_lambda, FileSystemConfigs=systems, VpcConfig=vpc)
    with refused("InvalidParameterValueException", 400, "must be configured to execute in a VPC"):
        aws_lambda.update_function_configuration(FunctionName="f", VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    with refused("InvalidParameterValueException", 400, "less than or equal to 10240"):
        aws_lambda.update_function_configuration(FunctionName="f", EphemeralStorage={"Size": 20000})
    accelerator = {"AcceleratorMemorySize": 16}
    changed = aws_lambda.update_function_configuration(
        FunctionName="f", EphemeralStorage={"Size": 20000}, AcceleratorConfig=accelerator
    )
    assert (changed["EphemeralStorage"], changed["AcceleratorConfig"]) == ({"Size": 20000}, accelerator)


def test_a_stale_revision_is_a_failed_precondition(aws_lambda: Any) -> None:
    first = make_function(aws_lambda)["RevisionId"]
    second = aws_lambda.update_function_configuration(FunctionName="f", Timeout=4, RevisionId=first)["RevisionId"]
    assert first != second
    text = (
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id"
    )
    with refused("PreconditionFailedException", 412, text):
        aws_lambda.update_function_configuration(FunctionName="f", Timeout=5, RevisionId=first)
    with refused("PreconditionFailedException", 412, text):
        aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 3\n"), RevisionId=first)
    third = aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 3\n"), RevisionId=second)
    assert third["RevisionId"] not in (first, second)
