"""The CloudWatch service: its operations, gathered from the classes that have one subject each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from botocore import xform_name

from lambdatui.emulator.cloudwatch.alarm_evaluation import AlarmBook
from lambdatui.emulator.cloudwatch.alarm_operations import AlarmOperations
from lambdatui.emulator.cloudwatch.metric_operations import MetricOperations
from lambdatui.emulator.cloudwatch.metric_store import MetricStore
from lambdatui.emulator.service import Method, Service

if TYPE_CHECKING:
    from lambdatui.emulator.clock import Clock


class CloudWatchService(Service):
    """Amazon CloudWatch: metrics and alarms. Dashboards, streams, anomaly detection and insight rules are not part."""

    name: ClassVar[str] = "cloudwatch"

    def __init__(self, store: MetricStore, clock: Clock) -> None:
        self.metrics = store
        self.alarm_book = AlarmBook(store, clock)
        self.alarms = AlarmOperations(self.alarm_book, clock)
        self._parts = (MetricOperations(store, clock), self.alarms)

    def method(self, operation: str) -> Method | None:
        name = xform_name(operation)
        for part in self._parts:
            found: Method | None = getattr(part, name, None)
            if found is not None:
                return found
        return None

    def close(self) -> None:
        """Stops evaluating alarms."""
        self.alarm_book.close()
