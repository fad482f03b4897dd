"""The front: what the wire carries, for services that are answered here and for those behind."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from lambdatui.emulator.server import Emulator
from lambdatui.emulator.service import ApiError, Call, Service
from tests.emulator.conftest import cloud_of


class Echo(Service):
    """Answers some operations of Lambda with what it was asked."""

    name = "lambda"

    def __init__(self) -> None:
        self.seen: list[tuple[Call, Mapping[str, Any]]] = []

    def create_function(self, call: Call, **params: Any) -> Mapping[str, Any]:
        self.seen.append((call, params))
        return {**params, "FunctionArn": "arn", "NoSuchMember": 1, "Description": None}

    def list_functions(self, call: Call, **params: Any) -> Mapping[str, Any]:
        self.seen.append((call, params))
        return {"Functions": []}

    def delete_function(self, call: Call, **params: Any) -> None:
        self.seen.append((call, params))
        raise ApiError(
            "TooManyRequestsException", "Rate exceeded", Reason="CallerRateLimitExceeded", retryAfterSeconds=7
        )

    def tag_resource(self, call: Call, **params: Any) -> None:
        self.seen.append((call, params))

    def invoke_with_response_stream(self, call: Call, **params: Any) -> Mapping[str, Any]:
        def events() -> Iterator[Mapping[str, Any]]:
            yield {"PayloadChunk": {"Payload": b"first"}}
            yield {"PayloadChunk": {"Payload": b"second"}}
            yield {"InvokeComplete": {"LogResult": "bG9n"}}

        return {"StatusCode": 200, "ExecutedVersion": "3", "EventStream": events()}


class Numbers(Service):
    """Answers GetMetricData of CloudWatch, in whichever protocol it is asked."""

    name = "cloudwatch"

    def get_metric_data(self, call: Call, **params: Any) -> Mapping[str, Any]:
        result = {"Id": "a", "Timestamps": [params["StartTime"]], "Values": [1.5]}
        return {"MetricDataResults": [result]}

    def describe_alarm_history(self, call: Call, **params: Any) -> None:
        raise ApiError("InvalidNextToken", "The next token specified is invalid.")


@pytest.fixture(scope="module")
def echo() -> Echo:
    return Echo()


@pytest.fixture(scope="module")
def emulator(echo: Echo) -> Iterator[Emulator]:
    cloud = cloud_of()
    cloud.services = [echo, Numbers()]
    with Emulator(cloud) as running:
        yield running


def asked(emulator: Emulator, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


CREATE = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": b"\x00\xff"}}


def test_members_of_every_place_arrive_and_leave_by_aws_names(client: Callable[..., Any], echo: Echo) -> None:
    answer = client("lambda").create_function(**CREATE, Environment={"Variables": {"AB": "c"}}, Publish=True)
    _, params = echo.seen[-1]
    assert params == {**CREATE, "Environment": {"Variables": {"AB": "c"}}, "Publish": True}
    assert answer["FunctionArn"] == "arn"
    assert "NoSuchMember" not in answer
    assert "Description" not in answer

    client("lambda").list_functions(MaxItems=7, FunctionVersion="ALL")
    assert echo.seen[-1][1] == {"MaxItems": 7, "FunctionVersion": "ALL"}

    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    client("lambda").tag_resource(Resource=arn, Tags={"a/b": "c d"})
    assert echo.seen[-1][1] == {"Resource": arn, "Tags": {"a/b": "c d"}}


def test_a_call_carries_the_account_of_its_key_and_the_region_of_its_signature(
    client: Callable[..., Any], account: str, echo: Echo, emulator: Emulator
) -> None:
    client("lambda", region="ap-southeast-2").list_functions()
    call, _ = echo.seen[-1]
    assert (call.account, call.region, call.operation) == (account, "ap-southeast-2", "ListFunctions")
    assert call.endpoint == emulator.endpoint


def test_an_error_has_the_status_and_the_members_of_its_shape(client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client("lambda").delete_function(FunctionName="f")
    response = caught.value.response
    assert response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert response["Reason"] == "CallerRateLimitExceeded"
    assert response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"


def test_broken_constraints_are_a_validation_exception_in_aws_words(client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client("lambda").create_function(**CREATE, MemorySize=99_999)
    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value '99999' at 'memorySize' failed to satisfy constraint: "
        "Member must have value less than or equal to 32768",
    }


def test_several_broken_constraints_are_counted_and_joined(client: Callable[..., Any]) -> None:
    variables = {"1": "x"}
    with pytest.raises(ClientError) as caught:
        client("lambda").create_function(
            **CREATE | {"Role": "not an arn"}, PackageType="Tar", Environment={"Variables": variables}
        )
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: Value 'not an arn' at 'role' failed to satisfy")
    assert "at 'packageType' failed to satisfy constraint: Member must satisfy enum value set: [Zip, Image]" in message
    assert (
        "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]" in message
    )


def test_an_operation_that_is_not_here_says_so(client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError, match="lambda:GetAccountSettings is not part of the embedded AWS"):
        client("lambda").get_account_settings()


def test_an_event_stream_is_read_event_by_event(client: Callable[..., Any]) -> None:
    answer = client("lambda").invoke_with_response_stream(FunctionName="f")
    assert answer["ExecutedVersion"] == "3"
    events = list(answer["EventStream"])
    assert [e["PayloadChunk"]["Payload"] for e in events[:2]] == [b"first", b"second"]
    assert events[2] == {"InvokeComplete": {"LogResult": "bG9n"}}


SCOPE = "AWS4-HMAC-SHA256 Credential=AKIA123456789012DEMO/20261124/eu-west-1/{}/aws4_request, SignedHeaders=host"


def test_the_json_protocol_takes_and_gives_epoch_seconds(emulator: Emulator) -> None:
    body = json.dumps(
        {"MetricDataQueries": [{"Id": "a"}], "StartTime": 1_700_000_000, "EndTime": 1_700_000_060}
    ).encode()
    status, answer = asked(
        emulator,
        "POST",
        "/",
        body,
        Authorization=SCOPE.format("monitoring"),
        X_Amz_Target="GraniteServiceVersion20100801.GetMetricData",
        Content_Type="application/x-amz-json-1.0",
    )
    assert status == 200
    assert json.loads(answer)["MetricDataResults"][0]["Timestamps"] == [1_700_000_000.0]


def test_the_query_protocol_of_older_sdks_is_answered_in_xml(emulator: Emulator) -> None:
    form = "Action=GetMetricData&MetricDataQueries.member.1.Id=a&StartTime=2023-11-14T22:13:20Z&EndTime=2023-11-15"
    headers = {"Authorization": SCOPE.format("monitoring"), "Content_Type": "application/x-www-form-urlencoded"}
    status, answer = asked(emulator, "POST", "/", form.encode(), **headers)
    assert status == 200
    assert b"<Timestamps><member>2023-11-14T22:13:20Z</member></Timestamps>" in answer

    status, answer = asked(emulator, "POST", "/", b"Action=DescribeAlarmHistory", **headers)
    assert status == 400
    assert b"<Code>InvalidNextToken</Code>" in answer


def test_the_cbor_protocol_of_newer_sdks_is_answered_in_cbor(emulator: Emulator) -> None:
    from botocore.parsers import RpcV2CBORParser
    from botocore.serialize import RpcV2CBORSerializer

    from lambdatui.emulator.wire.protocol import service_model

    operation = service_model("cloudwatch").operation_model("GetMetricData")
    params = {"MetricDataQueries": [{"Id": "a"}], "StartTime": 1_700_000_000, "EndTime": 1_700_000_060}
    request = RpcV2CBORSerializer().serialize_to_request(params, operation)
    status, answer = asked(
        emulator,
        "POST",
        request["url_path"],
        bytes(request["body"]),
        Authorization=SCOPE.format("monitoring"),
        Content_Type="application/cbor",
        Smithy_Protocol="rpc-v2-cbor",
    )
    assert status == 200
    parsed = RpcV2CBORParser().parse(
        {"status_code": 200, "headers": {"smithy-protocol": "rpc-v2-cbor"}, "body": answer}, operation.output_shape
    )
    (result,) = parsed["MetricDataResults"]
    assert [t.timestamp() for t in result["Timestamps"]] == [1_700_000_000]
    assert result["Values"] == [1.5]


def test_a_value_of_another_type_is_a_serialization_exception(emulator: Emulator) -> None:
    status, answer = asked(
        emulator,
        "POST",
        "/2015-03-31/functions",
        b'{"FunctionName": 7}',
        Authorization=SCOPE.format("lambda"),
        Content_Type="application/json",
    )
    assert status == 400
    assert json.loads(answer)["message"] == "NUMBER_VALUE cannot be converted to a String"


def test_other_services_are_motos_and_in_the_same_account(client: Callable[..., Any], account: str) -> None:
    assert client("sts").get_caller_identity()["Account"] == account
    s3 = client("s3")
    s3.create_bucket(Bucket=f"b-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=f"b-{account}", Key="a/b c", Body=b"x" * 300_000)
    assert s3.get_object(Bucket=f"b-{account}", Key="a/b c")["Body"].read() == b"x" * 300_000


def test_a_key_that_sts_gave_out_acts_in_the_account_of_its_role(
    client: Callable[..., Any], emulator: Emulator
) -> None:
    import boto3

    other = "499999999999"
    role = client("iam", account=other).create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    assumed = boto3.client(
        "lambda",
        endpoint_url=emulator.endpoint,
        region_name="eu-west-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    assumed.list_functions()
    assert emulator.cloud.calls.since()[-1].account == other


def test_in_process_clients_reach_the_same_moto(client: Callable[..., Any], account: str, emulator: Emulator) -> None:
    url = emulator.cloud.moto.client("sqs", account, "eu-west-1").create_queue(QueueName="q")["QueueUrl"]
    assert url == f"{emulator.endpoint}/{account}/q"
    client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    received = emulator.cloud.moto.client("sqs", account, "eu-west-1").receive_message(QueueUrl=url)
    assert received["Messages"][0]["Body"] == "hello"


def test_in_process_clients_know_nothing_of_the_users_profile(
    account: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-the-user")
    assert emulator.cloud.moto.client("sns", account, "eu-west-1").list_topics()["Topics"] == []


def test_a_page_whose_name_was_pointed_at_loopback_is_refused(emulator: Emulator) -> None:
    headers = {"Authorization": SCOPE.format("lambda"), "Host": "evil.example:80"}
    assert asked(emulator, "GET", "/2015-03-31/functions", **headers)[0] == 403
    assert asked(emulator, "GET", "/_emulator/health", Host="evil.example")[0] == 403
    assert asked(emulator, "GET", "/_emulator/health", Host="localhost:1")[0] == 200


def test_a_form_of_a_page_cannot_change_the_emulator(emulator: Emulator) -> None:
    fault = b'{"effect": "throttle"}'
    assert asked(emulator, "POST", "/_emulator/faults", fault, Content_Type="text/plain")[0] == 415
    assert asked(emulator, "POST", "/moto-api/reset")[0] == 404


def test_a_presigned_url_does_not_reach_lambda(emulator: Emulator, echo: Echo) -> None:
    calls = len(echo.seen)
    credential = "X-Amz-Credential=AKIA123456789012DEMO%2F20261124%2Feu-west-1%2Flambda%2Faws4_request"
    asked(emulator, "POST", f"/2015-03-31/functions?{credential}", b"{}")
    assert len(echo.seen) == calls


def test_a_presigned_url_of_s3_is_the_signers(client: Callable[..., Any], account: str, emulator: Emulator) -> None:
    s3 = client("s3", signature_version="s3v4")
    s3.create_bucket(Bucket=f"p-{account}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=f"p-{account}", Key="k", Body=b"content")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": f"p-{account}", "Key": "k"})
    status, body = asked(emulator, "GET", url.removeprefix(emulator.endpoint))
    assert (status, body) == (200, b"content")
    assert emulator.cloud.calls.since()[-1].account == account


def test_a_connection_serves_many_requests(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/_emulator/health")
        answer = connection.getresponse()
        assert json.loads(answer.read())["status"] == "ok"
        sock = connection.sock
        assert sock is not None
    connection.close()


def test_stopping_ends_open_connections_and_frees_the_port() -> None:
    with Emulator(cloud_of()) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        connection.request("GET", "/_emulator/health")
        connection.getresponse().read()
        port = running.port
    assert connection.sock is not None
    assert connection.sock.recv(1) == b""
    connection.close()
    with Emulator(cloud_of(), port=port) as again:
        assert again.port == port


def test_a_port_in_use_is_an_os_error(emulator: Emulator) -> None:
    with pytest.raises(OSError, match="in use"):
        Emulator(cloud_of(), port=emulator.port).start()


def test_a_dropped_connection_is_what_a_client_sees_of_a_cut(client: Callable[..., Any], emulator: Emulator) -> None:
    number = emulator.cloud.faults.add("cut-before-work", service="lambda", operation="ListFunctions", times=1)
    with pytest.raises(ConnectionClosedError):
        client("lambda").list_functions()
    assert emulator.cloud.faults.hits(number) == 1
    client("lambda").list_functions()
