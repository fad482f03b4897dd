"""Identity Center: the login on a device, the tokens and keys that it leads to, and their end."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION, make_function
from tests.emulator.expectations import refused

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Login = dict[str, Any]


def unsigned(emulator: Emulator, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def oidc(slow: Emulator) -> Any:
    return unsigned(slow, "sso-oidc")


@pytest.fixture
def client_keys(oidc: Any) -> dict[str, str]:
    made = oidc.register_client(clientName="lambdatui", clientType="public", scopes=["sso:account:access"])
    return {"clientId": made["clientId"], "clientSecret": made["clientSecret"]}


@pytest.fixture
def login(oidc: Any, client_keys: dict[str, str]) -> Login:
    answer: Login = oidc.start_device_authorization(**client_keys, startUrl="https://corp.awsapps.com/start")
    return answer


def token_of(oidc: Any, keys: dict[str, str], login: Login) -> Any:
    return oidc.create_token(**keys, grantType=GRANT, deviceCode=login["deviceCode"])


def test_a_client_is_registered_for_ninety_days(oidc: Any, slow: Emulator) -> None:
    made = oidc.register_client(clientName="x", clientType="public")
    assert made["clientSecretExpiresAt"] == slow.cloud.clock.now() + 90 * 86_400
    with refused("InvalidClientMetadataException", 400):
        oidc.register_client(clientName="x", clientType="confidential")


def test_a_login_has_a_code_a_page_and_ten_minutes(login: Login, slow: Emulator) -> None:
    assert len(login["userCode"]) == 9
    assert login["verificationUri"] == f"{slow.endpoint}/_emulator/device"
    assert login["verificationUriComplete"].endswith(f"?user_code={login['userCode']}")
    assert (login["expiresIn"], login["interval"]) == (600, 1)


def test_until_it_is_approved_a_token_is_pending(
    oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator
) -> None:
    with refused("AuthorizationPendingException", 400):
        token_of(oidc, client_keys, login)
    with refused("SlowDownException", 400):
        token_of(oidc, client_keys, login)
    slow.cloud.clock.advance(1)
    with refused("AuthorizationPendingException", 400):
        token_of(oidc, client_keys, login)
    assert slow.cloud.identity_center.approve(login["userCode"])
    made = token_of(oidc, client_keys, login)
    assert made["expiresIn"] == 8 * 3600
    assert made["accessToken"]
    assert made["refreshToken"]


def test_a_login_that_is_denied_or_late_ends(
    oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator
) -> None:
    slow.cloud.identity_center.approve(login["userCode"], agreed=False)
    with refused("AccessDeniedException", 400):
        token_of(oidc, client_keys, login)
    slow.cloud.clock.advance(600)
    with refused("ExpiredTokenException", 400):
        token_of(oidc, client_keys, login)


def test_neither_another_client_nor_another_code_gets_the_token(
    oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator
) -> None:
    slow.cloud.identity_center.approve(login["userCode"])
    with refused("InvalidClientException", 401):
        token_of(oidc, client_keys | {"clientSecret": "guessed"}, login)
    other = oidc.register_client(clientName="other", clientType="public")
    with refused("InvalidGrantException", 400):
        token_of(oidc, {name: other[name] for name in client_keys}, login)


def test_without_the_scope_there_is_no_refresh_token(oidc: Any, slow: Emulator) -> None:
    made = oidc.register_client(clientName="x", clientType="public")
    keys = {name: made[name] for name in ("clientId", "clientSecret")}
    login = oidc.start_device_authorization(**keys, startUrl="https://corp.awsapps.com/start")
    slow.cloud.identity_center.approve(login["userCode"])
    assert "refreshToken" not in token_of(oidc, keys, login)


def test_a_refresh_token_is_good_once(oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator) -> None:
    slow.cloud.identity_center.approve(login["userCode"])
    refresh = token_of(oidc, client_keys, login)["refreshToken"]
    again = oidc.create_token(**client_keys, grantType="refresh_token", refreshToken=refresh)
    assert again["refreshToken"] != refresh
    with refused("InvalidGrantException", 400):
        oidc.create_token(**client_keys, grantType="refresh_token", refreshToken=refresh)


@pytest.fixture
def access_token(oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator) -> str:
    slow.cloud.identity_center.approve(login["userCode"])
    return str(token_of(oidc, client_keys, login)["accessToken"])


def keys_of(slow: Emulator, token: str, account: str) -> Any:
    sso = unsigned(slow, "sso")
    return sso.get_role_credentials(roleName="Admin", accountId=account, accessToken=token)["roleCredentials"]


def client_with(slow: Emulator, service: str, keys: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=slow.endpoint,
        region_name=REGION,
        aws_access_key_id=keys["accessKeyId"],
        aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys["sessionToken"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_a_token_leads_to_the_keys_of_a_role(slow: Emulator, access_token: str, account: str) -> None:
    keys = keys_of(slow, access_token, account)
    assert keys["expiration"] == (slow.cloud.clock.now() + 3600) * 1000
    identity = client_with(slow, "sts", keys).get_caller_identity()
    assert identity["Account"] == account
    assert "assumed-role/AWSReservedSSO_Admin_" in identity["Arn"]
    make_function(client_with(slow, "lambda", keys))


def test_tokens_and_keys_expire_by_the_clock(slow: Emulator, access_token: str, account: str) -> None:
    keys = keys_of(slow, access_token, account)
    slow.cloud.clock.advance(3600)
    for service, operation in (("lambda", "list_functions"), ("sts", "get_caller_identity"), ("sqs", "list_queues")):
        with refused("ExpiredTokenException", 403, "expired"):
            getattr(client_with(slow, service, keys), operation)()
    keys_of(slow, access_token, account)
    slow.cloud.clock.advance(7 * 3600)
    with refused("UnauthorizedException", 401):
        keys_of(slow, access_token, account)


def test_everything_given_out_can_be_ended_at_once(slow: Emulator, access_token: str, account: str) -> None:
    keys = keys_of(slow, access_token, account)
    asked(slow, "DELETE")
    with refused("ExpiredTokenException", 403):
        client_with(slow, "lambda", keys).list_functions()
    with refused("UnauthorizedException", 401):
        keys_of(slow, access_token, account)


def asked(emulator: Emulator, method: str, body: Any = None, query: str = "") -> str:
    request = urllib.request.Request(
        f"{emulator.endpoint}/_emulator/device{query}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


def test_a_login_is_approved_on_its_page(oidc: Any, client_keys: dict[str, str], login: Login, slow: Emulator) -> None:
    assert login["userCode"] in asked(slow, "GET", query=f"?user_code={login['userCode']}")
    assert "&lt;script" in asked(slow, "GET", query="?user_code=%22%3E%3Cscript%3E")
    assert asked(slow, "POST", {"user_code": login["userCode"].lower()}).startswith("Approved")
    assert token_of(oidc, client_keys, login)["accessToken"]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        asked(slow, "POST", {"user_code": "NONE-SUCH"})


def test_a_login_may_approve_itself(account: str, monkeypatch: pytest.MonkeyPatch, slow: Emulator) -> None:
    center = slow.cloud.identity_center
    monkeypatch.setattr(center, "_approval_seconds", 4)
    client_id, _ = center.register([])
    code, login = center.begin(client_id)
    slow.cloud.clock.advance(3.9)
    found = center.login(code)
    assert found is login
    assert found.approved is None
    slow.cloud.clock.advance(0.2)
    center.login(code)
    assert login.approved


# MFA


@pytest.fixture
def role(client: Callable[..., Any], account: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            }
        ],
    }
    made = client("iam").create_role(RoleName="guarded", AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


SERIAL = "arn:aws:iam::123456789012:mfa/anna"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::"),
        ({"SerialNumber": SERIAL}, "must provide both MFA serial number and one time pass code"),
        ({"SerialNumber": SERIAL, "TokenCode": "000000"}, "invalid MFA one time pass code"),
    ],
)
def test_a_role_that_wants_mfa_is_not_assumed_without(
    client: Callable[..., Any], role: str, given: dict[str, str], words: str
) -> None:
    with refused("AccessDenied", 403, words):
        client("sts").assume_role(RoleArn=role, RoleSessionName="anna", **given)


def test_a_role_that_wants_mfa_is_assumed_with_a_code(client: Callable[..., Any], role: str) -> None:
    answer = client("sts").assume_role(RoleArn=role, RoleSessionName="anna", SerialNumber=SERIAL, TokenCode="123456")
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/guarded/anna")
