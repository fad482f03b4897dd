"""The demo's event history agrees with its functions, its metrics and its story."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from lambdatui.emulator.world.past import trial
from lambdatui.emulator.world.places import IRELAND, PROD
from tests.emulator.world.conftest import Client

LIVE = f"arn:aws:lambda:{IRELAND}:{PROD}:function:checkout-api:live"


def history(prod: Client, key: str, value: str) -> list[tuple[Any, Any]]:
    """The events and their documents, newest first."""
    pages = (
        prod("cloudtrail")
        .get_paginator("lookup_events")
        .paginate(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])
    )
    return [(event, json.loads(event["CloudTrailEvent"])) for page in pages for event in page["Events"]]


def test_every_version_was_published_when_it_says(prod: Client) -> None:
    published = {
        document["responseElements"]["version"]: event["EventTime"]
        for event, document in history(prod, "EventName", "PublishVersion20150331")
        if document["requestParameters"]["functionName"] == "checkout-api"
    }
    versions = prod().list_versions_by_function(FunctionName="checkout-api")["Versions"][1:]
    assert published.keys() == {version["Version"] for version in versions}
    for version in versions:
        apart = published[version["Version"]] - dt.datetime.fromisoformat(version["LastModified"])
        assert abs(apart.total_seconds()) < 2


def test_the_trial_was_begun_by_one_and_taken_back_by_another(prod: Client) -> None:
    back, begun = [
        (event, document["requestParameters"])
        for event, document in history(prod, "ResourceName", LIVE)
        if "routingConfig" in document["requestParameters"]
    ]
    assert begun[1]["routingConfig"] == {"additionalVersionWeights": {"42": 0.1}}
    assert back[1]["routingConfig"] == {"additionalVersionWeights": {}}
    assert (begun[0]["Username"], back[0]["Username"]) == ("mara.lindqvist@shop.example", "jonas.weber@shop.example")
    # the metrics by ExecutedVersion lie between the two
    window = trial(back[0]["EventTime"].timestamp() + 24.8 * 3600)
    assert window[1] - window[0] == (back[0]["EventTime"] - begun[0]["EventTime"]).total_seconds()
    found = prod("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "FunctionName", "Value": "checkout-api"},
            {"Name": "Resource", "Value": "checkout-api:live"},
            {"Name": "ExecutedVersion", "Value": "42"},
        ],
        StartTime=begun[0]["EventTime"] - dt.timedelta(hours=11),
        EndTime=back[0]["EventTime"] + dt.timedelta(hours=11),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    times = [point["Timestamp"] for point in found]
    assert begun[0]["EventTime"] <= min(times)
    assert max(times) <= back[0]["EventTime"]


def test_the_alias_stands_where_its_last_move_put_it(prod: Client) -> None:
    _, document = history(prod, "ResourceName", LIVE)[0]
    alias = prod().get_alias(FunctionName="checkout-api", Name="live")
    assert document["requestParameters"]["functionVersion"] == alias["FunctionVersion"]


def test_a_refused_call_is_told_with_its_reason(prod: Client) -> None:
    refusals = [document for _, document in history(prod, "ResourceName", "checkout-api") if "errorCode" in document]
    assert [document["errorCode"] for document in refusals] == ["InvalidParameterValueException"]
