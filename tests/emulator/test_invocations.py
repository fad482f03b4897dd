"""Invoke, https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import make_function, publish, zipped
from tests.emulator.expectations import eventually, refused
from tests.emulator.observability import Counted, log, metric

WHICH = "def handler(event, context):\n    return context.function_version\n"


def answer(client: Any, name: str = "f", **members: Any) -> Any:
    return json.loads(client.invoke(FunctionName=name, **members)["Payload"].read())


def tail(response: Any) -> str:
    return base64.b64decode(response["LogResult"]).decode()


def test_a_synchronous_invocation_returns_what_the_handler_returned(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    response = aws_lambda.invoke(FunctionName="f", Payload=b'{"a": "\xc3\xa9"}')
    assert (response["StatusCode"], response["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in response
    assert "LogResult" not in response
    assert json.loads(response["Payload"].read()) == {"a": "é"}


def test_no_payload_is_an_empty_event(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    assert answer(aws_lambda) == {}


def test_the_qualifier_says_which_version_answers(aws_lambda: Any) -> None:
    make_function(aws_lambda, source=WHICH, Publish=True)
    publish(aws_lambda, source=WHICH + "# two\n")
    aws_lambda.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert answer(aws_lambda) == "$LATEST"
    assert answer(aws_lambda, Qualifier="2") == "2"
    assert answer(aws_lambda, Qualifier="live") == "1"
    assert answer(aws_lambda, name="f:live") == "1"
    assert aws_lambda.invoke(FunctionName="f", Qualifier="live")["ExecutedVersion"] == "1"


def test_a_qualifier_that_is_not_there_is_not_found(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda)
    for qualifier in ("7", "nope"):
        text = f"Function not found: arn:aws:lambda:eu-west-1:{account}:function:f:{qualifier}"
        with refused("ResourceNotFoundException", 404, text):
            aws_lambda.invoke(FunctionName="f", Qualifier=qualifier)


def test_a_weighted_alias_splits_invocations(aws_lambda: Any) -> None:
    make_function(aws_lambda, source=WHICH, Publish=True)
    publish(aws_lambda, source=WHICH + "# two\n")
    aws_lambda.create_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.3}}
    )
    served = [aws_lambda.invoke(FunctionName="f", Qualifier="live") for _ in range(200)]
    executed = [response["ExecutedVersion"] for response in served]
    assert executed == [json.loads(response["Payload"].read()) for response in served]
    assert 35 <= executed.count("2") <= 85  # five standard deviations around 60
    for weight, expected in ((0.0, {"1"}), (1.0, {"2"})):
        aws_lambda.update_alias(
            FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": weight}}
        )
        assert {answer(aws_lambda, Qualifier="live") for _ in range(20)} == expected


def test_the_log_tail_is_the_last_four_kilobytes_in_base64(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    for n in range(500): print('line', n)\n")
    response = aws_lambda.invoke(FunctionName="f", LogType="Tail")
    text = tail(response)
    assert len(text.encode()) == 4096
    assert "line 499" in text
    assert "REPORT RequestId: " in text.splitlines()[-1]


def test_a_short_log_is_all_in_the_tail_and_has_the_request_id(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    print('hello')\n", MemorySize=256)
    response = aws_lambda.invoke(FunctionName="f", LogType="Tail")
    identity = response["ResponseMetadata"]["RequestId"]
    start, hello, end, report = tail(response).splitlines()
    assert start == f"START RequestId: {identity} Version: $LATEST"
    assert hello == "hello"
    assert end == f"END RequestId: {identity}"
    assert re.fullmatch(
        rf"REPORT RequestId: {identity}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\t"
        r"Max Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t",
        report,
    )
    warm = tail(aws_lambda.invoke(FunctionName="f", LogType="Tail"))
    assert "Init Duration" not in warm


def test_an_exception_is_a_function_error_as_the_runtime_words_it(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    raise KeyError('currency')\n")
    response = aws_lambda.invoke(FunctionName="f", LogType="Tail")
    assert (response["StatusCode"], response["FunctionError"]) == (200, "Unhandled")
    assert json.loads(response["Payload"].read()) == {
        "errorMessage": "'currency'",
        "errorType": "KeyError",
        "requestId": response["ResponseMetadata"]["RequestId"],
        "stackTrace": ["  File \"/var/task/app.py\", line 2, in handler\n    raise KeyError('currency')\n"],
    }
    assert "[ERROR] KeyError: 'currency'\nTraceback (most recent call last):" in tail(response)


@pytest.mark.parametrize(
    ("payload", "shown"),
    [(b"{", "Could not parse payload into json"), (b"nonsense", "Could not parse payload into json")],
)
def test_a_payload_that_is_not_json_is_refused(aws_lambda: Any, payload: bytes, shown: str) -> None:
    make_function(aws_lambda)
    with refused("InvalidRequestContentException", 400, shown):
        aws_lambda.invoke(FunctionName="f", Payload=payload)


def test_a_payload_beyond_six_megabytes_is_too_large(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    text = "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    with refused("RequestTooLargeException", 413, text):
        aws_lambda.invoke(FunctionName="f", Payload=b'"' + b"x" * 6_291_455 + b'"')
    with refused("RequestTooLargeException", 413, "too large for the Event invocation type (limit 1048576 bytes)"):
        aws_lambda.invoke(FunctionName="f", Payload=b'"' + b"x" * 1_048_576 + b'"', InvocationType="Event")


def test_an_answer_beyond_six_megabytes_is_a_function_error(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    return 'x' * 6_300_000\n")
    response = aws_lambda.invoke(FunctionName="f")
    assert response["FunctionError"] == "Unhandled"
    assert json.loads(response["Payload"].read())["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_dry_run_runs_nothing(aws_lambda: Any, emulator: Emulator) -> None:
    make_function(aws_lambda, source="raise SystemExit\n")
    response = aws_lambda.invoke(FunctionName="f", InvocationType="DryRun")
    assert response["StatusCode"] == 204
    with refused("ResourceNotFoundException", 404):
        aws_lambda.invoke(FunctionName="f", Qualifier="9", InvocationType="DryRun")


def test_the_client_context_reaches_the_handler(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    return context.client_context.custom\n")
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    assert answer(aws_lambda, ClientContext=context) == {"k": "v"}
    with refused("InvalidRequestContentException", 400, "Base64-encoded JSON object"):
        aws_lambda.invoke(FunctionName="f", ClientContext="nonsense")


CONTEXT = """
import os
def handler(event, context):
    return {
        "request": context.aws_request_id, "arn": context.invoked_function_arn, "name": context.function_name,
        "memory": context.memory_limit_in_mb, "group": context.log_group_name, "stream": context.log_stream_name,
        "left": context.get_remaining_time_in_millis(), "tenant": context.tenant_id, "env": dict(os.environ),
    }
