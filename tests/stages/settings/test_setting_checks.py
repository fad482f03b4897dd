"""What AWS would refuse or regret of a function's settings is one sentence, and nothing is sent."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from lambdatui import documents
from lambdatui.errors import BadInput
from lambdatui.stages import known_calls
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.settings import setting_checks
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.stage import Change, Danger, World
from tests.conftest import Calls
from tests.emulator.clients import make_function, zipped
from tests.stages.acting import failed, finished, operations

ACCOUNT = "123456789012"
MOUNT = f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:access-point/fsap-{'0' * 17}"


@pytest.fixture
def client(aws: Any, tmp_path: Path) -> Any:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context):\n    return 2\n")
    client = aws()
    make_function(client, "f")
    return client


def refusal(world: World, **inputs: Any) -> str:
    with pytest.raises(BadInput) as caught:
        Deploy(**{"function": "f", **inputs}).plan(world)
    return str(caught.value)


# what stands in a file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("role: arn:aws:s3:::bucket", "role: the ARN of a role was expected, and 'arn:aws:s3:::bucket' is one of s3."),
        ("role: operator", "role: the ARN of a role was expected, such as arn:aws:iam::123456789012:role/service, not"),
        ("role: arn:aws:iam::123456789012:user/anna", "role: the ARN of a role was expected, such as"),
        ("role: ''", "role: the ARN of a role was expected, such as"),
        ("dead_letter: arn:aws:kinesis:eu-west-1:123456789012:stream/x", "dead_letter: the ARN of an SQS queue"),
        ("kms_key: arn:aws:iam::123456789012:role/x", "kms_key: the ARN of a KMS key was expected, and"),
        ("layers: [arn:aws:lambda:eu-west-1:123456789012:layer:libs]", "layers.0: the ARN of a layer's version was"),
        ("layers: [arn:aws:lambda:eu-west-1:123456789012:function:f]", "layers.0: the ARN of a layer's version was"),
        ("file_systems: [{arn: 'arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1', path: /mnt/x}]",
         "file_systems.0.arn: the ARN of an access point of EFS or of S3 Files was expected"),
        ("file_systems: [{arn: x, path: /data}]", "file_systems.0.arn: the ARN of an access point"),
        ("code_signing: arn:aws:lambda:eu-west-1:123456789012:function:f", "code_signing: the ARN of a code signing"),
        ("capacity_provider: {arn: 'arn:aws:lambda:eu-west-1:1:function:f'}", "capacity_provider.arn: the ARN of"),
        ("vpc: {subnets: [vpc-1]}", "vpc.subnets.0: 'vpc-1' will not do"),
        ("vpc: {subnet: [subnet-1]}", "there is no field 'vpc.subnet'. Did you mean 'subnets'?"),
        ("enviroment: {A1: x}", "there is no field 'enviroment'. Did you mean 'environment'?"),
        ("memory: 64", "memory: 128 or more was expected, not 64."),
        ("timeout: 9999", "timeout: 5400 or less was expected, not 9999."),
        ("tracing: active", "tracing: Active or PassThrough was expected, not 'active'. Did you mean 'Active'?"),
        ("snap_start: Published", "snap_start: PublishedVersions or None was expected"),
        ("reserved_concurrency: -1", "reserved_concurrency: 0 or more was expected, not -1."),
        ("reserved_concurrency: some", "reserved_concurrency: a whole number was expected, not 'some'."),
        ("logging: {format: YAML}", "logging.format: Text or JSON was expected, not 'YAML'."),
        ("logging: text", "logging: a mapping of fields was expected, not 'text'."),
        ("environment: {A1: 5}", "environment.A1: text was expected; put it in quotes."),
        ("durable: {retention_days: 91}", "durable.retention_days: 90 or less was expected, not 91."),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        documents.check(documents.parse(f"function: f\n{text}\n", "f.yaml"), Deploy)
    assert f"f.yaml:2: {words}" in str(caught.value)
    assert "more after this" not in str(caught.value) or "file_systems: [{arn: x" in text


# what depends on where it goes, and on what stands there


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            {"role": f"arn:aws-cn:iam::{ACCOUNT}:role/x"},
            "role: it is in the partition aws-cn, and eu-west-1 is in aws.",
        ),
        (
            {"dead_letter": f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed"},
            "dead_letter: it is in us-east-1, and the function in eu-west-1: AWS wants both in one region.",
        ),
        ({"kms_key": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/x"}, "kms_key: it is in us-east-1"),
        ({"layers": [f"arn:aws-cn:lambda:eu-west-1:{ACCOUNT}:layer:l:1"]}, "layers.0: it is in the partition aws-cn"),
        ({"environment": {"AWS_REGION": "x"}}, "environment.AWS_REGION: Lambda sets it itself"),
        ({"environment": {"_HANDLER": "x"}}, "environment._HANDLER: Lambda sets it itself"),
        ({"memory": 10241}, "memory: 10240 or less was expected, not 10241, without managed instances."),
        ({"timeout": 901}, "timeout: 900 or less was expected, not 901, without managed instances."),
        ({"ephemeral_storage": 10241}, "ephemeral_storage: 10240 or less was expected, not 10241, without an accel"),
        ({"vpc": {"subnets": ["subnet-1"]}}, "vpc.security_groups: subnets and security groups are needed together"),
        ({"vpc": {"security_groups": ["sg-1"]}}, "vpc.subnets: subnets and security groups are needed together"),
        ({"logging": {"system_level": "WARN"}}, "logging.system_level: levels go with `format: JSON`"),
        (
            {"file_systems": [{"arn": MOUNT, "path": "/mnt/data"}]},
            "file_systems: a file system is reached through a VPC, and the function is in none",
        ),
        ({"image": {"command": ["x"]}}, "image: f is no container image"),
        ({"tenancy": "PER_TENANT"}, "tenancy: f was created without it, and AWS keeps it so"),
        ({"durable": {"execution_timeout": 9}}, "durable: f was not created durable, and AWS keeps it so"),
        (
            {"capacity_provider": {"arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:capacity-provider:own"}},
            "capacity_provider: f was not created on managed instances, and AWS keeps it so",
        ),
        ({"architecture": "arm64"}, "architecture: f is x86_64, and another takes code that was built for it"),
        ({"runtime_management": {"update_on": "Manual"}}, "runtime_management.version: `update_on: Manual` needs"),
        (
            {"runtime_management": {"update_on": "Auto", "version": "arn:aws:lambda:eu-west-1::runtime:1"}},
            "runtime_management.version: it goes with `update_on: Manual`, not with Auto.",
        ),
    ],
)
def test_what_a_function_cannot_have_is_refused_before_anything_is_sent(
    client: Any, world: World, calls: Calls, inputs: dict[str, Any], words: str
) -> None:
    calls.forget()
    assert refusal(world, **inputs).startswith(words)
    assert calls.changes() == []


def test_what_a_new_function_needs_is_named(client: Any, world: World, account_id: str) -> None:
    new = {
        "function": "new",
        "code": "code",
        "runtime": "python3.13",
        "handler": "app.handler",
        "role": f"arn:aws:iam::{account_id}:role/x",
    }
    needed = "new does not exist yet, so it is needed."
    assert refusal(world, **new, durable={"retention_days": 3}) == f"durable.execution_timeout: {needed}"
    assert refusal(world, **new, capacity_provider={"max_concurrency": 3}) == f"capacity_provider.arn: {needed}"
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop:7"
    assert refusal(world, **new | {"code": image}).startswith(
        "runtime: new is a container image, which brings its own."
    )


def test_what_was_chosen_at_creation_cannot_be_removed(client: Any, world: World, account_id: str) -> None:
    new = {"code": "code", "runtime": "python3.13", "handler": "app.handler", "function": "new"}
    new["role"] = f"arn:aws:iam::{account_id}:role/x"
    provider = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:capacity-provider:own"
    finished(Deploy(**new, durable={"execution_timeout": 9}, capacity_provider={"arn": provider}), world)
    assert refusal(world, function="new", durable={}).startswith(
        "durable: new was created durable, and AWS keeps it so"
    )
    assert refusal(world, function="new", capacity_provider={}).startswith("capacity_provider: new was created on man")
    stage = Deploy(function="new", memory=20_000, timeout=5000, capacity_provider={"max_concurrency": 3})
    finished(stage, world)
    assert stage.plan(world).empty


# absent, empty


def test_parts_that_are_absent_are_left_alone(client: Any, world: World) -> None:
    finished(Deploy(function="f", vpc={"subnets": ["subnet-1"], "security_groups": ["sg-1"]}), world)
    finished(Deploy(function="f", logging={"format": "JSON", "group": "/shop"}), world)
    [change] = (
        Deploy(function="f", vpc={"security_groups": ["sg-2"]}, logging={"system_level": "WARN"}).plan(world).changes
    )
    assert change.request["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert change.request["LoggingConfig"] == {
        "LogFormat": "JSON",
        "LogGroup": "/shop",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "WARN",
    }
    assert [(line.field, line.before, line.after) for line in change.differences] == [
        ("vpc security groups", "sg-1", "sg-2"),
        ("logging system level", "INFO", "WARN"),
    ]


def test_each_removal_is_a_line(client: Any, world: World, account_id: str) -> None:
    queue = f"arn:aws:sqs:eu-west-1:{account_id}:failed"
    key = f"arn:aws:kms:eu-west-1:{account_id}:key/x"
    finished(
        Deploy(
            function="f",
            vpc={"subnets": ["subnet-1"], "security_groups": ["sg-1"]},
            dead_letter=queue,
            kms_key=key,
            description="d",
            environment={"TOKEN": "s3cret"},
            reserved_concurrency=7,
            tags={"team": "pay"},
        ),
        world,
    )
    stage = Deploy(
        function="f",
        vpc={},
        dead_letter="",
        kms_key="",
        description="",
        environment={},
        reserved_concurrency="",
        tags={},
    )
    lines = {
        line.field: (line.before, line.after) for change in stage.plan(world).changes for line in change.differences
    }
    assert lines == {
        "vpc subnets": ("subnet-1", None),
        "vpc security groups": ("sg-1", None),
        "dead letter": (queue, None),
        "kms key": (key, None),
        "description": ("d", None),
        "environment TOKEN": ("••••••", None),
        "reserved concurrency": ("7", None),
        "tag team": ("pay", None),
    }


def test_an_order_alone_is_a_difference(world: World, client: Any) -> None:
    arns = [
        client.publish_layer_version(LayerName=name, Content={"ZipFile": zipped()})["LayerVersionArn"] for name in "ab"
    ]
    finished(Deploy(function="f", layers=arns), world)
    [change] = Deploy(function="f", layers=arns[::-1]).plan(world).changes
    assert [line.field for line in change.differences] == ["layers"]


def test_a_function_stays_in_its_vpc_while_a_file_system_is_reached_through_it(client: Any, world: World) -> None:
    vpc = {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}
    finished(Deploy(function="f", vpc=vpc, file_systems=[{"arn": MOUNT, "path": "/mnt/data"}]), world)
    assert refusal(world, vpc={}).startswith("vpc: the function's file system is reached through it")
    finished(Deploy(function="f", vpc={}, file_systems=[]), world)
    assert "FileSystemConfigs" not in client.get_function_configuration(FunctionName="f")


# warnings


@pytest.mark.parametrize(
    ("runtime", "today", "words"),
    [
        ("python3.8", "2026-11-24", "python3.8 has been retired since 2024-10-14: AWS patches it no more"),
        ("nodejs22.x", "2027-01-01", "nodejs22.x will be retired on 2027-04-30"),
        ("python3.13", "2026-11-24", ""),
        ("own", "2026-11-24", ""),
    ],
)
def test_a_runtime_that_is_or_will_be_retired_is_warned_of(runtime: str, today: str, words: str) -> None:
    told = setting_checks.runtime_warnings(FunctionSettings(runtime=runtime), dt.date.fromisoformat(today))
    assert "".join(told).startswith(words)
    assert bool(told) == bool(words)


def test_a_runtime_that_boto3_does_not_know_is_warned_of_with_its_near_match(client: Any, world: World) -> None:
    plan = Deploy(function="f", runtime="pyhton3.13").plan(world)
    assert re.fullmatch(
        r"runtime: boto3 [\d.]+ does not know 'pyhton3\.13'; AWS may\. Did you mean 'python3\.13'\?", plan.warnings[0]
    )


def test_a_function_that_is_stopped_is_warned_of(client: Any, world: World) -> None:
    plan = Deploy(function="f", reserved_concurrency=0).plan(world)
    assert plan.warnings == ("f will take no invocations: 0 executions are reserved for it.",)
    assert plan.danger is Danger.TRAFFIC


def test_more_than_the_account_can_reserve_is_refused(client: Any, world: World) -> None:
    make_function(client, "other")
    client.put_function_concurrency(FunctionName="other", ReservedConcurrentExecutions=400)
    assert refusal(world, reserved_concurrency=501) == (
        "reserved_concurrency: 500 or less was expected, not 501: of the account's 1000, AWS keeps 100 "
        "for the functions that reserve none."
    )
    finished(Deploy(function="f", reserved_concurrency=500), world)
    assert operations(Deploy(function="f", reserved_concurrency=499).plan(world)) == ["PutFunctionConcurrency"]


# what boto3 or a region lacks


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("PutWindow", "f", request={}), r"PutWindow: boto3 [\d.]+ does not know it\. Update it"),
        (
            Change("UpdateFunctionConfiguration", "f", request={"FunctionName": "f", "Sails": 3}),
            r"Sails: boto3 [\d.]+ does not know UpdateFunctionConfiguration's Sails\.",
        ),
        (
            Change("UpdateFunctionConfiguration", "f", request={"LoggingConfig": {"Colour": 1}}),
            r"logging: boto3 [\d.]+ does not know UpdateFunctionConfiguration's LoggingConfig\.Colour\.",
        ),
        (
            Change("CreateFunction", "f", request={"FileSystemConfigs": [{"Arn": "a", "Depth": 1}]}),
            r"file_systems: boto3 [\d.]+ does not know CreateFunction's FileSystemConfigs\.Depth\.",
        ),
    ],
)
def test_what_an_older_boto3_lacks_is_told_before_anything_is_sent(world: World, change: Change, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        known_calls.check_known(world.accounts.open(), [change])


@pytest.mark.parametrize(
    ("operation", "inputs"),
    [
        ("GetFunctionRecursionConfig", {"recursion": "Allow"}),
        ("GetRuntimeManagementConfig", {"runtime_management": {"update_on": "FunctionUpdate"}}),
        ("GetFunctionCodeSigningConfig", {"code_signing": ""}),
    ],
)
def test_what_a_region_lacks_is_told(
    client: Any, world: World, connected: Any, account_id: str, operation: str, inputs: dict[str, Any]
) -> None:
    connected.cloud.faults.add(
        "error", operation=operation, account=account_id, code="UnknownOperationException", message="", status=404
    )
    [field] = inputs
    assert refusal(world, **inputs) == f"{field}: Lambda in eu-west-1 does not have this setting ({operation})."


def test_aws_s_own_refusal_is_told_as_it_is(client: Any, world: World, connected: Any, account_id: str) -> None:
    words = "SnapStart is not available in this region"
    connected.cloud.faults.add(
        "error",
        operation="UpdateFunctionConfiguration",
        account=account_id,
        code="InvalidParameterValueException",
        message=words,
    )
    stage = Deploy(function="f", snap_start="PublishedVersions")
    assert operations(stage.plan(world)) == ["UpdateFunctionConfiguration"]
    assert words in str(failed(stage, world).error)
