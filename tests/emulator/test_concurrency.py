"""Reserved and provisioned concurrency, https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function, publish
from tests.emulator.expectations import eventually, refused

PROVISIONED = {"FunctionName": "f", "Qualifier": "live"}


def test_reserving_must_leave_a_hundred_of_the_accounts_thousand(aws_lambda: Any) -> None:
    make_function(aws_lambda, "a")
    make_function(aws_lambda, "b")
    aws_lambda.put_function_concurrency(FunctionName="a", ReservedConcurrentExecutions=500)
    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
        "its minimum value of [100]."
    )
    with refused("InvalidParameterValueException", 400, text):
        aws_lambda.put_function_concurrency(FunctionName="b", ReservedConcurrentExecutions=401)
    put = aws_lambda.put_function_concurrency(FunctionName="b", ReservedConcurrentExecutions=400)
    assert put["ReservedConcurrentExecutions"] == 400
    assert aws_lambda.get_function_concurrency(FunctionName="b")["ReservedConcurrentExecutions"] == 400
    aws_lambda.put_function_concurrency(FunctionName="a", ReservedConcurrentExecutions=450)
    aws_lambda.delete_function_concurrency(FunctionName="b")
    assert "ReservedConcurrentExecutions" not in aws_lambda.get_function_concurrency(FunctionName="b")


def test_zero_reserved_throttles_everything(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException", 429, "Rate Exceeded.") as throttled:
        aws_lambda.invoke(FunctionName="f")
    assert throttled.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert throttled.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"


def test_one_more_than_reserved_is_throttled(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    source = "import time\ndef handler(event, context):\n    time.sleep(2)\n"
    make_function(aws_lambda, source=source)
    aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    region = emulator.cloud.lambda_service.state.region(account, "eu-west-1")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(lambda: aws_lambda.invoke(FunctionName="f")["StatusCode"])
        eventually(lambda: region.in_flight["f"] == 1)
        with refused("TooManyRequestsException", 429):
            aws_lambda.invoke(FunctionName="f")
        assert running.result() == 200
    assert region.in_flight["f"] == 0


def test_account_settings_count_what_there_is(aws_lambda: Any) -> None:
    size = make_function(aws_lambda, Publish=True)["CodeSize"]
    aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=25)
    settings = aws_lambda.get_account_settings()
    assert settings["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 975,
    }
    assert settings["AccountUsage"] == {"TotalCodeSize": 2 * size, "FunctionCount": 1}


@pytest.fixture
def live(aws_lambda: Any) -> Any:
    """A client of an account in which function f has versions 1 and 2, and alias live on 1."""
    make_function(aws_lambda, Publish=True)
    publish(aws_lambda, source="two = 2\n")
    aws_lambda.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return aws_lambda


def test_provisioned_concurrency_takes_a_while_to_be_ready(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    make_function(client, Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    put = client.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=4)
    assert put["Status"] == "IN_PROGRESS"
    assert put["AllocatedProvisionedConcurrentExecutions"] == 0
    slow.cloud.clock.advance(15)
    half = client.get_provisioned_concurrency_config(**PROVISIONED)
    assert (half["Status"], half["AllocatedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 2)
    slow.cloud.clock.advance(15)
    ready = client.get_provisioned_concurrency_config(**PROVISIONED)
    assert (ready["Status"], ready["AvailableProvisionedConcurrentExecutions"]) == ("READY", 4)
    assert ready["RequestedProvisionedConcurrentExecutions"] == 4


def test_latest_cannot_have_provisioned_concurrency(live: Any) -> None:
    text = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    with refused("InvalidParameterValueException", 400, text):
        live.put_provisioned_concurrency_config(
            FunctionName="f", Qualifier="$LATEST", ProvisionedConcurrentExecutions=1
        )
    with refused("InvalidParameterValueException", 400, "must be an alias or a published version"):
        live.get_provisioned_concurrency_config(FunctionName="f", Qualifier="$LATEST")


def test_an_alias_with_weights_cannot_have_provisioned_concurrency(live: Any) -> None:
    live.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    with refused(
        "InvalidParameterValueException", 400, "Alias with weights can not be used with Provisioned Concurrency"
    ):
        live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=1)


def test_what_is_provisioned_cannot_change_while_it_follows_its_alias(slow: Emulator, account: str) -> None:
    """AWS puts weights on the alias meanwhile, and they count as any other."""
    client = client_of(slow, "lambda", account)
    make_function(client, Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=4)
    slow.cloud.clock.advance(30)
    publish(client, source="def handler(event, context):\n    return 2\n")
    slow.cloud.clock.advance(30)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    with refused(
        "InvalidParameterValueException", 400, "Alias with weights can not be used with Provisioned Concurrency"
    ):
        client.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=5)
    slow.cloud.clock.advance(30)
    client.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=5)


def test_provisioned_and_reserved_concurrency_bound_one_another(live: Any) -> None:
    live.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    with refused("InvalidParameterValueException", 400, "should not be greater than the reservedConcurrentExecution"):
        live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=6)
    live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=5)
    with refused("InvalidParameterValueException", 400, "should not be lower than"):
        live.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=4)


def test_provisioned_concurrency_must_leave_a_hundred_unreserved(live: Any) -> None:
    with refused("InvalidParameterValueException", 400, "below its minimum value of [100]"):
        live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=901)
    with refused("InvalidParameterValueException", 400, "greater than account's unreserved concurrency [1000]"):
        live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=1001)


def test_a_version_is_provisioned_through_an_alias_or_itself_but_not_both(live: Any) -> None:
    live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=1)
    with refused("ResourceConflictException", 409, "Version is pointed by a Provisioned Concurrency alias"):
        live.put_provisioned_concurrency_config(FunctionName="f", Qualifier="1", ProvisionedConcurrentExecutions=1)
    live.put_provisioned_concurrency_config(FunctionName="f", Qualifier="2", ProvisionedConcurrentExecutions=1)
    live.create_alias(FunctionName="f", Name="next", FunctionVersion="2")
    with refused("ResourceConflictException", 409, "on an already Provisioned version"):
        live.put_provisioned_concurrency_config(FunctionName="f", Qualifier="next", ProvisionedConcurrentExecutions=1)


def test_provisioned_concurrency_is_listed_and_deleted(live: Any, account: str) -> None:
    live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=1)
    (listed,) = live.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"]
    assert listed["FunctionArn"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:live"
    live.delete_provisioned_concurrency_config(**PROVISIONED)
    live.delete_provisioned_concurrency_config(**PROVISIONED)
    with refused("ProvisionedConcurrencyConfigNotFoundException", 404, "No Provisioned Concurrency Config found"):
        live.get_provisioned_concurrency_config(**PROVISIONED)


def test_a_provisioned_environment_has_no_init_in_its_report(live: Any) -> None:
    import base64

    live.put_provisioned_concurrency_config(**PROVISIONED, ProvisionedConcurrentExecutions=1)
    tail = live.invoke(FunctionName="f", Qualifier="live", LogType="Tail")["LogResult"]
    assert "Init Duration" not in base64.b64decode(tail).decode()
    tail = live.invoke(FunctionName="f", Qualifier="2", LogType="Tail")["LogResult"]
    assert "Init Duration" in base64.b64decode(tail).decode()
