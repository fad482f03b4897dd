"""The demo's past: metrics and logs that agree with each other and with the story."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.cloudwatch.metric_store import Metric
from lambdatui.emulator.server import Emulator
from lambdatui.emulator.world import functions, past
from lambdatui.emulator.world.past import trial
from lambdatui.emulator.world.places import PROD
from lambdatui.emulator.world.story import TALES
from tests.emulator.world.conftest import Client

HOUR = 3600


@pytest.fixture
def furnished(demo: Emulator) -> float:
    """When the world was furnished, in epoch seconds: the start of checkout-api's alarms' evaluation will do."""
    region = demo.cloud.cloudwatch.alarm_book.region(PROD, "eu-west-1")
    return region.alarms["inventory-sync-errors"].transitioned + 35 * 60


def total(client: Any, name: str, start: float, end: float, **dimensions: str) -> float:
    points = client.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=start,
        EndTime=end,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def messages(client: Any, group: str, start: float, end: float) -> list[tuple[str, str]]:
    """The stream and the text of each event from `start` to before `end`."""
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(start * 1000), endTime=int(end * 1000) - 1
    )
    return [(event["logStreamName"], event["message"]) for page in pages for event in page["events"]]


@pytest.mark.parametrize(
    ("name", "group", "ended", "failed"),
    [
        ("checkout-api", "/aws/lambda/checkout-api", "REPORT", "[ERROR]"),
        ("payments-authorize", "/aws/lambda/payments-authorize", "REPORT", "[ERROR]"),
        ("inventory-sync", "/aws/lambda/inventory-sync", "REPORT", "[ERROR] ConnectionError"),
        ("webhooks-dispatch", "/aws/lambda/webhooks-dispatch", "REPORT", "[ERROR] TimeoutError"),
        ("legacy-exports", "/aws/lambda/legacy-exports", "REPORT", "[ERROR] Runtime.ImportModuleError"),
        ("catalog-search", "/aws/lambda/catalog-search", '"platform.report"', '"errorType"'),
        ("catalog-indexer", "/shop/catalog/indexer", "REPORT", "[ERROR]"),
    ],
)
def test_the_last_hours_log_has_what_its_metrics_count(
    prod: Client, furnished: float, name: str, group: str, ended: str, failed: str
) -> None:
    end = furnished // 60 * 60 - 120
    start = end - 50 * 60
    lines = messages(prod("logs"), group, start, end)
    reports = sum(ended in text for _, text in lines)
    errors = sum(failed in text for _, text in lines)
    assert reports > 0
    assert total(prod("cloudwatch"), "Invocations", start, end, FunctionName=name) == reports
    assert total(prod("cloudwatch"), "Errors", start, end, FunctionName=name) == pytest.approx(errors, abs=1)


def test_the_durations_in_the_log_are_those_of_the_metric(prod: Client, furnished: float) -> None:
    end = furnished // 60 * 60 - 120
    start = end - 20 * 60
    lines = messages(prod("logs"), "/aws/lambda/checkout-api", start, end)
    durations = [float(found[1]) for _, text in lines if (found := re.search(r"\tDuration: ([\d.]+) ms", text))]
    summed = total(
        prod("cloudwatch"), "Duration", start, end, FunctionName="checkout-api", Resource="checkout-api:live"
    )
    assert summed == pytest.approx(sum(durations), rel=1e-3)


def test_the_trial_of_version_42_is_in_the_metrics_and_in_the_log(prod: Client, furnished: float) -> None:
    start, end = trial(furnished)
    by_version = {
        version: {
            name: total(
                prod("cloudwatch"),
                name,
                start,
                end,
                FunctionName="checkout-api",
                Resource="checkout-api:live",
                ExecutedVersion=version,
            )
            for name in ("Invocations", "Errors")
        }
        for version in ("41", "42")
    }
    calls = {version: figures["Invocations"] for version, figures in by_version.items()}
    assert 0.05 < calls["42"] / (calls["41"] + calls["42"]) < 0.16
    assert by_version["41"]["Errors"] == 0
    assert by_version["42"]["Errors"] > 0
    lines = messages(prod("logs"), "/aws/lambda/checkout-api", start - 60, end + 60)
    assert sum("[42]" in stream and text.startswith("REPORT") for stream, text in lines) == calls["42"]
    assert sum("KeyError: 'currency'" in text for _, text in lines) == by_version["42"]["Errors"]
    elsewhere = total(
        prod("cloudwatch"),
        "Invocations",
        start - 3 * HOUR,
        start,
        FunctionName="checkout-api",
        Resource="checkout-api:live",
        ExecutedVersion="42",
    )
    assert elsewhere == 0


def test_a_week_is_there_without_a_gap_and_has_days_and_nights(prod: Client, furnished: float) -> None:
    end = furnished // HOUR * HOUR
    (result,) = prod("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": "calls",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": "Invocations",
                        "Dimensions": [{"Name": "FunctionName", "Value": "checkout-api"}],
                    },
                    "Period": HOUR,
                    "Stat": "Sum",
                },
            }
        ],
        StartTime=end - 6 * 24 * HOUR,
        EndTime=end,
    )["MetricDataResults"]
    assert len(result["Values"]) == 6 * 24
    assert max(result["Values"]) > 2 * min(result["Values"])


def test_alarms_are_green_again_on_checkout_and_red_on_the_supplier(prod: Client) -> None:
    alarms = prod("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    states = {
        alarm["AlarmName"]: alarm["StateValue"] for kind in alarms.values() if isinstance(kind, list) for alarm in kind
    }
    assert states == {
        "checkout": "OK",
        "checkout-api-errors": "OK",
        "checkout-api-p95": "OK",
        "inventory-sync-errors": "ALARM",
        "payments-authorize-throttles": "OK",
    }
    history = prod("cloudwatch").describe_alarm_history(AlarmName="checkout-api-errors", HistoryItemType="StateUpdate")
    summaries = [item["HistorySummary"] for item in history["AlarmHistoryItems"]]
    assert summaries[:2] == ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"]


def test_the_same_moment_has_the_same_past() -> None:
    def told() -> tuple[Any, ...]:
        cloud = Cloud(clock=Clock(frozen=1_800_000_000.0))
        now = cloud.clock.now()
        made = [functions.make(cloud, tale, now) for tale in TALES]
        past.tell(cloud, now)
        metric = Metric("AWS/Lambda", "Duration", (("FunctionName", "checkout-api"),))
        _, week = cloud.metrics.gathered(
            PROD, "eu-west-1", metric, 1_799_400_000, 1_800_000_000, HOUR, with_values=False
        )
        group = cloud.logs.region(PROD, "eu-west-1").groups["/aws/lambda/inventory-sync"]
        lines = [event.message for stream in group.streams.values() for event in stream.events]
        cloud.close()
        codes = [function.latest.package.code_sha256 for function in made]
        return codes, {time: aggregate.total for time, aggregate in week.items()}, lines

    assert told() == told()
