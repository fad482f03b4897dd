"""The CloudWatch Logs service: its operations, gathered from the classes that have one subject each."""

from __future__ import annotations

import threading
from typing import ClassVar

from botocore import xform_name

from lambdatui.emulator.clock import Clock
from lambdatui.emulator.logs.event_operations import EventOperations
from lambdatui.emulator.logs.group_operations import GroupOperations
from lambdatui.emulator.logs.live_tail import LiveTailOperations
from lambdatui.emulator.logs.log_store import LogStore
from lambdatui.emulator.logs.query_operations import QueryOperations
from lambdatui.emulator.service import Method, Service


class LogsService(Service):
    """Amazon CloudWatch Logs. Metric filters, subscriptions, exports and data protection are not part of it."""

    name: ClassVar[str] = "logs"

    def __init__(self, store: LogStore, clock: Clock, stopped: threading.Event) -> None:
        self.store = store
        self._parts = (
            GroupOperations(store),
            EventOperations(store),
            QueryOperations(store),
            LiveTailOperations(store, clock, stopped),
        )

    def method(self, operation: str) -> Method | None:
        name = xform_name(operation)
        for part in self._parts:
            found: Method | None = getattr(part, name, None)
            if found is not None:
                return found
        return None
