"""AWS's errors as a small tree, with operation, code, request id and a hint."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import (
    AccessDenied,
    AwsError,
    Changed,
    Conflict,
    CredentialsError,
    ExpiredCredentials,
    Invalid,
    InvalidKeys,
    NotFound,
    Throttled,
    Unreachable,
    from_answer,
    translated,
)
from lambdatui.settings import Settings
from tests.emulator.clients import make_function
from tests.servers import answering


def answer(code: str, status: int, message: str = "words") -> dict[str, Any]:
    return {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
    }


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ExpiredTokenException", 403, ExpiredCredentials),
        ("ExpiredToken", 400, ExpiredCredentials),
        ("InvalidClientTokenId", 403, InvalidKeys),
        ("UnrecognizedClientException", 403, InvalidKeys),
        ("SignatureDoesNotMatch", 403, InvalidKeys),
        ("RequestTimeTooSkewed", 403, CredentialsError),
        ("AccessDeniedException", 403, AccessDenied),
        ("SomethingElse", 403, AccessDenied),
        ("TooManyRequestsException", 429, Throttled),
        ("ThrottlingException", 400, Throttled),
        ("ResourceNotFoundException", 404, NotFound),
        ("NoSuchKey", 404, NotFound),
        ("ResourceConflictException", 409, Conflict),
        ("ResourceInUseException", 400, Conflict),
        ("PreconditionFailedException", 412, Changed),
        ("InvalidParameterValueException", 400, Invalid),
        ("ServiceException", 500, AwsError),
        ("NewException", 400, AwsError),
    ],
)
def test_each_code_has_its_place(code: str, status: int, kind: type[AwsError]) -> None:
    error = from_answer("UpdateAlias", answer(code, status))
    assert type(error) is kind
    assert (error.operation, error.code, error.request_id, error.status) == ("UpdateAlias", code, "r-1", status)
    assert error.exit_code == 3
    assert str(error).startswith(f"UpdateAlias: words [{code}] (request r-1)")


def test_an_expired_token_is_known_by_its_message_and_says_what_to_do() -> None:
    error = from_answer("X", answer("Odd", 400, "The security token included in the request is expired"))
    assert isinstance(error, ExpiredCredentials)
    assert "Log in again" in str(error)


def test_a_signature_that_is_refused_for_its_time_is_not_one_of_wrong_keys() -> None:
    message = "Signature expired: 20261124T090000Z is now earlier than 20261124T110000Z"
    error = from_answer("GetCallerIdentity", answer("SignatureDoesNotMatch", 403, message))
    assert type(error) is CredentialsError
    assert "clock is off" in str(error)


def test_what_gives_credentials_for_a_call_is_told_as_such() -> None:
    from botocore.exceptions import ClientError

    for code, status, message, kind, words in (
        ("AccessDenied", 403, "not authorized to perform: sts:AssumeRole", CredentialsError, "AssumeRole: not auth"),
        ("AccessDenied", 403, "MultiFactorAuthentication failed", CredentialsError, "the code that the device shows"),
        ("Throttling", 400, "Rate exceeded", Throttled, "AssumeRole: Rate exceeded"),
        ("ExpiredToken", 403, "expired", ExpiredCredentials, "Log in again"),
        ("InternalFailure", 500, "oh", AwsError, "AssumeRole: oh"),
    ):
        with pytest.raises(AwsError) as caught, translated("ListFunctions"):
            raise ClientError(answer(code, status, message), "AssumeRole")
        assert type(caught.value) is kind
        assert words in str(caught.value)
    with pytest.raises(AccessDenied), translated("AssumeRole"):
        raise ClientError(answer("AccessDenied", 403), "AssumeRole")


def test_an_answer_without_a_message_is_still_a_sentence() -> None:
    assert from_answer("HeadObject", {"Error": {}}).message == "HeadObject: AWS said no without a reason [Unknown]"


@pytest.mark.parametrize(
    ("code", "status", "perhaps"),
    [
        ("ServiceException", 500, True),
        ("X", 503, True),
        ("AccessDenied", 403, False),
        ("ThrottlingException", 429, False),
    ],
)
def test_whether_a_call_may_have_been_carried_out(code: str, status: int, perhaps: bool) -> None:
    assert from_answer("X", answer(code, status)).perhaps_done is perhaps
    assert Unreachable("X").perhaps_done
    assert not CredentialsError("X").perhaps_done
    assert not Invalid("X").perhaps_done


def test_what_botocore_refuses_and_what_a_socket_raises_are_translated() -> None:
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoRegionError, ReadTimeoutError

    for raised, kind, words in (
        (NoRegionError(), CredentialsError, "X: no region is set. Give --region, or set AWS_REGION."),
        (ReadTimeoutError(endpoint_url="http://x"), Unreachable, "X: Read timeout on endpoint URL"),
        (EndpointConnectionError(endpoint_url="http://x"), Unreachable, "X: Could not connect to the endpoint URL"),
        (ConnectTimeoutError(endpoint_url="http://x"), Unreachable, "X: Connect timeout on endpoint URL"),
        (ConnectionResetError("reset"), Unreachable, "X: no answer: reset."),
    ):
        with pytest.raises(kind) as caught, translated("X"):
            raise raised
        assert words in str(caught.value)


@pytest.mark.parametrize(("service", "operation"), [("sts", "GetSessionToken"), ("lambda", "ListFunctions")])
def test_an_answer_that_is_not_aws_s_is_told(
    connected: Any, monkeypatch: pytest.MonkeyPatch, service: str, operation: str
) -> None:
    with answering(
        lambda method, path: (200, {"Content-Type": "text/html"}, b"<html>Log in to the hotel</html>")
    ) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        with pytest.raises(Unreachable, match="does not speak AWS's language"):
            Accounts(Settings()).open().call(service, operation)


def test_real_answers_come_out_translated(account: Account, connected: Any, aws: Any, account_id: str) -> None:
    make_function(aws(), "f")
    revision = aws().get_function(FunctionName="f")["Configuration"]["RevisionId"]
    aws().publish_version(FunctionName="f")
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    cases: list[tuple[str, dict[str, Any], type[AwsError], str]] = [
        ("GetFunction", {"FunctionName": "absent"}, NotFound, "GetFunction: Function not found: arn:aws:lambda"),
        ("DeleteFunction", {"FunctionName": "f", "Qualifier": "1"}, Conflict, "DeleteFunction: "),
        ("UpdateFunctionConfiguration", {"FunctionName": "f", "MemorySize": 1}, Invalid, "valid min value: 128"),
        (
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Timeout": 9, "RevisionId": revision[::-1]},
            Changed,
            "Read it again and plan anew.",
        ),
    ]
    for operation, parameters, kind, words in cases:
        with pytest.raises(kind) as caught:
            account.call("lambda", operation, parameters)
        assert words in str(caught.value)
    connected.cloud.faults.add("expired-token", account=account_id)
    with pytest.raises(ExpiredCredentials) as caught:
        account.call("lambda", "ListFunctions")
    assert caught.value.code == "ExpiredTokenException"
