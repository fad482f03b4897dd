"""What an environment is to run, what it is asked, and what came of it: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Program:
    """Code with its configuration.

    `key` says which environments can run it: those of the same key. It begins with the function's qualified ARN and an
    at sign. `code` and `layers` are zips. `timeout` is in seconds, `memory_mb` is told to the code and not enforced.
    `provisioned` environments are made before they are needed, so their start is not part of an invocation.
    """

    key: str
    name: str
    version: str
    handler: str
    code: bytes
    layers: tuple[bytes, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3.0
    memory_mb: int = 128
    runtime: str = "python3.13"
    region: str = "us-east-1"
    log_group: str = ""
    log_format: str = "Text"
    application_log_level: str = ""
    system_log_level: str = "INFO"
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One invocation. `client_context` is base64 of JSON, as it came; `stream` asks for the answer in parts."""

    request_id: str
    payload: bytes
    invoked_function_arn: str
    client_context: str | None = None
    tenant_id: str | None = None
    stream: bool = False


@dataclass(slots=True)
class Outcome:
    """What an invocation came to.

    `payload` is JSON, or empty where it was streamed. `error_type` is None where the handler returned. `status` is
    `success`, `error` or `timeout`. Durations are in milliseconds; `init_ms` is None in a warm environment. `lines` are
    the log's events: milliseconds since the epoch, and the text. `tail` is where the invocation's own lines begin.
    """

    payload: bytes
    log_stream: str
    lines: list[tuple[int, str]]
    error_type: str | None = None
    status: str = "success"
    duration_ms: float = 0.0
    billed_ms: int = 0
    init_ms: float | None = None
    max_memory_mb: int = 0
    tail: int = 0

    @property
    def log_tail(self) -> bytes:
        """The last 4 KB of what the invocation logged, as LogResult has it before base64."""
        return "".join(f"{text}\n" for _, text in self.lines[self.tail :]).encode()[-4096:]
