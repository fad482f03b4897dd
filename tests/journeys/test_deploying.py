"""Deployments by `lambdatui deploy file.yaml`, as a person makes them in a terminal: a folder, one setting, 60 MB."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.conftest import Calls
from tests.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))

APP = """
import json, pathlib
from shop import tax

def handler(event, context):
    rates = json.loads((pathlib.Path(__file__).parent / "rates.json").read_text())
    return {"total": tax.added(event["net"], rates["vat"]), "version": context.function_version}
"""


def project(folder: Path) -> Path:
    """A folder as people have them: a package of modules, data, and what does not belong into a function."""
    files = {
        "app.py": APP,
        "shop/__init__.py": "",
        "shop/tax.py": "def added(net, rate):\n    return round(net * (1 + rate), 2)\n",
        "rates.json": '{"vat": 0.19}',
        "tests/test_tax.py": "assert False\n",
        ".env": "TOKEN=s3cret\n",
        ".lambdaignore": "tests/\n.env\n",
        "shop/__pycache__/tax.cpython-311.pyc": "stale",
    }
    for name, text in files.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def written(folder: Path, account_id: str, more: str = "") -> str:
    file = folder / "shop.yaml"
    file.write_text(
        f"function: shop\ncode: ./src\nruntime: python3.13\nhandler: app.handler\n"
        f"role: arn:aws:iam::{account_id}:role/shop\npublish: true\naliases: [live]\n{more}"
    )
    return str(file)


def answer(client: Any, **event: Any) -> Any:
    return json.loads(client.invoke(FunctionName="shop:live", Payload=json.dumps(event))["Payload"].read())


def test_a_folder_then_one_setting_then_nothing(
    connected: Emulator, aws: Any, account_id: str, calls: Calls, tmp_path: Path
) -> None:
    client, folder = aws(), project(tmp_path)
    with Terminal([PROGRAM, "deploy", written(folder, account_id)], columns=140) as t:
        assert t.wait_end() == 0
        t.wait(r"code: \./src: 4 files, ")
        t.wait("✔ CreateAlias shop:live")
        assert "s3cret" not in t.text
    assert answer(client, net=100) == {"total": 119.0, "version": "1"}

    calls.forget()
    with Terminal([PROGRAM, "deploy", written(folder, account_id, "memory: 512\n")], columns=140) as t:
        # the alias has callers: it is asked
        t.wait(r"memory: 128 MB → 512 MB[\s\S]*\[y/N\]")
        assert "UpdateFunctionCode" not in t.text
        t.type("y\n")
        assert t.wait_end() == 0
    assert calls.changes() == ["UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"]
    assert answer(client, net=100)["version"] == "2"

    calls.forget()
    with Terminal([PROGRAM, "deploy", written(folder, account_id, "memory: 512\n")], columns=140) as t:
        assert t.wait_end() == 0
        assert "Nothing to change." in t.text
    assert calls.changes() == []


def test_one_setting_of_a_function_that_others_made(
    connected: Emulator, aws: Any, account_id: str, calls: Calls, tmp_path: Path
) -> None:
    """A file with one line more than the name changes that, and nothing else."""
    client = aws()
    with Terminal([PROGRAM, "deploy", written(project(tmp_path), account_id, "memory: 512\ntags: {a: b}\n")]) as t:
        assert t.wait_end() == 0
    before = client.get_function(FunctionName="shop")
    file = tmp_path / "timeout.yaml"
    file.write_text("function: shop\ntimeout: 30\n")
    calls.forget()
    with Terminal([PROGRAM, "deploy", str(file)], columns=140) as t:
        assert t.wait_end() == 0
        assert "timeout: 3 s → 30 s" in t.text
    after = client.get_function(FunctionName="shop")
    assert calls.changes() == ["UpdateFunctionConfiguration"]
    volatile = {"Timeout", "RevisionId", "LastModified", "ConfigSha256"}
    told = [{k: v for k, v in one["Configuration"].items() if k not in volatile} for one in (before, after)]
    assert told[0] == told[1]
    assert (after["Configuration"]["Timeout"], after["Tags"]) == (30, {"a": "b"})


@pytest.mark.slow
def test_sixty_megabytes_go_through_s3_with_a_bar_and_once(
    connected: Emulator, aws: Any, account_id: str, calls: Calls, tmp_path: Path
) -> None:
    client, folder, bucket = aws(), project(tmp_path), f"releases-{account_id}"
    aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    (folder / "src" / "model.bin").write_bytes(random.Random(60).randbytes(60 * 1024 * 1024))
    file = written(folder, account_id, f"upload_to: s3://{bucket}/packages\n")
    calls.forget()
    with Terminal([PROGRAM, "deploy", file], columns=140, seconds=180) as t:
        assert t.wait_end() == 0
        # each bar is written over the last: what the terminal got tells them all
        shares = re.findall(r"uploading ([█░]{20}) (\d+\.\d) MB of 60\.0 MB", t.output.decode())
        assert len(shares) > 2
        assert shares[-1] == ("█" * 20, "60.0")
        assert "✔ CreateFunction shop" in t.text
    # calls of S3 are known by their methods: one begins the upload and one completes it, with the parts between them
    sent = calls.changes()
    assert sent[0] == "POST"
    assert sent[-4:] == ["POST", "CreateFunction", "PublishVersion", "CreateAlias"]
    assert sent.count("PUT") > 1
    assert answer(client, net=100) == {"total": 119.0, "version": "1"}
    assert client.get_function_configuration(FunctionName="shop")["CodeSize"] > 60 * 1024 * 1024

    # the same again, and from another folder of a download, is known by its sha256
    calls.forget()
    for name in (file, str(tmp_path / "down" / "deploy.yaml")):
        with Terminal([PROGRAM, "deploy", name], columns=140, seconds=180) as t:
            assert t.wait_end() == 0
            assert "Nothing to change." in t.text
        if name == file:
            with Terminal([PROGRAM, "download", "shop", str(tmp_path / "down")], columns=140, seconds=180) as t:
                assert t.wait_end() == 0
    assert calls.changes() == []
    assert os.path.getsize(tmp_path / "down" / "package.zip") > 60 * 1024 * 1024

    # another function of the same package finds it in the bucket
    calls.forget()
    twin = tmp_path / "twin.yaml"
    twin.write_text(Path(file).read_text().replace("function: shop", "function: twin"))
    with Terminal([PROGRAM, "deploy", str(twin)], columns=140, seconds=180) as t:
        assert t.wait_end() == 0
    assert calls.changes() == ["CreateFunction", "PublishVersion", "CreateAlias"]
