"""Two configurations, field by field."""

from __future__ import annotations

from typing import Any

from lambdatui.aws.configuration_diff import FieldChange, compare
from lambdatui.aws.masking import MASK

BEFORE: dict[str, Any] = {
    "FunctionArn": "arn:aws:lambda:eu-west-1:1:function:f:1",
    "Version": "1",
    "LastModified": "then",
    "MemorySize": 128,
    "Runtime": "python3.13",
    "VpcConfig": {"VpcId": "", "SubnetIds": []},
    "Layers": [{"Arn": "arn:aws:lambda:eu-west-1:1:layer:x:1", "CodeSize": 3}],
    "FileSystemConfigs": [{"Arn": "arn:aws:elasticfilesystem:x", "LocalMountPath": "/mnt/a"}],
    "Environment": {"Variables": {"SAME": "1", "TOKEN": "hunter2", "OLD": "x"}},
}


def test_nothing_differs_but_what_each_version_has_of_its_own() -> None:
    assert compare(BEFORE, BEFORE | {"FunctionArn": "other", "Version": "2", "LastModified": "now"}) == []


def test_fields_within_fields_and_what_is_gone() -> None:
    after = BEFORE | {
        "MemorySize": 256,
        "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["a", "b"]},
        "Layers": [{"Arn": "arn:aws:lambda:eu-west-1:1:layer:x:2", "CodeSize": 3}],
        "KMSKeyArn": "arn:aws:kms:key",
    }
    del after["Runtime"]
    assert compare(BEFORE, after) == [
        FieldChange("MemorySize", "128", "256"),
        FieldChange("Runtime", "python3.13", None),
        FieldChange("VpcConfig.VpcId", "", "vpc-1"),
        FieldChange("VpcConfig.SubnetIds", "none", "a, b"),
        FieldChange("Layers", "arn:aws:lambda:eu-west-1:1:layer:x:1", "arn:aws:lambda:eu-west-1:1:layer:x:2"),
        FieldChange("KMSKeyArn", None, "arn:aws:kms:key"),
    ]


def test_where_a_file_system_is_mounted_counts() -> None:
    after = BEFORE | {"FileSystemConfigs": [{"Arn": "arn:aws:elasticfilesystem:x", "LocalMountPath": "/mnt/b"}]}
    assert [one.name for one in compare(BEFORE, after)] == ["FileSystemConfigs"]


def test_values_of_the_environment_are_compared_and_never_told() -> None:
    after = BEFORE | {"Environment": {"Variables": {"SAME": "1", "TOKEN": "hunter3", "NEW": "secret"}}}
    found = compare(BEFORE, after)
    assert found == [
        FieldChange("Environment.Variables.TOKEN", f"{MASK} (7 B)", f"{MASK} (7 B)"),
        FieldChange("Environment.Variables.OLD", f"{MASK} (1 B)", None),
        FieldChange("Environment.Variables.NEW", None, f"{MASK} (6 B)"),
    ]
