"""What each version served through an alias, as CloudWatch counts it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.metrics import traffic_by_version
from lambdatui.emulator.server import Emulator
from tests.conftest import Calls
from tests.emulator.clients import REGION

NOW = dt.datetime.now(dt.UTC).replace(second=20)


def put(emulator: Emulator, account_id: str, metric: str, value: float, minutes_ago: int, version: str | None) -> None:
    """Writes down what AWS would after invocations of `f:live`."""
    dimensions = {"FunctionName": "f", "Resource": "f:live"} | ({"ExecutedVersion": version} if version else {})
    moment = (NOW - dt.timedelta(minutes=minutes_ago)).timestamp()
    metrics: Any = emulator.cloud.metrics
    metrics.put(account_id, REGION, "AWS/Lambda", metric, dimensions, value, moment, "Count")


def test_each_version_of_a_shared_alias_has_its_minutes(
    account: Account, emulator: Emulator, account_id: str, calls: Calls
) -> None:
    put(emulator, account_id, "Invocations", 90, 2, "41")
    put(emulator, account_id, "Invocations", 10, 2, "42")
    put(emulator, account_id, "Invocations", 7, 0, "42")
    put(emulator, account_id, "Errors", 4, 2, "42")
    put(emulator, account_id, "Invocations", 999, 9, "41")  # before the window
    put(emulator, account_id, "Invocations", 107, 2, None)  # of the alias as a whole
    calls.forget()
    found = traffic_by_version(account, "f", "live", ["41", "42"], 5, NOW)
    assert calls.operations() == ["GetMetricData"]
    assert found["41"].invocations == (0, 0, 90, 0, 0)
    assert found["42"].invocations == (0, 0, 10, 0, 7)
    assert found["42"].errors == (0, 0, 4, 0, 0)
    assert (found["41"].total, found["41"].error_rate) == (90, 0.0)
    assert found["42"].error_rate == pytest.approx(4 / 17)


def test_with_one_version_the_alias_s_own_figures_are_that_version_s(
    account: Account, emulator: Emulator, account_id: str
) -> None:
    """CloudWatch has the dimension ExecutedVersion only where an alias shares its traffic."""
    put(emulator, account_id, "Invocations", 107, 1, None)
    assert traffic_by_version(account, "f", "live", ["41"], 3, NOW)["41"].invocations == (0, 107, 0)


def test_the_p95_of_minutes_counts_by_their_calls(account: Account, emulator: Emulator, account_id: str) -> None:
    for minutes_ago, calls, duration in ((2, 3, 10.0), (1, 1, 50.0)):
        put(emulator, account_id, "Invocations", calls, minutes_ago, "41")
        put(emulator, account_id, "Duration", duration, minutes_ago, "41")
    found = traffic_by_version(account, "f", "live", ["41", "42"], 4, NOW)
    assert found["41"].p95 == (None, 10.0, 50.0, None)
    assert found["41"].typical_p95 == pytest.approx(20.0)
    assert found["42"].typical_p95 is None


def test_minutes_in_which_one_version_had_all_traffic_are_that_version_s(
    account: Account, emulator: Emulator, account_id: str
) -> None:
    put(emulator, account_id, "Invocations", 100, 3, None)
    put(emulator, account_id, "Invocations", 100, 2, None)
    put(emulator, account_id, "Invocations", 75, 2, "41")
    put(emulator, account_id, "Invocations", 25, 2, "42")
    put(emulator, account_id, "Invocations", 80, 1, None)
    middle = (NOW - dt.timedelta(minutes=2)).timestamp()
    found = traffic_by_version(
        account, "f", "live", ["41", "42"], 4, NOW, lambda minute: "41" if minute < middle - 60 else "42"
    )
    assert found["41"].invocations == (100, 75, 0, 0)
    assert found["42"].invocations == (0, 25, 80, 0)


def test_without_invocations_there_is_no_rate(account: Account) -> None:
    found = traffic_by_version(account, "f", "live", ["41", "42"], 3, NOW)
    assert found["41"].invocations == (0, 0, 0)
    assert found["41"].error_rate is None
