"""Credentials that do not work, as one state: who is told, who is refused, and what ends it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import CredentialsError, ExpiredCredentials, InvalidKeys
from lambdatui.aws.lapses import Lapse, Lapses
from lambdatui.clock import Clock
from lambdatui.emulator.server import Emulator
from lambdatui.errors import Cancelled
from lambdatui.settings import Profile, Settings
from tests.aws.signing_in import leave_token, sso_config
from tests.conftest import Calls

Told = list[tuple[str, str]]


@pytest.fixture
def lapses() -> Lapses:
    return Lapses()


@pytest.fixture
def told(lapses: Lapses) -> Told:
    words: Told = []
    lapses.watch(lambda profile, lapse: words.append((profile, lapse.words if lapse else "")))
    return words


@pytest.fixture
def prod(home: Path, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    (home / "aws-config").write_text(sso_config(account_id))


@pytest.fixture
def token(emulator: Emulator) -> Callable[[], str]:
    """Makes a token that is good."""

    def make() -> str:
        client_id, _ = emulator.cloud.identity_center.register([])
        return emulator.cloud.identity_center.give_token(client_id, can_refresh=False)[0]

    return make


def test_a_lapse_is_told_when_it_begins_ends_or_has_another_reason(lapses: Lapses, told: Told) -> None:
    lapses.begin("p", ExpiredCredentials("one"))
    lapses.begin("p", ExpiredCredentials("another call"))
    lapses.begin("q", CredentialsError("none", code="NoCredentialsError"))
    lapses.begin("p", InvalidKeys("three"))
    lapses.end("p")
    lapses.end("p")
    assert told == [
        ("p", "the credentials have expired"),
        ("q", "no credentials were found"),
        ("p", "AWS does not know the keys"),
        ("p", ""),
    ]
    assert [lapse.profile for lapse in lapses.all] == ["q"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ExpiredCredentials("x", code="SSOTokenLoadError"), "not logged in to SSO"),
        (CredentialsError("x", code="RequestTimeTooSkewed"), "this machine's clock is off"),
        (CredentialsError("x", operation="AssumeRole"), "the role cannot be assumed"),
        (CredentialsError("x"), "no credentials that work"),
    ],
)
def test_the_reason_in_a_few_words(error: CredentialsError, words: str) -> None:
    assert Lapse("p", error).words == words


def test_what_waits_goes_on_when_it_ends_and_stops_when_told(lapses: Lapses) -> None:
    lapses.wait("p", Clock())
    lapses.begin("p", ExpiredCredentials("x"))
    waiting = threading.Thread(target=lapses.wait, args=("p", Clock()))
    waiting.start()
    lapses.end("p")
    waiting.join(15)
    assert not waiting.is_alive()
    lapses.begin("p", ExpiredCredentials("x"))
    clock = Clock()
    clock.cancel()
    with pytest.raises(Cancelled):
        lapses.wait("p", clock)


def test_a_login_that_has_ended_is_told_without_a_call(prod: None, lapses: Lapses, told: Told, calls: Calls) -> None:
    leave_token(seconds=-60)
    account = Accounts(Settings(), lapses=lapses).open("prod")
    assert told == [("prod", "the SSO login has ended")]
    with pytest.raises(ExpiredCredentials, match=r"SSO corp has ended\. `aws sso login --profile prod` does"):
        account.call("lambda", "ListFunctions")
    assert calls.operations() == []


def test_calls_are_refused_until_the_credentials_are_renewed(
    prod: None, lapses: Lapses, told: Told, calls: Calls, emulator: Emulator, token: Any, account_id: str
) -> None:
    leave_token(token=token())
    accounts = Accounts(Settings(), lapses=lapses)
    account, other = accounts.open("prod"), accounts.open("prod", "us-east-1")
    assert account.identity().account_id == account_id
    fault = emulator.cloud.faults.add("expired-token", service="lambda", account=account_id, times=1)
    with pytest.raises(ExpiredCredentials):
        account.call("lambda", "ListFunctions")
    assert emulator.cloud.faults.hits(fault) == 1
    calls.forget()
    with pytest.raises(ExpiredCredentials):
        other.call("lambda", "ListFunctions")
    assert calls.operations() == []
    assert accounts.renew("prod").account_id == account_id
    assert accounts.known_identity("prod") == account.identity()
    assert account.call("lambda", "ListFunctions")["Functions"] == []
    assert other.call("lambda", "ListFunctions")["Functions"] == []
    assert [words for _, words in told] == ["the credentials have expired", ""]


def test_a_login_elsewhere_is_taken_up_by_the_next_call(
    prod: None, home: Path, lapses: Lapses, told: Told, token: Any
) -> None:
    account = Accounts(Settings(), lapses=lapses).open("prod")
    assert [words for _, words in told] == ["not logged in to SSO"]
    leave_token(token=token())
    for file in (home / ".aws" / "sso" / "cache").iterdir():
        # a file system may know seconds only
        os.utime(file, (time.time() + 5, time.time() + 5))
    assert account.call("lambda", "ListFunctions")["Functions"] == []
    assert told[-1] == ("prod", "")


def test_a_renewal_that_fails_leaves_the_lapse_and_says_why(
    prod: None, lapses: Lapses, emulator: Emulator, token: Any
) -> None:
    accounts = Accounts(Settings(), lapses=lapses)
    accounts.open("prod")
    with pytest.raises(ExpiredCredentials):
        accounts.renew("prod")
    leave_token(token="somebody else's")
    with pytest.raises(CredentialsError):
        accounts.renew("prod")
    assert lapses.of("prod") is not None
    leave_token(token=token())
    accounts.renew("prod")
    assert lapses.all == ()


def test_another_role_is_another_identity(prod: None, lapses: Lapses, token: Any, account_id: str) -> None:
    leave_token(token=token())
    accounts = Accounts(Settings(profile="prod"), lapses=lapses)
    before = accounts.open("prod")
    assert before.identity().principal.startswith("role/AWSReservedSSO_Admin")
    accounts.choose(Settings(profiles={"prod": Profile(role_arn=f"arn:aws:iam::{account_id}:role/deployer")}))
    assert accounts.known_identity("prod") is None
    assert accounts.open("prod").identity().principal == "role/deployer"
    # what was open under the other one goes on as it was
    assert before.identity().principal.startswith("role/AWSReservedSSO_Admin")
