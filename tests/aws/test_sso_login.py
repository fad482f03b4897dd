"""Logging in to SSO on a device: what is asked of AWS, what is kept, and who else can use it."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lambdatui.aws import sso_tokens
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.sso_login import SLOW_DOWN, DeviceCode, DeviceLogin, LoginRefused
from lambdatui.aws.sso_tokens import SsoSession
from lambdatui.clock import Clock
from lambdatui.emulator.server import Emulator
from lambdatui.errors import BadInput, Cancelled, LambdatuiError
from lambdatui.settings import Settings
from tests.aws.signing_in import CORP, leave_token, sso_config, token_file


class Impatient(Clock):
    """Does not wait, and remembers for how long it was to; each time it does what it was given to do."""

    def __init__(self, *deeds: object) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._deeds = list(deeds)

    def sleep(self, seconds: float) -> None:
        self.check()
        self.pauses.append(seconds)
        deed = self._deeds.pop(0) if self._deeds else None
        if callable(deed):
            deed()


@pytest.fixture
def prod(home: Path, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile `prod` of the sso-session `corp`; nobody has logged in."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    (home / "aws-config").write_text(sso_config(account_id))


@pytest.fixture
def login(prod: None) -> DeviceLogin:
    return Accounts(Settings()).login("prod")


def approve(emulator: Emulator, code: DeviceCode, agreed: bool = True) -> bool:
    return emulator.cloud.identity_center.approve(code.user_code, agreed)


def test_a_login_is_kept_where_every_aws_tool_looks(
    login: DeviceLogin, emulator: Emulator, home: Path, account_id: str
) -> None:
    code = login.begin()
    assert code.complete_url == f"{code.url}?user_code={code.user_code}"
    assert time.time() + 500 < code.expires < time.time() + 610
    login.finish(Impatient(lambda: approve(emulator, code)))
    path = token_file(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    document = json.loads(path.read_text())
    assert document.keys() == {
        "startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt",
        "refreshToken",
    }  # fmt: skip
    assert (document["startUrl"], document["region"]) == (CORP.start_url, CORP.region)
    # another program, with botocore alone, goes on with it
    code_of_others = (
        "import boto3; print(boto3.Session(profile_name='prod').client('sts').get_caller_identity()['Arn'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code_of_others], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.startswith(f"arn:aws:sts::{account_id}:assumed-role/AWSReservedSSO_Admin_")


def test_the_scopes_are_the_session_s_own(prod: None, home: Path, emulator: Emulator, account_id: str) -> None:
    more = "sso_registration_scopes = sso:account:access, codewhisperer:completions"
    (home / "aws-config").write_text(sso_config(account_id) + more)
    assert Accounts(Settings()).login("prod").sso.scopes == ("sso:account:access", "codewhisperer:completions")


def test_a_profile_with_its_own_start_url_has_a_login_of_its_own(
    prod: None, home: Path, emulator: Emulator, account_id: str
) -> None:
    (home / "aws-config").write_text(
        f"[profile old]\nregion = eu-west-1\nsso_start_url = {CORP.start_url}\nsso_region = us-east-1\n"
        f"sso_account_id = {account_id}\nsso_role_name = Admin\n"
    )
    accounts = Accounts(Settings())
    login = accounts.login("old")
    assert login.sso == SsoSession("", CORP.start_url, "us-east-1", ())
    code = login.begin()
    login.finish(Impatient(lambda: approve(emulator, code)))
    assert sso_tokens.file_of(login.sso).name == "a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json"
    assert "refreshToken" not in json.loads(sso_tokens.file_of(login.sso).read_text())
    assert accounts.open("old").identity().account_id == account_id


def test_asking_too_often_is_slowed_down(login: DeviceLogin, emulator: Emulator) -> None:
    code = login.begin()
    clock = Impatient(None, None, None, lambda: approve(emulator, code))
    login.finish(clock)
    assert clock.pauses == [1, 1, 1 + SLOW_DOWN, 1 + 2 * SLOW_DOWN]


def test_a_login_that_is_denied_is_told(login: DeviceLogin, emulator: Emulator, home: Path) -> None:
    code = login.begin()
    with pytest.raises(LoginRefused, match=r"denied in the browser\. Begin anew"):
        login.finish(Impatient(lambda: approve(emulator, code, agreed=False)))
    assert not token_file(home).exists()


def test_a_login_can_be_stopped(login: DeviceLogin) -> None:
    login.begin()
    clock = Clock()
    threading.Timer(0.05, clock.cancel).start()
    with pytest.raises(Cancelled):
        login.finish(clock)


def test_a_token_that_cannot_be_written_is_told(login: DeviceLogin, emulator: Emulator, home: Path) -> None:
    (home / ".aws").write_text("a file is in the way")
    code = login.begin()
    with pytest.raises(LambdatuiError, match="the login cannot be kept: "):
        login.finish(Impatient(lambda: approve(emulator, code)))


def test_only_sso_profiles_log_in_so(prod: None, home: Path) -> None:
    (home / "aws-config").write_text("[profile keys]\nregion = eu-west-1\naws_access_key_id = a\n")
    with pytest.raises(BadInput, match="keys: this profile does not sign in through SSO"):
        Accounts(Settings()).login("keys")


def test_the_folder_of_the_tokens_can_be_another(
    prod: None, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account_id: str
) -> None:
    monkeypatch.setenv("LAMBDATUI_SSO_CACHE_DIR", str(tmp_path / "sso"))
    accounts = Accounts(Settings())
    login = accounts.login("prod")
    code = login.begin()
    login.finish(Impatient(lambda: approve(emulator, code)))
    assert len(list((tmp_path / "sso").iterdir())) == 1
    assert accounts.open("prod").identity().account_id == account_id


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [("2026-11-24T12:00:00Z", 1795521600), ("2026-11-24T12:00:00UTC", 1795521600), ("2026-11-24T12:00:00", 1795521600)],
)
def test_the_times_of_older_tools_are_read(home: Path, expires: str, seconds: int) -> None:
    leave_token(expiresAt=expires)
    token = sso_tokens.load(CORP, 0.0)
    assert token is not None
    assert token.expires == seconds


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"expiresAt": "soon"}', '{"expiresAt": 7}'])
def test_a_token_that_cannot_be_read_is_none(home: Path, text: str) -> None:
    leave_token()
    token_file(home).write_text(text)
    assert sso_tokens.load(CORP, 0.0) is None
