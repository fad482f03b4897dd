"""Every setting of a function: it reaches AWS, it comes back, a second plan is empty, and what is empty is removed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lambdatui.stages.deploy import Deploy
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.settings.setting_table import SETTINGS
from lambdatui.stages.stage import World
from tests.emulator.clients import zipped
from tests.stages.acting import finished, operations

ACCOUNT, REGION = "123456789012", "eu-west-1"
_names = itertools.count()


def arn(service: str, resource: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{REGION}:{account}:{resource}"


KEY, OTHER_KEY = arn("kms", "key/one"), arn("kms", "key/two")
MOUNT, FILES = (
    arn("elasticfilesystem", f"access-point/fsap-{'0' * 17}"),
    arn("s3files", f"file-system/fs-{'a' * 17}/access-point/fsap-{'b' * 17}"),
)
PINNED = f"arn:aws:lambda:{REGION}::runtime:0123456789"


# what is asked for in a file's words, and what AWS must then show of it, where None means nothing
Shown = dict[str, Any]
CASES: dict[str, list[tuple[Any, Shown]]] = {
    "runtime": [("python3.12", {"Runtime": "python3.12"}), ("python3.13", {"Runtime": "python3.13"})],
    "handler": [("app.handler", {"Handler": "app.handler"}), ("app.other", {"Handler": "app.other"})],
    "role": [(f"arn:aws:iam::{ACCOUNT}:role/{name}", {"Role": f"arn:aws:iam::{ACCOUNT}:role/{name}"}) for name in "ab"],
    "description": [("the shop", {"Description": "the shop"}), ("", {"Description": ""})],
    "memory": [(128, {"MemorySize": 128}), (10240, {"MemorySize": 10240})],
    "timeout": [(1, {"Timeout": 1}), (900, {"Timeout": 900})],
    "ephemeral_storage": [(512, {"EphemeralStorage": {"Size": 512}}), (10240, {"EphemeralStorage": {"Size": 10240}})],
    "environment": [
        ({"TOKEN": "s3cret", "MODE": "x"}, {"Environment": {"Variables": {"TOKEN": "s3cret", "MODE": "x"}}}),
        ({"TOKEN": "other"}, {"Environment": {"Variables": {"TOKEN": "other"}}}),
        ({}, {"Environment": None}),
    ],
    "vpc": [
        (
            {"subnets": ["subnet-b", "subnet-a"], "security_groups": ["sg-1"]},
            {"VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1"]}},
        ),
        (
            {"subnets": ["subnet-c"], "security_groups": ["sg-2", "sg-3"], "ipv6": True},
            {
                "VpcConfig": {
                    "SubnetIds": ["subnet-c"],
                    "SecurityGroupIds": ["sg-2", "sg-3"],
                    "Ipv6AllowedForDualStack": True,
                }
            },
        ),
        ({}, {"VpcConfig": {"SubnetIds": None, "SecurityGroupIds": None, "Ipv6AllowedForDualStack": None}}),
    ],
    "dead_letter": [
        (arn("sqs", "failed"), {"DeadLetterConfig": {"TargetArn": arn("sqs", "failed")}}),
        (arn("sns", "alarms"), {"DeadLetterConfig": {"TargetArn": arn("sns", "alarms")}}),
        ("", {"DeadLetterConfig": None}),
    ],
    "tracing": [
        ("Active", {"TracingConfig": {"Mode": "Active"}}),
        ("PassThrough", {"TracingConfig": {"Mode": "PassThrough"}}),
    ],
    "kms_key": [(KEY, {"KMSKeyArn": KEY}), (OTHER_KEY, {"KMSKeyArn": OTHER_KEY}), ("", {"KMSKeyArn": None})],
    "file_systems": [
        ([{"arn": MOUNT, "path": "/mnt/data"}], {"FileSystemConfigs": [{"Arn": MOUNT, "LocalMountPath": "/mnt/data"}]}),
        (
            [{"arn": FILES, "path": "/mnt/bucket", "direct_read": "ENABLED"}],
            {
                "FileSystemConfigs": [
                    {"Arn": FILES, "LocalMountPath": "/mnt/bucket", "S3FilesConfig": {"DirectS3Read": "ENABLED"}}
                ]
            },
        ),
        ([], {"FileSystemConfigs": None}),
    ],
    "snap_start": [
        ("PublishedVersions", {"SnapStart": {"ApplyOn": "PublishedVersions"}}),
        ("None", {"SnapStart": {"ApplyOn": "None"}}),
    ],
    "logging": [
        (
            {"format": "JSON", "application_level": "WARN", "system_level": "DEBUG", "group": "/shop/all"},
            {
                "LoggingConfig": {
                    "LogFormat": "JSON",
                    "ApplicationLogLevel": "WARN",
                    "SystemLogLevel": "DEBUG",
                    "LogGroup": "/shop/all",
                }
            },
        ),
        (
            {"format": "JSON", "system_level": "WARN"},
            {"LoggingConfig": {"LogFormat": "JSON", "SystemLogLevel": "WARN"}},
        ),
        ({"format": "Text"}, {"LoggingConfig": {"LogFormat": "Text", "ApplicationLogLevel": None}}),
        ({}, {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/{function}", "SystemLogLevel": None}}),
    ],
    "custom_runtime": [
        (
            {"arn": arn("lambda", f"runtime/{name}"), "alias": "live"},
            {"RuntimeConfig": {"RuntimeArn": arn("lambda", f"runtime/{name}"), "RuntimeAlias": "live"}},
        )
        for name in ("one", "two")
    ],
    "accelerator_memory": [
        (16, {"AcceleratorConfig": {"AcceleratorMemorySize": 16}}),
        (24, {"AcceleratorConfig": {"AcceleratorMemorySize": 24}}),
    ],
    "layers": [
        (["{layer}:1"], {"Layers": ["{layer}:1"]}),
        (["{layer}:2"], {"Layers": ["{layer}:2"]}),
        ([], {"Layers": None}),
    ],
    "code_signing": [
        ("{signing}", {"CodeSigningConfigArn": "{signing}"}),
        ("", {"CodeSigningConfigArn": None}),
    ],
    "tags": [
        ({"team": "pay", "tier": "1"}, {"Tags": {"team": "pay", "tier": "1"}}),
        ({"team": "web"}, {"Tags": {"team": "web"}}),
        ({}, {"Tags": None}),
    ],
    "reserved_concurrency": [(0, {"Reserved": 0}), (7, {"Reserved": 7}), ("", {"Reserved": None})],
    "runtime_management": [
        ({"update_on": "Manual", "version": PINNED}, {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": PINNED}),
        ({"update_on": "FunctionUpdate"}, {"UpdateRuntimeOn": "FunctionUpdate", "RuntimeVersionArn": None}),
        ({}, {"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": None}),
    ],
    "recursion": [("Allow", {"RecursiveLoop": "Allow"}), ("Terminate", {"RecursiveLoop": "Terminate"})],
    # what only a new function is given; its parts may change afterwards
    "architecture": [("arm64", {"Architectures": ["arm64"]})],
    "tenancy": [("PER_TENANT", {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}})],
    "durable": [
        (
            {"execution_timeout": 3600, "retention_days": 7, "kms_key": KEY},
            {"DurableConfig": {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 7, "KMSKeyArn": KEY}},
        ),
        ({"execution_timeout": 60}, {"DurableConfig": {"ExecutionTimeout": 60}}),
    ],
    "capacity_provider": [
        (
            {"arn": arn("lambda", "capacity-provider:own"), "max_concurrency": number, "memory_per_vcpu": 4.0},
            {
                "CapacityProviderConfig": {
                    "LambdaManagedInstancesCapacityProviderConfig": {
                        "CapacityProviderArn": arn("lambda", "capacity-provider:own"),
                        "PerExecutionEnvironmentMaxConcurrency": number,
                        "ExecutionEnvironmentMemoryGiBPerVCpu": 4.0,
                    }
                }
            },
        )
        for number in (10, 20)
    ],
    # what only an image has
    "image": [
        (
            {"entry_point": ["/run", "--fast"], "command": ["app.handler"], "working_directory": "/srv"},
            {"ImageConfig": {"EntryPoint": ["/run", "--fast"], "Command": ["app.handler"], "WorkingDirectory": "/srv"}},
        ),
        ({"command": ["app.other"]}, {"ImageConfig": {"Command": ["app.other"]}}),
        ({"entry_point": [], "working_directory": ""}, {"ImageConfig": {"EntryPoint": None, "WorkingDirectory": None}}),
        ({}, {"ImageConfig": None}),
    ],
}
ONLY_NEW = {"architecture", "tenancy", "durable", "capacity_provider"}
NOT_OF_AN_IMAGE = {"runtime", "handler", "layers", "custom_runtime", "snap_start"}


def test_each_member_of_the_api_is_a_field() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    members = {
        name
        for operation in ("CreateFunction", "UpdateFunctionConfiguration")
        for name in model.operation_model(operation).input_shape.members
    }
    # the deploy stage's own: `function`, `code`, `architecture`, `code_signing`, `tags`, `publish`, `publish_to`
    beside = {
        "FunctionName", "Code", "PackageType", "Architectures", "CodeSigningConfigArn", "Tags", "Publish", "PublishTo",
        "RevisionId",
    }  # fmt: skip
    assert {setting.member for setting in SETTINGS} == members - beside
    assert len({setting.field for setting in SETTINGS}) == len(SETTINGS)


def test_each_field_has_its_cases() -> None:
    assert CASES.keys() == FunctionSettings.model_fields.keys()


class Shop:
    """An account with what functions refer to, and what AWS tells of a function in it."""

    def __init__(self, client: Any, world: World, folder: Path, account_id: str) -> None:
        self.client, self.world = client, world
        (folder / "code").mkdir()
        (folder / "code" / "app.py").write_text("def handler(event, context):\n    return 1\n")
        self.image = f"{account_id}.dkr.ecr.{REGION}.amazonaws.com/shop:7"
        for _ in range(2):
            layer = client.publish_layer_version(LayerName="libs", Content={"ZipFile": zipped()})
        signing = client.create_code_signing_config(
            AllowedPublishers={"SigningProfileVersionArns": [arn("signer", "/signing-profiles/p/1")]}
        )
        self.words = {
            "layer": layer["LayerArn"],
            "signing": signing["CodeSigningConfig"]["CodeSigningConfigArn"],
        }

    def told(self, value: Any, function: str) -> Any:
        """A case's value with what is known only here."""
        if isinstance(value, str):
            for name, text in {**self.words, "function": function}.items():
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, dict):
            return {key: self.told(item, function) for key, item in value.items()}
        return [self.told(item, function) for item in value] if isinstance(value, list) else value

    def seen(self, function: str) -> Shown:
        """Every setting of a function, as AWS tells it."""
        whole = self.client.get_function(FunctionName=function)
        shown = dict(whole["Configuration"])
        shown["Tags"] = whole.get("Tags")
        shown["Reserved"] = self.client.get_function_concurrency(FunctionName=function).get(
            "ReservedConcurrentExecutions"
        )
        shown |= self.client.get_function_recursion_config(FunctionName=function)
        shown |= self.client.get_runtime_management_config(FunctionName=function)
        shown |= self.client.get_function_code_signing_config(FunctionName=function)
        shown["Layers"] = [layer["Arn"] for layer in shown.get("Layers", [])]
        shown["ImageConfig"] = shown.get("ImageConfigResponse", {}).get("ImageConfig")
        return shown


