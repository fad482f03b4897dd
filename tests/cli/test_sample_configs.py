"""The sample deploy files: each is taken by the model and deployed to the embedded AWS, and none has gone stale."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui import documents
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.stages.deploy import Deploy
from tests.cli.conftest import Run
from tests.emulator.clients import REGION, client_of

FOLDER = Path(__file__).parents[2] / "sample_configs"
FILES = sorted(path.name for path in FOLDER.glob("deploy*.yaml"))
ACCOUNT = "123456789012"
_IN_A_COMMENT = re.compile(r"^# ([a-z_0-9]+: .+)$", re.MULTILINE)


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Path, Emulator]]:
    """A copy of the samples, and an AWS that has what they refer to, in the account and region that they name."""
    with Emulator(Cloud(transition_seconds=0.0, seed=7)) as running:
        for name, value in {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": access_key_of(ACCOUNT),
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_REGION": REGION,
        }.items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "samples"
        shutil.copytree(FOLDER, folder)
        yield folder, running


def prepared(lambdatui: Run, folder: Path, emulator: Emulator) -> None:
    assert lambdatui("package", str(folder / "hello"), "-o", str(folder / "hello.zip")).status == 0
    package = (folder / "hello.zip").read_bytes()
    s3 = client_of(emulator, "s3", ACCOUNT)
    s3.create_bucket(Bucket="my-releases", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="my-releases", Key="report/report.zip", Body=package, ChecksumAlgorithm="SHA256")
    client_of(emulator, "sqs", ACCOUNT).create_queue(QueueName="orders")
    client_of(emulator, "kinesis", ACCOUNT).create_stream(StreamName="clicks", ShardCount=1)


def test_each_source_has_its_sample() -> None:
    assert FILES == ["deploy-image.yaml", "deploy-s3.yaml", "deploy-zip.yaml", "deploy.yaml"]


def test_each_sample_deploys_and_then_has_nothing_to_change(lambdatui: Run, samples: tuple[Path, Emulator]) -> None:
    folder, emulator = samples
    prepared(lambdatui, folder, emulator)
    client = client_of(emulator, "lambda", ACCOUNT)
    for name in FILES:
        ended = lambdatui("deploy", str(folder / name), "--yes", "--json")
        assert ended.status == 0, (name, ended.err)
        function = documents.read(folder / name).value["function"]
        again = lambdatui("deploy", str(folder / name), "--yes", "--json")
        assert again.document["status"] == "unchanged", (name, again.err)
        assert client.get_alias(FunctionName=function, Name="live")["FunctionVersion"] == "1"
        if name != "deploy-image.yaml":
            answer = client.invoke(FunctionName=f"{function}:live", Payload=b'{"name": "Ada"}')
            assert json.loads(answer["Payload"].read()) == {"greeting": "Hello, Ada!", "version": "1"}


def said_in_comments() -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields that stand in comments, each with the file it is in."""
    for name in FILES:
        for line in _IN_A_COMMENT.findall((FOLDER / name).read_text()):
            if line.partition(":")[0] in Deploy.model_fields:
                yield name, documents.parse(line, name).value


@pytest.mark.parametrize(("name", "said"), said_in_comments())
def test_what_stands_in_a_comment_is_taken_without_it(name: str, said: dict[str, Any]) -> None:
    document = documents.read(FOLDER / name)
    merged = documents.Document(name, {**document.value, **said}, document.lines)
    assert documents.check(merged, Deploy)


def test_every_field_is_in_some_sample() -> None:
    said = {field for _, one in said_in_comments() for field in one}
    for name in FILES:
        said |= documents.read(FOLDER / name).value.keys()
    assert said == Deploy.model_fields.keys()
