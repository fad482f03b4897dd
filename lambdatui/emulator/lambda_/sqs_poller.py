"""Polls the queues of event source mappings and invokes their functions with what it finds.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: messages of a batch that succeeds are deleted, those of one
that fails come back when their visibility timeout is over, and the queue's own redrive policy sends them to its
dead-letter queue.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdatui.emulator.engine.pool import EngineClosed
from lambdatui.emulator.engine.program import Outcome
from lambdatui.emulator.lambda_.execution import Executor
from lambdatui.emulator.lambda_.names import Target
from lambdatui.emulator.lambda_.records import Mapping, Region
from lambdatui.emulator.service import ApiError

if TYPE_CHECKING:
    from lambdatui.emulator.lambda_.operations import LambdaState

_PAUSE = 1.0
_RECEIVE_LIMIT = 10
_CONCURRENT_BATCHES = 5
_WAKING = ("SendMessage", "SendMessageBatch", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch")

_log = logging.getLogger(__name__)


class SqsPoller:
    """Looks at the queues when a message was sent to one, and once a second besides."""

    def __init__(self, state: LambdaState, executor: Executor) -> None:
        self._state = state
        self._cloud = state.cloud
        self._executor = executor
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._polling: set[str] = set()
        self._workers: ThreadPoolExecutor | None = None
        self._cloud.moto.listen(self._heard)

    def look(self) -> None:
        """Has the mappings looked at now: one was made or changed."""
        with self._lock:
            if self._workers is None and not self._cloud.stopped.is_set():
                self._workers = ThreadPoolExecutor(32, thread_name_prefix="sqs-poller")
                threading.Thread(target=self._watch, name="sqs-poller", daemon=True).start()
        self._wake.set()

    def close(self) -> None:
        """Stops to poll. What was received and not finished becomes visible again."""
        self._wake.set()
        with self._lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=False, cancel_futures=True)

    def _heard(self, service: str, account: str, operation: str) -> None:
        if service == "sqs" and operation in _WAKING:
            self._wake.set()

    def _watch(self) -> None:
        while not self._cloud.stopped.is_set():
            self._wake.wait(_PAUSE)
            self._wake.clear()
            now = self._cloud.clock.now()
            for region in self._state.regions():
                for mapping in list(region.mappings.values()):
                    if mapping.state(now) == "Enabled" and ":sqs:" in mapping.members.get("EventSourceArn", ""):
                        self._start(region, mapping)

    def _start(self, region: Region, mapping: Mapping) -> None:
        with self._lock:
            if mapping.uuid in self._polling or self._workers is None:
                return
            self._polling.add(mapping.uuid)
            self._workers.submit(self._empty, region, mapping)

    def _empty(self, region: Region, mapping: Mapping) -> None:
        """Works on batches until the queue has nothing to give."""
        try:
            queue = _Queue(self._cloud.moto, mapping.members["EventSourceArn"])
            slots = threading.Semaphore(_slots(mapping))
            while not self._cloud.stopped.is_set() and mapping.state(self._cloud.clock.now()) == "Enabled":
                messages = self._batch(queue, mapping)
                if not messages:
                    break
                while not slots.acquire(timeout=0.5):
                    if self._cloud.stopped.is_set():  # the batch that has the place may never end
                        return
                with self._lock:
                    workers = self._workers
                if workers is None:
                    break
                workers.submit(self._work, region, mapping, queue, messages, slots)
        except (ClientError, BotoCoreError) as error:
            _log.warning("the queue of mapping %s cannot be read: %s", mapping.uuid, error)
        except RuntimeError:  # the workers were shut down in between
            pass
        finally:
            with self._lock:
                self._polling.discard(mapping.uuid)

    def _batch(self, queue: _Queue, mapping: Mapping) -> list[dict[str, Any]]:
        """Up to BatchSize messages; once there is one, more are waited for as long as the batching window allows."""
        size = mapping.members["BatchSize"]
        window = mapping.members.get("MaximumBatchingWindowInSeconds", 0)
        messages = queue.receive(min(size, _RECEIVE_LIMIT))
        if not messages:
            return []
        until = self._cloud.clock.now() + window
        while len(messages) < size and not self._cloud.stopped.is_set():
            more = queue.receive(min(size - len(messages), _RECEIVE_LIMIT))
            messages += more
            if not more and not self._cloud.clock.wait(min(until, self._cloud.clock.now() + 0.2), self._cloud.stopped):
                break
            if not more and self._cloud.clock.now() >= until:
                break
        return messages

    def _work(
        self,
        region: Region,
        mapping: Mapping,
        queue: _Queue,
        messages: list[dict[str, Any]],
        slots: threading.Semaphore,
    ) -> None:
        try:
            wanted, unwanted = _filtered(mapping, queue, messages)
            queue.delete(unwanted)
            if wanted:
                outcome = self._invoke(region, mapping, queue, wanted)
                if outcome is not None:
                    queue.delete(_done(mapping, wanted, outcome))
        except (EngineClosed, ClientError, BotoCoreError):
            pass  # the messages come back by themselves
        except Exception:  # noqa: BLE001 - a worker has nobody to tell
            _log.exception("a batch of mapping %s failed", mapping.uuid)
        finally:
            slots.release()

    def _invoke(
        self, region: Region, mapping: Mapping, queue: _Queue, messages: list[dict[str, Any]]
    ) -> Outcome | None:
        _, _, _, _, _, _, name, *qualifier = mapping.function_arn.split(":")
        function = region.functions.get(name)
        if function is None:
            mapping.last_result = "PROBLEM: Function not found"
            return None
        event = {"Records": [queue.record(message) for message in messages]}
        meant = Target(region.account, region.name, name, qualifier[0] if qualifier else None)
        try:
            invocation = self._executor.choose(region, function, meant)
            outcome = self._executor.run(invocation, str(uuid.uuid4()), json.dumps(event).encode())
        except ApiError as error:
            mapping.last_result = f"PROBLEM: {error.message}"
            return None
        mapping.last_result = "OK" if outcome.error_type is None else "PROBLEM: Function call failed"
        return outcome


class _Queue:
    """A queue behind the front, by its ARN."""

    def __init__(self, moto: Any, arn: str) -> None:
        self.arn = arn
        _, _, _, self.region, account, name = arn.split(":", 5)
        self._sqs = moto.client("sqs", account, self.region)
        self._url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def receive(self, most: int) -> list[dict[str, Any]]:
        """Messages that are visible now, which are hidden from then on."""
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(received.get("Messages", ()))

    def delete(self, messages: Sequence[dict[str, Any]]) -> None:
        """Deletes messages that are done with."""
        for start in range(0, len(messages), _RECEIVE_LIMIT):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages[start : start + _RECEIVE_LIMIT])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def record(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message as a function sees it, https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event"""
        attributes = {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": value.get("BinaryValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        }
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": attributes,
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.region,
        }


