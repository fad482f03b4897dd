"""Where invocations go and what signs them: as botocore resolves it."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.invoke_senders import BotocoreSender, Call, open_sender
from lambdatui.aws.resolved_access import resolve
from lambdatui.settings import Settings


@pytest.fixture(autouse=True)
def keys(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.mark.parametrize(
    ("environment", "base"),
    [
        ({}, "https://lambda.us-east-1.amazonaws.com"),
        ({"AWS_REGION": "cn-north-1"}, "https://lambda.cn-north-1.amazonaws.com.cn"),
        ({"AWS_USE_FIPS_ENDPOINT": "true"}, "https://lambda-fips.us-east-1.amazonaws.com"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://lambda.us-east-1.api.aws"),
        ({"AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:4566/some/where"}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL": "http://[::1]:4566"}, "http://[::1]:4566"),
    ],
    ids=["plain", "china", "fips", "dual-stack", "with-a-path", "ipv6"],
)
def test_the_endpoint_is_botocore_s(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], base: str) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    access = resolve(Accounts(Settings()).open(), 3)
    assert access is not None
    assert access.base == base
    assert access.host == base.partition("://")[2]
    assert (access.trust is None) == base.startswith("http://")
    assert (
        access.path
        == ("/some/where" if "4566/some" in str(environment) else "") + "/2015-03-31/functions/f/invocations"
    )


def test_what_is_not_plain_is_left_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    account = Accounts(Settings()).open()
    assert resolve(account, 3) is None
    assert isinstance(open_sender(account, Call("f")), BotocoreSender)


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(CredentialsError, match="Unable to locate credentials"):
        resolve(Accounts(Settings()).open(), 3)
