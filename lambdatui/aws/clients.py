"""Makes the boto3 clients of an account: their time-outs, their retries, and how a retry is made visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ATTEMPTS = 6
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 60
# Beyond the function's own limit: the way there and back, and the cold start, which the limit does not count.
INVOKE_MARGIN = 30
# One connection a worker thread, for as many as an invocation run may use.
INVOKE_CONNECTIONS = 128
# Seconds without one of the updates that come every second, after which a live tail is over.
LIVE_TAIL_SILENCE = 15


@dataclass(frozen=True, slots=True)
class Retry:
    """A call that will be tried again: AWS throttled it, failed (5xx), or did not answer."""

    operation: str
    attempt: int
    """The number of the attempt that failed, from 1."""
    seconds: float
    """How long until the next."""
    reason: str

    @property
    def word(self) -> str:
        """Why, as a person says it."""
        if "hrottl" in self.reason or "TooMany" in self.reason:
            return "throttled"
        return _REASONS.get(self.reason, self.reason)

    def __str__(self) -> str:
        when = f"next try in {self.seconds:.1f} s (attempt {self.attempt + 1} of {ATTEMPTS})"
        return f"{self.operation}: {self.word}, {when}"


_REASONS = {
    "ReadTimeoutError": "no answer in time",
    "ConnectTimeoutError": "cannot be reached",
    "EndpointConnectionError": "cannot be reached",
    "ConnectionClosedError": "the connection was cut",
}

Watcher = Callable[[Retry], None]


def control_client(session: Any, service: str, region: str | None, endpoint_url: str | None, watch: Watcher) -> Any:
    """A client for calls that read or change: botocore's adaptive retries, each told to `watch` before it waits.

    What `watch` raises ends the call, so that a cancelled run does not sit out its waits.
    """
    from botocore.config import Config

    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_pool_connections=16,
        tcp_keepalive=True,
    )
    client = session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)
    _make_retries_visible(client, watch)
    return client


def invoke_client(session: Any, region: str | None, endpoint_url: str | None, function_timeout: int) -> Any:
    """A Lambda client for Invoke: one attempt, and a read time-out above the function's own. One invoke is one run.

    `function_timeout` is the function's Timeout in seconds, 1 to 900.
    """
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=function_timeout + INVOKE_MARGIN,
        max_pool_connections=INVOKE_CONNECTIONS,
        tcp_keepalive=True,
    )
    return session.client("lambda", region_name=region, endpoint_url=endpoint_url, config=config)


def live_tail_client(session: Any, region: str | None, endpoint_url: str | None, prefix_host: bool) -> Any:
    """A Logs client for StartLiveTail: one attempt, for there is another way to follow a log.

    It is read for as long as the session lasts, and AWS sends something every second. `prefix_host` is whether to ask
    for it at `stream-` before the endpoint's host, as at AWS itself.
    """
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=LIVE_TAIL_SILENCE,
        max_pool_connections=16,
        tcp_keepalive=True,
        inject_host_prefix=prefix_host,
    )
    return session.client("logs", region_name=region, endpoint_url=endpoint_url, config=config)


def _make_retries_visible(client: Any, watch: Watcher) -> None:
    from botocore.retries import standard

    name = client.meta.service_model.service_id.hyphenize()
    events = client.meta.events
    # botocore registered its own handler under this id; the same one is put back with a witness beside it
    events.unregister(f"needs-retry.{name}", unique_id=f"retry-config-{name}")
    decide = standard.register_retry_handler(client, max_attempts=ATTEMPTS).needs_retry
    events.unregister(f"needs-retry.{name}", unique_id=f"retry-config-{name}")

    def needs_retry(**event: Any) -> Any:
        seconds = decide(**event)
        if seconds is not None and seconds is not False:
            watch(Retry(event["operation"].name, event["attempts"], float(seconds), _reason(event)))
        return seconds

    events.register(f"needs-retry.{name}", needs_retry)


def _reason(event: dict[str, Any]) -> str:
    if event.get("caught_exception") is not None:
        return type(event["caught_exception"]).__name__
    http, parsed = event["response"]
    return str(parsed.get("Error", {}).get("Code") or f"HTTP {http.status_code}")
