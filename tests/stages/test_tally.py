"""What many invocations add up to."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.stages.tally import Tally, percentile, summary


def invocation(**members: Any) -> Invocation:
    return Invocation(
        **{
            "number": 1,
            "started": 0.0,
            "latency": 10.0,
            "outcome": "ok",
            "status": 200,
            "version": "41",
            "function_error": "",
            "request_id": "r",
            "payload": b"{}",
            "log": "",
            "report": Report(duration=5.0),
        }
        | members
    )


def test_counts_by_outcome_version_and_error() -> None:
    tally = Tally()
    for version, count in (("41", 9), ("42", 1)):
        for _ in range(count):
            tally.add(invocation(version=version))
    tally.add(invocation(outcome="function error", error="KeyError: 'currency'", version="42"))
    tally.add(invocation(outcome="throttled", status=429, version="", error="Rate exceeded", report=Report()))
    tally.add(invocation(outcome="no answer", status=0, version="", report=Report(), latency=999.0))
    tally.add(invocation(report=Report(duration=7.0, init=60.0)))
    outputs = tally.outputs()
    assert outputs["count"] == 14
    assert outputs["outcomes"] == {"ok": 11, "function error": 1, "throttled": 1, "no answer": 1}
    assert outputs["success_rate"] == pytest.approx(11 / 14, abs=1e-6)
    assert outputs["versions"] == {"41": 10, "42": 2}
    assert tally.shares() == {"41": 10 / 12, "42": 2 / 12}
    assert outputs["errors"] == {"KeyError: 'currency'": 1, "Rate exceeded": 1}
    assert outputs["cold"] == 1
    # an answer that never came has no latency, and what was throttled no duration
    assert outputs["latency_ms"]["max"] == 10.0
    assert outputs["duration_ms"]["max"] == 7.0


def test_without_invocations_there_are_no_figures_and_nothing_failed() -> None:
    assert Tally().outputs() == {
        "count": 0,
        "outcomes": {},
        "success_rate": 1.0,
        "versions": {},
        "cold": 0,
        "errors": {},
        "latency_ms": {},
        "duration_ms": {},
    }


def test_figures_are_true_between_additions() -> None:
    tally = Tally()
    for value in (30.0, 10.0, 20.0):
        tally.add(invocation(latency=value))
        assert list(tally.latency) == sorted(tally.latency)
    tally.add(invocation(latency=5.0))
    assert list(tally.latency) == [5.0, 10.0, 20.0, 30.0]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.sampled_from([50, 90, 95, 99, 100]))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[float], point: int) -> None:
    ordered = sorted(values)
    found = percentile(ordered, point)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= point / 100 * len(ordered) - 1e-9
    assert sum(value < found for value in ordered) < point / 100 * len(ordered)
    assert summary(ordered)["max"] == round(max(values), 3)
    if len(values) % 2 and point == 50:
        assert found == statistics.median(values)
