"""Accounts as botocore's own chain makes them: profiles, roles, processes, endpoints, regions."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.account import Identity
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clock_skew import clock_skew
from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.scope import Scope
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from lambdatui.errors import BadInput
from lambdatui.settings import Profile, Settings
from tests.conftest import Calls
from tests.emulator.clients import client_of

OTHER = "710987654321"


@pytest.fixture
def files(home: Path, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """AWS's own files, with a profile for the test's account and one for another; no variables."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    (home / "aws-credentials").write_text(
        f"[here]\naws_access_key_id = {access_key_of(account_id)}\naws_secret_access_key = x\n"
        f"[there]\naws_access_key_id = {access_key_of(OTHER)}\naws_secret_access_key = x\n"
    )
    config = home / "aws-config"
    config.write_text("[profile here]\nregion = eu-west-1\n[profile there]\nregion = ap-southeast-2\n")
    return config


def test_a_profile_is_its_account_and_its_region(files: Path, account_id: str) -> None:
    accounts = Accounts(Settings())
    here, there = accounts.open("here"), accounts.open("there")
    assert (here.identity().account_id, here.scope) == (account_id, Scope("here", "eu-west-1"))
    assert (there.identity().account_id, there.scope) == (OTHER, Scope("there", "ap-southeast-2"))
    assert accounts.open("here") is here
    assert set(accounts.profiles()) == {"here", "there"}
    assert here.credential_source() == "shared-credentials-file"


def test_identity_is_asked_once(files: Path, calls: Calls) -> None:
    account = Accounts(Settings()).open("here")
    assert account.identity() is account.identity()
    assert calls.operations() == ["GetCallerIdentity"]


def test_the_profile_in_force_is_the_flag_s_then_the_variable_s(
    files: Path, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "there")
    assert Accounts(Settings()).open().identity().account_id == OTHER
    assert Accounts(Settings(profile="here")).open().identity().account_id == account_id


def test_the_region_in_force(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Accounts(Settings()).open("here").region == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert Accounts(Settings()).open("here").region == "us-east-1"
    assert Accounts(Settings(region="eu-north-1")).open("here").region == "eu-north-1"
    assert Accounts(Settings(region="eu-north-1")).open("here", "sa-east-1").region == "sa-east-1"


def test_calls_go_to_the_region_of_the_account(files: Path, account_id: str, calls: Calls) -> None:
    account = Accounts(Settings()).open("here", "ap-southeast-2")
    account.call("lambda", "ListFunctions")
    assert {record.region for record in calls.records()} == {"ap-southeast-2"}


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("her", r"The config profile \(her\) could not be found\. `aws configure list-profiles`"),
        (None, r"no region is set\. Give --region, or set AWS_REGION"),
    ],
)
def test_what_cannot_be_opened_is_told(files: Path, profile: str | None, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        Accounts(Settings()).open(profile)


def test_without_credentials_the_way_out_is_told(files: Path, home: Path) -> None:
    files.write_text("[profile bare]\nregion = eu-west-1\n")
    account = Accounts(Settings()).open("bare")
    assert account.credential_source() is None
    with pytest.raises(CredentialsError, match=r"Unable to locate credentials\. Set a profile \(--profile\)"):
        account.identity()


# credential_process


def process(home: Path, body: str) -> Path:
    script = home / "give keys"
    script.write_text(f"#!{sys.executable}\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (home / "aws-config").write_text(f'[profile made]\nregion = eu-west-1\ncredential_process = "{script}" --for me\n')
    return script


def test_a_credential_process_is_run(files: Path, home: Path, account_id: str) -> None:
    keys = {"Version": 1, "AccessKeyId": access_key_of(account_id), "SecretAccessKey": "x"}
    process(home, f"import sys\nassert sys.argv[1:] == ['--for', 'me']\nprint({json.dumps(json.dumps(keys))})")
    account = Accounts(Settings()).open("made")
    assert account.identity().account_id == account_id
    assert account.credential_source() == "custom-process"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import sys; sys.exit('the vault is closed')", "the vault is closed"),
        ("print('{}')", "custom-process"),
        ("print('no JSON')", "the profile's credential_process failed: Expecting value"),
        (None, "No such file or directory"),
    ],
)
def test_a_credential_process_that_fails_is_told(files: Path, home: Path, body: str | None, words: str) -> None:
    script = process(home, body or "")
    if body is None:
        script.unlink()
    with pytest.raises(CredentialsError, match=words) as caught:
        Accounts(Settings()).open("made").identity()
    assert "`lambdatui doctor` shows what was found" in str(caught.value)


# roles


@pytest.fixture
def role(emulator: Emulator, account_id: str) -> str:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    iam = client_of(emulator, "iam", account_id)
    arn = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    return str(arn)


