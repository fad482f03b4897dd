"""What all tests share: an environment without anything of this machine's, and one embedded AWS for the session."""

from __future__ import annotations

import gc
import itertools
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from lambdatui import log
from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.calls import CallRecord
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.stage import World
from tests.emulator.clients import REGION, client_of

TRIED = "tried"
"""The property of a test that tells what a sweep did, and how many points of it: see `tests/sweeps`."""

# how long an example takes says nothing on a machine that is shared
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

# the process number keeps the accounts of tests that run side by side apart, too
_account_numbers = itertools.count(600_000_000_000 + os.getpid() * 1000)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own for each test, and none of the variables that lead to AWS or change what is shown."""
    folder = tmp_path_factory.mktemp("home")
    others = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    for name in list(os.environ):
        if name.startswith(("AWS_", "LAMBDATUI_", "XDG_")) or name.lower().endswith("_proxy") or name in others:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"LAMBDATUI_{name}_DIR", str(folder / name.lower()))
    yield folder
    # the log file is opened once a process, and each test has its own
    logger = logging.getLogger(log.NAME.removesuffix(".log"))
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """Nothing takes time in it."""
    with Emulator(Cloud(transition_seconds=0.0, async_retry_seconds=(0.0, 0.0), seed=7)) as running:
        yield running


@pytest.fixture
def account_id() -> str:
    """An AWS account in which nothing has been made yet."""
    return str(next(_account_numbers))


@pytest.fixture
def connected(emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The environment leads to the test's account, as an operator's would."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(account_id))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unchecked")
    monkeypatch.setenv("AWS_REGION", REGION)
    yield emulator
    # a thread of the server's that waits for more holds the app that called, by the standard error it had
    emulator.hang_up()
    # the app freezes what it has made by its first frame, for the life of its process: here it is not that
    gc.unfreeze()


@pytest.fixture
def aws(emulator: Emulator, account_id: str) -> Callable[..., Any]:
    """Makes plain boto3 clients of the test's account: what others do to it."""

    def make(service: str = "lambda", region: str = REGION) -> Any:
        return client_of(emulator, service, account_id, region)

    return make


class Calls:
    """The calls that an account has got since this was made or `forget` was called."""

    def __init__(self, emulator: Emulator, account_id: str) -> None:
        self._log = emulator.cloud.calls
        self._account_id = account_id
        self.forget()

    def forget(self) -> None:
        records = self._log.since()
        self._from = records[-1].number if records else 0

    def records(self) -> list[CallRecord]:
        return self._log.since(self._from, self._account_id)

    def operations(self) -> list[str]:
        return [record.operation for record in self.records()]

    def changes(self) -> list[str]:
        """The operations that are no reading."""
        return [name for name in self.operations() if not name.startswith(("Get", "List", "Describe", "GET", "HEAD"))]


@pytest.fixture
def calls(emulator: Emulator, account_id: str) -> Calls:
    return Calls(emulator, account_id)


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    (home / "state").mkdir(exist_ok=True)
    journal = Journal(home / "state" / "journal.sqlite")
    yield journal
    journal.close()


@pytest.fixture
def accounts(connected: Emulator, journal: Journal) -> Accounts:
    """The accounts of an operator whose environment leads to the test's account."""
    return Accounts(Settings(), journal)


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts.open()


@pytest.fixture
def world(accounts: Accounts, journal: Journal, tmp_path: Path) -> World:
    """Where a stage acts: the test's account, with paths relative to `tmp_path`."""
    return World(accounts, folder=tmp_path, journal=journal)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many points the sweeps have tried, by what was done there."""
    tried: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        tried.update({what: count for name, (what, count) in report.user_properties if name == TRIED})
    for what in sorted(tried):
        terminalreporter.write_line(f"{tried[what]:5} points: {what}")
