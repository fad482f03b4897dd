"""The Canary stage's inputs, and what is judged without AWS: saved invocations and files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from lambdatui.aws.accounts import Accounts
from lambdatui.clock import Clock
from lambdatui.settings import Settings
from lambdatui.stages.canary import Canary
from lambdatui.stages.canary_source import CloudWatch
from lambdatui.stages.stage import Failed, Finished, Result, World
from tests.stages.acting import run


@pytest.fixture
def nowhere(tmp_path: Path) -> World:
    """A world without a region, without credentials, without AWS."""
    return World(Accounts(Settings()), folder=tmp_path)


def calls(version: str, count: int, ms: float, error_rate: float, begin: float = 1000.0) -> str:
    random = np.random.default_rng(int(version))
    lines = [
        {
            "number": number,
            "outcome": "function error" if random.random() < error_rate else "ok",
            "version": version,
            "started": begin + number,
            "duration_ms": float(np.ceil(100 * ms * random.lognormal(0, 0.5)) / 100),
            "memory_used_mb": 60,
        }
        for number in range(count)
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def invocations(**more: Any) -> Canary:
    source = {"kind": "invocations", "results": "run.jsonl"}
    return Canary(**{"function": "f", "baseline": "41", "canary": "42", "source": source, "alpha": 0.01, **more})


@pytest.mark.parametrize(
    ("ms", "error_rate", "verdict"), [(11.0, 0.0, "pass"), (20.0, 0.0, "fail"), (11.0, 0.2, "fail")]
)
def test_saved_invocations_are_judged_without_aws(
    nowhere: World, tmp_path: Path, ms: float, error_rate: float, verdict: str
) -> None:
    (tmp_path / "run.jsonl").write_text(calls("41", 150, 11.0, 0.0) + calls("42", 150, ms, error_rate))
    *_, judged, last = run(invocations(metrics=["errors", "duration", "duration_p95"]), nowhere)
    assert isinstance(judged, Result)
    assert judged.value.window is None
    outputs = last.outputs  # type: ignore[union-attr]
    assert outputs["verdict"] == verdict
    assert isinstance(last, Finished if verdict == "pass" else Failed)


def test_several_files_are_one_run(nowhere: World, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(calls("41", 60, 11.0, 0.0))
    (tmp_path / "b.jsonl").write_text(calls("42", 60, 11.0, 0.9))
    source = {"kind": "invocations", "results": ["a.jsonl", "b.jsonl"]}
    last = run(invocations(source=source), nowhere)[-1]
    assert isinstance(last, Failed)
    assert "(0 %)" in str(last.error)
    assert last.outputs["report"]["warnings"] == []
    other = run(invocations(source=source, canary="43"), nowhere)[-1]
    assert "0 calls of the canary and 60 of the baseline; 20 are needed" in str(other.error)  # type: ignore[union-attr]
    assert other.outputs["report"]["warnings"] == ["60 calls were of neither version."]  # type: ignore[union-attr]


def test_a_file_that_grows_is_looked_at_as_time_goes(tmp_path: Path) -> None:
    class Fast(Clock):
        moment = 1000.0

        def now(self) -> float:
            return self.moment

        def sleep(self, seconds: float) -> None:
            self.moment += seconds
            text = calls("41", 400, 11.0, 0.0) + calls("42", 400, 11.0, 0.0)
            written = int(self.moment - 1000)
            told = [line for line in text.splitlines() if json.loads(line)["number"] < written]
            (tmp_path / "run.jsonl").write_text("\n".join(told))

    world = World(Accounts(Settings()), clock=Fast(), folder=tmp_path)
    events = run(invocations(lifetime="6m", interval="2m", lookback="3m"), world)
    looks = [event.value for event in events if isinstance(event, Result)]
    assert [found.metric("errors").control.count for found in looks] == [120, 180, 180]
    assert [found.window for found in looks] == [(1000, 1120), (1060, 1240), (1180, 1360)]
    assert isinstance(events[-1], Finished)


def test_a_file_of_samples_is_judged_by_its_config(nowhere: World, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    sides = {"baseline": random.normal(100, 5, 60).tolist(), "canary": random.normal(130, 5, 60).tolist()}
    (tmp_path / "samples.json").write_text(json.dumps({"p99": sides}))
    metric = {"name": "p99", "query": {"type": "prometheus", "unit": "ms"}, "groups": ["latency"]}
    (tmp_path / "canary.json").write_text(json.dumps({"metrics": [metric, {**metric, "name": "other"}]}))
    source = {"kind": "file", "path": "samples.json"}
    stage = invocations(source=source, config="canary.json", metrics=["p99"])
    plan = stage.plan(nowhere)
    assert plan.notes[0] == "Kayenta's judge, of p99"
    last = run(stage, nowhere, plan)[-1]
    assert isinstance(last, Failed)
    assert "p99 higher: the shift lies between " in str(last.error)
    # with the other, which has no data, half of the metrics are missing
    missing = run(invocations(source=source, config="canary.json"), nowhere)[-1]
    assert "1 of 2 metrics have no data" in str(missing.error)  # type: ignore[union-attr]


def test_without_source_it_is_cloudwatch_for_half_an_hour() -> None:
    stage = Canary(function="f", baseline=41)
    assert (stage.source, stage.canary, stage.baseline) == (CloudWatch(), "newest", "41")
    schedule, start = stage._schedule(World(Accounts(Settings())))
    assert schedule is not None
    assert (schedule.lifetime, schedule.interval, schedule.looks, start) == (1800, 300, 6, None)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"until": "1h"}, "since was expected with it"),
        ({"since": "1h", "lifetime": "5m"}, "lifetime: with since there is nothing to wait for"),
        ({"since": "1h", "warm_up": "5m"}, "warm_up: with since there is nothing to wait for"),
        ({"source": {"kind": "file", "path": "x"}, "alias": "live"}, "alias: it is CloudWatch that is asked by alias"),
        ({"source": {"kind": "file", "path": "x"}, "interval": "5m"}, "interval: say lifetime"),
        ({"source": {"kind": "invocations", "results": []}}, "at least 1"),
        ({"alpha": 0.7}, "less than 0.5"),
    ],
)
def test_inputs_that_do_not_go_together_are_told(inputs: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Canary(function="f", baseline="41", **inputs)
