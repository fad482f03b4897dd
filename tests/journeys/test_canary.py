"""The demo's checkout: 42, which loses orders and is slow, is judged bad by real invocations, and 43 is judged good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.invocations import invoke
from lambdatui.settings import Settings
from lambdatui.stages.load.record import line
from tests.cli.conftest import Run, lambdatui
from tests.journeys import shop_checkout

__all__ = ["lambdatui"]

CALLS = 120


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with shop_checkout.running(monkeypatch):
        yield Accounts(Settings()).open()


def saved(account: Account, path: Path, version: str) -> str:
    """So many invocations of a version, as a run of them is saved."""
    with ThreadPoolExecutor(4) as callers:
        answers = callers.map(
            lambda number: invoke(account, "checkout-api", b"{}", number=number, qualifier=version), range(1, CALLS + 1)
        )
        (path / f"{version}.jsonl").write_text("".join(f"{json.dumps(line(answer))}\n" for answer in answers))
    return str(path / f"{version}.jsonl")


def test_42_is_judged_bad_and_43_good(checkout: Account, lambdatui: Run, tmp_path: Path) -> None:
    files = {version: saved(checkout, tmp_path, version) for version in ("41", "42", "43")}

    def judged(version: str) -> Any:
        words = ("--canary", version, "--from", files["41"], "--from", files[version])
        # what 43 does is left to chance: one alarm in a thousand, and not one in twenty
        return lambdatui("canary", "checkout-api", "--baseline", "alias(live)", *words, "--alpha", "0.001")

    bad, good = judged("42"), judged("43")
    assert bad.status == 1, bad.out
    assert "✖  duration " in bad.out
    assert "alias(live) is version 41" in bad.err
    assert good.status == 0, good.out
    assert "✔ checkout-api 43 beside 41: pass, score 100 of 100" in good.out
