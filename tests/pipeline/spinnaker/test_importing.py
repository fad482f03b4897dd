"""Spinnaker's pipelines as ours: every stage and every spelling, what was meant, and what could not be carried over."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from lambdatui.errors import BadInput
from lambdatui.pipeline import stage_types
from lambdatui.pipeline.document import Pipeline
from lambdatui.pipeline.spinnaker.importing import Imported, imported, read
from lambdatui.stages.canary import Canary


def pipeline(*stages: dict[str, Any], **members: Any) -> Imported:
    """A pipeline of these stages, each after the one before it unless it says otherwise."""
    told = []
    for number, stage in enumerate(stages, 1):
        before = [str(number - 1)] if number > 1 else []
        told.append({"name": f"S{number}", "refId": str(number), "requisiteStageRefIds": before} | stage)
    text = json.dumps({"application": "shop", "name": "release", "stages": told} | members, indent=2)
    return imported(read(text, "p.json"), {"prod-account": "prod"})


def stages(found: Imported) -> list[dict[str, Any]]:
    document = yaml.safe_load(found.text)
    Pipeline.model_validate(document)
    return list(document["stages"])


def inputs(stage: dict[str, Any], **members: Any) -> dict[str, Any]:
    [found] = stages(pipeline(stage | members))
    return {name: value for name, value in found.items() if name not in ("id", "type", "name", "needs")}


def embedded(value: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else json.dumps(value)
    reference = base64.b64encode(text.encode()).decode()
    return {"id": None, "account": "embedded-artifact", "artifact": {"type": "embedded/base64", "reference": reference}}


def words(found: Imported) -> str:
    return "\n".join(map(str, found.remarks))


DEPLOYMENT = {
    "type": "Aws.LambdaDeploymentStage",
    "account": "prod-account",
    "region": "us-east-1",
    "functionName": "{}-test-functional-scenario1",
    "functionUid": "scenario1",
    "stackName": "test",
    "describeName": "functional",
    "runtime": "python3.13",
    "s3bucket": "lambda-test-bucket",
    "s3key": "lambda_func.zip",
    "handler": "lambda_func.handler",
    "role": "arn:aws:iam::111122223333:role/spinnaker-lambda-role",
    "publish": True,
    "aliases": [""],
    "memorySize": "1024",
    "timeout": 100,
    "envVariables": {"scenario": "1"},
    "tags": {"Project": "shop"},
    "deadLetterConfig": {"targetArn": ""},
    "tracingConfig": {"mode": "PassThrough"},
    "KMSKeyArn": "",
    "kmskeyArn": "",
    "subnetIds": [],
    "securityGroupIds": [],
    "vpcId": "",
    "targetGroups": "",
    "operation": "",
    "credentials": "",
    "cloudProvider": "aws",
    "description": "first",
}


def test_a_deployment() -> None:
    assert inputs(DEPLOYMENT) == {
        "function": "shop-test-functional-scenario1",
        "code": "s3://lambda-test-bucket/lambda_func.zip",
        "runtime": "python3.13",
        "handler": "lambda_func.handler",
        "role": "arn:aws:iam::111122223333:role/spinnaker-lambda-role",
        "description": "first",
        "memory": 1024,
        "timeout": 100,
        "environment": {"scenario": "1"},
        "tags": {"Project": "shop"},
        "tracing": "PassThrough",
        "publish": True,
        "publish_description": "first",
    }
    document = yaml.safe_load(pipeline(DEPLOYMENT).text)
    assert document["defaults"] == {"profile": "prod", "region": "us-east-1"}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"aliases": "prod"}, {"aliases": ["prod"], "publish": True}),
        ({"aliases": [" live ", ""], "publish": False}, {"aliases": ["live"], "publish": True}),
        ({"functionName": ""}, {"function": "shop-test-scenario1"}),
        ({"functionName": None, "stackName": "", "detailName": "d"}, {"function": "shop--d-scenario1"}),
        ({"layers": ["arn:layer"]}, {"layers": ["arn:layer"]}),
        ({"reservedConcurrentExecutions": 0}, {"reserved_concurrency": 0}),
        ({"aliasName": "live", "provisionedConcurrentExecutions": 5}, {"provisioned_concurrency": {"live": 5}}),
        ({"subnetIds": ["s"], "securityGroupIds": ["g"]}, {"vpc": {"subnets": ["s"], "security_groups": ["g"]}}),
        ({"deadLetterConfig": {"targetArn": "arn:dlq"}}, {"dead_letter": "arn:dlq"}),
        ({"encryptionKMSKeyArn": "arn:key"}, {"kms_key": "arn:key"}),
        ({"kmskeyArn": "arn:a", "KMSKeyArn": "arn:b"}, {"kms_key": "arn:a"}),
        ({"targetGroups": "tg"}, {"target_groups": [{"target_group": "tg"}]}),
        ({"enableLambdaAtEdge": True}, {"edge": "viewer"}),
        (
            {"triggerArns": ["arn:aws:sqs:r:1:q", "arn:aws-cn:kinesis:r:1:s"], "batchsize": 5, "maxRetryAttempts": 2},
            {
                "event_sources": [
                    {"source": "arn:aws:sqs:r:1:q", "batch_size": 5},
                    {
                        "source": "arn:aws-cn:kinesis:r:1:s",
                        "batch_size": 5,
                        "starting_position": "LATEST",
                        "maximum_retry_attempts": 2,
                    },
                ]
            },
        ),
        ({"handler": "${parameters.h}"}, {"handler": "${{ parameters.h }}"}),
    ],
)
def test_a_deployments_other_members(members: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected.items() <= inputs(DEPLOYMENT, **members).items()


def test_what_the_plugin_does_otherwise_than_was_meant_is_told() -> None:
    told = words(pipeline(DEPLOYMENT | {"aliases": ["live"], "KMSKeyArn": "arn:key", "triggerArns": [""]}))
    for expected in ("points them at $LATEST", "reads kmskeyArn only", "removes all triggers", "reserved concurrency"):
        assert expected in told
    assert "p.json:" in told
    assert "stages.0.aliases" in told


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (
            {"type": "lambdaUpdateCode", "functionName": "f", "s3bucket": "b", "s3key": "/k", "publish": "true"},
            {"function": "f", "code": "s3://b/k", "publish": True},
        ),
        ({"type": "lambdaDelete", "functionName": "f", "version": "$ALL"}, {"function": "f", "whole_function": True}),
        (
            {"type": "lambdaDelete", "functionName": "f", "version": "$LATEST"},
            {"function": "f", "versions": ["newest"]},
        ),
        ({"type": "lambdaDelete", "functionName": "f", "version": "3"}, {"function": "f", "versions": ["3"]}),
        (
            {"type": "Aws.LambdaDeleteStage", "functionName": "f", "version": "$PROVIDED", "versionNumber": "7"},
            {"function": "f", "versions": ["7"]},
        ),
        (
            {"type": "lambdaDelete", "functionName": "f", "version": "$MOVING", "retentionNumber": "5"},
            {"function": "f", "keep": 5},
        ),
        ({"type": "lambdaDelete", "functionName": "f", "version": "$MOVING"}, {"function": "f", "keep": 1}),
        (
            {"type": "lambdaInvoke", "functionName": "f", "executionCount": 5, "timeout": 30, "payload": '{"a": 1}'},
            {"function": "f", "runs": 5, "concurrency": 5, "stage_timeout": 30, "payload": {"a": 1}},
        ),
        (
            {"type": "lambdaInvoke", "functionName": "f", "aliasName": "live", "payloadrtifact": embedded([1])},
            {"function": "f", "qualifier": "live", "runs": 1, "payload": [1]},
        ),
        (
            {
                "type": "lambdaInvoke",
                "functionName": "f",
                "payloadArtifact": {"artifact": {"type": "s3/object", "name": "s3://b/k"}},
            },
            {"function": "f", "runs": 1, "payload_file": "s3://b/k"},
        ),
        ({"type": "wait", "waitTime": "90"}, {"duration": 90}),
        (
            {"type": "manualJudgment", "instructions": "Ship?", "judgmentInputs": [{"value": "yes"}, {"value": "no"}]},
            {"message": "Ship?", "choices": ["yes", "no"]},
        ),
    ],
)
def test_the_other_stages(stage: dict[str, Any], expected: dict[str, Any]) -> None:
    assert inputs(stage) == expected


ROUTE = {"type": "lambdaTrafficRouting", "functionName": "f", "aliasName": "live"}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"deploymentStrategy": "$SIMPLE", "versionNameA": "$LATEST"}, {"kind": "simple", "to": "newest"}),
        (
            {"deploymentStrategy": "$SIMPLE", "versionNameA": "$PROVIDED", "versionNumberA": "7"},
            {"kind": "simple", "to": "7"},
        ),
        (
            {
                "deploymentStrategy": "$WEIGHTED",
                "versionNameA": "$PREVIOUS",
                "versionNameB": "$LATEST",
                "trafficPercentA": "90",
                "trafficPercentB": 10,
            },
            {"kind": "weighted", "stable": "previous", "canary": "newest", "percent": 10},
        ),
        (
            {"deploymentStrategy": "$WEIGHTED", "versionNameA": "$OLDEST", "trafficPercentA": 90},
            {"kind": "simple", "to": "oldest"},
        ),
        (
            {
                "deploymentStrategy": "$BLUEGREEN",
                "payloadArtifact": embedded({"a": 1}),
                "outputArtifact": embedded("plain words"),
                "timeout": 30,
                "destroyOnFail": True,
                "healthCheckType": "$LAMBDA",
            },
            {
                "kind": "blue_green",
                "to": "newest",
                "probes": [{"payload": {"a": 1}, "expect": {"of": "body_or_answer", "equals": "plain words"}}],
                "timeout": 30,
                "delete_on_failure": True,
            },
        ),
    ],
)
def test_routes(members: dict[str, Any], expected: dict[str, Any]) -> None:
    assert inputs(ROUTE, **members) == {"function": "f", "alias": "live", "strategy": expected}


def test_a_route_has_its_description_readiness_and_triggers() -> None:
    found = inputs(
        ROUTE,
        deploymentStrategy="$SIMPLE",
        versionNameA="$LATEST",
        aliasDescription="what callers use",
        provisionedConcurrentExecutions=3,
        triggerArns=["arn:aws:sqs:r:1:q"],
        batchsize=4,
    )
    assert found["description"] == "what callers use"
    assert found["provisioned_concurrency"] == 3
    assert found["event_sources"] == [{"source": "arn:aws:sqs:r:1:q", "qualifier": "live", "batch_size": 4}]


def test_preconditions_and_variables() -> None:
    found = pipeline(
        {
            "type": "evaluateVariables",
            "variables": [{"key": "v", "value": "${parameters.a}-x"}, {"key": "w", "value": "${v}!"}],
        },
        {"type": "wait", "name": "Rest", "waitTime": 1},
        {
            "type": "checkPreconditions",
            "preconditions": [
                {"type": "expression", "context": {"expression": "w == 'a-x!'", "failureMessage": "${w} it is"}},
                {"type": "stageStatus", "context": {"stageName": "Rest", "stageStatus": "SUCCEEDED"}},
            ],
        },
        parameterConfig=[{"name": "a"}],
    )
    rest, check = stages(found)
    assert rest["needs"] == []
    assert check["conditions"] == [
        {
            "that": "${{ (((parameters.a ~ '-x') ~ '!') == 'a-x!') }}",
            "message": "${{ ((parameters.a ~ '-x') ~ '!') }} it is",
        },
        {"that": "${{ (stages.rest.status == 'done') }}"},
    ]


CANARY = {
    "type": "kayentaCanary",
    "analysisType": "realTime",
    "canaryConfig": {
        "canaryConfigId": "a-1",
        "scopes": [{"scopeName": "default", "controlScope": "checkout-api:41", "experimentScope": "42", "step": 60}],
        "scoreThresholds": {"pass": "95", "marginal": "75"},
        "lifetimeDuration": "PT1H30M",
        "beginCanaryAnalysisAfterMins": "5",
        "canaryAnalysisIntervalMins": "30",
        "lookbackMins": 0,
    },
}


def test_a_canary_analysis() -> None:
    assert inputs(CANARY) == {
        "function": "checkout-api",
        "baseline": "41",
        "canary": "42",
        "judge": "kayenta",
        "config": "canary-config-a-1.json",
        "pass_score": 95,
        "marginal_score": 75,
        "lifetime": 5400,
        "interval": 1800,
        "warm_up": 300,
    }


def test_a_canary_of_what_was() -> None:
    scope = {"startTimeIso": "2026-11-24T09:00:00Z", "endTimeIso": "2026-11-24T12:00:00Z"}
    config = {"scopes": [scope], "beginCanaryAnalysisAfterMins": 5, "canaryAnalysisIntervalMins": "${parameters.m}"}
    found = pipeline(DEPLOYMENT, {"type": "kayentaCanary", "analysisType": "retrospective", "canaryConfig": config})
    canary = stages(found)[1]
    Canary.model_validate(
        {key: value for key, value in canary.items() if key in ("since", "until")} | {"function": "f", "baseline": "1"}
    )
    assert (canary["function"], canary["baseline"], canary["canary"]) == (
        "shop-test-functional-scenario1",
        "previous",
        "newest",
    )
    assert canary["interval"] == "${{ (parameters.m | float) * 60 }}"
    assert "its scopes name no function" in words(found)


@pytest.mark.parametrize("stage", [CANARY, DEPLOYMENT, ROUTE | {"deploymentStrategy": "$BLUEGREEN"}])
def test_the_inputs_are_those_of_our_stages(stage: dict[str, Any]) -> None:
    document = yaml.safe_load(pipeline(stage).text)
    [entry] = Pipeline.model_validate(document).stages
    stage_types.model(entry.type).model_validate(entry.inputs | document.get("defaults", {}))


def test_another_pipeline() -> None:
    other = {"id": "p2", "name": "Other one", "stages": []}
    stage = {
        "type": "pipeline",
        "name": "R",
        "refId": "1",
        "pipeline": "p2",
        "pipelineParameters": {"a": "${parameters.x}"},
    }
    text = json.dumps([{"name": "first", "id": "p1", "stages": [stage]}, other])
    found = imported(read(text, "p.json"), name="first")
    assert stages(found)[0] == {
        "id": "r",
        "type": "run",
        "name": "R",
        "needs": [],
        "pipeline": "other-one.yaml",
        "parameters": {"a": "${{ parameters.x }}"},
    }


def test_the_graph_and_what_a_failure_does() -> None:
    wait = {"type": "wait", "waitTime": 1}
    found = stages(
        pipeline(
            wait | {"refId": "6", "name": "Last one", "requisiteStageRefIds": ["4", "2"]},
            wait | {"refId": "2", "requisiteStageRefIds": [], "name": "Same", "continuePipeline": True},
            wait | {"refId": "4", "requisiteStageRefIds": [], "name": "Same", "failPipeline": False},
            wait
            | {
                "refId": "9",
                "requisiteStageRefIds": ["6"],
                "name": "9th",
                "failPipeline": "false",
                "completeOtherBranchesThenFail": True,
                "stageTimeoutMs": 90000,
                "stageEnabled": {"type": "expression", "expression": "parameters.go == 'yes'"},
                "comments": "the end",
            },
        )
    )
    assert [(one["id"], one["needs"], one.get("on_failure")) for one in found] == [
        ("same", [], "ignore"),
        ("same_2", [], "halt_branch"),
        ("last_one", ["same_2", "same"], None),
        ("stage_9th", ["last_one"], "fail_at_end"),
    ]
    assert found[-1]["stage_timeout"] == 90
    assert found[-1]["when"] == "${{ (parameters.go == 'yes') }}"


def test_parameters_triggers_and_limits() -> None:
    found = pipeline(
        {"type": "wait", "waitTime": "${parameters.undeclared}"},
        limitConcurrent=True,
        parameterConfig=[
            {"name": "version", "required": True, "description": "Which"},
            {"name": "mode", "default": "a", "hasOptions": True, "options": [{"value": "a"}, {"value": "b"}]},
            {"name": "note"},
        ],
        triggers=[{"type": "cron", "cronExpression": "0 0 10 ? * MON"}, {"type": "git"}],
    )
    document = yaml.safe_load(found.text)
    assert document["parameters"] == {
        "version": {"description": "Which"},
        "mode": {"default": "a", "choices": ["a", "b"]},
        "note": {"default": ""},
        "undeclared": {"description": "Read by this pipeline, not declared in Spinnaker."},
    }
    assert document["one_at_a_time"] is True
    assert "# trigger not carried over: cron 0 0 10 ? * MON (p.json:" in found.text
    assert "'undeclared' is read and not declared" in words(found)


def test_what_has_no_counterpart_fails_with_its_place_when_it_is_reached() -> None:
    found = pipeline(
        {"type": "webhook", "url": "https://shop.example", "comments": "tell\nthem"},
        DEPLOYMENT | {"handler": "${T(java.lang.Math).random()}", "unheard": {"of": 1}},
    )
    webhook, deployment = stages(found)
    assert webhook["type"] == "check"
    assert webhook["conditions"][0]["that"] is False
    assert "stages.0.type: a stage of the type 'webhook'" in webhook["conditions"][0]["message"]
    assert deployment["handler"].startswith("${{ fail('p.json:")
    assert [remark.lost for remark in found.remarks if "stages.1.handler" in remark.place] == [True]
    assert len(found.lost) == 2
    for comment in ("# 2 things were not carried over", "  # tell\n  # them", '  # not read: unheard: {"of": 1}'):
        assert comment in found.text


def test_an_expected_artifact_is_found_by_its_id() -> None:
    artifact = {"id": "a1", "matchArtifact": {"type": "s3/object", "name": "s3://b/k"}, "useDefaultArtifact": False}
    stage = {"type": "lambdaInvoke", "functionName": "f", "payloadArtifact": {"id": "a1", "artifact": None}}
    found = pipeline(stage, expectedArtifacts=[artifact])
    assert stages(found)[0]["payload_file"] == "s3://b/k"
    assert not found.lost
    assert "no expected artifact 'a2'" in words(pipeline(stage | {"payloadArtifact": {"id": "a2"}}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "p.json:1: is not JSON"),
        ("[]", "there is no pipeline in this list"),
        ("{}", "is no pipeline of Spinnaker's"),
        ('{"stages": [3]}', "p.json:1 stages.0: a stage with a type was expected"),
        ('{"stages": [\n{"type": "wait"}]}', "p.json:2 stages.0: it has no refId"),
        (
            '{"stages": [{"type": "wait", "refId": "1"},\n {"type": "wait", "refId": "1"}]}',
            "p.json:2 stages.1: the refId '1' is there twice",
        ),
        (
            '{"stages": [{"type": "wait", "refId": "first", "requisiteStageRefIds": ["frist"]}]}',
            "no stage with the refId 'frist'. Did you mean 'first'?",
        ),
        (
            '{"stages": [{"type": "wait", "refId": "1", "name": "A", "requisiteStageRefIds": ["1"]}]}',
            "these stages wait for each other: 'A'",
        ),
        ('[{"stages": [], "name": "a"}, {"stages": [], "name": "b"}]', "there are 2 pipelines; which? a, b"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_pipeline_is_one_sentence(text: str, expected: str) -> None:
    with pytest.raises(BadInput) as caught:
        imported(read(text, "p.json"))
    assert expected in str(caught.value)


def test_tabs_and_hostile_names_are_harmless() -> None:
    stage = {"type": "wait", "waitTime": 1, "name": "\x1b[31m${{ x }}\n# y", "refId": "1", "comments": "a\x1b]0;b\x07"}
    text = json.dumps({"name": "[bold]\x1b[2J", "stages": [stage]}, indent="\t")
    found = imported(read(text, "p.json"))
    assert "\x1b" not in found.text
    assert (
        Pipeline.model_validate(yaml.safe_load(found.text)).stages[0].id == "31m_x_y" or "stage_31m_x_y" in found.text
    )