"""


def test_context_and_variables_are_those_of_aws(
    aws_lambda: Any, account: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATORS_SECRET", "hunter2")
    monkeypatch.setenv("AWS_PROFILE", "operators-own")
    make_function(aws_lambda, source=CONTEXT, Environment={"Variables": {"OWN": "value"}}, Publish=True, Timeout=7)
    response = aws_lambda.invoke(FunctionName="f", Qualifier="1")
    seen = json.loads(response["Payload"].read())
    env = seen.pop("env")
    assert seen["request"] == response["ResponseMetadata"]["RequestId"]
    assert seen["arn"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:1"
    assert (seen["name"], seen["memory"], seen["group"], seen["tenant"]) == ("f", "128", "/aws/lambda/f", None)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[1\][0-9a-f]{32}", seen["stream"])
    assert 0 < seen["left"] <= 7000
    expected = {
        "OWN": "value",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": seen["stream"],
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "_HANDLER": "app.handler",
    }
    assert {name: env.get(name) for name in expected} == expected
    assert "OPERATORS_SECRET" not in env
    assert "AWS_PROFILE" not in env
    assert env["HOME"] != os.environ.get("HOME")


def test_a_handler_reaches_the_emulator_in_its_functions_account(aws_lambda: Any, account: str) -> None:
    source = (
        "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Account']\n"
    )
    make_function(aws_lambda, source=source, Timeout=30)
    assert answer(aws_lambda) == account


def test_a_layers_python_folder_is_importable(aws_lambda: Any) -> None:
    layer = aws_lambda.publish_layer_version(
        LayerName="shared", Content={"ZipFile": zipped("ANSWER = 42\n", name="python/shared.py")}
    )["LayerVersionArn"]
    source = "import shared\ndef handler(event, context):\n    return [shared.ANSWER, shared.__file__]\n"
    make_function(aws_lambda, source=source, Layers=[layer])
    value, path = answer(aws_lambda)
    assert value == 42
    assert path.endswith("/python/shared.py")


def test_a_runtime_that_is_not_python_is_refused_clearly(aws_lambda: Any) -> None:
    make_function(aws_lambda, "node", Runtime="nodejs22.x", Handler="index.handler")
    with refused(
        "InvalidRuntimeException", 400, "node is written for nodejs22.x, and the embedded AWS runs Python only."
    ):
        aws_lambda.invoke(FunctionName="node")
    make_function(aws_lambda, "image", PackageType="Image", Code={"ImageUri": "i"})
    with refused("InvalidRuntimeException", 400, "image is a container image, and the embedded AWS runs no images."):
        aws_lambda.invoke(FunctionName="image", InvocationType="Event")


def test_an_environment_is_used_again_by_its_version_only(aws_lambda: Any) -> None:
    source = """
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return [os.getpid(), calls]
"""
    make_function(aws_lambda, source=source, Publish=True)
    first, again, other = answer(aws_lambda), answer(aws_lambda), answer(aws_lambda, Qualifier="1")
    assert again == [first[0], 2]
    assert other[1] == 1
    aws_lambda.update_function_configuration(FunctionName="f", MemorySize=256)
    assert answer(aws_lambda)[0] != first[0]


def test_invocations_at_once_have_environments_of_their_own(aws_lambda: Any) -> None:
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.3)\n    return os.getpid()\n"
    make_function(aws_lambda, source=source)
    with ThreadPoolExecutor(4) as pool:
        pids = set(pool.map(lambda _: answer(aws_lambda), range(4)))
    assert len(pids) == 4


def test_an_invocation_leaves_log_events_in_the_functions_group(
    aws_lambda: Any, account: str, emulator: Emulator
) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    print('hello')\n")
    aws_lambda.invoke(FunctionName="f")
    lines = log(emulator, account, "/aws/lambda/f")
    assert [line.split()[0] for line in lines] == ["INIT_START", "START", "hello", "END", "REPORT"]
    aws_lambda.update_function_configuration(FunctionName="f", LoggingConfig={"LogGroup": "custom/group"})
    aws_lambda.invoke(FunctionName="f")
    assert "hello" in log(emulator, account, "custom/group")


def test_an_invocation_counts_by_function_resource_and_executed_version(
    aws_lambda: Any, account: str, emulator: Emulator
) -> None:
    """ExecutedVersion is on weighted aliases, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html."""
    source = "def handler(event, context):\n    1 / 0\n"
    make_function(aws_lambda, Publish=True)
    publish(aws_lambda, source=source)
    aws_lambda.create_alias(
        FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}}
    )
    aws_lambda.invoke(FunctionName="f", Qualifier="live")
    aws_lambda.invoke(FunctionName="f", Qualifier="1")

    def of(name: str, **dimensions: str) -> Counted:
        return metric(emulator, account, name, **dimensions)

    assert of("Invocations") == (2, 2.0)
    assert of("Invocations", FunctionName="f") == (2, 2.0)
    assert of("Errors", FunctionName="f") == (2, 1.0)
    assert of("Invocations", FunctionName="f", Resource="f:1") == (1, 1.0)
    assert of("Errors", FunctionName="f", Resource="f:live") == (1, 1.0)
    assert of("Errors", FunctionName="f", Resource="f:live", ExecutedVersion="2") == (1, 1.0)
    assert of("Duration", FunctionName="f", Resource="f:live", ExecutedVersion="2").values == 1
    assert of("ConcurrentExecutions", FunctionName="f") == (2, 2.0)
    aws_lambda.update_alias(FunctionName="f", Name="live", FunctionVersion="2", RoutingConfig={})
    aws_lambda.invoke(FunctionName="f", Qualifier="live")
    assert of("Invocations", FunctionName="f", Resource="f:live", ExecutedVersion="2") == (1, 1.0)


def test_a_throttled_invocation_counts_as_a_throttle_and_nothing_else(
    aws_lambda: Any, account: str, emulator: Emulator
) -> None:
    make_function(aws_lambda)
    aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException", 429):
        aws_lambda.invoke(FunctionName="f")
    assert metric(emulator, account, "Throttles", FunctionName="f") == (1, 1.0)
    assert metric(emulator, account, "Invocations", FunctionName="f") == (0, 0.0)


def test_a_stream_has_the_answer_and_then_its_end(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    response = aws_lambda.invoke_with_response_stream(FunctionName="f", Payload=b'{"a": 1}', LogType="Tail")
    chunk, complete = list(response["EventStream"])
    assert json.loads(chunk["PayloadChunk"]["Payload"]) == {"a": 1}
    assert "REPORT" in base64.b64decode(complete["InvokeComplete"]["LogResult"]).decode()


def test_a_generators_parts_are_streamed_as_they_come(aws_lambda: Any) -> None:
    """The emulator's own: AWS streams no answers of handlers in Python."""
    source = """
import pathlib, time
def handler(event, context):
    yield "first"
    while not pathlib.Path(event["go"]).exists():
        time.sleep(0.01)
    yield "second"
"""
    make_function(aws_lambda, source=source, Timeout=20)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        go = os.path.join(folder, "go")
        response = aws_lambda.invoke_with_response_stream(FunctionName="f", Payload=json.dumps({"go": go}).encode())
        events = iter(response["EventStream"])
        assert next(events)["PayloadChunk"]["Payload"] == b"first"
        with open(go, "w"):
            pass
        assert next(events)["PayloadChunk"]["Payload"] == b"second"
        assert next(events) == {"InvokeComplete": {}}


