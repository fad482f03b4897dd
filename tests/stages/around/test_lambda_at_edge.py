"""Lambda@Edge: each of AWS's rules for a function that CloudFront takes, one sentence each, before anything is done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.settings.lambda_at_edge import troubles
from lambdatui.stages.stage import World
from tests.emulator.clients import make_function
from tests.stages.acting import finished, operations

FINE: dict[str, Any] = {"Runtime": "nodejs22.x", "MemorySize": 128, "Timeout": 5, "Architectures": ["x86_64"]}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PackageType": "Image"}, "a container image cannot run there; a zip was expected."),
        ({"Runtime": "java21"}, "only Node.js and Python run there, not java21."),
        ({"MemorySize": 256}, "128 MB of memory are the most for viewer events, not 256."),
        ({"Timeout": 6}, "5 s are the longest time-out for viewer events, not 6."),
        ({"EphemeralStorage": {"Size": 1024}}, "512 MB of ephemeral storage are the most, not 1024."),
        ({"Architectures": ["arm64"]}, "arm64 does not run there; x86_64 was expected."),
        ({"Environment": {"Variables": {"A": "b"}}}, "it must have no environment variables."),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "it must not be in a VPC."),
        ({"Layers": [{"Arn": "arn"}]}, "it must have no layers."),
        ({"DeadLetterConfig": {"TargetArn": "arn"}}, "it must have no dead-letter target."),
        ({"TracingConfig": {"Mode": "Active"}}, "it must not trace with X-Ray."),
        ({"SourceKMSKeyArn": "arn"}, "its package must not be encrypted with a key of your own."),
    ],
)
def test_each_rule_has_its_sentence(settings: dict[str, Any], words: str) -> None:
    assert list(troubles({**FINE, **settings}, "viewer", "us-east-1")) == [words]


def test_a_function_for_the_origins_events_may_be_larger() -> None:
    large = {**FINE, "MemorySize": 10240, "Timeout": 30}
    assert list(troubles(FINE, "viewer", "us-east-1")) == []
    assert list(troubles(large, "origin", "us-east-1")) == []
    assert list(troubles({**large, "Timeout": 31}, "origin", "us-east-1")) == [
        "30 s are the longest time-out for origin events, not 31."
    ]
    assert list(troubles(FINE, "viewer", "eu-west-1")) == ["the function must be in us-east-1, not in eu-west-1."]


def role(aws: Any, *services: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"},
        ],
    }
    made = aws("iam").create_role(RoleName="edge", AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def edge(**inputs: Any) -> Deploy:
    return Deploy(**{"function": "f", "region": "us-east-1", "publish": True, "edge": "viewer"} | inputs)


def test_a_function_is_judged_as_it_will_stand(world: World, aws: Any) -> None:
    trusted = role(aws, "lambda.amazonaws.com", "edgelambda.amazonaws.com")
    client = aws("lambda", "us-east-1")
    make_function(client, Role=trusted, MemorySize=512, Timeout=5, Environment={"Variables": {"ONE": "b"}})
    with pytest.raises(BadInput) as error:
        edge().plan(world)
    assert str(error.value).splitlines() == [
        "edge: 128 MB of memory are the most for viewer events, not 512.",
        "edge: it must have no environment variables.",
    ]
    stage = edge(memory=128, environment={})
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateFunctionConfiguration", "PublishVersion"]
    assert plan.notes == ()
    finished(stage, world, plan)
    assert stage.plan(world).empty
    with pytest.raises(BadInput, match="arm64"):
        edge(code="code", architecture="arm64").plan(_with_code(world))


def _with_code(world: World) -> World:
    folder = Path(world.folder) / "code"
    folder.mkdir()
    (folder / "app.py").write_text("def handler(event, context):\n    return event\n")
    return world


def test_the_role_the_version_and_the_surroundings_are_checked(world: World, aws: Any) -> None:
    client = aws("lambda", "us-east-1")
    make_function(client, Role=role(aws, "lambda.amazonaws.com"), Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    with pytest.raises(BadInput) as error:
        edge(publish=False, provisioned_concurrency={"live": 1}).plan(world)
    assert str(error.value).splitlines() == [
        "edge: CloudFront takes a published version only: say `publish: true`.",
        "edge: it must have no provisioned concurrency.",
        "edge: its role must let edgelambda.amazonaws.com assume it, beside lambda.amazonaws.com.",
    ]


def test_a_role_that_cannot_be_read_is_told_and_does_not_stop(world: World, aws: Any) -> None:
    make_function(aws("lambda", "us-east-1"))
    [note] = edge().plan(world).notes
    assert note.startswith("edge: whether edgelambda.amazonaws.com may assume its role could not be checked: GetRole")


def test_a_runtime_that_aws_does_not_update_is_refused(world: World, aws: Any) -> None:
    client = aws("lambda", "us-east-1")
    make_function(client)
    client.put_runtime_management_config(FunctionName="f", UpdateRuntimeOn="FunctionUpdate")
    with pytest.raises(BadInput, match=r"edge: its runtime must be updated by AWS \(Auto\), not FunctionUpdate"):
        edge().plan(world)
