"""`lambdatui canary`: how it ends, what it says, and its samples."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lambdatui import documents
from lambdatui.canary import canary_config, cloudwatch_samples
from lambdatui.stages.canary import Canary
from tests.cli.conftest import Run

SAMPLES = Path(__file__).parents[2] / "sample_configs"


def saved(path: Path, version: str, error_rate: float = 0.0, ms: float = 11.0) -> str:
    random = np.random.default_rng(int(version))
    lines = [
        {
            "number": number,
            "outcome": "function error" if random.random() < error_rate else "ok",
            "version": version,
            "started": 1000.0 + number,
            "duration_ms": round(float(ms * random.lognormal(0, 0.5)), 2),
        }
        for number in range(120)
    ]
    name = path / f"{version}.jsonl"
    name.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return str(name)


@pytest.fixture
def judge(lambdatui: Run, tmp_path: Path) -> Any:
    """Judges version 42 beside 41 by their saved invocations."""

    def run(*words: str, error_rate: float = 0.0) -> Any:
        files = ("--from", saved(tmp_path, "41"), "--from", saved(tmp_path, "42", error_rate))
        return lambdatui(
            "canary", "checkout-api", "--baseline", "41", "--canary", "42", *files, "--alpha", "0.01", *words
        )

    return run


def test_a_canary_that_passes_ends_with_0(judge: Any) -> None:
    ended = judge()
    assert ended.status == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[1] == "✔ checkout-api 42 beside 41: pass, score 100 of 100 (75 passes, 50 or less fails)"
    (row,) = (line for line in lines if "✔  duration " in line)
    assert row.split()[2] == "Pass"
    assert "120 + 120" in row
    assert "◌  init          no data" in ended.out
    # what would have been seen is said with each
    assert "With 120 values a side, a shift of " in ended.out
    assert "Judge checkout-api 42 beside 41" in ended.err


def test_one_that_does_not_ends_with_1_and_says_why(judge: Any) -> None:
    ended = judge(error_rate=0.3)
    assert ended.status == 1
    report = " ".join(ended.out.split())
    assert "✖ checkout-api 42 beside 41: fail, score 0 of 100" in report
    assert "Errors, which is critical: higher: " in report
    assert "of 120 (" in report
    assert "chance alone does so in under 0.0001 % of trials (alarm at 1 % or less)" in report
    assert ended.err.splitlines()[-1] == (
        "lambdatui: checkout-api 42 beside 41: fail, score 0 of 100 (75 passes, 50 or less fails)."
    )
    # no line is wider than the report's width, and no number stands apart from its unit
    assert not re.search(r"\d$\n\s+(%|ms|MB)\b", ended.out, re.MULTILINE)
    assert max(map(len, ended.out.splitlines())) <= 120


def test_json_is_a_line_a_look_and_one_for_the_end(judge: Any) -> None:
    ended = judge("--json", error_rate=0.3)
    look, end = ended.lines
    assert (look["event"], look["outcome"], look["judge"]) == ("judgement", "fail", "exact")
    assert look["metrics"][0]["name"] == "errors"
    assert sum(look["metrics"][0]["distribution"]["experiment"]) == 120
    assert (end["status"], end["outputs"]["verdict"], end["outputs"]["passed"]) == ("failed", "fail", False)
    assert "errors, which is critical" in end["error"]["message"]
    passed = judge("--json").lines[-1]
    assert (passed["status"], passed["outputs"]["score"]) == ("done", 100)


def test_kayentas_judge_and_a_config_of_kayentas(judge: Any, tmp_path: Path) -> None:
    config = {"metrics": [{"name": "duration", "groups": ["g"]}], "classifier": {"groupWeights": {"g": 60}}}
    (tmp_path / "c.json").write_text(json.dumps(config))
    ended = judge("--canary-config", str(tmp_path / "c.json"), "--pass", "50", "--marginal", "10", "--plan")
    assert ended.status == 0
    assert "· Kayenta's judge, of duration" in ended.out
    assert "▲ the weights are 60 in all, not 100: no score can be above 60." in ended.out
    sample = str(SAMPLES / "canary-kayenta.json")
    alone = judge("--canary-config", sample, "--metric", "duration", "--plan").out
    assert "▲ group 'errors' has 40 points and no metric: they are lost." in alone
    ended = judge("--judge", "kayenta", "--metric", "duration", "--json")
    assert ended.lines[0]["judge"] == "NetflixACAJudge-v1.0"
    assert ended.lines[0]["metrics"][0]["interval"]["confidence"] == 0.98


def test_samples_may_come_from_a_file(lambdatui: Run, tmp_path: Path) -> None:
    rows = [
        f"duration,{side},{value}"
        for side, first in (("baseline", 10), ("canary", 30))
        for value in range(first, first + 25)
    ]
    (tmp_path / "s.csv").write_text("metric,side,value\n" + "\n".join(rows))
    words = ("canary", "f", "--baseline", "1", "--canary", "2", "--samples", str(tmp_path / "s.csv"))
    ended = lambdatui(*words, "--metric", "duration")
    assert ended.status == 1
    assert "median 42 ms, the baseline's 22 ms" in " ".join(ended.out.split())


def test_versions_are_resolved_in_aws_where_they_are_no_numbers(
    lambdatui: Run, routed: Any, tmp_path: Path, connected: Any
) -> None:
    files = ("--from", saved(tmp_path, "1"), "--from", saved(tmp_path, "2"))
    ended = lambdatui("canary", "f", "--baseline", "alias(live)", *files, "--plan")
    assert ended.status == 0, ended.err
    assert "Judge f 2 beside 1" in ended.out
    assert "alias(live) is version 1" in ended.out
    assert "newest is version 2" in ended.out


def test_ctrl_c_ends_it_with_130_after_the_look_that_was_made(process: Any, tmp_path: Path) -> None:
    files = ("--from", saved(tmp_path, "41"), "--from", saved(tmp_path, "42"))
    words = ("canary", "f", "--baseline", "41", "--canary", "42", *files, "--lifetime", "1h", "--interval", "1")
    with process(*words) as running:
        # nothing was called since it began
        look = next(line for line in running.stderr if "look 1 of 3600" in line)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert "◌ look 1 of 3600: f: too early to say" in look
    assert running.returncode == 130
    assert err.splitlines()[-1] == "lambdatui: Stopped by the operator."
    assert "too early to say" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "--baseline: a version was expected, such as previous or 41."),
        (("--baseline", "frist"), "--baseline: 'frist' names no version"),
        (("--baseline", "1", "--canary", "2", "--from", "none.jsonl"), "none.jsonl: no such file."),
        (("--baseline", "1", "--from", "a", "--samples", "b"), "--samples: --from was given already"),
        (("--baseline", "1", "--pass", "400"), "--pass: 100 or less was expected, not 400."),
        (("--baseline", "1", "--lifetime", "soon"), "--lifetime: a length of time such as 90s, 10m or 1h30m"),
        (("--baseline", "1", "--canary", "2", "--from", "a", "--metric", "eror"), "Did you mean 'errors'?"),
        (("--baseline", "1", "--until", "1h"), "since was expected with it"),
    ],
)
def test_bad_input_is_told(lambdatui: Run, words: tuple[str, ...], sentence: str) -> None:
    ended = lambdatui("canary", "f", *words)
    assert ended.status == 2
    assert sentence in ended.err
    assert "Traceback" not in ended.err


def test_the_sample_says_every_field_and_is_taken(lambdatui: Run, tmp_path: Path) -> None:
    document = documents.read(SAMPLES / "canary.yaml")
    stage = documents.check(document, Canary)
    commented = re.findall(r"^# ([a-z_]+):", (SAMPLES / "canary.yaml").read_text(), re.MULTILINE)
    assert {*document.value, *commented} == Canary.model_fields.keys()
    assert stage.source.kind == "cloudwatch"
    (tmp_path / "canary.yaml").write_text(
        f"function: f\nbaseline: 41\ncanary: 42\nalpha: 0.01\n"
        f"source: {{kind: invocations, results: [{Path(saved(tmp_path, '41')).name}, "
        f"{Path(saved(tmp_path, '42', 0.3)).name}]}}\n"
    )
    # paths are relative to the file
    assert lambdatui("canary", str(tmp_path / "canary.yaml")).status == 1
    both = lambdatui("canary", str(tmp_path / "canary.yaml"), "--baseline", "1")
    assert (both.status, "says everything of a canary" in both.err) == (2, True)


def test_the_sample_of_kayentas_config_is_one_that_cloudwatch_can_be_asked() -> None:
    read = canary_config.read(SAMPLES / "canary-kayenta.json")
    assert read.warnings == ()
    cloudwatch_samples.check(read.config.metrics)
