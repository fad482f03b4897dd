"""Alarms: what PutMetricAlarm takes, that they are evaluated, their history, composite alarms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of
from tests.emulator.cloudwatch.test_metric_data import stat
from tests.emulator.expectations import eventually, refused

Put = Callable[..., None]


def make(cloudwatch: Any, name: str = "errors", **members: Any) -> None:
    defaults = {
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 2.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    given = {key: value for key, value in (defaults | members).items() if value is not None}
    cloudwatch.put_metric_alarm(AlarmName=name, **given)


def alarm(cloudwatch: Any, name: str = "errors", kind: str = "MetricAlarm") -> Any:
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=[kind])
    (found,) = answer[f"{kind}s"]
    return found


def test_an_alarm_is_shown_with_awss_defaults(cloudwatch: Any, account: str) -> None:
    make(cloudwatch, AlarmDescription="too many", TreatMissingData="notBreaching")
    found = alarm(cloudwatch)
    assert found["AlarmArn"] == f"arn:aws:cloudwatch:eu-west-1:{account}:alarm:errors"
    assert (found["ActionsEnabled"], found["AlarmActions"], found["Threshold"]) == (True, [], 2.0)
    assert (found["AlarmDescription"], found["TreatMissingData"]) == ("too many", "notBreaching")


def test_an_alarm_is_red_when_its_datapoints_breach(cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    make(cloudwatch)
    found = alarm(cloudwatch)
    assert found["StateValue"] == "ALARM"
    assert found["StateReason"] == (
        "Threshold Crossed: 1 datapoint [5.0 (15/01/27 07:59:00)] was greater than the threshold (2.0)."
    )
    data = json.loads(found["StateReasonData"])
    assert data == {
        "version": "1.0",
        "queryDate": "2027-01-15T08:00:00.000+0000",
        "startDate": "2027-01-15T07:59:00.000+0000",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [5.0],
        "threshold": 2.0,
        "evaluatedDatapoints": [{"timestamp": "2027-01-15T07:59:00.000+0000", "sampleCount": 1.0, "value": 5.0}],
    }


def test_an_alarm_turns_by_itself_as_time_goes_on(still: Emulator, cloudwatch: Any, put: Put, account: str) -> None:
    put(5.0, name="Errors")
    make(cloudwatch, TreatMissingData="notBreaching")
    assert alarm(cloudwatch)["StateValue"] == "ALARM"
    history = still.cloud.cloudwatch.alarm_book.region(account, "eu-west-1").history
    still.cloud.clock.advance(240)
    eventually(lambda: history[-1]["HistorySummary"] == "Alarm updated from ALARM to OK")  # nobody has to ask for it


def test_the_minute_that_is_not_over_does_not_count(still: Emulator, cloudwatch: Any, put: Put) -> None:
    still.cloud.clock.advance(30)
    put(5.0, name="Errors", minutes_ago=0)
    make(cloudwatch, TreatMissingData="notBreaching")
    assert alarm(cloudwatch)["StateValue"] == "OK"
    still.cloud.clock.advance(30)
    assert alarm(cloudwatch)["StateValue"] == "ALARM"


def test_an_alarm_without_data_has_insufficient_data(cloudwatch: Any) -> None:
    make(cloudwatch)
    found = alarm(cloudwatch)
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert found["StateReason"] == "Unchecked: Initial alarm creation"


def test_an_alarm_on_a_percentile(cloudwatch: Any, put: Put) -> None:
    put(*([10.0] * 90 + [500.0] * 10), name="Errors")
    make(cloudwatch, "p80", Statistic=None, ExtendedStatistic="p80", Threshold=100.0)
    make(cloudwatch, "p95", Statistic=None, ExtendedStatistic="p95", Threshold=100.0)
    assert (alarm(cloudwatch, "p80")["StateValue"], alarm(cloudwatch, "p95")["StateValue"]) == ("OK", "ALARM")


def test_an_alarm_on_an_expression(cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    put(100.0, name="Invocations")
    metrics = [
        {"Id": "rate", "Expression": "100 * e / n"},
        stat("e", name="Errors") | {"ReturnData": False},
        stat("n", name="Invocations") | {"ReturnData": False},
    ]
    single = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
    make(cloudwatch, "rate", Metrics=metrics, Threshold=4.0, **single)
    make(cloudwatch, "high-rate", Metrics=metrics, Threshold=6.0, **single)
    found = alarm(cloudwatch, "rate")
    assert (found["StateValue"], len(found["Metrics"])) == ("ALARM", 3)
    assert alarm(cloudwatch, "high-rate")["StateValue"] == "OK"


def test_several_out_of_several_periods(cloudwatch: Any, put: Put) -> None:
    for minutes_ago, value in ((5, 9.0), (4, 0.0), (3, 9.0), (2, 0.0), (1, 9.0)):
        put(value, minutes_ago=minutes_ago, name="Errors")
    make(cloudwatch, "three", EvaluationPeriods=5, DatapointsToAlarm=3)
    make(cloudwatch, "four", EvaluationPeriods=5, DatapointsToAlarm=4)
    assert (alarm(cloudwatch, "three")["StateValue"], alarm(cloudwatch, "four")["StateValue"]) == ("ALARM", "OK")


def test_a_longer_period_is_looked_at_as_a_whole(cloudwatch: Any, put: Put) -> None:
    for minutes_ago in range(1, 6):
        put(1.0, minutes_ago=minutes_ago, name="Errors")
    make(cloudwatch, Period=300, Threshold=4.0)
    assert alarm(cloudwatch)["StateValue"] == "ALARM"


def test_putting_an_alarm_again_keeps_its_state(cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    make(cloudwatch)
    assert alarm(cloudwatch)["StateValue"] == "ALARM"
    make(cloudwatch, AlarmDescription="new", MetricName="Silent", TreatMissingData="ignore")
    found = alarm(cloudwatch)
    assert (found["StateValue"], found["AlarmDescription"]) == ("ALARM", "new")


def test_the_history_tells_each_change(still: Emulator, cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    make(cloudwatch, TreatMissingData="notBreaching")
    alarm(cloudwatch)
    still.cloud.clock.advance(240)
    alarm(cloudwatch)
    items = cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "errors" created',
    ]
    data = json.loads(items[0]["HistoryData"])
    assert (data["oldState"]["stateValue"], data["newState"]["stateValue"]) == ("ALARM", "OK")
    updates = cloudwatch.describe_alarm_history(HistoryItemType="StateUpdate", MaxRecords=1)
    assert len(updates["AlarmHistoryItems"]) == 1
    assert updates["NextToken"]


def test_a_state_that_is_set_by_hand_lasts_until_the_next_evaluation(
    still: Emulator, cloudwatch: Any, put: Put
) -> None:
    put(0.0, name="Errors")
    make(cloudwatch, TreatMissingData="notBreaching")
    assert alarm(cloudwatch)["StateValue"] == "OK"
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a rehearsal")
    assert (alarm(cloudwatch)["StateValue"], alarm(cloudwatch)["StateReason"]) == ("ALARM", "a rehearsal")
    still.cloud.clock.advance(60)
    assert alarm(cloudwatch)["StateValue"] == "OK"
    with refused("ResourceNotFound", 404):
        cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="-")


def test_describe_alarms_filters_and_pages(cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    for number in range(60):
        make(cloudwatch, f"alarm-{number:02}", Threshold=2.0 if number % 2 else 9.0)
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate())
    assert [len(page["MetricAlarms"]) for page in pages] == [50, 10]
    red = cloudwatch.describe_alarms(StateValue="ALARM", AlarmNamePrefix="alarm-0")["MetricAlarms"]
    assert [found["AlarmName"] for found in red] == ["alarm-01", "alarm-03", "alarm-05", "alarm-07", "alarm-09"]


def test_the_alarms_of_a_metric_are_those_with_exactly_its_dimensions(cloudwatch: Any) -> None:
    dimensions = [{"Name": "function", "Value": "a"}]
    make(cloudwatch, "with", Dimensions=dimensions)
    make(cloudwatch, "without")
    found = cloudwatch.describe_alarms_for_metric(Namespace="Shop", MetricName="Errors", Dimensions=dimensions)
    assert [one["AlarmName"] for one in found["MetricAlarms"]] == ["with"]


def test_deleting_names_none_or_all(cloudwatch: Any) -> None:
    make(cloudwatch)
    with refused("ResourceNotFound", 404):
        cloudwatch.delete_alarms(AlarmNames=["errors", "none"])
    assert alarm(cloudwatch)
    cloudwatch.delete_alarms(AlarmNames=["errors"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_actions_are_switched_off_and_on(cloudwatch: Any) -> None:
    make(cloudwatch)
    cloudwatch.disable_alarm_actions(AlarmNames=["errors"])
    assert alarm(cloudwatch)["ActionsEnabled"] is False
    cloudwatch.enable_alarm_actions(AlarmNames=["errors"])
    assert alarm(cloudwatch)["ActionsEnabled"] is True


def test_tags_of_an_alarm(cloudwatch: Any) -> None:
    make(cloudwatch, Tags=[{"Key": "team", "Value": "pay"}])
    arn = alarm(cloudwatch)["AlarmArn"]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "prod"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "prod"}]


def test_a_composite_alarm_follows_its_rule(still: Emulator, cloudwatch: Any, put: Put) -> None:
    put(5.0, name="Errors")
    make(cloudwatch, "errors", TreatMissingData="notBreaching")
    make(cloudwatch, "calm", Threshold=100.0, TreatMissingData="notBreaching")
    rules = {"both": "ALARM(errors) AND ALARM(calm)", "either": 'ALARM("errors") OR ALARM(calm)'}
    rules["odd"] = "NOT (ALARM(calm) OR FALSE) AND OK(errors)"
    for name, rule in rules.items():
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule)
    states = {name: alarm(cloudwatch, name, "CompositeAlarm")["StateValue"] for name in rules}
    assert states == {"both": "OK", "either": "ALARM", "odd": "OK"}
    still.cloud.clock.advance(240)
    states = {name: alarm(cloudwatch, name, "CompositeAlarm")["StateValue"] for name in rules}
    assert states == {"both": "OK", "either": "OK", "odd": "ALARM"}
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []  # only metric alarms unless asked for
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="both")["MetricAlarms"]
    assert [child["AlarmName"] for child in children] == ["calm", "errors"]


@pytest.mark.parametrize("rule", ["ALARM(", "ALARM(a) AND", "RED(a)", "ALARM(a) ALARM(b)", "()", "NOT " * 60 + "TRUE"])
def test_a_rule_that_is_none_is_refused(cloudwatch: Any, rule: str) -> None:
    with refused("ValidationError", 400, "AlarmRule is invalid"):
        cloudwatch.put_composite_alarm(AlarmName="bad", AlarmRule=rule)


def test_a_composite_alarm_needs_alarms_that_exist(cloudwatch: Any) -> None:
    with refused("ValidationError", 400, "alarms [nowhere] in the alarm rule do not exist"):
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(nowhere)")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"MetricName": None}, "MetricName is required"),
        ({"Statistic": None}, "Exactly one of the parameters Statistic and ExtendedStatistic"),
        ({"ExtendedStatistic": "p95"}, "Exactly one of the parameters Statistic and ExtendedStatistic"),
        ({"Period": 90}, "multiple of 60"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm must be less than or equal"),
        ({"TreatMissingData": "guess"}, "Option guess is not supported"),
        ({"EvaluationPeriods": 2000}, "EvaluationPeriods * Period must be <= 86400"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "anomaly detection"),
        ({"Threshold": None}, "Threshold is required"),
        ({"Metrics": [{"Id": "e", "Expression": "1"}]}, "mutually exclusive"),
    ],
)
def test_what_put_metric_alarm_refuses(cloudwatch: Any, members: dict[str, Any], sentence: str) -> None:
    with refused("ValidationError", 400, sentence):
        make(cloudwatch, **members)


def test_one_element_of_the_metrics_returns_data(cloudwatch: Any) -> None:
    single = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
    with refused("ValidationError", 400, "Exactly one element of the metrics list should return data."):
        make(cloudwatch, Metrics=[stat("a"), stat("b")], **single)
    with refused("ValidationError", 400, "Error in expression 'e': Invalid syntax"):
        make(cloudwatch, Metrics=[stat("a") | {"ReturnData": False}, {"Id": "e", "Expression": "a +"}], **single)


def test_alarms_are_the_accounts_and_regions_own(still: Emulator, cloudwatch: Any) -> None:
    make(cloudwatch)
    other = client_of(still, "cloudwatch", "111122223333")
    assert other.describe_alarms()["MetricAlarms"] == []
