"""Layers, https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.emulator.clients import make_function, zipped
from tests.emulator.expectations import refused


def put_layer(client: Any, name: str = "shared", source: str = "x = 1\n", **members: Any) -> Any:
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(source)}, **members)


def test_layer_versions_are_numbered_and_newest_first(aws_lambda: Any, account: str) -> None:
    arn = f"arn:aws:lambda:eu-west-1:{account}:layer:shared"
    first = put_layer(aws_lambda, Description="d", CompatibleRuntimes=["python3.13"], LicenseInfo="MIT")
    assert (first["LayerArn"], first["LayerVersionArn"], first["Version"]) == (arn, f"{arn}:1", 1)
    assert (first["Description"], first["CompatibleRuntimes"], first["LicenseInfo"]) == ("d", ["python3.13"], "MIT")
    put_layer(aws_lambda)
    listed = aws_lambda.list_layer_versions(LayerName="shared")["LayerVersions"]
    assert [version["Version"] for version in listed] == [2, 1]
    fitting = aws_lambda.list_layer_versions(LayerName="shared", CompatibleRuntime="python3.13")["LayerVersions"]
    assert [version["Version"] for version in fitting] == [1]
    aws_lambda.delete_layer_version(LayerName="shared", VersionNumber=2)
    aws_lambda.delete_layer_version(LayerName="shared", VersionNumber=2)
    assert put_layer(aws_lambda)["Version"] == 3


def test_pages_of_layers_and_of_versions_hold_fifty(aws_lambda: Any) -> None:
    for number in range(55):
        put_layer(aws_lambda, f"layer{number:02d}")
        put_layer(aws_lambda, "many", source=f"x = {number}\n")
    layers = aws_lambda.list_layers()
    assert len(layers["Layers"]) == 50
    assert len(aws_lambda.list_layers(Marker=layers["NextMarker"])["Layers"]) == 6
    versions = aws_lambda.list_layer_versions(LayerName="many")
    rest = aws_lambda.list_layer_versions(LayerName="many", Marker=versions["NextMarker"])
    assert [v["Version"] for v in versions["LayerVersions"] + rest["LayerVersions"]] == list(range(55, 0, -1))


def test_a_layers_content_downloads(aws_lambda: Any) -> None:
    made = put_layer(aws_lambda)
    for shown in (
        aws_lambda.get_layer_version(LayerName="shared", VersionNumber=1),
        aws_lambda.get_layer_version_by_arn(Arn=made["LayerVersionArn"]),
    ):
        with urllib.request.urlopen(shown["Content"]["Location"]) as answer:
            assert answer.read() == zipped("x = 1\n")
        assert shown["Content"]["CodeSha256"] == made["Content"]["CodeSha256"]


def test_a_function_shows_its_layers_with_their_sizes(aws_lambda: Any) -> None:
    layer = put_layer(aws_lambda)
    made = make_function(aws_lambda, Layers=[layer["LayerVersionArn"]])
    assert made["Layers"] == [{"Arn": layer["LayerVersionArn"], "CodeSize": layer["Content"]["CodeSize"]}]
    cleared = aws_lambda.update_function_configuration(FunctionName="f", Layers=[])
    assert "Layers" not in cleared


def test_two_versions_of_one_layer_are_refused(aws_lambda: Any) -> None:
    arns = [put_layer(aws_lambda, source=f"x = {n}\n")["LayerVersionArn"] for n in range(2)]
    with refused("InvalidParameterValueException", 400, "Two different versions of the same layer are not allowed"):
        make_function(aws_lambda, Layers=arns)


def test_a_layer_version_that_is_not_there_is_not_found(aws_lambda: Any) -> None:
    with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
        aws_lambda.get_layer_version(LayerName="shared", VersionNumber=1)
    with refused("InvalidParameterValueException", 400, "Layer Version Cannot be less than 1"):
        aws_lambda.get_layer_version(LayerName="shared", VersionNumber=0)


def test_who_may_use_a_layer_is_a_policy_with_a_revision(aws_lambda: Any) -> None:
    put_layer(aws_lambda)
    layer = {"LayerName": "shared", "VersionNumber": 1}
    action = {"Action": "lambda:GetLayerVersion", "Principal": "210987654321"}
    first = aws_lambda.add_layer_version_permission(**layer, StatementId="a", **action)
    assert json.loads(first["Statement"])["Principal"] == {"AWS": "arn:aws:iam::210987654321:root"}
    with refused("ResourceConflictException", 409):
        aws_lambda.add_layer_version_permission(**layer, StatementId="a", **action)
    with refused("PreconditionFailedException", 412):
        aws_lambda.add_layer_version_permission(**layer, StatementId="b", RevisionId="stale", **action)
    aws_lambda.remove_layer_version_permission(**layer, StatementId="a", RevisionId=first["RevisionId"])
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_layer_version_policy(**layer)


@pytest.mark.parametrize("content", [{"ZipFile": b"nonsense"}, {}])
def test_content_that_cannot_be_used_is_refused(aws_lambda: Any, content: dict[str, bytes]) -> None:
    with refused("InvalidParameterValueException", 400):
        aws_lambda.publish_layer_version(LayerName="shared", Content=content)
