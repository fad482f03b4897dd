"""Samples that somebody else took: CSV, JSON, Kayenta's metric set pairs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from lambdatui.canary import file_samples
from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.series import Pair, Series
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput


def read(tmp_path: Path, text: str, metric: str = "p99", window: Window | None = None) -> Pair:
    (tmp_path / "samples").write_text(text)
    return file_samples.pair(file_samples.read(tmp_path / "samples"), MetricConfig(name=metric), window, window)


def test_csv_has_a_line_a_value(tmp_path: Path) -> None:
    found = read(tmp_path, "metric,side,value\np99,baseline,1\np99,Canary,2.5\np99,control,\np50,experiment,9\n")
    assert found.experiment == Series((2.5,))
    assert found.control.values[0] == 1
    assert math.isnan(found.control.values[1])
    assert read(tmp_path, "metric,side,value\n").control == Series()


def test_csv_may_know_times_and_how_many_calls_events_are_of(tmp_path: Path) -> None:
    times = ("canary,3,2026-11-24T09:01:00Z,50", "canary,1,2026-11-24T09:00:00Z,40", "baseline,0,1795510800,9")
    rows = "".join(f"errors,{row}\n" for row in times)
    found = read(tmp_path, f"metric,side,value,time,of\n{rows}", "errors")
    assert (found.kind, found.experiment.events, found.experiment.values) == ("rate", (4, 90), (1, 3))
    begin = found.experiment.times[0]
    assert begin == found.control.times[0] == 1795510800
    later = read(tmp_path, f"metric,side,value,time,of\n{rows}", "errors", Window(begin + 60, begin + 120))
    assert (later.experiment.events, later.control.events) == ((3, 50), (0, 0))


def test_json_has_both_sides_of_each_metric(tmp_path: Path) -> None:
    found = read(tmp_path, '{"p99": {"baseline": [1, null, "NaN"], "canary": [2]}}')
    assert found.experiment.values == (2,)
    assert [math.isnan(value) for value in found.control.values] == [False, True, True]
    # a metric that is not there has no data
    assert read(tmp_path, '{"p50": {"baseline": [1]}}') == Pair.of_nothing("p99")


def test_what_kayenta_keeps_of_an_analysis_is_judged_again(tmp_path: Path) -> None:
    scope = {"startTimeMillis": 60_000, "stepMillis": 1000}
    pairs = [
        {
            "name": "p99",
            "values": {"control": [1.0, "NaN"], "experiment": [2.0, 3.0]},
            "scopes": {"control": scope, "experiment": scope},
        },
        {"name": "untimed", "values": {"control": [], "experiment": [1]}},
    ]
    found = read(tmp_path, json.dumps(pairs))
    assert found.experiment == Series((2.0, 3.0), (60.0, 61.0))
    assert read(tmp_path, json.dumps(pairs), window=Window(61, 62)).experiment.values == (3.0,)
    assert read(tmp_path, json.dumps(pairs), "untimed", Window(61, 62)).experiment.values == (1.0,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("metric,side,vlaue\n", "samples:1: there is no column 'vlaue'. Did you mean 'value'?"),
        ("metric,value\n", "samples:1: the column 'side' is missing; metric, side, value were expected."),
        ("metric,side,value\na,canary,1\na,canray,2\n", "samples:3: baseline or canary was expected, not 'canray'."),
        ("metric,side,value\na,canary,fast\n", "samples:2: a number was expected, not 'fast'."),
        ("metric,side,value\na,canary,inf\n", "samples:2: a finite number was expected, not 'inf'."),
        ("metric,side,value,time\na,canary,1,noon\n", "samples:2: a time such as 2026-11-24T09:30:00Z"),
        ("metric,side,value\na\n", "samples:2: baseline or canary was expected, not 'None'."),
        ("{", "samples: is not JSON"),
        ('{"a": [1]}', "samples: a: a mapping with baseline and canary was expected."),
        ('{"a": {"baseline": 3}}', "samples: a.baseline: a list of numbers was expected."),
        ('{"a": {"baseline": [true]}}', "samples: a.baseline[0]: a number was expected, not 'True'."),
        ('[{"values": {}}]', "samples: [0]: a metric set pair with name and values was expected."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as raised:
        read(tmp_path, text)
    assert sentence in str(raised.value)
