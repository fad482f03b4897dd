"""How Lambda keeps a package: its key and its storage reach AWS with the code, and stay with the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from lambdatui.stages.update_code import UpdateCode
from tests.emulator.clients import zipped
from tests.stages.acting import finished, operations

KEY, OTHER = (f"arn:aws:kms:eu-west-1:123456789012:key/{name}" for name in ("one", "two"))


def write(folder: Path, answer: object) -> None:
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "app.py").write_text(f"def handler(event, context):\n    return {answer!r}\n")


@pytest.fixture
def new(tmp_path: Path, account_id: str) -> dict[str, Any]:
    write(tmp_path, 1)
    role = f"arn:aws:iam::{account_id}:role/service"
    return {"function": "f", "code": "code", "runtime": "python3.13", "handler": "app.handler", "role": role}


@pytest.fixture
def package(aws: Any, account_id: str) -> str:
    """A package in S3."""
    s3, bucket = aws("s3"), f"releases-{account_id}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    source = "def handler(event, context):\n    return 's3'\n"
    s3.put_object(Bucket=bucket, Key="f.zip", Body=zipped(source), ChecksumAlgorithm="SHA256")
    return f"s3://{bucket}/f.zip"


def code(client: Any) -> dict[str, Any]:
    return dict(client.get_function(FunctionName="f")["Code"])


def test_a_key_is_given_with_the_code_kept_with_the_next_changed_and_taken_away(
    new: dict[str, Any], world: World, tmp_path: Path, aws: Any
) -> None:
    client = aws()
    stage = Deploy(**new, code_kms_key=KEY)
    plan = stage.plan(world)
    assert ("code's KMS key", None, KEY) in [(d.field, d.before, d.after) for d in plan.changes[0].differences]
    finished(stage, world, plan)
    assert code(client)["SourceKMSKeyArn"] == KEY
    assert stage.plan(world).empty
    write(tmp_path, 2)
    finished(UpdateCode(function="f", code="code"), world)
    assert code(client)["SourceKMSKeyArn"] == KEY
    finished(Deploy(function="f", code="code", code_kms_key=OTHER), world)
    assert code(client)["SourceKMSKeyArn"] == OTHER
    stage = UpdateCode(function="f", code="code", code_kms_key="")
    [change] = stage.plan(world).changes
    assert ("code's KMS key", OTHER, None) in [(line.field, line.before, line.after) for line in change.differences]
    finished(stage, world)
    assert "SourceKMSKeyArn" not in code(client)
    assert stage.plan(world).empty


def test_an_object_is_referred_to_and_copied_again(new: dict[str, Any], world: World, aws: Any, package: str) -> None:
    client = aws()
    stage = Deploy(**new | {"code": package}, code_storage="REFERENCE")
    finished(stage, world)
    assert code(client)["ResolvedS3Object"]["S3Key"] == "f.zip"
    assert stage.plan(world).empty
    assert Deploy(function="f", code=package).plan(world).empty
    stage = UpdateCode(function="f", code=package, code_storage="COPY")
    assert operations(stage.plan(world)) == ["UpdateFunctionCode"]
    finished(stage, world)
    assert "ResolvedS3Object" not in code(client)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"code_kms_key": KEY}, "code_kms_key: it is changed with the code alone: name the code, too."),
        ({"code_kms_key": KEY.replace("eu-west-1", "us-east-1"), "code": "code"}, "code_kms_key: it is in us-east-1"),
        ({"code_storage": "REFERENCE", "code": "code"}, "code_storage: REFERENCE needs the code to be an object in S3"),
    ],
)
def test_code_that_cannot_be_kept_so_is_refused(
    new: dict[str, Any], world: World, inputs: dict[str, Any], words: str
) -> None:
    finished(Deploy(**new), world)
    with pytest.raises(BadInput) as caught:
        Deploy(function="f", **inputs).plan(world)
    assert str(caught.value).startswith(words)


def test_an_image_has_neither(world: World, account_id: str) -> None:
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop:7"
    role = f"arn:aws:iam::{account_id}:role/service"
    with pytest.raises(BadInput, match="code_kms_key: the code is a container image"):
        Deploy(function="f", code=image, role=role, code_kms_key=KEY).plan(world)