def test_a_profile_s_role_is_assumed(files: Path, role: str, account_id: str, calls: Calls) -> None:
    files.write_text(f"[profile acting]\nregion = eu-west-1\nsource_profile = here\nrole_arn = {role}\n")
    identity = Accounts(Settings()).open("acting").identity()
    assert identity.account_id == account_id
    assert identity.principal == "role/operator"
    assert calls.operations() == ["AssumeRole", "GetCallerIdentity"]


def test_a_role_of_the_settings_is_assumed_on_top_of_the_profile(
    files: Path, role: str, account_id: str, calls: Calls
) -> None:
    settings = Settings(profiles={"here": Profile(role_arn=role)})
    account = Accounts(settings).open("here")
    assert account.identity().principal == "role/operator"
    assert "assumed-role/operator/lambdatui" in account.identity().arn
    assert account.credential_source() == "assume-role"
    account.call("lambda", "ListFunctions")
    assert calls.operations() == ["AssumeRole", "GetCallerIdentity", "ListFunctions"]


@pytest.mark.parametrize("where", ["profile", "settings"])
def test_roles_are_assumed_at_the_endpoint_that_everything_goes_to(
    files: Path, role: str, emulator: Emulator, calls: Calls, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    files.write_text(f"[profile acting]\nregion = eu-west-1\nsource_profile = here\nrole_arn = {role}\n")
    profiles = {"here": Profile(role_arn=role)} if where == "settings" else {}
    settings = Settings(endpoint_url=emulator.endpoint, profiles=profiles)
    account = Accounts(settings).open("acting" if where == "profile" else "here", "eu-west-1")
    assert account.identity().principal == "role/operator"
    assert calls.operations() == ["AssumeRole", "GetCallerIdentity"]


def test_an_mfa_code_is_asked_for_with_botocore_s_prompt(files: Path, role: str) -> None:
    files.write_text(
        f"[profile acting]\nregion = eu-west-1\nsource_profile = here\nrole_arn = {role}\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/anna\n"
    )
    prompts: list[str] = []

    def give(profile: str, prompt: str) -> str:
        prompts.append(f"{profile}: {prompt}")
        return "123456"

    assert Accounts(Settings(), ask_mfa=give).open("acting").identity().principal == "role/operator"
    assert prompts == ["acting: Enter MFA code for arn:aws:iam::123456789012:mfa/anna: "]
    with pytest.raises(BadInput, match=r"asks for an MFA code, and nobody is there"):
        Accounts(Settings()).open("acting").identity()


# endpoints


def test_the_endpoint_of_a_flag_beats_the_variable(
    emulator: Emulator, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    account = Accounts(Settings(endpoint_url=emulator.endpoint)).open()
    assert account.endpoint("lambda") == emulator.endpoint
    assert account.call("lambda", "ListFunctions") == {"Functions": []}


def test_a_profile_s_own_endpoint_is_botocore_s_to_find(
    files: Path, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    files.write_text(f"[profile here]\nregion = eu-west-1\nendpoint_url = {emulator.endpoint}\n")
    assert Accounts(Settings()).open("here").identity().account_id == account_id


# scopes


def test_lists_span_the_profiles_and_regions_of_the_settings(files: Path) -> None:
    profiles = {"here": Profile(regions=("eu-west-1", "us-east-1")), "there": Profile()}
    assert Accounts(Settings(profiles=profiles)).scopes() == [
        Scope("here", "eu-west-1"),
        Scope("here", "us-east-1"),
        Scope("there", "ap-southeast-2"),
    ]
    assert Accounts(Settings(profiles=profiles, profile="there", regions=("eu-north-1",))).scopes() == [
        Scope("there", "eu-north-1")
    ]
    assert Accounts(Settings(profiles=profiles, region="sa-east-1")).scopes() == [
        Scope("here", "sa-east-1"),
        Scope("there", "sa-east-1"),
    ]


def test_a_profile_that_is_not_there_does_not_hide_the_others(files: Path) -> None:
    accounts = Accounts(Settings(profiles={"gone": Profile(), "here": Profile()}))
    gone, here = accounts.scopes()
    assert (gone, here) == (Scope("gone", ""), Scope("here", "eu-west-1"))
    with pytest.raises(CredentialsError, match="gone"):
        accounts.open(gone.profile, gone.region)


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        ("arn:aws:sts::1:assumed-role/operator/anna", "role/operator"),
        ("arn:aws:iam::1:user/team/anna", "user/team/anna"),
        ("arn:aws:iam::1:root", "root"),
    ],
)
def test_the_principal_as_a_person_says_it(arn: str, principal: str) -> None:
    assert Identity("1", arn).principal == principal


def test_the_clock_is_compared_with_the_answer_s_date_be_it_good_or_bad(
    files: Path, emulator: Emulator, account_id: str
) -> None:
    account = Accounts(Settings()).open("here")
    skew = clock_skew(account)
    assert skew is not None
    assert abs(skew) < 60
    emulator.cloud.faults.add("expired-token", account=account_id, operation="GetCallerIdentity")
    refused = clock_skew(account)
    assert refused is not None
    assert abs(refused) < 60
