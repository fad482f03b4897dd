"""Faults on demand, in process and over HTTP, and the other paths of the emulator's own."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of, make_function
from tests.emulator.expectations import eventually, refused


@pytest.fixture(autouse=True)
def no_faults_left(emulator: Emulator) -> Iterator[None]:
    yield
    emulator.cloud.faults.clear()


def ask(emulator: Emulator, method: str, path: str, document: Any = None) -> Any:
    """A request to the emulator's own paths: the JSON that came back, or None."""
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(
        f"{emulator.endpoint}/_emulator/{path}", body, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.mark.parametrize(
    ("effect", "code", "status", "text"),
    [
        ("throttle", "TooManyRequestsException", 429, "Rate exceeded"),
        ("internal-error", "ServiceException", 500, ""),
        ("unavailable", "ServiceUnavailableException", 503, ""),
        ("expired-token", "ExpiredTokenException", 403, "The security token included in the request is expired"),
        (
            "access-denied",
            "AccessDeniedException",
            403,
            "is not authorized to perform: lambda:ListFunctions on resource",
        ),
        ("stale-revision", "PreconditionFailedException", 412, "The Revision Id provided does not match"),
    ],
)
def test_each_effect_is_the_error_of_its_name(
    aws_lambda: Any, emulator: Emulator, account: str, effect: str, code: str, status: int, text: str
) -> None:
    emulator.cloud.faults.add(effect, account=account)
    with refused(code, status, text):
        aws_lambda.list_functions()


def test_an_error_of_ones_own(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("error", account=account, code="KMSAccessDeniedException", message="no key", status=502)
    with refused("KMSAccessDeniedException", 502, "no key"):
        aws_lambda.list_functions()
    emulator.cloud.faults.clear()
    emulator.cloud.faults.add("error", account=account, code="Odd", message="odd", status=529)
    with refused("Odd", 529):
        aws_lambda.list_functions()


def test_a_fault_hits_only_the_calls_it_is_meant_for(
    client: Callable[..., Any], emulator: Emulator, account: str
) -> None:
    emulator.cloud.faults.add(
        "throttle", service="lambda", operation="List*", account=account, region="eu-*", after=1, times=1
    )
    aws_lambda = client("lambda")
    client("lambda", region="us-east-1").list_functions()
    aws_lambda.get_account_settings()
    client("sts").get_caller_identity()
    aws_lambda.list_functions()
    with refused("TooManyRequestsException", 429):
        aws_lambda.list_layers()
    aws_lambda.list_functions()


def test_chance_hits_some_of_many(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    number = emulator.cloud.faults.add("throttle", account=account, probability=0.5)
    for _ in range(60):
        try:
            aws_lambda.list_functions()
        except ClientError:
            pass
    assert 12 <= emulator.cloud.faults.hits(number) <= 48


def test_botocore_gets_over_a_throttle_by_itself(emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("throttle", account=account, times=1)
    patient = client_of(emulator, "lambda", account, retries={"mode": "standard", "total_max_attempts": 3})
    assert patient.list_functions()["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_cut_before_the_work_leaves_nothing_done(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("cut-before-work", operation="CreateFunction", account=account, times=1)
    with pytest.raises(ConnectionClosedError):
        make_function(aws_lambda)
    assert aws_lambda.list_functions()["Functions"] == []


def test_a_cut_after_the_work_leaves_it_done(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("cut-after-work", operation="CreateFunction", account=account, times=1)
    with pytest.raises(ConnectionClosedError):
        make_function(aws_lambda)
    assert [function["FunctionName"] for function in aws_lambda.list_functions()["Functions"]] == ["f"]


def test_a_hang_answers_nothing_and_does_nothing(emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("hang", account=account, seconds=60, times=1)
    impatient = client_of(emulator, "lambda", account, read_timeout=0.2)
    with pytest.raises(ReadTimeoutError):
        make_function(impatient)
    assert impatient.list_functions()["Functions"] == []


def test_a_hang_ends_with_the_server(slow: Emulator, account: str) -> None:
    slow.cloud.faults.add("hang", account=account, seconds=60)
    import threading

    ended = threading.Event()

    def call() -> None:
        try:
            client_of(slow, "lambda", account).list_functions()
        except ConnectionClosedError:
            ended.set()

    threading.Thread(target=call).start()
    eventually(lambda: slow.cloud.faults.as_json()[0]["hits"])
    slow.stop()
    assert ended.wait(5)


def test_a_slow_call_is_carried_out_in_the_end(emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("slow", account=account, seconds=0.5, times=1)
    impatient = client_of(emulator, "lambda", account, read_timeout=0.2)
    with pytest.raises(ReadTimeoutError):
        make_function(impatient)
    eventually(lambda: impatient.list_functions()["Functions"])


def test_services_behind_the_front_suffer_too(client: Callable[..., Any], emulator: Emulator, account: str) -> None:
    emulator.cloud.faults.add("access-denied", service="sts", account=account)
    emulator.cloud.faults.add("expired-token", service="s3", account=account)
    emulator.cloud.faults.add("throttle", service="sqs", operation="SendMessage", account=account)
    emulator.cloud.faults.add("unavailable", service="ec2", account=account)
    with refused("AccessDeniedException", 403, "sts:GetCallerIdentity"):
        client("sts").get_caller_identity()
    with refused("ExpiredTokenException", 403):
        client("s3").list_buckets()
    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with refused("ThrottlingException", 400):
        client("sqs").send_message(QueueUrl=url, MessageBody="x")
    with refused("ServiceUnavailableException", 503):
        client("ec2").describe_vpcs()


def test_faults_are_added_seen_and_removed_over_http(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    number = ask(emulator, "POST", "faults", {"effect": "throttle", "account": account, "times": 5})["number"]
    with refused("TooManyRequestsException", 429):
        aws_lambda.list_functions()
    (shown,) = ask(emulator, "GET", "faults")
    assert (shown["number"], shown["effect"], shown["hits"]) == (number, "throttle", 1)
    ask(emulator, "DELETE", f"faults/{number}")
    aws_lambda.list_functions()
    ask(emulator, "POST", "faults", {"effect": "throttle", "account": account})
    ask(emulator, "DELETE", "faults")
    assert ask(emulator, "GET", "faults") == []


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"effect": "throtle"}, "effect: 'throtle' is not a fault. Did you mean 'throttle'?"),
        ({"effect": "slow", "secconds": 1}, "secconds: a fault has no such field. Did you mean 'seconds'?"),
        ({}, "effect: is missing; it is one of throttle,"),
    ],
)
def test_a_fault_that_is_none_is_one_clear_sentence(emulator: Emulator, document: Any, sentence: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(emulator, "POST", "faults", document)
    assert caught.value.code == 400
    assert caught.value.read().decode().startswith(sentence)


def test_the_clock_is_moved_over_http(slow: Emulator, account: str) -> None:
    client = client_of(slow, "lambda", account)
    make_function(client)
    before = ask(slow, "GET", "health")["now"]
    assert ask(slow, "POST", "clock", {"advance": 10})["now"] == before + 10
    assert client.get_function_configuration(FunctionName="f")["State"] == "Active"
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(slow, "POST", "clock", {"advance": -1})


def test_the_calls_are_told(client: Callable[..., Any], emulator: Emulator, account: str) -> None:
    client("lambda").list_functions()
    with refused("ResourceNotFoundException", 404):
        client("lambda", region="us-east-1").get_function(FunctionName="nope")
    client("sts").get_caller_identity()
    calls = ask(emulator, "GET", f"calls?account={account}")
    assert [(c["service"], c["operation"], c["region"], c["status"]) for c in calls] == [
        ("lambda", "ListFunctions", "eu-west-1", 200),
        ("lambda", "GetFunction", "us-east-1", 404),
        ("sts", "GetCallerIdentity", "eu-west-1", 200),
    ]
    assert ask(emulator, "GET", f"calls?account={account}&since={calls[-1]['number']}") == []
