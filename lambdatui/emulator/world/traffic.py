"""The gentle background traffic: what the shop's customers do while the demo runs."""

from __future__ import annotations

import json
import logging
import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdatui.emulator.engine.pool import EngineClosed
from lambdatui.emulator.lambda_.names import Target
from lambdatui.emulator.service import ApiError, Call
from lambdatui.emulator.world.places import ORDERS_QUEUE, PROD_IRELAND
from lambdatui.emulator.world.story import TALES

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

_ORDERS_PER_HOUR = 900
_WEBHOOKS_PER_HOUR = 90
_POISONED = 0.02
"""The share of orders that have no total: they end in the dead-letter queue."""
_AT_ONCE = 4

_log = logging.getLogger(__name__)


class Traffic:
    """Calls the functions that the story calls alive, each at its pace, until the cloud is stopped.

    It follows whatever an operator does to them: an alias that is shifted, a function that is deleted.
    """

    def __init__(self, cloud: Cloud, seed: int = 0) -> None:
        self._cloud = cloud
        self._chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="traffic")
        self._idle = threading.BoundedSemaphore(_AT_ONCE)
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def _run(self) -> None:
        acts: list[tuple[Callable[[], None], float]] = [
            (self._send_order, _ORDERS_PER_HOUR),
            (partial(self._invoke, "webhooks-dispatch", None, "Event"), _WEBHOOKS_PER_HOUR),
        ]
        acts += [
            (partial(self._invoke, tale.name, tale.qualifier, "RequestResponse"), tale.pace.per_hour)
            for tale in TALES
            if tale.pace is not None and tale.pace.is_alive
        ]
        kinds, rates = zip(*acts, strict=True)
        pause = 3600 / sum(rates)
        while not self._cloud.stopped.wait(self._chance.expovariate(1 / pause)):
            (act,) = self._chance.choices(kinds, rates)
            if self._idle.acquire(blocking=False):  # customers do not wait for a slow shop: they do not come
                self._workers.submit(act).add_done_callback(lambda _: self._idle.release())
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _invoke(self, name: str, qualifier: str | None, kind: str) -> None:
        call = Call(PROD_IRELAND.account, PROD_IRELAND.region, "Invoke", str(uuid.uuid4()), self._cloud.endpoint)
        params: dict[str, Any] = {"FunctionName": name, "InvocationType": kind, "Payload": b"{}"}
        if qualifier is not None:
            params["Qualifier"] = qualifier
        try:
            self._cloud.lambda_service.invocations.invoke(call, **params)
        except (ApiError, EngineClosed):  # an operator may have changed or deleted it
            pass
        except Exception:  # noqa: BLE001 - a worker has nobody to tell
            _log.exception("the call of %s failed", Target(call.account, call.region, name, qualifier).qualified_arn)

    def _send_order(self) -> None:
        order: dict[str, Any] = {"order": f"o-{self._chance.getrandbits(24):06x}"}
        if self._chance.random() >= _POISONED:
            order["total"] = self._chance.choice(("20.47", "20.64", "20.81", "20.99"))
        try:
            sqs = self._cloud.moto.client("sqs", PROD_IRELAND.account, PROD_IRELAND.region)
            url = sqs.get_queue_url(QueueName=ORDERS_QUEUE)["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps(order))
        except (ClientError, BotoCoreError):  # an operator may have deleted the queue
            pass
