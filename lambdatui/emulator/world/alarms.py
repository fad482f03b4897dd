"""The shop's alarms: those of checkout-api are green again since yesterday, one elsewhere is red."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.world.past import trial
from lambdatui.emulator.world.places import PROD_IRELAND

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

_DAY = 86_400
_TOPIC = f"arn:aws:sns:{PROD_IRELAND.region}:{PROD_IRELAND.account}:on-call"


def make(cloud: Cloud, now: float) -> None:
    """Makes the alarms with their history. `now` is in epoch seconds."""
    error_rate = [
        {"Id": "rate", "Expression": "100 * errors / invocations", "Label": "errors, %"},
        {"Id": "errors", "MetricStat": _stat("Errors", "checkout-api"), "ReturnData": False},
        {"Id": "invocations", "MetricStat": _stat("Invocations", "checkout-api"), "ReturnData": False},
    ]
    _put(
        cloud,
        "checkout-api-errors",
        "More than 0.25 % of the orders fail",
        Metrics=error_rate,
        Threshold=0.25,
        EvaluationPeriods=5,
        DatapointsToAlarm=3,
    )
    _put(
        cloud,
        "checkout-api-p95",
        "The slowest twentieth of the orders takes more than 120 ms",
        **_metric("Duration", "checkout-api"),
        ExtendedStatistic="p95",
        Threshold=120.0,
        EvaluationPeriods=5,
        DatapointsToAlarm=5,
    )
    _put(
        cloud,
        "inventory-sync-errors",
        "The supplier's stock cannot be fetched",
        **_metric("Errors", "inventory-sync"),
        Statistic="Sum",
        Threshold=0.0,
        EvaluationPeriods=5,
        DatapointsToAlarm=3,
    )
    _put(
        cloud,
        "payments-authorize-throttles",
        "Cards cannot be charged for lack of concurrency",
        **_metric("Throttles", "payments-authorize"),
        Statistic="Sum",
        Threshold=0.0,
        EvaluationPeriods=1,
        DatapointsToAlarm=1,
    )
    _tell_history(cloud, now)
    put_composite = cloud.cloudwatch.alarms.put_composite_alarm
    put_composite(
        PROD_IRELAND.call("PutCompositeAlarm"),
        AlarmName="checkout",
        AlarmDescription="Customers cannot check out as they should",
        AlarmRule='ALARM("checkout-api-errors") OR ALARM("checkout-api-p95")',
        AlarmActions=[_TOPIC],
    )


def _put(cloud: Cloud, name: str, description: str, **members: Any) -> None:
    cloud.cloudwatch.alarms.put_metric_alarm(
        PROD_IRELAND.call("PutMetricAlarm"),
        AlarmName=name,
        AlarmDescription=description,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[_TOPIC],
        OKActions=[_TOPIC],
        Tags=[{"Key": "team", "Value": name.partition("-")[0]}],
        **members,
    )


def _metric(name: str, function: str) -> dict[str, Any]:
    return {**_identity(name, function), "Period": 60}


def _stat(name: str, function: str) -> dict[str, Any]:
    return {"Metric": _identity(name, function), "Period": 60, "Stat": "Sum"}


def _identity(name: str, function: str) -> dict[str, Any]:
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": function}],
    }


def _tell_history(cloud: Cloud, now: float) -> None:
    """What the alarms did before: none but these changes is written down."""
    region = cloud.cloudwatch.alarm_book.region(PROD_IRELAND.account, PROD_IRELAND.region)
    began, ended = trial(now)
    changes: Mapping[str, tuple[tuple[float, str, str], ...]] = {
        "checkout-api-errors": (
            (now - 90 * _DAY, "OK", _crossed("OK", "0.0", 0.25)),
            (began + 300, "ALARM", _crossed("ALARM", "0.43", 0.25)),
            (ended + 240, "OK", _crossed("OK", "0.0", 0.25)),
        ),
        "checkout-api-p95": ((now - 90 * _DAY, "OK", _crossed("OK", "39.5", 120.0)),),
        "inventory-sync-errors": (
            (now - 60 * _DAY, "OK", _crossed("OK", "0.0", 0.0)),
            (now - 35 * 60, "ALARM", _crossed("ALARM", "2.0", 0.0)),
        ),
        "payments-authorize-throttles": ((now - 60 * _DAY, "OK", _crossed("OK", "0.0", 0.0)),),
    }
    with region.lock:
        told = []
        for name, states in changes.items():
            region.alarms[name].configured = states[0][0]
            told += [(at, name, state, reason) for at, state, reason in states]
        region.history.clear()
        for at, name, state, reason in sorted(told):
            region.change_state(region.alarms[name], state, reason, {}, at)


def _crossed(state: str, value: str, threshold: float) -> str:
    if state == "ALARM":
        return (
            f"Threshold Crossed: 3 out of the last 5 datapoints [{value}, ...] were greater than the threshold "
            f"({threshold}) (minimum 3 datapoints for OK -> ALARM transition)."
        )
    return (
        f"Threshold Crossed: 3 out of the last 5 datapoints [{value}, ...] were not greater than the threshold "
        f"({threshold}) (minimum 3 datapoints for ALARM -> OK transition)."
    )
