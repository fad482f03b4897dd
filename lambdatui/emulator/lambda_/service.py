"""The Lambda service: its operations, gathered from the classes that have one subject each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from botocore import xform_name

from lambdatui.emulator.lambda_.aliases import AliasOperations
from lambdatui.emulator.lambda_.async_queue import AsyncQueue
from lambdatui.emulator.lambda_.async_settings import AsyncSettingsOperations
from lambdatui.emulator.lambda_.capacity_providers import CapacityProviderOperations
from lambdatui.emulator.lambda_.code_signing import CodeSigningOperations
from lambdatui.emulator.lambda_.concurrency import ConcurrencyOperations
from lambdatui.emulator.lambda_.event_sources import EventSourceOperations
from lambdatui.emulator.lambda_.execution import Executor
from lambdatui.emulator.lambda_.function_urls import FunctionUrlOperations
from lambdatui.emulator.lambda_.functions import FunctionOperations
from lambdatui.emulator.lambda_.invocations import InvocationOperations
from lambdatui.emulator.lambda_.layers import LayerOperations
from lambdatui.emulator.lambda_.operations import LambdaState
from lambdatui.emulator.lambda_.policies import PolicyOperations
from lambdatui.emulator.lambda_.runtime_settings import RuntimeSettingsOperations
from lambdatui.emulator.lambda_.seeding import FunctionSeed
from lambdatui.emulator.lambda_.sqs_poller import SqsPoller
from lambdatui.emulator.lambda_.tags import TagOperations
from lambdatui.emulator.lambda_.telemetry import LogSink, MetricSink, Telemetry
from lambdatui.emulator.lambda_.versions import VersionOperations
from lambdatui.emulator.service import Method, Service

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud


class LambdaService(Service):
    """AWS Lambda. Durable executions are not part of it.

    The parts that have the operations of one subject can be called without HTTP, with a Call of one's own:
    `lambda_service.functions.create_function(call, FunctionName=...)`.
    """

    name: ClassVar[str] = "lambda"
    unchecked_shapes: ClassVar[frozenset[str]] = frozenset({"Runtime"})

    def __init__(self, cloud: Cloud, metrics: MetricSink, logs: LogSink) -> None:
        self.state = LambdaState(cloud)
        telemetry = Telemetry(metrics, logs)
        self.executor = Executor(self.state, telemetry)
        self.async_queue = AsyncQueue(self.state, self.executor, telemetry)
        self.sqs_poller = SqsPoller(self.state, self.executor)
        self.functions = FunctionOperations(self.state)
        self.versions = VersionOperations(self.state)
        self.aliases = AliasOperations(self.state)
        self.concurrency = ConcurrencyOperations(self.state)
        self.invocations = InvocationOperations(self.state, self.executor, self.async_queue)
        self.event_sources = EventSourceOperations(self.state, self.sqs_poller.look)
        self._parts: list[Any] = [
            self.functions,
            self.versions,
            self.aliases,
            self.concurrency,
            self.invocations,
            self.event_sources,
            PolicyOperations(self.state),
            FunctionUrlOperations(self.state),
            AsyncSettingsOperations(self.state),
            LayerOperations(self.state),
            TagOperations(self.state),
            CodeSigningOperations(self.state),
            CapacityProviderOperations(self.state),
            RuntimeSettingsOperations(self.state),
        ]

    def method(self, operation: str) -> Method | None:
        name = xform_name(operation)
        for part in self._parts:
            found: Method | None = getattr(part, name, None)
            if found is not None:
                return found
        return None

    def seed(self, account: str, region: str) -> FunctionSeed:
        """What makes functions without requests, for a world that is there from the start."""
        return FunctionSeed(self.state, account, region)

    def close(self) -> None:
        """Stops what runs by itself: asynchronous invocations and the polling of queues."""
        self.async_queue.close()
        self.sqs_poller.close()
