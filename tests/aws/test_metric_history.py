"""A function's metrics over time, read from CloudWatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.metric_history import RANGES, MetricHistory, Panel, Split, history, known
from lambdatui.aws.metrics import Query, billed, read
from lambdatui.aws.versions import Alias
from lambdatui.emulator.server import Emulator
from tests.conftest import Calls
from tests.emulator.clients import REGION
from tests.servers import answering

NOW = dt.datetime.now(dt.UTC).replace(minute=37, second=20, microsecond=0) - dt.timedelta(hours=1)
HOUR, DAY = RANGES[0], RANGES[3]
LIVE = Alias("live", "41", {}, "", "")

Put = Callable[..., None]


@pytest.fixture
def put(emulator: Emulator, account_id: str) -> Put:
    """Writes down what AWS would after invocations of `f`, so many minutes before the minute of NOW."""

    def put(metric: str, value: float, minutes_ago: float, qualifier: str = "", version: str = "") -> None:
        dimensions = {"FunctionName": "f"}
        if qualifier:
            dimensions["Resource"] = f"f:{qualifier}"
        if version:
            dimensions["ExecutedVersion"] = version
        moment = (NOW - dt.timedelta(minutes=minutes_ago)).timestamp()
        metrics: Any = emulator.cloud.metrics
        metrics.put(account_id, REGION, "AWS/Lambda", metric, dimensions, value, moment, "Count")

    return put


def whole(account: Account) -> Split:
    return known(account, "f", []).splits[0]


def panel(found: MetricHistory, key: str) -> Panel:
    return next(panel for panel in found.panels if panel.key == key)


def test_one_call_for_every_figure_of_the_function(account: Account, put: Put, calls: Calls) -> None:
    put("Invocations", 30, 5)
    put("Errors", 3, 5)
    put("ConcurrentExecutions", 4, 5)
    for duration in range(1, 101):
        put("Duration", duration, 5)
    split = whole(account)
    calls.forget()
    found = history(account, HOUR, split, NOW)
    assert calls.operations() == ["GetMetricData"]
    assert [one.key for one in found.panels] == [
        "invocations",
        "errors",
        "duration",
        "error_rate",
        "throttles",
        "concurrency",
    ]
    at = 60 - 5
    assert panel(found, "invocations").series[0].values[at] == 30
    assert panel(found, "error_rate").series[0].values[at] == pytest.approx(0.1)
    assert [(one.label, one.values[at]) for one in panel(found, "duration").series] == [
        ("p50", 50),
        ("p95", 95),
        ("p99", 99),
    ]
    assert panel(found, "concurrency").series[0].summary == 4
    assert found.billed == 5  # the percentiles of Duration are one metric


def test_the_minute_that_is_not_over_is_left_out(account: Account, put: Put) -> None:
    put("Invocations", 7, 0)
    put("Invocations", 8, 1)
    found = history(account, HOUR, whole(account), NOW)
    values = panel(found, "invocations").series[0].values
    assert (len(values), values[-1]) == (60, 8)
    assert found.start == int(NOW.replace(minute=37, second=0).timestamp()) - 3600


def test_periods_are_aligned_and_summed(account: Account, put: Put) -> None:
    put("Invocations", 1, 2.5)  # 34:50, in the period from 30
    put("Invocations", 10, 8)  # 29:20, in the period from 25
    put("Invocations", 100, 24 * 60 + 13)  # before the range
    found = history(account, DAY, whole(account), NOW)
    values = panel(found, "invocations").series[0].values
    assert len(values) == 288
    assert values[-2:] == (10, 1)
    assert panel(found, "invocations").series[0].summary == 11


def test_a_count_that_is_not_there_is_nought_a_duration_is_not_there(account: Account, put: Put) -> None:
    put("Invocations", 1, 30)
    put("Duration", 12, 30)
    found = history(account, HOUR, whole(account), NOW)
    assert panel(found, "invocations").series[0].values[10] == 0
    assert panel(found, "duration").series[0].values[10] is None
    assert panel(found, "error_rate").series[0].values[10] is None


def test_what_may_only_be_late_is_not_nought(account: Account, put: Put) -> None:
    put("Invocations", 5, 20)
    values = panel(history(account, HOUR, whole(account), NOW), "invocations").series[0].values
    assert values[-4:] == (0, None, None, None)  # the last three ended less than three minutes ago


def test_without_any_data_there_is_none(account: Account) -> None:
    found = history(account, HOUR, whole(account), NOW)
    assert not any(one.has_data for one in found.panels)
    assert panel(found, "invocations").series[0].summary is None


def test_versions_behind_an_alias_are_those_with_a_share_or_a_past(account: Account, put: Put) -> None:
    put("Invocations", 9, 90, "live", "42")
    put("Invocations", 9, 90, "live", "9")
    put("Invocations", 9, 90, "beta", "7")
    splits = known(account, "f", [LIVE]).splits
    assert [split.title for split in splits] == ["whole function", "by alias", "live by version"]
    assert [part.label for part in splits[2].slices] == ["9", "42"]
    shared = Alias("live", "41", {"43": 0.1}, "", "")
    assert [part.label for part in known(account, "f", [shared]).splits[2].slices] == ["9", "41", "42", "43"]


def test_a_function_without_aliases_is_whole_only(account: Account) -> None:
    assert [split.title for split in known(account, "f", []).splits] == ["whole function"]


def test_versions_side_by_side(account: Account, put: Put, calls: Calls) -> None:
    put("Invocations", 90, 5, "live", "41")
    put("Invocations", 10, 5, "live", "42")
    put("Errors", 1, 5, "live", "42")
    put("Duration", 20, 5, "live", "42")
    put("Invocations", 999, 5, "live")
    split = known(account, "f", [LIVE]).splits[2]
    calls.forget()
    found = history(account, HOUR, split, NOW)
    assert calls.operations() == ["GetMetricData"]
    assert [(one.label, one.summary) for one in panel(found, "invocations").series] == [("41", 90), ("42", 10)]
    assert [(one.label, one.summary) for one in panel(found, "error_rate").series] == [("41", 0.0), ("42", 0.1)]
    duration = panel(found, "duration")
    assert (duration.title, [one.label for one in duration.series]) == ("Duration p95", ["41", "42"])
    assert [one.summary for one in duration.series] == [None, 20]


def test_iterator_age_where_there_is_a_stream(account: Account, put: Put) -> None:
    assert not known(account, "f", []).has_iterator_age
    assert known(account, "f", [], has_stream=lambda: True).has_iterator_age
    put("IteratorAge", 1200, 5)
    assert known(account, "f", [], has_stream=lambda: pytest.fail("asked though the age is there")).has_iterator_age
    found = history(account, HOUR, whole(account), NOW, has_iterator_age=True)
    assert panel(found, "iterator_age").series[0].summary == 1200


def test_denied(account: Account, emulator: Emulator, account_id: str) -> None:
    emulator.cloud.faults.add("access-denied", operation="GetMetricData", account=account_id)
    with pytest.raises(AccessDenied):
        history(account, HOUR, whole(account), NOW)


def test_500_queries_a_call(account: Account, put: Put, calls: Calls) -> None:
    put("Invocations", 3, 5)
    queries = [Query("Invocations", {"FunctionName": f"g{number}"}) for number in range(700)]
    queries.append(Query("Invocations", {"FunctionName": "f"}))
    account.identity()
    calls.forget()
    found = read(account, queries, NOW - dt.timedelta(hours=1), NOW)
    assert calls.operations() == ["GetMetricData"] * 2
    assert len(found) == 701
    assert list(found[-1].values.values()) == [3]


def test_pages_are_put_together_and_what_is_partial_says_so(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """GetMetricData: PartialData until the last page; InternalError where a query could not be answered."""
    stamp = int(NOW.replace(second=0).timestamp())
    pages = [
        {
            "MetricDataResults": [
                {"Id": "q0", "StatusCode": "PartialData", "Timestamps": [stamp], "Values": [1.0]},
                {"Id": "q1", "StatusCode": "PartialData", "Timestamps": [stamp], "Values": [5.0]},
            ],
            "NextToken": "more",
        },
        {
            "MetricDataResults": [
                {"Id": "q0", "StatusCode": "Complete", "Timestamps": [stamp - 60], "Values": [2.0]},
                {"Id": "q1", "StatusCode": "InternalError", "Timestamps": [], "Values": []},
            ]
        },
    ]
    with answering(lambda method, path: (200, {"Content-Type": "application/x-amz-json-1.0"}, pages.pop(0))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")
        from lambdatui.aws.accounts import Accounts
        from lambdatui.settings import Settings

        there = Accounts(Settings()).open()
        query = Query("Invocations", {"FunctionName": "f"})
        whole, broken = read(there, [query, query], NOW - dt.timedelta(hours=1), NOW)
    assert (dict(whole.values), whole.complete) == ({stamp: 1.0, stamp - 60: 2.0}, True)
    assert (dict(broken.values), broken.complete) == ({stamp: 5.0}, False)


def test_five_statistics_of_a_metric_are_billed_as_one() -> None:
    dimensions = {"FunctionName": "f"}
    queries = [Query("Duration", dimensions, f"p{number}") for number in (50, 90, 95, 99, 99.9)]
    assert billed(queries) == 1
    assert billed([*queries, Query("Duration", dimensions, "Average")]) == 2
    assert billed([*queries, Query("Duration", {"FunctionName": "g"})]) == 2
