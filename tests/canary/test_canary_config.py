"""Canary configs as Kayenta has them: read as they are, and what is wrong in one is told with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.canary import canary_config, judging
from lambdatui.canary.lambda_metrics import METRICS, default_config
from lambdatui.errors import BadInput

CPU = """{
	"name": "cpu-only",
	"description": "tabs, numbers as text, and fields that only Deck reads",
	"createdTimestamp": 1512691200000,
	"applications": ["shop"],
	"configVersion": "1.0",
	"judge": {"judgeConfigurations": {}, "name": "NetflixACAJudge-v1.0"},
	"metrics": [
		{
			"name": "CPU usage",
			"query": {"type": "prometheus", "metricName": "cpu", "customFilterTemplate": "standard"},
			"analysisConfigurations": {
				"canary": {
					"critical": "true",
					"direction": "Increase",
					"effectSize": {"measure": "cles", "allowedIncrease": "0.6"},
					"outliers": {"strategy": "remove", "outlierFactor": "2.5"}
				}
			},
			"groups": ["pods"],
			"scopeName": "default"
		},
		{"name": "errors", "groups": null, "analysisConfigurations": {}}
	],
	"templates": {"standard": "pod_name='${scope}'"},
	"classifier": {"groupWeights": {"pods": 100}, "scoreThresholds": {"marginal": 40, "pass": 90}}
}
"""


CANARY = "metrics.0.analysisConfigurations.canary"


def read(tmp_path: Path, text: str, name: str = "canary.json") -> canary_config.Read:
    (tmp_path / name).write_text(text)
    return canary_config.read(tmp_path / name)


def changed(**values: Any) -> dict[str, Any]:
    return {**json.loads(CPU.replace("\t", " ")), **values}


def test_a_config_of_kayentas_is_read_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path, CPU)
    assert found.warnings == ()
    cpu, errors = found.config.metrics
    analysis = cpu.analysis
    assert (analysis.critical, analysis.direction, analysis.nan_strategy) == (True, "increase", "remove")
    assert analysis.effect_size.limit("allowed_increase") == 0.6
    assert analysis.effect_size.limit("critical_increase") == 0.5
    assert analysis.outliers.outlier_factor == 2.5
    assert (cpu.groups, errors.groups) == (("pods",), ())
    assert errors.analysis.effect_size.limit("allowed_decrease") == 1.0
    assert errors.analysis.outliers.strategy == "keep"
    assert judging.thresholds(found.config, None, None) == (90, 40)
    assert judging.thresholds(found.config, 80, None) == (80, 40)
    assert judging.judge_of(found.config) == "kayenta"


def test_what_kayentas_api_takes_at_once_is_taken_too(tmp_path: Path) -> None:
    whole = {
        "canaryConfig": changed(classifier={"groupWeights": None}),
        "executionRequest": {"thresholds": {"pass": 95.0, "marginal": 75.0}},
    }
    assert judging.thresholds(read(tmp_path, json.dumps(whole)).config, None, None) == (95, 75)


def test_yaml_says_the_same(tmp_path: Path) -> None:
    text = "metrics:\n- name: errors\n  groups: [a]\nclassifier:\n  groupWeights: {a: 100}\n"
    assert read(tmp_path, text, "canary.yaml").config.metrics[0].groups == ("a",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"Increase"', '"up"', f":15: {CANARY}.direction: increase or decrease or either was expected, not 'up'."),
        ('"0.6"', '"much"', f":16: {CANARY}.effectSize.allowedIncrease: a number was expected, not 'much'."),
        ('"cles"', '"clse"', "Did you mean 'cles'?"),
        ('"remove"', '"drop"', f":17: {CANARY}.outliers.strategy: keep or remove was expected, not 'drop'."),
        ('"name": "errors", ', "", ":23: the field 'metrics.1.name' is missing."),
        ('"errors"', '"CPU usage"', "there are 2 metrics named 'CPU usage': each needs a name of its own."),
        ('"pass": 90', '"pass": 30', "scoreThresholds.marginal: 30 or less was expected, as pass is, not 40."),
        ('"pass": 90', '"pass": 900', ":26: classifier.scoreThresholds.pass: 100 or less was expected, not 900."),
        ('"metrics"', '"metric"', "this is no canary config: it has no field 'metrics'. Did you mean 'metric'?"),
        ('"pods": 100', '"pods": "all"', ":26: classifier.groupWeights.pods: a number was expected, not 'all'."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(BadInput) as raised:
        read(tmp_path, CPU.replace(old, new, 1))
    assert sentence in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "canary.json"))


def test_what_would_change_nothing_is_told(tmp_path: Path) -> None:
    (warning,) = read(tmp_path, CPU.replace('"outlierFactor"', '"outlierFaktor"')).warnings
    assert warning.endswith("canary.json:17: CPU usage: 'outlierFaktor' is not known, and changes nothing. "
                            "Did you mean 'outlierFactor'?")  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"pods": 60}, "the weights are 60 in all, not 100: no score can be above 60."),
        ({"pods": 70, "podz": 30}, "group 'podz' has 30 points and no metric: they are lost. Did you mean 'pods'?"),
        ({"podz": 130}, "the weights are 130 in all, so that pods would count below nothing."),
    ],
)
def test_weights_that_lose_points_are_told(tmp_path: Path, weights: dict[str, float], words: str) -> None:
    config = json.dumps(changed(classifier={"groupWeights": weights}))
    assert words in read(tmp_path, config).warnings


def test_lambdas_own_metrics_share_100_points() -> None:
    for names in (list(METRICS), ["errors"], ["errors", "duration"], ["duration", "memory"]):
        config = default_config(names, "exact")
        assert config.warnings() == ()
        assert [metric.name for metric in config.metrics] == names
        assert sum(config.classifier.group_weights.values()) == pytest.approx(100)
    assert judging.judge_of(default_config(["errors"], "exact")) == "exact"
    assert judging.judge_of(default_config(["errors"], "kayenta")) == "kayenta"
    with pytest.raises(BadInput, match=r"there is no metric 'eror' of Lambda's\. Did you mean 'errors'\?"):
        default_config(["eror"], "exact")
