"""What S3 says of a package, so that the same one is not deployed again."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.objects import sha256

DATA = b"a package"


@pytest.fixture
def bucket(aws: Any, account_id: str) -> str:
    name = f"releases-{account_id}"
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name


def test_the_checksum_of_the_whole_object_is_what_lambda_will_say(account: Account, aws: Any, bucket: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key="code.zip", Body=DATA, ChecksumAlgorithm="SHA256")
    assert sha256(account, bucket, "code.zip") == base64.b64encode(hashlib.sha256(DATA).digest()).decode()


def test_an_object_without_one_has_none(account: Account, aws: Any, bucket: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key="code.zip", Body=DATA, ChecksumAlgorithm="CRC32")
    assert sha256(account, bucket, "code.zip") == ""


def test_an_object_that_is_not_there_is_told_by_its_name(account: Account, bucket: str) -> None:
    with pytest.raises(NotFound, match=rf"^s3://{bucket}/absent\.zip: there is no such object\."):
        sha256(account, bucket, "absent.zip")


def test_who_may_not_read_it_may_still_deploy_it(
    account: Account, connected: Any, account_id: str, bucket: str
) -> None:
    connected.cloud.faults.add("access-denied", service="s3", account=account_id)
    assert sha256(account, bucket, "code.zip") == ""
    connected.cloud.faults.clear()
    connected.cloud.faults.add("error", service="s3", account=account_id, code="Odd", message="odd", status=400)
    with pytest.raises(AwsError):
        sha256(account, bucket, "code.zip")
    connected.cloud.faults.clear()
