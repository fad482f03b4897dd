"""PutMetricData, GetMetricData, GetMetricStatistics and ListMetrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.cloudwatch.conftest import NOW
from tests.emulator.expectations import refused

Put = Callable[..., None]


def stat(identifier: str, statistic: str = "Sum", period: int = 60, name: str = "Latency", **dims: str) -> Any:
    dimensions = [{"Name": key, "Value": value} for key, value in dims.items()]
    metric = {"Namespace": "Shop", "MetricName": name, "Dimensions": dimensions}
    return {"Id": identifier, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


def ask(cloudwatch: Any, *queries: Any, start: float = NOW - 600, end: float = NOW, **more: Any) -> Any:
    return cloudwatch.get_metric_data(MetricDataQueries=list(queries), StartTime=start, EndTime=end, **more)


def points(result: Any) -> dict[int, float]:
    """Seconds before now of each datapoint, and its value."""
    times = [round(NOW - time.timestamp()) for time in result["Timestamps"]]
    return dict(zip(times, result["Values"], strict=True))


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("SampleCount", 100),
        ("Sum", 5050),
        ("Average", 50.5),
        ("Minimum", 1),
        ("Maximum", 100),
        ("p50", 50),
        ("p95", 95),
        ("p99.9", 100),
        ("tm90", 45.5),
        ("TM(10%:90%)", 50.5),
        ("TM(:10)", 5.5),
        ("TC(90:)", 10),
        ("PR(:25)", 25),
        ("ts50", 1275),
        ("IQM", 50.5),
    ],
)
def test_each_statistic_is_computed(cloudwatch: Any, put: Put, statistic: str, expected: float) -> None:
    put(*range(1, 101))
    (result,) = ask(cloudwatch, stat("m", statistic))["MetricDataResults"]
    assert points(result) == {60: pytest.approx(expected)}


def test_percentiles_stay_within_one_per_cent_of_the_values(cloudwatch: Any, put: Put) -> None:
    put(*(float(value) for value in range(10_000, 10_100)))
    (result,) = ask(cloudwatch, stat("m", "p90"))["MetricDataResults"]
    assert points(result)[60] == pytest.approx(10_089, rel=0.01)


def test_counts_say_how_often_each_value_was(cloudwatch: Any) -> None:
    datum = {"MetricName": "Latency", "Values": [1.0, 5.0], "Counts": [9.0, 1.0]}
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[datum])
    (result,) = ask(cloudwatch, stat("m", "Average"), end=NOW + 60)["MetricDataResults"]
    assert result["Values"] == [1.4]


def test_a_statistic_set_has_no_percentiles(cloudwatch: Any) -> None:
    statistics = {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4}
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Latency", "StatisticValues": statistics}])
    results = ask(cloudwatch, stat("a", "Average"), stat("p", "p50"), end=NOW + 60)["MetricDataResults"]
    assert [result["Values"] for result in results] == [[2.5], []]


def test_values_of_periods_are_added_up_from_the_start_of_the_request(cloudwatch: Any, put: Put) -> None:
    for minute in range(1, 11):
        put(1.0, minutes_ago=minute)
    (result,) = ask(cloudwatch, stat("m", period=300), start=NOW - 540)["MetricDataResults"]
    assert points(result) == {540: 5.0, 240: 4.0}


def test_the_latest_come_first_unless_asked_otherwise(cloudwatch: Any, put: Put) -> None:
    put(1.0, minutes_ago=2)
    put(2.0, minutes_ago=1)
    assert ask(cloudwatch, stat("m"))["MetricDataResults"][0]["Values"] == [2.0, 1.0]
    ascending = ask(cloudwatch, stat("m"), ScanBy="TimestampAscending")
    assert ascending["MetricDataResults"][0]["Values"] == [1.0, 2.0]


def test_the_start_is_within_and_the_end_is_not(cloudwatch: Any, put: Put) -> None:
    for minute in (1, 2, 3):
        put(float(minute), minutes_ago=minute)
    (result,) = ask(cloudwatch, stat("m"), start=NOW - 170, end=NOW - 60)["MetricDataResults"]
    assert points(result) == {180: 3.0, 120: 2.0}  # the start is rounded down to the minute


def test_values_that_come_late_count_for_their_minute(cloudwatch: Any, put: Put) -> None:
    put(1.0, minutes_ago=1)
    put(2.0, minutes_ago=7)
    put(3.0, minutes_ago=7)
    assert points(ask(cloudwatch, stat("m"))["MetricDataResults"][0]) == {60: 1.0, 420: 5.0}


def test_each_set_of_dimensions_is_a_metric_of_its_own(cloudwatch: Any, put: Put) -> None:
    put(1.0, function="a")
    put(2.0, function="a", version="2")
    results = ask(cloudwatch, stat("m", function="a"), stat("n", version="2", function="a"), stat("o"))
    assert [result["Values"] for result in results["MetricDataResults"]] == [[1.0], [2.0], []]


def test_a_unit_that_the_metric_does_not_have_finds_nothing(cloudwatch: Any, put: Put) -> None:
    put(1.0, unit="Milliseconds")
    query = stat("m")
    for unit, values in (("Milliseconds", [1.0]), ("Seconds", [])):
        query["MetricStat"]["Unit"] = unit
        assert ask(cloudwatch, query)["MetricDataResults"][0]["Values"] == values


def test_labels_default_to_what_tells_the_metrics_apart(cloudwatch: Any) -> None:
    def labels(*queries: Any) -> list[str]:
        return [result["Label"] for result in ask(cloudwatch, *queries)["MetricDataResults"]]

    assert labels(stat("m")) == ["Latency"]
    assert labels(stat("m", f="a"), stat("n", f="b")) == ["a", "b"]
    assert labels(stat("m", "p50"), stat("n", "p99")) == ["p50", "p99"]
    assert labels(stat("m") | {"Label": "mine"}) == ["mine"]


def test_what_is_not_to_be_returned_is_left_out(cloudwatch: Any, put: Put) -> None:
    put(4.0)
    results = ask(cloudwatch, stat("m") | {"ReturnData": False}, {"Id": "e", "Expression": "m / 2"})
    assert [(r["Id"], r["Values"], r["StatusCode"]) for r in results["MetricDataResults"]] == [("e", [2.0], "Complete")]


def test_at_most_max_datapoints_a_page_and_all_of_them_over_the_pages(cloudwatch: Any, put: Put) -> None:
    for minute in range(1, 8):
        put(float(minute), minutes_ago=minute)
        put(10.0 * minute, minutes_ago=minute, name="Errors")
    queries = [stat("a"), stat("b", name="Errors")]
    found: dict[str, list[float]] = {"a": [], "b": []}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=NOW - 600, EndTime=NOW, MaxDatapoints=4
    )
    statuses = []
    for page in pages:
        assert sum(len(result["Values"]) for result in page["MetricDataResults"]) <= 4
        statuses.append([result["StatusCode"] for result in page["MetricDataResults"]])
        for result in page["MetricDataResults"]:
            found[result["Id"]] += result["Values"]
    assert found == {"a": [1, 2, 3, 4, 5, 6, 7], "b": [10, 20, 30, 40, 50, 60, 70]}
    assert statuses == [["PartialData"], ["Complete", "PartialData"], ["PartialData"], ["Complete"]]


def test_what_get_metric_data_refuses(cloudwatch: Any) -> None:
    with refused("ValidationError", 400, "The values for parameter id in MetricDataQueries are not unique."):
        ask(cloudwatch, stat("m"), stat("m"))
    with refused(
        "ValidationError", 400, "parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic"
    ):
        ask(cloudwatch, stat("m", "p101"))
    with refused("ValidationError", 400, "must be 1, 5, 10, 20, 30 or a multiple of 60"):
        ask(cloudwatch, stat("m", period=90))
    with refused("ValidationError", 400, "The parameter StartTime must not equal parameter EndTime."):
        ask(cloudwatch, stat("m"), start=NOW, end=NOW)
    with refused("ValidationError", 400, "The parameter EndTime must be greater than StartTime."):
        ask(cloudwatch, stat("m"), start=NOW, end=NOW - 60)
    with refused("ValidationError", 400, "MetricStat is required"):
        ask(cloudwatch, {"Id": "m"})
    with refused("ValidationError", 400, "mutually exclusive"):
        ask(cloudwatch, stat("m") | {"Expression": "1"})
    with refused("ValidationError", 400, "must not have a size greater than 500"):
        ask(cloudwatch, *(stat(f"m{number}") for number in range(501)))
    with refused("InvalidParameterValue", 400, "NextToken is invalid"):
        ask(cloudwatch, stat("m"), NextToken="not a token")


def test_five_hundred_queries_over_a_week_are_answered(cloudwatch: Any, put: Put) -> None:
    put(1.0)
    queries = [stat(f"m{number}", period=3600) for number in range(500)]
    results = ask(cloudwatch, *queries, start=NOW - 7 * 86_400)["MetricDataResults"]
    assert len(results) == 500
    assert all(result["Values"] == [1.0] for result in results)


def test_what_put_metric_data_refuses(cloudwatch: Any) -> None:
    def put(**datum: Any) -> None:
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "m", **datum}])

    with refused("InvalidParameterValue", 400, "AWS/"):
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=[{"MetricName": "m", "Value": 1}])
    with refused("InvalidParameterValue", 400, "must be of the same size"):
        put(Values=[1.0, 2.0], Counts=[1.0])
    with refused("InvalidParameterCombination", 400, "mutually exclusive"):
        put(Value=1.0, Values=[1.0])
    with refused("InvalidParameterValue", 400, "for parameter MetricData.member.1.Value is invalid"):
        put(Value=float("nan"))
    with refused("MissingParameter", 400):
        put()


def test_get_metric_statistics_gives_each_statistic_of_each_period(cloudwatch: Any, put: Put) -> None:
    put(1.0, 3.0, unit="Milliseconds")
    answer = cloudwatch.get_metric_statistics(
        Namespace="Shop",
        MetricName="Latency",
        StartTime=NOW - 300,
        EndTime=NOW,
        Period=60,
        Statistics=["Average", "Maximum"],
        ExtendedStatistics=["p50"],
    )
    assert answer["Label"] == "Latency"
    (point,) = answer["Datapoints"]
    assert point == {
        "Timestamp": dt.datetime.fromtimestamp(NOW - 60, dt.UTC),
        "Unit": "Milliseconds",
        "Average": 2.0,
        "Maximum": 3.0,
        "ExtendedStatistics": {"p50": 1.0},
    }


def test_what_get_metric_statistics_refuses(cloudwatch: Any) -> None:
    def ask(**more: Any) -> None:
        members = {"StartTime": NOW - 300, "EndTime": NOW, "Period": 60, "Statistics": ["Sum"], **more}
        given = {name: value for name, value in members.items() if value is not None}
        cloudwatch.get_metric_statistics(Namespace="Shop", MetricName="Latency", **given)

    with refused("InvalidParameterCombination", 400, "Must specify either Statistics or ExtendedStatistics"):
        ask(Statistics=None)
    with refused("InvalidParameterCombination", 400, "You have requested up to 2,880 datapoints"):
        ask(StartTime=NOW - 2 * 86_400)
    with refused("InvalidParameterValue", 400, "must be less than the parameter EndTime"):
        ask(StartTime=NOW)


def test_list_metrics_filters_by_name_and_dimensions(cloudwatch: Any, put: Put) -> None:
    put(1.0, function="a")
    put(1.0, function="b", version="1")
    put(1.0, function="b", name="Errors")

    def names(**filters: Any) -> list[tuple[str, str]]:
        metrics = cloudwatch.list_metrics(**filters)["Metrics"]
        return [(m["MetricName"], "/".join(d["Value"] for d in m["Dimensions"])) for m in metrics]

    assert names() == [("Errors", "b"), ("Latency", "a"), ("Latency", "b/1")]
    assert names(MetricName="Latency", Dimensions=[{"Name": "function"}]) == [("Latency", "a"), ("Latency", "b/1")]
    assert names(Dimensions=[{"Name": "function", "Value": "b"}]) == [("Errors", "b"), ("Latency", "b/1")]
    assert names(Namespace="Other") == []


def test_list_metrics_has_five_hundred_a_page(cloudwatch: Any) -> None:
    data = [{"MetricName": f"m{number:03}", "Value": 1.0} for number in range(700)]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    pages = list(cloudwatch.get_paginator("list_metrics").paginate(Namespace="Shop"))
    assert [len(page["Metrics"]) for page in pages] == [500, 200]
    assert len({metric["MetricName"] for page in pages for metric in page["Metrics"]}) == 700


def test_recently_active_metrics_are_those_of_the_last_three_hours(cloudwatch: Any, put: Put) -> None:
    put(1.0, minutes_ago=1, name="Fresh")
    put(1.0, minutes_ago=200, name="Stale")
    recent = cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"]
    assert [metric["MetricName"] for metric in recent] == ["Fresh"]
