"""An account as lambdatui acts in it: one profile (or botocore's default chain) in one region, behind the guard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lambdatui.aws import clients
from lambdatui.aws.errors import AccessDenied, AwsError, CredentialsError, InvalidKeys, not_aws, translated
from lambdatui.aws.guard import Guard, Recorder
from lambdatui.aws.lapses import Lapses
from lambdatui.aws.scope import Scope

HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where STS takes all credentials of a partition, also those that another region does not until it is enabled."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts, as STS says through the same credentials that will act."""

    account_id: str
    arn: str

    @property
    def principal(self) -> str:
        """The last part of the ARN as a person says it, such as `role/operator` or `user/anna`."""
        parts = self.arn.split(":", 5)[-1].split("/")
        if parts[0] == "assumed-role" and len(parts) > 1:
            return f"role/{parts[1]}"
        return "/".join(parts)


class Account:
    """Makes every client of one profile in one region, and sends every call.

    Safe to use from several threads. `admit` is asked before each call and may refuse it; `lapses` is told of
    credentials that do not work.
    """

    def __init__(
        self,
        session: Any,
        scope: Scope,
        *,
        endpoint_url: str | None = None,
        is_read_only: Callable[[], bool] = lambda: False,
        recorder: Recorder | None = None,
        on_retry: clients.Watcher | None = None,
        lapses: Lapses | None = None,
        admit: Callable[[], None] = lambda: None,
    ) -> None:
        self.scope = scope
        self.endpoint_url = endpoint_url
        self._session = session
        self._lock = threading.RLock()
        self._asking = threading.RLock()
        self._clients: dict[str, Any] = {}
        self._identity: Identity | None = None
        self._is_known_elsewhere: bool | None = None
        self._is_read_only = is_read_only
        self._on_retry = on_retry
        self._lapses = lapses or Lapses()
        self._admit = admit
        self._local = threading.local()
        self._guard = Guard(scope.profile, scope.region, is_read_only, recorder, self.identity)

    @property
    def region(self) -> str:
        return self.scope.region

    @property
    def profile(self) -> str:
        return self.scope.profile

    @property
    def read_only(self) -> bool:
        """Whether changes are refused now."""
        return self._is_read_only()

    @property
    def known_identity(self) -> Identity | None:
        """Who acts, where that was asked before."""
        return self._identity

    def identity(self) -> Identity:
        """Who acts. Asks STS once. Raises AwsError."""
        with self._asking:
            if self._identity is None:
                session = self._session
                answer = self.call("sts", "GetCallerIdentity")
                identity = Identity(answer["Account"], answer["Arn"])
                with self._lock:
                    if self._session is not session:
                        return identity
                    self._identity = identity
            return self._identity

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None, /) -> dict[str, Any]:
        """Sends one call and returns AWS's answer, in AWS's names, without ResponseMetadata.

        `operation` is AWS's name, such as `UpdateAlias`. Raises AwsError, or Refused by the guard.
        """
        from botocore import xform_name

        with self.calling(operation):
            method = getattr(self.client(service), xform_name(operation))
            answer: dict[str, Any] = method(**(parameters or {}))
        meta = answer.pop("ResponseMetadata", {})
        headers = meta.get("HTTPHeaders", {})
        # a web page has content
        if headers.get("content-type", "").startswith("text/html") and headers.get("content-length") != "0":
            raise not_aws(operation)
        return answer

    @contextmanager
    def calling(self, operation: str) -> Iterator[None]:
        """Around whatever calls AWS: botocore's errors come out as AwsError, and credentials that fail are a lapse.

        While the profile's credentials lapse, it raises their error at once, and nothing is sent.
        """
        self._admit()
        session = self._session
        try:
            with translated(operation):
                yield
        except CredentialsError as error:
            if isinstance(error, InvalidKeys) and self._known_elsewhere():
                raise AccessDenied.reworded(
                    error,
                    f"{operation}: {self.region} does not know these credentials, which work elsewhere.",
                    "The region may have to be enabled for the account first.",
                ) from None
            # of credentials that were replaced meanwhile there is nothing to tell
            if self._session is session:
                self._lapses.begin(self.profile, error)
            raise

    def client(self, service: str) -> Any:
        """The boto3 client for a service, made once. Its retries are botocore's, told to whoever `watches`."""
        with self._lock:
            if service not in self._clients:
                client = clients.control_client(
                    self._session, service, self.scope.region, self.endpoint_url, self._told
                )
                self._guard.hang_on(client)
                self._clients[service] = client
            return self._clients[service]

    def invoke_client(self, function_timeout: int) -> Any:
        """The Lambda client for Invoke: one attempt, a read time-out above `function_timeout` (seconds)."""
        key = f"invoke {function_timeout}"
        with self._lock:
            if key not in self._clients:
                client = clients.invoke_client(self._session, self.scope.region, self.endpoint_url, function_timeout)
                self._guard.hang_on(client)
                self._clients[key] = client
            return self._clients[key]

    def live_tail_client(self) -> Any:
        """The Logs client for StartLiveTail: one attempt."""
        with self._lock:
            if "live tail" not in self._clients:
                # another endpoint has no second host beside it
                at_aws = (urlsplit(self.endpoint("logs")).hostname or "").startswith(("logs.", "logs-fips."))
                client = clients.live_tail_client(self._session, self.scope.region, self.endpoint_url, at_aws)
                self._guard.hang_on(client)
                self._clients["live tail"] = client
            return self._clients["live tail"]

    def check(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """The guard's word on a call that is not made by a client of this account. Raises Refused."""
        self._guard.check(operation, parameters)

    @property
    def session(self) -> Any:
        """The boto3 session in force; `use` brings another."""
        return self._session

    def credential_source(self) -> str | None:
        """Where botocore found the credentials, such as `shared-credentials-file` or `sso`; None without any."""
        with translated("look for credentials"):
            found = self._session.get_credentials()
        return None if found is None else str(found.method)

    def endpoint(self, service: str) -> str:
        """The URL that a service's calls go to."""
        return str(self.client(service).meta.endpoint_url)

    def use(self, session: Any) -> None:
        """Goes on with another session of the same profile: who acts is asked again, and clients are made anew.

        Calls that are under way end as they began.
        """
        with self._lock:
            self._session = session
            self._clients.clear()
            self._identity = None
            self._is_known_elsewhere = None

    def watched(self, watcher: clients.Watcher | None) -> None:
        """Sends word of this thread's retries to `watcher` from now on; None ends it."""
        self._local.watcher = watcher

    def _told(self, retry: clients.Retry) -> None:
        watcher = getattr(self._local, "watcher", None) or self._on_retry
        if watcher is not None:
            watcher(retry)

    def _known_elsewhere(self) -> bool:
        """Whether credentials that this region does not know are good in the partition's first region."""
        with self._asking:
            if self._is_known_elsewhere is None:
                self._is_known_elsewhere = self._ask_elsewhere()
            return self._is_known_elsewhere

    def _ask_elsewhere(self) -> bool:
        try:
            with translated("GetCallerIdentity"):
                home = HOMES.get(self._session.get_partition_for_region(self.region))
                if home is None or home == self.region:
                    return False
                client = clients.control_client(self._session, "sts", home, self.endpoint_url, self._told)
                client.get_caller_identity()
        except AwsError:
            return False
        return True
