"""The profiles in AWS's files: how each signs in, and how good that still is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lambdatui.aws import profiles, regions
from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.sso_tokens import SsoSession
from tests.aws.signing_in import CORP, leave_token, sso_config

ACCOUNT = "123456789012"
MORE = f"""
[profile keys]
region = us-east-1
aws_access_key_id = a
aws_secret_access_key = b
[profile deeper]
source_profile = prod
role_arn = arn:aws-cn:iam::210987654321:role/x/deployer
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/anna
[profile deepest]
source_profile = deeper
role_arn = arn:aws:iam::333333333333:role/y
[profile round]
source_profile = round
role_arn = arn:aws:iam::333333333333:role/y
[profile tool]
credential_process = /bin/tool --password hunter2
[profile browser]
login_session = arn:aws:iam::{ACCOUNT}:user/anna
[profile machine]
credential_source = Ec2InstanceMetadata
role_arn = arn:aws:iam::333333333333:role/y
[profile pod]
web_identity_token_file = /var/token
role_arn = arn:aws:iam::333333333333:role/y
[profile empty]
region = eu-west-1
"""


@pytest.fixture
def files(home: Path) -> Path:
    path = home / "aws-config"
    path.write_text(sso_config(ACCOUNT, more=MORE))
    return path


@pytest.mark.parametrize(
    ("name", "way", "builds_on", "account"),
    [
        ("prod", "sso", "", ACCOUNT),
        ("keys", "keys", "", ""),
        ("deeper", "sso", "prod", "210987654321"),
        ("deepest", "sso", "deeper", "333333333333"),
        ("round", "none", "", "333333333333"),
        ("tool", "process", "", ""),
        ("browser", "login", "", ""),
        ("machine", "credential source", "", "333333333333"),
        ("pod", "web identity", "", "333333333333"),
        ("empty", "none", "", ""),
        ("not there", "none", "", ""),
    ],
)
def test_how_a_profile_signs_in(files: Path, name: str, way: str, builds_on: str, account: str) -> None:
    entry = profiles.find(name)
    assert (entry.way, entry.builds_on, entry.account_id) == (way, builds_on, account)


def test_every_profile_is_read_and_no_argument_of_a_program(files: Path) -> None:
    found = {entry.name: entry for entry in profiles.read()}
    assert list(found)[:2] == ["prod", "keys"]
    assert found["prod"].sso == CORP
    assert found["deeper"].mfa_serial.endswith("mfa/anna")
    assert found["tool"].program == "/bin/tool"
    assert "hunter2" not in repr(found)


def test_the_profile_in_force(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert profiles.find("").name == "default"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    assert profiles.find("").way == "environment"
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert profiles.find("").name == "prod"


def test_files_that_cannot_be_read_are_told(files: Path) -> None:
    files.write_text("[profile\nnonsense")
    with pytest.raises(CredentialsError, match="read the profiles"):
        profiles.read()


def test_how_good_a_login_still_is(files: Path) -> None:
    now = time.time()
    entry = profiles.find("deeper")
    assert profiles.standing(entry, now).word == "not logged in"
    leave_token(seconds=600)
    standing = profiles.standing(entry, now)
    assert standing.word == "logged in"
    assert standing.until is not None
    assert now + 590 < standing.until < now + 610
    leave_token(seconds=-600)
    assert profiles.standing(entry, now).word == "expired"
    # botocore will get another without a login
    leave_token(seconds=-600, refreshToken="r", registrationExpiresAt="2999-01-01T00:00:00Z")
    assert profiles.standing(entry, now).word == "unknown"
    assert profiles.standing(profiles.find("keys"), now).word == "unknown"
    assert profiles.standing(profiles.find("browser"), now).word == "not logged in"


def test_a_login_changes_one_of_the_files_that_are_watched(files: Path) -> None:
    watched = profiles.files(profiles.find("deeper"))
    before = profiles.changed_at(watched)
    assert before > 0
    leave_token(SsoSession("corp", "x", "y"))
    assert profiles.changed_at(watched) >= before
    assert any(path.parent.name == "cache" and path.exists() for path in watched)


def test_the_regions_of_lambda_by_partition() -> None:
    known = {region.name: region for region in regions.known()}
    assert known["eu-west-1"] == ("eu-west-1", "Europe (Ireland)", "aws")
    assert known["cn-north-1"].partition == "aws-cn"
    assert not any("fips" in name for name in known)
    assert regions.partition_of("us-gov-west-1") == "aws-us-gov"
    # younger than botocore
    assert regions.partition_of("eu-west-99") == "aws"
    assert regions.partition_of("moon") == "aws"