def test_an_error_in_a_stream_is_in_its_end(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    1 / 0\n")
    (complete,) = list(aws_lambda.invoke_with_response_stream(FunctionName="f")["EventStream"])
    assert complete["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(complete["InvokeComplete"]["ErrorDetails"])["errorType"] == "ZeroDivisionError"


def test_a_stream_that_nobody_reads_on_frees_its_place(aws_lambda: Any, emulator: Emulator, account: str) -> None:
    source = "def handler(event, context):\n    while True:\n        yield 'x' * 100_000\n"
    make_function(aws_lambda, source=source, Timeout=60)
    response = aws_lambda.invoke_with_response_stream(FunctionName="f")
    next(iter(response["EventStream"]))
    response["EventStream"].close()
    region = emulator.cloud.lambda_service.state.region(account, "eu-west-1")
    eventually(lambda: region.in_flight["f"] == 0)


def test_tenants_do_not_share_environments(aws_lambda: Any) -> None:
    source = "import os\ndef handler(event, context):\n    return [context.tenant_id, os.getpid()]\n"
    make_function(aws_lambda, source=source, TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    blue, red = answer(aws_lambda, TenantId="blue"), answer(aws_lambda, TenantId="red")
    assert (blue[0], red[0]) == ("blue", "red")
    assert blue[1] != red[1]
    assert answer(aws_lambda, TenantId="blue") == blue
    with refused("InvalidParameterValueException", 400, "Add a valid tenant ID in your request."):
        aws_lambda.invoke(FunctionName="f")


def test_a_deleted_functions_environments_go_with_it(aws_lambda: Any) -> None:
    make_function(aws_lambda, source="import os\ndef handler(event, context):\n    return os.getpid()\n")
    pid = answer(aws_lambda)
    aws_lambda.delete_function(FunctionName="f")

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    eventually(gone)


def test_the_older_invoke_async_is_an_event_too(aws_lambda: Any, account: str, emulator: Emulator) -> None:
    make_function(aws_lambda, source="def handler(event, context):\n    print('ran', event['n'])\n")
    assert aws_lambda.invoke_async(FunctionName="f", InvokeArgs=b'{"n": 8}')["Status"] == 202
    eventually(lambda: "ran 8" in log(emulator, account, "/aws/lambda/f"))


def test_asynchronous_invocations_are_taken_and_run(
    client: Callable[..., Any], account: str, emulator: Emulator
) -> None:
    aws_lambda = client("lambda")
    make_function(aws_lambda, source="def handler(event, context):\n    print('ran', event['n'])\n")
    response = aws_lambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 7}')
    assert response["StatusCode"] == 202
    assert response["Payload"].read() == b""
    eventually(lambda: "ran 7" in log(emulator, account, "/aws/lambda/f"))
    assert metric(emulator, account, "AsyncEventsReceived", FunctionName="f") == (1, 1.0)
