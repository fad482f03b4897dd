"""Who the caller is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import REGION


def test_get_caller_identity_names_the_account_and_an_assumed_role(client: Callable[..., Any], account: str) -> None:
    """STS: an assumed role's ARN is arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION."""
    answer = client("sts").get_caller_identity()
    assert answer["Account"] == account
    assert answer["Arn"] == f"arn:aws:sts::{account}:assumed-role/operator/you"


def test_credentials_of_an_assumed_role_are_that_roles(
    emulator: Emulator, client: Callable[..., Any], account: str
) -> None:
    """STS: AssumeRole gives credentials under which GetCallerIdentity names the role and the session."""
    role = f"arn:aws:iam::{account}:role/release"
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="anna")["Credentials"]
    answer = boto3.client(
        "sts",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    ).get_caller_identity()
    assert answer["Account"] == account
    assert answer["Arn"].endswith("assumed-role/release/anna")
