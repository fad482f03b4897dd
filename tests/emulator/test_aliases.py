"""Aliases and their weights, https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function, publish
from tests.emulator.expectations import refused

FUNCTION = {"FunctionName": "f", "Name": "live"}


@pytest.fixture
def three(aws_lambda: Any) -> Any:
    """A client of an account in which function f has versions 1, 2 and 3."""
    make_function(aws_lambda, Publish=True)
    publish(aws_lambda, source="two = 2\n")
    publish(aws_lambda, source="three = 3\n")
    return aws_lambda


def weights(client: Any) -> Any:
    return client.get_alias(**FUNCTION).get("RoutingConfig")


def test_an_alias_points_to_a_version(three: Any, account: str) -> None:
    made = three.create_alias(**FUNCTION, FunctionVersion="1", Description="d")
    expected = {
        "AliasArn": f"arn:aws:lambda:eu-west-1:{account}:function:f:live",
        "Name": "live",
        "FunctionVersion": "1",
        "Description": "d",
    }
    assert {name: made[name] for name in expected} == expected
    assert "RoutingConfig" not in made
    shown = three.get_function_configuration(FunctionName="f", Qualifier="live")
    assert (shown["Version"], shown["FunctionArn"]) == ("1", made["AliasArn"])


def test_a_second_alias_of_the_same_name_is_a_conflict(three: Any, account: str) -> None:
    three.create_alias(**FUNCTION, FunctionVersion="1")
    text = f"Alias already exists: arn:aws:lambda:eu-west-1:{account}:function:f:live"
    with refused("ResourceConflictException", 409, text):
        three.create_alias(**FUNCTION, FunctionVersion="2")


def test_an_alias_that_is_not_there_is_not_found(three: Any, account: str) -> None:
    text = f"Cannot find alias arn: arn:aws:lambda:eu-west-1:{account}:function:f:live"
    with refused("ResourceNotFoundException", 404, text):
        three.get_alias(**FUNCTION)
    with refused("ResourceNotFoundException", 404, text):
        three.update_alias(**FUNCTION, FunctionVersion="1")


def test_a_version_that_is_not_there_cannot_be_pointed_to(three: Any, account: str) -> None:
    text = f"Function not found: arn:aws:lambda:eu-west-1:{account}:function:f:9"
    with refused("ResourceNotFoundException", 404, text):
        three.create_alias(**FUNCTION, FunctionVersion="9")
    with refused("ResourceNotFoundException", 404, text):
        three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"9": 0.1}})


def test_an_aliass_name_is_not_a_number(three: Any) -> None:
    with refused("ValidationException", 400, "at 'name' failed to satisfy constraint"):
        three.create_alias(FunctionName="f", Name="12", FunctionVersion="1")


@pytest.mark.parametrize(
    ("version", "additional", "code", "text"),
    [
        (
            "1",
            {"2": 0.1, "3": 0.1},
            "InvalidParameterValueException",
            "AdditionalVersionWeights cannot be greater than 1",
        ),
        ("1", {"1": 0.1}, "InvalidParameterValueException", "Function version 1 is already included in routing"),
        ("$LATEST", {"1": 0.1}, "InvalidParameterValueException", "$LATEST is not supported for an alias pointing to"),
        (
            "1",
            {"2": 1.5},
            "ValidationException",
            "Value '{2=1.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must "
            "satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater "
            "than or equal to 0.0, Member must not be null]",
        ),
        (
            "1",
            {"$LATEST": 0.1},
            "ValidationException",
            "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have "
            "length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must "
            "not be null]",
        ),
    ],
)
def test_weights_that_aws_does_not_take_are_refused(
    three: Any, version: str, additional: dict[str, float], code: str, text: str
) -> None:
    routing = {"AdditionalVersionWeights": additional}
    with refused(code, 400, text):
        three.create_alias(**FUNCTION, FunctionVersion=version, RoutingConfig=routing)
    three.create_alias(**FUNCTION, FunctionVersion="1")
    with refused(code, 400, text):
        three.update_alias(**FUNCTION, FunctionVersion=version, RoutingConfig=routing)
    assert weights(three) is None


def test_weighted_versions_must_have_the_same_role(three: Any, account: str) -> None:
    three.update_function_configuration(FunctionName="f", Role=f"arn:aws:iam::{account}:role/another")
    assert three.publish_version(FunctionName="f")["Version"] == "4"
    with refused("InvalidParameterValueException", 400, "must be associated with the same execution role"):
        three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"4": 0.5}})


def test_weighted_versions_must_have_the_same_dead_letter_queue(three: Any, account: str) -> None:
    queue = {"TargetArn": f"arn:aws:sqs:eu-west-1:{account}:dead"}
    three.update_function_configuration(FunctionName="f", DeadLetterConfig=queue)
    assert three.publish_version(FunctionName="f")["Version"] == "4"
    with refused("InvalidParameterValueException", 400, "must be associated with the same dead letter queue"):
        three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"4": 0.5}})


def test_an_update_without_a_routing_config_keeps_the_weights(three: Any) -> None:
    """The trap: what looks like a rollback leaves canary traffic flowing."""
    three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    three.update_alias(**FUNCTION, Description="d")
    three.update_alias(**FUNCTION, FunctionVersion="3")
    assert weights(three) == {"AdditionalVersionWeights": {"2": 0.25}}


def test_pointing_an_alias_to_the_version_that_it_weights_is_refused(three: Any) -> None:
    three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    with refused("InvalidParameterValueException", 400, "Function version 2 is already included in routing"):
        three.update_alias(**FUNCTION, FunctionVersion="2")


@pytest.mark.parametrize("routing", [{}, {"AdditionalVersionWeights": {}}])
def test_an_empty_routing_config_takes_the_weights_away(three: Any, routing: dict[str, Any]) -> None:
    three.create_alias(**FUNCTION, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    three.update_alias(**FUNCTION, RoutingConfig=routing)
    assert weights(three) is None


def test_a_stale_revision_of_an_alias_is_a_failed_precondition(three: Any) -> None:
    first = three.create_alias(**FUNCTION, FunctionVersion="1")["RevisionId"]
    second = three.update_alias(**FUNCTION, FunctionVersion="2", RevisionId=first)["RevisionId"]
    assert second != first
    with refused("PreconditionFailedException", 412, "The Revision Id provided does not match"):
        three.update_alias(**FUNCTION, FunctionVersion="3", RevisionId=first)
    assert three.get_alias(**FUNCTION)["FunctionVersion"] == "2"


def test_aliases_come_fifty_a_page_and_by_version(three: Any) -> None:
    for number in range(55):
        three.create_alias(FunctionName="f", Name=f"a{number:02d}", FunctionVersion="1" if number else "2")
    first = three.list_aliases(FunctionName="f", MaxItems=100)
    assert len(first["Aliases"]) == 50
    assert len(three.list_aliases(FunctionName="f", Marker=first["NextMarker"])["Aliases"]) == 5
    of_two = three.list_aliases(FunctionName="f", FunctionVersion="2")["Aliases"]
    assert [alias["Name"] for alias in of_two] == ["a00"]


def test_a_deleted_alias_is_gone_and_deleting_it_again_is_no_error(three: Any) -> None:
    three.create_alias(**FUNCTION, FunctionVersion="1")
    three.delete_alias(**FUNCTION)
    three.delete_alias(**FUNCTION)
    with refused("ResourceNotFoundException", 404):
        three.get_alias(**FUNCTION)


def test_an_alias_with_provisioned_concurrency_takes_no_weights(three: Any) -> None:
    three.create_alias(**FUNCTION, FunctionVersion="1")
    three.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=1)
    with refused(
        "InvalidParameterValueException", 400, "Alias with weights can not be used with Provisioned Concurrency"
    ):
        three.update_alias(**FUNCTION, RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})


def test_aws_weights_an_alias_itself_while_provisioned_concurrency_follows_it(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    make_function(client, Publish=True)
    slow.cloud.clock.advance(10)
    client.create_alias(**FUNCTION, FunctionVersion="1")
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=2)
    slow.cloud.clock.advance(30)
    publish(client, source="x = 2\n")
    slow.cloud.clock.advance(10)
    client.update_alias(**FUNCTION, FunctionVersion="2")
    slow.cloud.clock.advance(15)
    assert weights(client) == {"AdditionalVersionWeights": {"1": 0.5}}
    moved = client.get_provisioned_concurrency_config(FunctionName="f", Qualifier="live")
    assert (moved["Status"], moved["AllocatedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 1)
    slow.cloud.clock.advance(15)
    assert weights(client) is None