def _slots(mapping: Mapping) -> int:
    if mapping.members["EventSourceArn"].endswith(".fifo"):
        return 1
    limit = mapping.members.get("ScalingConfig", {}).get("MaximumConcurrency", _CONCURRENT_BATCHES)
    return int(min(limit, _CONCURRENT_BATCHES))


def _filtered(
    mapping: Mapping, queue: _Queue, messages: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The messages that the mapping's filters let through, and those that they do not, which are deleted unseen."""
    filters = mapping.members.get("FilterCriteria", {}).get("Filters")
    if not filters:
        return messages, []
    from moto.events.models import EventPattern

    patterns = [EventPattern.load(item["Pattern"]) for item in filters]
    wanted: list[dict[str, Any]] = []
    unwanted: list[dict[str, Any]] = []
    for message in messages:
        record = queue.record(message)
        try:
            record["body"] = json.loads(message["Body"])
        except ValueError:
            pass
        (wanted if any(pattern.matches_event(record) for pattern in patterns) else unwanted).append(message)
    return wanted, unwanted


def _done(mapping: Mapping, messages: list[dict[str, Any]], outcome: Outcome) -> list[dict[str, Any]]:
    """The messages to delete: all, none, or with ReportBatchItemFailures those that were not reported as failed."""
    if outcome.error_type is not None:
        return []
    if "ReportBatchItemFailures" not in mapping.members.get("FunctionResponseTypes", ()):
        return messages
    try:
        reported = json.loads(outcome.payload or b"null")
        failures = (reported or {}).get("batchItemFailures") or []
        failed = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, TypeError, KeyError, AttributeError):
        return []  # an answer that is not as agreed fails the batch
    if failed - {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]
