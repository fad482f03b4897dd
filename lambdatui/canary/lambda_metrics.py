"""The metrics of a Lambda function that are judged where no config says which, and how each is judged.

Their names go with every source: CloudWatch has them by the minute, saved runs of invocations have them call by call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lambdatui.canary.canary_config import NETFLIX_ACA, CanaryConfig, MetricConfig
from lambdatui.canary.series import Kind
from lambdatui.errors import BadInput, near_match

QUERY = "lambda"
"""The `type` of a query that asks for a metric of these, by its name in `metric`."""

SourceKind = Literal["cloudwatch", "invocations", "file"]


@dataclass(frozen=True, slots=True)
class LambdaMetric:
    """One metric: where CloudWatch has it, which field of an invocation has it, and how it is judged."""

    title: str
    group: str
    kind: Kind
    unit: str
    analysis: Mapping[str, Any]
    """As `analysisConfigurations.canary`."""
    cloudwatch: str = ""
    """CloudWatch's name; empty where Lambda does not publish it."""
    statistic: str = "Sum"
    of: tuple[str, ...] = ()
    """CloudWatch's names of what a rate is taken of, added up."""
    field: str = ""
    """The field of an invocation as `lambdatui invoke --json` names it; empty where `outcomes` say it."""
    outcomes: tuple[str, ...] = ()
    """The outcomes of an invocation that count as the event."""


_SLOWER = {"direction": "increase", "effectSize": {"measure": "meanRatio", "allowedIncrease": 1.1}}

METRICS: Mapping[str, LambdaMetric] = {
    "errors": LambdaMetric(
        "Error rate",
        "errors",
        "rate",
        "%",
        # CLES, for the mean of a side without an error is 0 and has no ratio
        {"direction": "increase", "critical": True, "effectSize": {"measure": "cles"}},
        cloudwatch="Errors",
        of=("Invocations",),
        outcomes=("function error", "timeout"),
    ),
    "throttles": LambdaMetric(
        "Throttles",
        "errors",
        "rate",
        "%",
        {"direction": "increase", "effectSize": {"measure": "cles"}},
        cloudwatch="Throttles",
        of=("Invocations", "Throttles"),
        outcomes=("throttled",),
    ),
    "duration": LambdaMetric(
        "Duration, p50",
        "latency",
        "values",
        "ms",
        _SLOWER,
        cloudwatch="Duration",
        statistic="p50",
        field="duration_ms",
    ),
    "duration_p95": LambdaMetric(
        "Duration, p95",
        "latency",
        "tail",
        "ms",
        _SLOWER,
        cloudwatch="Duration",
        statistic="p95",
        field="duration_ms",
    ),
    "init": LambdaMetric("Init duration", "start", "values", "ms", _SLOWER, field="init_ms"),
    "memory": LambdaMetric("Memory used", "memory", "values", "MB", _SLOWER, field="memory_used_mb"),
    "latency": LambdaMetric("Latency", "latency", "values", "ms", _SLOWER, field="latency_ms"),
}
DEFAULTS: Mapping[SourceKind, tuple[str, ...]] = {
    "cloudwatch": ("errors", "throttles", "duration", "duration_p95"),
    "invocations": ("errors", "throttles", "duration", "duration_p95", "init", "memory"),
    "file": ("errors", "throttles", "duration", "duration_p95", "init", "memory"),
}
# errors are critical whatever their weight; half of the latency's is more than what 75 to pass leaves
_WEIGHTS = {"errors": 30.0, "latency": 60.0, "start": 5.0, "memory": 5.0}


def asked(metric: MetricConfig) -> LambdaMetric | None:
    """The metric of Lambda's that a config's metric asks for, in its query or by its name alone."""
    query = metric.query
    if query and query.get("type") != QUERY:
        return None
    return METRICS.get(str(query.get("metric", metric.name)))


def default_config(names: Sequence[str], judge: str) -> CanaryConfig:
    """A config of these metrics, whose groups share 100 points as errors 30, latency 60, start and memory 5 each.

    Kayenta's judge gets no p95 of single calls, for one call has none. Raises BadInput for a name that is none of
    METRICS.
    """
    for name in names:
        if name not in METRICS:
            raise BadInput(f"metrics: there is no metric '{name}' of Lambda's.{near_match(name, METRICS)}")
    groups = {METRICS[name].group for name in names}
    whole = sum(_WEIGHTS[group] for group in groups)
    return CanaryConfig.model_validate(
        {
            "name": "Lambda",
            "judge": {"name": NETFLIX_ACA if judge == "kayenta" else judge},
            "metrics": [
                {
                    "name": name,
                    "query": {"type": QUERY, "metric": name},
                    "groups": [METRICS[name].group],
                    "analysisConfigurations": {"canary": METRICS[name].analysis},
                }
                for name in names
            ],
            "classifier": {"groupWeights": {group: 100 * _WEIGHTS[group] / whole for group in sorted(groups)}},
        }
    )
