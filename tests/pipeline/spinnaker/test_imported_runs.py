"""Imported pipelines run on the embedded AWS; what has no counterpart fails with its place."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from lambdatui.pipeline import pipeline_file
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEvent, StageEvent
from lambdatui.pipeline.parameters import values
from lambdatui.pipeline.runner import Runner
from lambdatui.pipeline.spinnaker.importing import imported, read
from lambdatui.pipeline.status import Status
from lambdatui.stages.event import Asked
from lambdatui.stages.stage import World
from tests.emulator.clients import ROLE
from tests.pipeline.running import Told
from tests.tui.shop import package

ORDER = {"order": "o-1"}
SOURCE = """
def handler(event, context):
    return {"statusCode": 200, "body": '{ "order": "' + event.get("order", "none") + '" }'}
"""


def embedded(value: Any) -> dict[str, Any]:
    reference = base64.b64encode(json.dumps(value).encode()).decode()
    return {"id": None, "account": "embedded-artifact", "artifact": {"type": "embedded/base64", "reference": reference}}


@pytest.fixture
def bucket(aws: Any, account_id: str) -> str:
    """A bucket of this test's account, with code and an event."""
    s3, name = aws("s3"), f"releases-{account_id}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=name, Key="lambda_func.zip", Body=package(SOURCE))
    s3.put_object(Bucket=name, Key="order.json", Body=json.dumps(ORDER).encode())
    return name


def deployment(bucket: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "Aws.LambdaDeploymentStage",
        "name": "AWS Lambda Deployment",
        "account": "",
        "region": "eu-west-1",
        "functionName": "{}-test-functional-scenario6",
        "functionUid": "scenario6",
        "stackName": "test",
        "describeName": "functional",
        "runtime": "${parameters.runtime}",
        "s3bucket": bucket,
        "s3key": "lambda_func.zip",
        "handler": "app.handler",
        "role": ROLE.format(account=bucket.removeprefix("releases-")),
        "publish": True,
        "aliases": "",
        "memorySize": "128",
        "timeout": "30",
        "envVariables": {"scenario": "6"},
        "tags": {"Project": "shop"},
        "deadLetterConfig": {"targetArn": ""},
        "tracingConfig": {"mode": "PassThrough"},
        "KMSKeyArn": "",
        "subnetIds": [],
        "securityGroupIds": [],
        "vpcId": "",
        "triggerArns": [""],
        "batchsize": 5,
    } | members


def ran(world: World, *stages: dict[str, Any], **members: Any) -> Told:
    """Imports a pipeline of these stages, each after the one before it, and runs it; whatever is asked is agreed to."""
    told = []
    for number, stage in enumerate(stages, 1):
        before = [str(number - 1)] if number > 1 else []
        told.append({"name": f"S{number}", "refId": str(number), "requisiteStageRefIds": before} | stage)
    document = {"application": "shop", "name": "release", "stages": told} | members
    found = imported(read(json.dumps(document, indent=1), "p.json"))
    file = pipeline_file.parse(found.text, "imported.yaml", world.folder)
    controls = PipelineControls()

    def agree(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, Asked):
            controls.approve(event.id, event.event.choices[0] if event.event.choices else None)

    return Told(Runner(world, file, values(file.pipeline, {}), controls=controls), agree)


FUNCTION = '${#stage("AWS Lambda Deployment")["context"]["functionName"]}'


def test_every_shape_of_stage_runs(world: World, aws: Any, bucket: str) -> None:
    name, client = "shop-test-functional-scenario6", aws()
    at = {"functionName": FUNCTION, "region": "eu-west-1"}
    told = ran(
        world,
        deployment(bucket),
        {"type": "evaluateVariables", "variables": [{"key": "who", "value": "${execution.application}-x"}]},
        {
            "type": "lambdaTrafficRouting",
            "name": "First",
            "deploymentStrategy": "$SIMPLE",
            "aliasName": "live",
            "versionNameA": "$LATEST",
            **at,
        },
        {"type": "lambdaUpdateCode", "name": "Code", "s3bucket": bucket, "s3key": "lambda_func.zip", **at},
        {
            "type": "Aws.LambdaInvokeStage",
            "name": "Try",
            "aliasName": "live",
            "executionCount": 3,
            "timeout": 30,
            "payloadArtifact": embedded(ORDER),
            **at,
        },
        {"type": "manualJudgment", "name": "Good?", "judgmentInputs": [{"value": "ship"}, {"value": "drop"}]},
        {
            "type": "checkPreconditions",
            "name": "Sure",
            "preconditions": [
                {"type": "expression", "context": {"expression": "#judgment('Good?') == 'ship' && who == 'shop-x'"}},
                {"type": "stageStatus", "context": {"stageName": "Try", "stageStatus": "SUCCEEDED"}},
                {
                    "type": "expression",
                    "context": {"expression": "${execution.stages.?[status == 'TERMINAL'].size() == 0}"},
                },
            ],
        },
        {
            "type": "Aws.LambdaTrafficRoutingStage",
            "name": "Probe",
            "deploymentStrategy": "$BLUEGREEN",
            "aliasName": "blue",
            "timeout": 60,
            "payloadArtifact": {"artifact": {"type": "s3/object", "reference": f"s3://{bucket}/order.json"}},
            "outputArtifact": embedded(ORDER),
            **at,
        },
        {"type": "wait", "name": "Rest", "waitTime": "0"},
        {
            "type": "Aws.LambdaDeleteStage",
            "name": "Old ones",
            "version": "$MOVING",
            "retentionNumber": 5,
            "stageEnabled": {"type": "expression", "expression": "${parameters.runtime == 'never'}"},
            **at,
        },
        parameterConfig=[{"name": "runtime", "default": "python3.13", "required": True}],
    ).done()
    assert told.statuses["old_ones"] == Status.SKIPPED
    assert told.outputs("try")["outcomes"] == {"ok": 3}
    aliases = {alias["Name"]: alias["FunctionVersion"] for alias in client.list_aliases(FunctionName=name)["Aliases"]}
    assert aliases == {"live": "1", "blue": "1"}
    settings = client.get_function_configuration(FunctionName=name)
    assert (settings["MemorySize"], settings["Timeout"], settings["Environment"]["Variables"]) == (
        128,
        30,
        {"scenario": "6"},
    )


def test_deploy_and_delete_by_the_name_that_the_deployment_had(world: World, aws: Any, bucket: str) -> None:
    told = ran(
        world,
        deployment(bucket, runtime="python3.13"),
        {"type": "Aws.LambdaDeleteStage", "name": "AWS Lambda Destroy", "functionName": FUNCTION, "version": "$ALL"},
    ).done()
    assert set(told.statuses) == {"aws_lambda_deployment", "aws_lambda_destroy"}
    assert aws().list_functions()["Functions"] == []


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ({"type": "webhook", "name": "Call", "url": "https://shop.example"}, "a stage of the type 'webhook'"),
        ({"type": "wait", "name": "Call", "waitTime": "${T(java.lang.Math).random()}"}, "Java's classes"),
        ({"type": "lambdaInvoke", "name": "Call", "functionName": "${trigger.user}"}, "there is no trigger"),
    ],
)
def test_what_has_no_counterpart_fails_with_its_place(
    world: World, connected: Any, stage: dict[str, Any], words: str
) -> None:
    told = ran(world, {"type": "wait", "waitTime": 0}, stage, {"type": "wait", "name": "After", "waitTime": 0})
    assert told.ended.status is Status.FAILED
    assert told.statuses["s1"] == Status.DONE
    assert words in told.error("call")
    assert "p.json:" in told.error("call")
    assert "after" not in told.statuses
