"""What the services of the embedded AWS share."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

from lambdatui.emulator.accounts import account_in
from lambdatui.emulator.calls import CallLog
from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloudtrail.events import EventStore
from lambdatui.emulator.cloudtrail.service import CloudTrailService
from lambdatui.emulator.cloudtrail.trail import Trail
from lambdatui.emulator.cloudwatch.metric_store import MetricStore
from lambdatui.emulator.cloudwatch.service import CloudWatchService
from lambdatui.emulator.content import ContentLinks
from lambdatui.emulator.engine.pool import Engine
from lambdatui.emulator.faults import Faults
from lambdatui.emulator.identity_center import IdentityCenter
from lambdatui.emulator.lambda_.service import LambdaService
from lambdatui.emulator.logs.log_store import LogStore
from lambdatui.emulator.logs.service import LogsService
from lambdatui.emulator.moto_behind import MotoBehind
from lambdatui.emulator.service import Call, Service
from lambdatui.emulator.sso import SsoOidcService, SsoService
from lambdatui.emulator.sts import StsService


class Cloud:
    """One AWS: any number of accounts and regions, each with its own state.

    `transition_seconds` is how long a function is Pending and an update InProgress; provisioned concurrency takes three
    times as long to be READY. `async_retry_seconds` are the pauses before the retries of an asynchronous invocation.
    `seed` makes everything that is left to chance (weighted aliases, faults with a probability) repeatable.
    `strict_references` refuses roles and subnets that IAM and EC2 do not know. With `sso_approval_seconds` a login
    through Identity Center approves itself after so long; without, somebody must.

    `stopped` is set when the server ends; whoever waits for longer waits on it. `endpoint` is where the server listens,
    once it does.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        transition_seconds: float = 0.6,
        async_retry_seconds: Sequence[float] = (1.0, 2.0),
        seed: int | None = None,
        strict_references: bool = False,
        sso_approval_seconds: float | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.transition_seconds = transition_seconds
        self.provisioning_seconds = 3 * transition_seconds
        self.async_retry_seconds = tuple(async_retry_seconds)
        self.strict_references = strict_references
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self.faults = Faults(random.Random(seed))  # noqa: S311
        self.calls = CallLog()
        self.content = ContentLinks(self.clock)
        self.moto = MotoBehind(lambda: self.endpoint)
        self.identity_center = IdentityCenter(self.clock, sso_approval_seconds)
        self.engine = Engine(self.clock.now)
        self.stopped = threading.Event()
        self.endpoint = "http://127.0.0.1"
        self.metrics = MetricStore()
        self.logs = LogStore(self.clock)
        self.cloudwatch = CloudWatchService(self.metrics, self.clock)
        self.logs_service = LogsService(self.logs, self.clock, self.stopped)
        self.lambda_service = LambdaService(self, self.metrics, self.logs)
        self.sts = StsService(self.identity_center, self.moto)
        self.trail = Trail(EventStore(), self.clock, self._caller_arn)
        self.services: Sequence[Service] = (
            self.lambda_service,
            self.cloudwatch,
            self.logs_service,
            CloudTrailService(self.trail.store, self.clock),
            self.sts,
            SsoOidcService(self.identity_center),
            SsoService(self.identity_center),
        )

    def close(self) -> None:
        """Ends what runs by itself and every child process."""
        self.stopped.set()
        self.lambda_service.close()
        self.cloudwatch.close()
        self.engine.close()

    def _caller_arn(self, call: Call) -> str:
        """Who makes a call, as STS would say."""
        if account_in(call.access_key) is None and self.moto.account_of(call.access_key) is not None:
            return self.moto.caller_arn(call.account, call.access_key)
        return str(self.sts.get_caller_identity(call)["Arn"])
