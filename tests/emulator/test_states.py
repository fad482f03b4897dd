"""Function states: what takes a while, and what is refused meanwhile.

https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function, publish, zipped
from tests.emulator.expectations import refused


@pytest.fixture
def aws_lambda(slow: Emulator, account: str) -> Any:
    """A client of an AWS whose clock stands still, and whose transitions take ten seconds."""
    return client_of(slow, "lambda", account)


def test_a_new_function_is_pending_until_it_is_active(aws_lambda: Any, slow: Emulator) -> None:
    made = make_function(aws_lambda)
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert made["StateReason"] == "The function is being created."
    slow.cloud.clock.advance(9)
    assert aws_lambda.get_function_configuration(FunctionName="f")["State"] == "Pending"
    slow.cloud.clock.advance(1)
    active = aws_lambda.get_function_configuration(FunctionName="f")
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReasonCode" not in active


def test_an_update_is_in_progress_until_it_is_successful(aws_lambda: Any, slow: Emulator) -> None:
    make_function(aws_lambda)
    slow.cloud.clock.advance(10)
    updated = aws_lambda.update_function_configuration(FunctionName="f", Timeout=9)
    assert (updated["State"], updated["LastUpdateStatus"]) == ("Active", "InProgress")
    assert updated["LastUpdateStatusReasonCode"] == "Creating"
    slow.cloud.clock.advance(10)
    assert aws_lambda.get_function_configuration(FunctionName="f")["LastUpdateStatus"] == "Successful"


def test_writes_are_a_conflict_while_an_update_is_in_progress(aws_lambda: Any, slow: Emulator, account: str) -> None:
    make_function(aws_lambda)
    slow.cloud.clock.advance(10)
    aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 1\n"))
    text = (
        "The operation cannot be performed at this time. An update is in progress for resource: "
        f"arn:aws:lambda:eu-west-1:{account}:function:f"
    )
    for write in (
        lambda: aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("x = 2\n")),
        lambda: aws_lambda.update_function_configuration(FunctionName="f", Timeout=5),
        lambda: aws_lambda.publish_version(FunctionName="f"),
    ):
        with refused("ResourceConflictException", 409, text):
            write()
    slow.cloud.clock.advance(10)
    assert aws_lambda.publish_version(FunctionName="f")["Version"] == "1"


def test_a_pending_function_cannot_be_changed_or_invoked(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    text = "The function is currently in the following state: Pending"
    with refused("ResourceConflictException", 409, text):
        aws_lambda.update_function_configuration(FunctionName="f", Timeout=5)
    with refused("ResourceConflictException", 409, text):
        aws_lambda.invoke(FunctionName="f")


def test_the_old_code_answers_while_an_update_is_in_progress(aws_lambda: Any, slow: Emulator) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    return 'old'\n")
    slow.cloud.clock.advance(10)
    aws_lambda.update_function_code(
        FunctionName="f", ZipFile=zipped("def handler(event, context):\n    return 'new'\n")
    )
    assert aws_lambda.invoke(FunctionName="f")["Payload"].read() == b'"old"'
    slow.cloud.clock.advance(10)
    assert aws_lambda.invoke(FunctionName="f")["Payload"].read() == b'"new"'


def test_the_end_of_a_transition_is_a_revision_of_its_own(aws_lambda: Any, slow: Emulator) -> None:
    """Why the RevisionId that an update answers with is stale when the update is done."""
    pending = make_function(aws_lambda)["RevisionId"]
    assert aws_lambda.get_function_configuration(FunctionName="f")["RevisionId"] == pending
    slow.cloud.clock.advance(10)
    active = aws_lambda.get_function_configuration(FunctionName="f")["RevisionId"]
    assert active != pending
    updating = aws_lambda.update_function_configuration(FunctionName="f", Timeout=4, RevisionId=active)["RevisionId"]
    slow.cloud.clock.advance(10)
    with refused("PreconditionFailedException", 412):
        aws_lambda.publish_version(FunctionName="f", RevisionId=updating)


def test_a_published_version_is_pending_for_a_while_too(aws_lambda: Any, slow: Emulator) -> None:
    make_function(aws_lambda)
    slow.cloud.clock.advance(10)
    assert aws_lambda.publish_version(FunctionName="f")["State"] == "Pending"
    slow.cloud.clock.advance(10)
    assert aws_lambda.get_function_configuration(FunctionName="f", Qualifier="1")["State"] == "Active"


def test_botocores_waiters_see_the_transitions_end(slow: Emulator, aws_lambda: Any) -> None:
    make_function(aws_lambda)
    slow.cloud.clock.advance(10)
    aws_lambda.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    publish(aws_lambda, source="x = 5\n")
    slow.cloud.clock.advance(10)
    aws_lambda.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    aws_lambda.get_waiter("published_version_active").wait(
        FunctionName="f", Qualifier="1", WaiterConfig={"Delay": 0, "MaxAttempts": 2}
    )
