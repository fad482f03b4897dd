"""Saved runs of invocations as samples: which side a call is of, and what of it is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.canary import invocation_samples
from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.lambda_metrics import METRICS, default_config
from lambdatui.canary.series import Series
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput


def call(number: int, version: str = "41", outcome: str = "ok", **more: Any) -> dict[str, Any]:
    return {"number": number, "outcome": outcome, "version": version, "started": 100.0 + number, **more}


def saved(tmp_path: Path, *lines: Any, name: str = "run.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def metric(name: str) -> MetricConfig:
    return default_config([name], "exact").metrics[0]


def numbers(calls: tuple[Any, ...]) -> list[int]:
    return [found["number"] for found in calls]


def test_calls_are_of_the_version_that_served_them_oldest_first(tmp_path: Path) -> None:
    one = saved(tmp_path, call(3, "42"), call(1), call(2, "40"), {"lambdatui": 1, "run": "x"}, "half of a li")
    other = saved(tmp_path, call(9), call(8, "42"), call(7, warm_up=True), name="other.jsonl")
    found = invocation_samples.read([one, other], "41", "42")
    assert (numbers(found.control), numbers(found.experiment), found.others) == ([1, 9], [3, 8], 1)


def test_a_call_that_none_served_is_of_its_side_its_qualifier_or_its_file(tmp_path: Path) -> None:
    sides = saved(
        tmp_path,
        call(1, side="A"), call(2, "42", side="B"),
        call(3, "", "throttled", side="A"), call(4, "", "throttled", side="B"),
    )  # fmt: skip
    found = invocation_samples.read([sides], "41", "42")
    assert (numbers(found.control), numbers(found.experiment)) == ([1, 3], [2, 4])
    qualified = saved(tmp_path, call(1, "", "throttled", qualifier="42"), call(2, "", "throttled", qualifier="live"))
    found = invocation_samples.read([qualified], "41", "42")
    assert (numbers(found.control), numbers(found.experiment), found.others) == ([], [1], 1)
    files = [
        saved(tmp_path, call(1), call(2, "", "throttled")),
        saved(tmp_path, call(5, "42"), call(6, "", "refused"), name="b"),
    ]
    found = invocation_samples.read(files, "41", "42")
    assert (numbers(found.control), numbers(found.experiment)) == ([1, 2], [5, 6])
    # with both versions in one file, nothing tells
    mixed = saved(tmp_path, call(1), call(2, "42"), call(3, "", "throttled"))
    assert invocation_samples.read([mixed], "41", "42").others == 1


def test_errors_are_a_share_of_what_reached_the_function_and_throttles_of_what_was_sent(tmp_path: Path) -> None:
    outcomes = ["ok", "ok", "function error", "timeout", "throttled", "refused", "no answer"]
    path = saved(tmp_path, *(call(number, outcome=outcome) for number, outcome in enumerate(outcomes)))
    calls = invocation_samples.read([path], "41", "42")
    errors = invocation_samples.pair(calls, metric("errors"), None, None)
    assert (errors.kind, errors.control.events, errors.plain_unit) == ("rate", (2, 4), "%")
    assert errors.control.plain == (0, 0, 100, 100)
    assert invocation_samples.pair(calls, metric("throttles"), None, None).control.events == (1, 5)


def test_values_are_those_that_are_there_within_the_window(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        call(1, duration_ms=1.5, init_ms=80), call(2, duration_ms=2.5, init_ms=None), call(3, duration_ms=None),
        call(4, duration_ms=4.5), call(5, duration_ms="fast"), call(6, duration_ms=True),
    )  # fmt: skip
    calls = invocation_samples.read([path], "41", "42")
    found = invocation_samples.pair(calls, metric("duration"), None, None)
    assert (found.control, found.unit, found.kind) == (Series((1.5, 2.5, 4.5), (101, 102, 104)), "ms", "values")
    assert invocation_samples.pair(calls, metric("init"), None, None).control.values == (80,)
    assert invocation_samples.pair(calls, metric("duration_p95"), None, None).kind == "tail"
    window = Window(102, 104)
    assert invocation_samples.pair(calls, metric("duration"), window, window).control.values == (2.5,)


def test_every_metric_of_lambdas_but_those_of_outcomes_has_a_field(tmp_path: Path) -> None:
    fields = {"duration_ms": 1, "init_ms": 2, "memory_used_mb": 3, "latency_ms": 4}
    calls = invocation_samples.read([saved(tmp_path, call(1, **fields))], "41", "42")
    for name in METRICS:
        assert invocation_samples.pair(calls, metric(name), None, None).control.values, name


def test_what_cannot_be_read_or_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.jsonl: no such file"):
        invocation_samples.read([tmp_path / "none.jsonl"], "41", "42")
    calls = invocation_samples.read([saved(tmp_path, call(1))], "41", "42")
    other = MetricConfig.model_validate({"name": "cpu", "query": {"type": "prometheus"}})
    with pytest.raises(BadInput, match="metric 'cpu' is none that an invocation has"):
        invocation_samples.pair(calls, other, None, None)
    with pytest.raises(BadInput, match="Did you mean 'errors'"):
        invocation_samples.pair(calls, MetricConfig(name="eror"), None, None)
    # a name of Lambda's needs no query
    assert invocation_samples.pair(calls, MetricConfig(name="errors"), None, None).control.events == (0, 1)