def holds(shown: Any, wanted: Any) -> bool:
    """Whether AWS's answer shows what is wanted; None stands for nothing there."""
    if isinstance(wanted, dict):
        return all(holds((shown or {}).get(name), part) for name, part in wanted.items())
    if wanted is None:
        return shown in (None, "", [], {}) or shown is False
    return bool(shown == wanted)


@pytest.fixture
def shop(aws: Any, world: World, tmp_path: Path, account_id: str) -> Shop:
    return Shop(aws(), world, tmp_path, account_id)


def reachable(chosen: dict[str, tuple[Any, Shown]]) -> bool:
    """Whether the file systems that a function has are in its VPC."""
    nothing: tuple[Any, Shown] = ({}, {})
    return not chosen.get("file_systems", nothing)[0] or bool(chosen.get("vpc", nothing)[0])


def some(fields: set[str]) -> st.SearchStrategy[dict[str, tuple[Any, Shown]]]:
    """Some of these fields, each with one of its cases."""
    drawn = st.fixed_dictionaries({}, optional={field: st.sampled_from(CASES[field]) for field in sorted(fields)})
    return drawn.filter(reachable)


def deploy_and_check(shop: Shop, function: str, chosen: dict[str, tuple[Any, Shown]], base: dict[str, Any]) -> None:
    asked = {field: shop.told(value, function) for field, (value, _) in chosen.items()}
    stage = Deploy(function=function, **{**base, **asked})
    finished(stage, shop.world)
    seen = shop.seen(function)
    for field, (_, wanted) in chosen.items():
        assert holds(seen, shop.told(wanted, function)), (field, asked[field], seen)
    assert operations(stage.plan(shop.world)) == [], asked


