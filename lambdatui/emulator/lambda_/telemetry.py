"""What an invocation leaves behind: events in a log group, and metrics in the namespace AWS/Lambda.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from lambdatui.emulator.engine.program import Outcome, Program
from lambdatui.emulator.lambda_.records import Function, Region

NAMESPACE = "AWS/Lambda"


class MetricSink(Protocol):
    """Where values of metrics go."""

    def put(
        self,
        account: str,
        region: str,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        timestamp: float,
        unit: str,
    ) -> None: ...


class LogSink(Protocol):
    """Where log events go: milliseconds since the epoch and the text of each."""

    def put(self, account: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None: ...


class Telemetry:
    """Writes the metrics and logs of functions."""

    def __init__(self, metrics: MetricSink, logs: LogSink) -> None:
        self._metrics = metrics
        self._logs = logs

    def invoked(
        self,
        region: Region,
        function: Function,
        qualifier: str | None,
        weighted_version: str | None,
        program: Program,
        outcome: Outcome,
        now: float,
        concurrent: int,
    ) -> None:
        """Writes down an invocation: its log, and its metrics by every set of dimensions that AWS has for it.

        `weighted_version` is the version that a weighted alias chose.
        """
        self._logs.put(region.account, region.name, program.log_group, outcome.log_stream, outcome.lines)
        failed = 1.0 if outcome.error_type is not None else 0.0
        values = (
            ("Invocations", 1.0, "Count"),
            ("Errors", failed, "Count"),
            ("Throttles", 0.0, "Count"),
            ("Duration", outcome.duration_ms, "Milliseconds"),
            ("ConcurrentExecutions", float(concurrent), "Count"),
        )
        for dimensions in _dimensions(function, qualifier, weighted_version):
            for name, value, unit in values:
                self._metrics.put(region.account, region.name, NAMESPACE, name, dimensions, value, now, unit)

    def throttled(self, region: Region, function: Function, qualifier: str | None, now: float) -> None:
        """Writes down an invocation that was refused: it counts as a throttle and nothing else."""
        self.count(region, function, qualifier, "Throttles", now)

    def count(self, region: Region, function: Function, qualifier: str | None, name: str, now: float) -> None:
        """Counts one of a metric, such as AsyncEventsReceived."""
        for dimensions in _dimensions(function, qualifier, None):
            self._metrics.put(region.account, region.name, NAMESPACE, name, dimensions, 1.0, now, "Count")


def _dimensions(function: Function, qualifier: str | None, weighted_version: str | None) -> list[dict[str, str]]:
    resource = f"{function.name}:{qualifier}" if qualifier else function.name
    sets = [{}, {"FunctionName": function.name}, {"FunctionName": function.name, "Resource": resource}]
    if weighted_version is not None:
        sets.append({"FunctionName": function.name, "Resource": resource, "ExecutedVersion": weighted_version})
    return sets
