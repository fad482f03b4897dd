"""Packages are downloaded whole, or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws import functions, packages
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled
from tests.emulator.clients import make_function, zipped


@pytest.fixture
def client(aws: Any) -> Any:
    client = aws()
    make_function(client, "f")
    return client


def test_the_bytes_that_were_uploaded_and_how_far_it_is(account: Account, client: Any, tmp_path: Path) -> None:
    data = zipped("x = 1\n" + "# " + "y" * 300_000)
    client.update_function_code(FunctionName="f", ZipFile=data)
    told: list[tuple[int, int]] = []
    packages.download(
        account,
        functions.get(account, "f"),
        tmp_path / "a.zip",
        lambda count, total: told.append((count, total)),
        Clock(),
    )
    assert (tmp_path / "a.zip").read_bytes() == data
    assert told[-1] == (len(data), len(data))


def test_another_package_than_AWS_says_is_refused(account: Account, client: Any, tmp_path: Path) -> None:
    before = functions.get(account, "f")
    wrong = dataclasses.replace(before, configuration={**before.configuration, "CodeSha256": "AAAA"})
    with pytest.raises(AwsError, match="its SHA-256 is another"):
        packages.download(account, wrong, tmp_path / "a.zip", lambda *_: None, Clock())


def test_a_link_that_is_no_longer_good(account: Account, client: Any, tmp_path: Path) -> None:
    found = functions.get(account, "f")
    stale = dataclasses.replace(found, code={"Location": str(found.code["Location"])[:-4] + "0000"})
    with pytest.raises(AwsError, match="cannot be downloaded: HTTP status 40"):
        packages.download(account, stale, tmp_path / "a.zip", lambda *_: None, Clock())


def test_it_stops_when_it_is_cancelled(account: Account, client: Any, tmp_path: Path) -> None:
    clock = Clock()
    clock.cancel()
    with pytest.raises(Cancelled):
        packages.download(account, functions.get(account, "f"), tmp_path / "a.zip", lambda *_: None, clock)


def test_a_link_to_nowhere_is_one_sentence(account: Account, client: Any, tmp_path: Path) -> None:
    found = dataclasses.replace(functions.get(account, "f"), code={"Location": "http://127.0.0.1:9/x"})
    with pytest.raises(AwsError):
        packages.download(account, found, tmp_path / "a.zip", lambda *_: None, Clock())