examples = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@examples
@given(
    first=some(CASES.keys() - {"image"}),
    second=some(CASES.keys() - {"image", *ONLY_NEW}),
)
def test_settings_reach_aws_come_back_and_stay(shop: Shop, first: Any, second: Any) -> None:
    function = f"f{next(_names)}"
    base = {"code": "code", "runtime": "python3.12", "handler": "app.handler", "role": f"arn:aws:iam::{ACCOUNT}:role/a"}
    assume(reachable({**first, **second}))
    deploy_and_check(shop, function, first, base)
    deploy_and_check(shop, function, second, {})
    # what the second did not name is as the first left it
    seen = shop.seen(function)
    for field, (value, wanted) in first.items():
        if field not in second:
            assert holds(seen, shop.told(wanted, function)), (field, value, seen)


@examples
@given(
    first=some(CASES.keys() - NOT_OF_AN_IMAGE),
    second=some(CASES.keys() - NOT_OF_AN_IMAGE - ONLY_NEW),
)
def test_settings_of_an_image_reach_aws_and_come_back(shop: Shop, first: Any, second: Any) -> None:
    function = f"f{next(_names)}"
    assume(reachable({**first, **second}))
    deploy_and_check(shop, function, first, {"code": shop.image, "role": f"arn:aws:iam::{ACCOUNT}:role/a"})
    deploy_and_check(shop, function, second, {})
