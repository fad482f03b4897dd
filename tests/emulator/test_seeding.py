"""Functions that are there from the start, as boto3 sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdatui.emulator.lambda_.packages import ImagePackage, ZipPackage
from lambdatui.emulator.lambda_.records import Failure, StandIn
from lambdatui.emulator.lambda_.seeding import FunctionSeed
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import ROLE, zipped
from tests.emulator.expectations import refused

THEN = 1_790_000_000.0
WHICH = "def handler(event, context):\n    return [context.function_version, '{}']\n"


@pytest.fixture
def seed(emulator: Emulator, account: str) -> FunctionSeed:
    return emulator.cloud.lambda_service.seed(account, "eu-west-1")


@pytest.fixture
def python(account: str) -> dict[str, Any]:
    return {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE.format(account=account)}


def test_a_past_can_be_told(aws_lambda: Any, seed: FunctionSeed, python: dict[str, Any]) -> None:
    function = seed.add("f", ZipPackage(zipped(WHICH.format("old"))), modified=THEN, tags={"team": "shop"}, **python)
    seed.publish(function, modified=THEN, description="fix rounding", number=41)
    seed.change(function, code=ZipPackage(zipped(WHICH.format("new"))), modified=THEN + 60, MemorySize=512)
    seed.publish(function, modified=THEN + 60, description="new tax engine")
    seed.alias(function, "live", "41", weights={"42": 0.1})

    shown = aws_lambda.get_function(FunctionName="f", Qualifier="41")
    assert shown["Configuration"]["LastModified"] == "2026-09-21T14:13:20.000+0000"
    assert (shown["Configuration"]["Description"], shown["Configuration"]["State"]) == ("fix rounding", "Active")
    assert shown["Tags"] == {"team": "shop"}
    listed = aws_lambda.list_versions_by_function(FunctionName="f")["Versions"]
    assert [(v["Version"], v["MemorySize"]) for v in listed] == [("$LATEST", 512), ("41", 128), ("42", 512)]
    alias = aws_lambda.get_alias(FunctionName="f", Name="live")
    assert alias["RoutingConfig"] == {"AdditionalVersionWeights": {"42": 0.1}}
    for number, word in (("41", "old"), ("42", "new")):
        assert json.loads(aws_lambda.invoke(FunctionName="f", Qualifier=number)["Payload"].read()) == [number, word]
    assert aws_lambda.publish_version(FunctionName="f")["Version"] == "42"


def test_a_function_can_be_failed(aws_lambda: Any, seed: FunctionSeed, account: str) -> None:
    image = ImagePackage("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:gone")
    failure = Failure("ImageAccessDenied", "Lambda does not have permission to access the ECR image.")
    seed.add("f", image, modified=THEN, failure=failure, Role=ROLE.format(account=account))
    shown = aws_lambda.get_function_configuration(FunctionName="f")
    assert (shown["State"], shown["StateReasonCode"]) == ("Failed", "ImageAccessDenied")
    assert shown["StateReason"] == "Lambda does not have permission to access the ECR image."
    with refused("ResourceConflictException", 409, "The function is currently in the following state: Failed"):
        aws_lambda.invoke(FunctionName="f")


def test_a_stand_in_runs_for_what_cannot_be_run(aws_lambda: Any, seed: FunctionSeed, account: str) -> None:
    stand_in = StandIn(ZipPackage(zipped(WHICH.format("stand-in"), name="stand.py")), "stand.handler")
    node = ZipPackage(zipped("exports.handler = 1", name="index.js"))
    role = ROLE.format(account=account)
    seed.add("f", node, modified=THEN, stand_in=stand_in, Runtime="nodejs22.x", Handler="index.handler", Role=role)
    assert aws_lambda.get_function_configuration(FunctionName="f")["CodeSha256"] == node.code_sha256
    assert json.loads(aws_lambda.invoke(FunctionName="f")["Payload"].read()) == ["$LATEST", "stand-in"]
    aws_lambda.publish_version(FunctionName="f")
    assert json.loads(aws_lambda.invoke(FunctionName="f", Qualifier="1")["Payload"].read()) == ["1", "stand-in"]
    aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped())
    with refused("InvalidRuntimeException", 400, "the embedded AWS runs Python only"):
        aws_lambda.invoke(FunctionName="f")


def test_thousands_of_functions_are_listed_once_each(
    aws_lambda: Any, seed: FunctionSeed, python: dict[str, Any]
) -> None:
    package = ZipPackage(zipped())
    names = [f"function-{number:05d}" for number in range(3000)]
    for name in names:
        seed.add(name, package, modified=THEN, **python)
    pages = aws_lambda.get_paginator("list_functions").paginate()
    assert [function["FunctionName"] for page in pages for function in page["Functions"]] == names
    assert aws_lambda.get_account_settings()["AccountUsage"]["FunctionCount"] == 3000
