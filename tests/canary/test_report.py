"""A judgement as data, and back: what the journal keeps of a canary is shown again as it was."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from lambdatui.canary.report import (
    Distribution,
    GroupScore,
    Interval,
    Judgement,
    MetricVerdict,
    Power,
    Stats,
    Timeline,
)

DURATION = MetricVerdict(
    "duration",
    "High",
    "it is slower",
    "interval above band",
    groups=("Latency",),
    critical=True,
    unit="ms",
    control=Stats(20, 1.0, 9.0, 4.0, 1.5, 4.5, 8.0),
    experiment=Stats(21, 2.0, 90.0, 40.0, 15.0, 45.0, 80.0),
    ratio=10.0,
    effect=0.9,
    effect_measure="cles",
    interval=Interval(30.0, 50.0, 40.0, 0.98),
    band=1.0,
    p_value=0.001,
    threshold=0.02,
    power=Power("a change of 3 ms would be seen", 3.0, 0.75),
    distribution=Distribution((0.0, 50.0, 100.0), (20, 0), (15, 6)),
    timeline=Timeline(1.0, 9.0, (4.0, None), (None, 40.0)),
    warnings=("few",),
)
JUDGEMENT = Judgement(
    "exact",
    "fail",
    25.0,
    "duration is higher",
    (DURATION, MetricVerdict("errors", "Nodata", "none", "no data")),
    (GroupScore("Latency", 25.0, 100.0, False),),
    75.0,
    50.0,
    look=2,
    looks=3,
    window=(100.0, 200.0),
    warnings=("of 3 looks",),
)


def again(data: Any) -> Judgement:
    found = Judgement.from_data(json.loads(json.dumps(data, allow_nan=False)))
    assert found is not None
    return found


def test_a_judgement_comes_back_as_it_was() -> None:
    # NaN is not equal to itself, but looks the same
    assert repr(again(JUDGEMENT.as_data())) == repr(JUDGEMENT)


def test_an_infinite_end_of_an_interval_comes_back() -> None:
    open_ended = replace(DURATION, interval=Interval(2.0, math.inf, 5.0, 0.9))
    assert again(replace(JUDGEMENT, metrics=(open_ended,)).as_data()).metrics[0].interval == open_ended.interval


def test_what_an_older_or_a_newer_release_wrote_is_shown_all_the_same() -> None:
    found = again({"outcome": "pass", "score": 90, "colour": "blue", "metrics": [{"name": "errors", "label": "Pass"}]})
    assert (found.outcome, found.score, found.pass_score) == ("pass", 90.0, 75.0)
    assert found.metric("errors").label == "Pass"
    assert math.isnan(found.metric("errors").ratio)


@pytest.mark.parametrize("data", [None, "fail", {}, {"outcome": "good", "score": 1}, {"outcome": "pass"}, [1]])
def test_what_is_no_judgement_is_none(data: Any) -> None:
    assert Judgement.from_data(data) is None
