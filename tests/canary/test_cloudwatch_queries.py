"""What CloudWatch is asked for a metric of a config, and what it cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.canary import cloudwatch_samples
from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput

DAY = 86_400


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"type": "prometheus"}, "metric 'm' is asked of prometheus, and this canary reads CloudWatch."),
        ({"type": "lambda", "metric": "init"}, "metric 'm': Lambda publishes no such metric in CloudWatch"),
        ({"type": "lambda", "metric": "eror"}, "metric 'm' is none of Lambda's"),
        ({}, "metric 'm' is none of Lambda's (errors, throttles, duration, duration_p95, init, memory, latency)."),
        ({"type": "cloudwatch"}, "metric 'm': one of query.metricName and query.expression was expected."),
        ({"type": "cloudwatch", "metricName": "x", "expression": "y"}, "one of query.metricName and query.expression"),
        ({"type": "cloudwatch", "metrcName": "x"}, "query has no field 'metrcName'. Did you mean 'metricName'?"),
        ({"type": "cloudwatch", "metricName": "x", "dimensions": []}, "a mapping of names to values was expected."),
        ({"type": "cloudwatch", "expression": "${verson}"}, "query: there is no ${verson}. Did you mean 'version'?"),
    ],
)
def test_a_query_that_cloudwatch_cannot_be_asked_is_told(query: Any, sentence: str) -> None:
    with pytest.raises(BadInput) as raised:
        cloudwatch_samples.check([MetricConfig.model_validate({"name": "m", "query": query})])
    assert sentence in str(raised.value)


def test_a_period_is_as_long_as_cloudwatch_keeps_what_is_that_old() -> None:
    ages = (1, 14 * DAY, 15 * DAY, 62 * DAY, 63 * DAY, 400 * DAY)
    periods = [cloudwatch_samples.period_of(Window(1e9 - age, 1e9), 1e9) for age in ages]
    assert periods == [60, 60, 300, 300, 3600, 3600]
    assert cloudwatch_samples.period_of(Window(1e9 - 1, 1e9), 1e9, 600) == 600


def test_only_periods_that_lie_in_a_window_as_a_whole_are_looked_at() -> None:
    assert cloudwatch_samples.whole_periods(Window(61, 359), 60) == Window(120, 300)
    assert cloudwatch_samples.whole_periods(Window(120, 300), 60) == Window(120, 300)
