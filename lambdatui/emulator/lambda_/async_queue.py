"""Asynchronous invocations: queued, retried, and in the end sent on to a destination or a dead-letter queue.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

from __future__ import annotations

import heapq
import itertools
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdatui.emulator.engine.platform_log import iso_time
from lambdatui.emulator.engine.pool import EngineClosed
from lambdatui.emulator.engine.program import Outcome
from lambdatui.emulator.lambda_.execution import Executor
from lambdatui.emulator.lambda_.names import LATEST, Target
from lambdatui.emulator.lambda_.records import Function, Region, Version
from lambdatui.emulator.lambda_.telemetry import Telemetry
from lambdatui.emulator.service import ApiError

if TYPE_CHECKING:
    from lambdatui.emulator.lambda_.operations import LambdaState

MAXIMUM_AGE = 21_600
MAXIMUM_RETRIES = 2
_WORKERS = 16
_THROTTLE_PAUSE = 1.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class QueuedEvent:
    """An event on its way to a function. `attempts` are those that ran."""

    region: Region
    function_name: str
    qualifier: str | None
    request_id: str
    payload: bytes
    received_at: float
    attempts: int = 0


class AsyncQueue:
    """Runs events from threads of its own, until `close`.

    Between attempts it waits for `retry_seconds` of the cloud's clock, one number for each retry; AWS waits for one and
    two minutes.
    """

    def __init__(self, state: LambdaState, executor: Executor, telemetry: Telemetry) -> None:
        self._state = state
        self._cloud = state.cloud
        self._executor = executor
        self._telemetry = telemetry
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, QueuedEvent]] = []
        self._numbers = itertools.count()
        self._workers: ThreadPoolExecutor | None = None

    def put(self, event: QueuedEvent) -> None:
        """Takes an event; it is run as soon as a worker is free."""
        function = event.region.functions.get(event.function_name)
        if function is not None:
            self._telemetry.count(event.region, function, event.qualifier, "AsyncEventsReceived", event.received_at)
        self._schedule(event, event.received_at)

    def close(self) -> None:
        """Runs nothing any more. Events that wait are lost."""
        with self._changed:
            self._due.clear()
            self._changed.notify_all()
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=False, cancel_futures=True)

    def _schedule(self, event: QueuedEvent, due: float) -> None:
        with self._changed:
            if self._cloud.stopped.is_set():
                return
            if self._workers is None:
                self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="async-invoke")
                threading.Thread(target=self._dispatch, name="async-queue", daemon=True).start()
            heapq.heappush(self._due, (due, next(self._numbers), event))
            self._changed.notify_all()

    def _dispatch(self) -> None:
        """Hands events to the workers when they are due. The clock may be moved, so it is looked at often."""
        while not self._cloud.stopped.is_set():
            with self._changed:
                if not self._due:
                    self._changed.wait(1.0)
                    continue
                wait = self._due[0][0] - self._cloud.clock.now()
                if wait > 0:
                    self._changed.wait(min(wait, 0.05))
                    continue
                _, _, event = heapq.heappop(self._due)
                workers = self._workers
            if workers is not None:
                try:
                    workers.submit(self._attempt, event)
                except RuntimeError:  # it was shut down in between
                    return

    def _attempt(self, event: QueuedEvent) -> None:
        try:
            self._run(event)
        except EngineClosed:
            pass
        except Exception:  # noqa: BLE001 - a worker has nobody to tell
            _log.exception("an asynchronous invocation of %s failed", event.function_name)

    def _run(self, event: QueuedEvent) -> None:
        region, now = event.region, self._cloud.clock.now()
        function = region.functions.get(event.function_name)
        if function is None:
            return
        settings = function.async_settings.get(event.qualifier or LATEST, {})
        age_limit = settings.get("MaximumEventAgeInSeconds", MAXIMUM_AGE)
        if now - event.received_at > age_limit:
            self._drop(event, function, settings, "EventAgeExceeded", None, None)
            return
        meant = Target(region.account, region.name, function.name, event.qualifier)
        try:
            invocation = self._executor.choose(region, function, meant)
            outcome = self._executor.run(invocation, event.request_id, event.payload)
        except ApiError as error:
            if error.code not in ("TooManyRequestsException", "ResourceConflictException"):
                _log.warning("an asynchronous event for %s was dropped: %s", function.name, error)
                return
            self._schedule(event, now + _THROTTLE_PAUSE)
            return
        event.attempts += 1
        if outcome.error_type is None:
            self._send(event, settings, "OnSuccess", "Success", outcome, invocation.version)
            return
        retries = settings.get("MaximumRetryAttempts", MAXIMUM_RETRIES)
        if event.attempts <= retries:
            pauses = self._cloud.async_retry_seconds
            self._schedule(event, self._cloud.clock.now() + pauses[min(event.attempts, len(pauses)) - 1])
            return
        self._drop(event, function, settings, "RetriesExhausted", outcome, invocation.version)

    def _drop(
        self,
        event: QueuedEvent,
        function: Function,
        settings: dict[str, Any],
        condition: str,
        outcome: Outcome | None,
        version: Version | None,
    ) -> None:
        now = self._cloud.clock.now()
        self._telemetry.count(event.region, function, event.qualifier, "AsyncEventsDropped", now)
        self._send(event, settings, "OnFailure", condition, outcome, version)
        used = version or function.latest
        dead_letters = used.settings.get("DeadLetterConfig", {}).get("TargetArn")
        if dead_letters:
            self._send_dead_letter(event, dead_letters, outcome)

    def _send(
        self,
        event: QueuedEvent,
        settings: dict[str, Any],
        kind: str,
        condition: str,
        outcome: Outcome | None,
        version: Version | None,
    ) -> None:
        """Sends the record of an invocation to its destination, if it has one."""
        arn = (settings.get("DestinationConfig", {}).get(kind) or {}).get("Destination")
        if not arn:
            return
        region = event.region
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": iso_time(self._cloud.clock.now()),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": Target(
                    region.account, region.name, event.function_name, event.qualifier or LATEST
                ).qualified_arn,
                "condition": condition,
                "approximateInvokeCount": event.attempts,
            },
            "requestPayload": json.loads(event.payload),
        }
        if outcome is not None and version is not None:
            record["responseContext"] = {"statusCode": 200, "executedVersion": version.qualifier}
            if outcome.error_type is not None:
                record["responseContext"]["functionError"] = "Unhandled"
            record["responsePayload"] = json.loads(outcome.payload or b"null")
        self._deliver(arn, json.dumps(record), record, kind)

    def _deliver(self, arn: str, text: str, record: dict[str, Any], kind: str) -> None:
        _, _, service, region, account, name = arn.split(":", 5)
        try:
            if service == "sqs":
                sqs = self._cloud.moto.client("sqs", account, region)
                sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=text)
            elif service == "sns":
                self._cloud.moto.client("sns", account, region).publish(TopicArn=arn, Message=text)
            elif service == "events":
                result = "Success" if kind == "OnSuccess" else "Failure"
                entry = {
                    "Source": "lambda",
                    "DetailType": f"Lambda Function Invocation Result - {result}",
                    "Detail": text,
                    "EventBusName": arn,
                    "Resources": [record["requestContext"]["functionArn"], arn],
                }
                self._cloud.moto.client("events", account, region).put_events(Entries=[entry])
            elif service == "lambda":
                target, _, qualifier = name.removeprefix("function:").partition(":")
                self.put(
                    QueuedEvent(
                        self._state.region(account, region),
                        target,
                        qualifier or None,
                        record["requestContext"]["requestId"],
                        text.encode(),
                        self._cloud.clock.now(),
                    )
                )
        except (ClientError, BotoCoreError) as error:
            _log.warning("an invocation record could not be delivered to %s: %s", arn, error)

    def _send_dead_letter(self, event: QueuedEvent, arn: str, outcome: Outcome | None) -> None:
        _, _, service, region, account, name = arn.split(":", 5)
        message = json.loads(outcome.payload).get("errorMessage", "") if outcome is not None else ""
        attributes = {
            "RequestID": {"DataType": "String", "StringValue": event.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
            "ErrorMessage": {"DataType": "String", "StringValue": message[:1024] or "unknown"},
        }
        body = event.payload.decode()
        try:
            if service == "sqs":
                sqs = self._cloud.moto.client("sqs", account, region)
                url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
                sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
            else:
                sns = self._cloud.moto.client("sns", account, region)
                sns.publish(TopicArn=arn, Message=body, MessageAttributes=attributes)
        except (ClientError, BotoCoreError) as error:
            _log.warning("a dead letter could not be delivered to %s: %s", arn, error)
            function = event.region.functions.get(event.function_name)
            if function is not None:
                now = self._cloud.clock.now()
                self._telemetry.count(event.region, function, event.qualifier, "DeadLetterErrors", now)
