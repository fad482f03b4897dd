"""One execution environment: a child process that answers one event at a time."""

from __future__ import annotations

import contextlib
import json
import math
import os
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from lambdatui.emulator.engine import bootstrap
from lambdatui.emulator.engine.platform_log import PlatformLog, iso_time
from lambdatui.emulator.engine.program import Event, Outcome, Program
from lambdatui.emulator.engine.unpacking import UnpackedPackages

INIT_LIMIT = 10.0
"""Seconds that an environment may take to start, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""

LOG_LIMIT = 16_777_216
"""Bytes of log that are kept of one invocation, so that a handler that never stops to print fills no memory."""

_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")


class _Exited(Exception):
    """The process ended while it was waited for."""


class _TimedOut(Exception):
    """The process did not answer in time."""


class Environment:
    """Starts the process; `start` waits until it is ready, `run` sends it an event.

    A broken environment answers no more and is to be closed. All methods but `interrupt` are for one thread at a time.
    `now` gives the time that log lines and streams are dated with, in epoch seconds.
    """

    def __init__(
        self,
        program: Program,
        packages: UnpackedPackages,
        now: Callable[[], float] = time.time,
        init_limit: float = INIT_LIMIT,
    ) -> None:
        self.program = program
        self.broken = False
        self.last_used = time.monotonic()
        self.log_stream = f"{iso_time(now())[:10].replace('-', '/')}/[{program.version}]{uuid.uuid4().hex}"
        self._now = now
        self._platform = PlatformLog(program)
        self._lines: list[tuple[int, str]] = []
        self._logged = 0
        self._init_ms: float | None = None
        self._init_error: tuple[str, bytes] | None = None
        self._raw = ""
        self._memory_mb = 0
        self._buffer = bytearray()
        self._init_limit = init_limit
        self._root = packages.folder([program.code])
        self._layers = packages.folder(program.layers) if program.layers else None
        self._folder = Path(tempfile.mkdtemp(prefix="env-", dir=packages.root))
        self._add(self._platform.init_start(self._now()))
        self._spawned = time.perf_counter()
        self._spawn(self._root)

    def start(self) -> None:
        """Has the handler loaded. Whether that failed is said by the first `run`."""
        program, root, layers = self.program, self._root, self._layers
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        search = [str(root)]
        if layers is not None:
            search += [str(layers / "python" / "lib" / version / "site-packages"), str(layers / "python")]
        setup = {
            "handler": program.handler,
            "root": str(root),
            "path": search,
            "shown_paths": [[str(root), "/var/task"], *([[str(layers), "/opt"]] if layers else [])],
            "log_format": program.log_format,
            "log_level": program.application_log_level,
        }
        status, error_type = "ready", None
        try:
            self._send(setup)
            for head, payload in self._replies(time.monotonic() + self._init_limit):
                if head["kind"] == "ready":
                    break
                if head["kind"] == "init-error":
                    status, error_type = "error", head["error_type"]
                    self._init_error = (head["error_type"], payload)
                    break
        except _TimedOut:
            status, error_type = "timeout", "Sandbox.Timedout"
            self._init_error = (error_type, b"")
        except _Exited:
            status, error_type = "error", "Runtime.ExitError"
            self._init_error = (error_type, b"")
        self._init_ms = (time.perf_counter() - self._spawned) * 1000
        if status != "ready":
            self._add(self._platform.init_report(self._now(), self._init_ms, status, error_type))

    def _spawn(self, root: Path) -> None:
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        output_read, output_write = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", bootstrap.__file__, str(request_read), str(reply_write)],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                pass_fds=(request_read, reply_write),
                env=self._variables(root),
                cwd=root,
                start_new_session=True,  # Ctrl-C in the terminal is for the emulator, which ends its children itself
            )
        finally:
            for descriptor in (request_read, reply_write, output_write):
                os.close(descriptor)
        self._requests, self._reply, self._output = request_write, reply_read, output_read
        os.set_blocking(output_read, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(reply_read, selectors.EVENT_READ)
        self._selector.register(output_read, selectors.EVENT_READ)

    def _variables(self, root: Path) -> dict[str, str]:
        """AWS's variables, the function's own, and of the emulator's only what a process needs to run."""
        program = self.program
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {
            **inherited,
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "TZ": ":UTC",
            "AWS_LAMBDA_FUNCTION_NAME": program.name,
            "AWS_LAMBDA_FUNCTION_VERSION": program.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(program.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency" if program.provisioned else "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": program.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{program.runtime}",
            "AWS_REGION": program.region,
            "AWS_DEFAULT_REGION": program.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDA_TASK_ROOT": str(root),
            "_HANDLER": program.handler,
            **program.variables,
        }

    def run(self, event: Event) -> Generator[bytes, None, Outcome]:
        """Sends an event; yields the parts of a streamed answer as they come, and returns the outcome."""
        init_ms, self._init_ms = self._init_ms, None
        if self.program.provisioned:
            init_ms = None
        tail = len(self._lines)
        self._add(self._platform.start(self._now(), event.request_id))
        started = time.perf_counter()
        payload, status, error_type = b"", "success", None
        seconds: float | None = None
        if self._init_error is not None:
            payload, status, error_type = self._failed_start(event)
        else:
            try:
                self._send_event(event)
                for head, body in self._replies(time.monotonic() + self.program.timeout):
                    kind = head["kind"]
                    if kind == "chunk":
                        yield body
                    elif kind in ("result", "error"):
                        payload, seconds, self._memory_mb = body, head["seconds"], head["memory"]
                        if kind == "error":
                            status, error_type = "error", head["error_type"]
                        break
            except _TimedOut:
                self.broken = True
                payload, status, error_type = self._timed_out(event)
                seconds = self.program.timeout
            except _Exited:
                self.broken = True
                payload, status, error_type = self._exited(event)
            except GeneratorExit:
                self.broken = True  # whoever wanted the stream went away in the middle of it
                raise
        duration_ms = (seconds if seconds is not None else time.perf_counter() - started) * 1000
        billed_ms = max(1, math.ceil(duration_ms + (init_ms or 0.0)))
        now = self._now()
        self._add(self._platform.end(now, event.request_id, status))
        self._add(
            self._platform.report(
                now,
                event.request_id,
                duration_ms=duration_ms,
                billed_ms=billed_ms,
                memory_used_mb=self._memory_mb,
                init_ms=init_ms,
                status=status,
                error_type=error_type,
            )
        )
        lines, self._lines, self._logged = self._lines, [], 0
        self.last_used = time.monotonic()
        return Outcome(
            payload, self.log_stream, lines, error_type, status, duration_ms, billed_ms, init_ms, self._memory_mb, tail
        )

    def _failed_start(self, event: Event) -> tuple[bytes, str, str]:
        assert self._init_error is not None
        self.broken = True
        self._kill()
        error_type, payload = self._init_error
        if error_type == "Sandbox.Timedout":
            return self._timed_out(event)
        if error_type == "Runtime.ExitError":
            return self._exited(event)
        document = json.loads(payload)
        document["requestId"] = event.request_id
        return json.dumps(document, ensure_ascii=False).encode(), "error", error_type

    def _timed_out(self, event: Event) -> tuple[bytes, str, str]:
        sentence = f"Task timed out after {self.program.timeout:.2f} seconds"
        self._kill()
        self._collect_rest()
        self._add(f"{iso_time(self._now())} {event.request_id} {sentence}")
        message = f"RequestId: {event.request_id} Error: {sentence}"
        return _sandbox_error("Sandbox.Timedout", message), "timeout", "Sandbox.Timedout"

    def _exited(self, event: Event) -> tuple[bytes, str, str]:
        self._kill()
        self._collect_rest()
        code = self._process.returncode
        if code == 0:
            reason = "Runtime exited without providing a reason"
        elif code > 0:
            reason = f"Runtime exited with error: exit status {code}"
        else:
            reason = f"Runtime exited with error: signal: {signal.strsignal(-code) or -code}".lower().replace(
                "runtime", "Runtime", 1
            )
        message = f"RequestId: {event.request_id} Error: {reason}"
        self._add(message)
        self._add("Runtime.ExitError")
        return _sandbox_error("Runtime.ExitError", message), "error", "Runtime.ExitError"

    def _send_event(self, event: Event) -> None:
        self._send(
            {
                "request_id": event.request_id,
                "invoked_function_arn": event.invoked_function_arn,
                "client_context": event.client_context,
                "tenant_id": event.tenant_id,
                "timeout": self.program.timeout,
                "stream": event.stream,
            },
            event.payload,
        )

    def _send(self, head: dict[str, Any], payload: bytes = b"") -> None:
        encoded = json.dumps(head).encode()
        message = memoryview(struct.pack("!II", len(encoded), len(payload)) + encoded + payload)
        try:
            while message:
                message = message[os.write(self._requests, message) :]
        except BrokenPipeError:
            raise _Exited from None

    def _replies(self, deadline: float) -> Iterator[tuple[dict[str, Any], bytes]]:
        """The process's replies but for log lines, which are added to the log, until `deadline` (monotonic)."""
        while True:
            yield from self._parsed()
            left = deadline - time.monotonic()
            ready = self._selector.select(left) if left > 0 else []
            if not ready and deadline - time.monotonic() <= 0:
                raise _TimedOut
            descriptors = {key.fd for key, _ in ready}
            if self._reply in descriptors:
                part = os.read(self._reply, 1 << 16)
                if not part:
                    raise _Exited
                self._buffer += part
            elif self._output in descriptors:
                self._drain()

    def _parsed(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        buffer = self._buffer
        while len(buffer) >= 8:
            head_length, length = struct.unpack_from("!II", buffer)
            end = 8 + head_length + length
            if len(buffer) < end:
                return
            head = json.loads(buffer[8 : 8 + head_length])
            payload = bytes(buffer[8 + head_length : end])
            del buffer[:end]
            if head["kind"] == "log":
                shift = int((self._now() - time.time()) * 1000)
                self._keep(head["at"] + shift, payload.decode("utf-8", "replace"))
            else:
                if head["kind"] != "chunk":
                    self._drain()
                yield head, payload

    def _drain(self) -> None:
        """Takes in what was written to the process's own stdout and stderr, by what is not Python."""
        while True:
            try:
                part = os.read(self._output, 1 << 16)
            except BlockingIOError:
                break
            except OSError:
                return
            if not part:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(self._output)
                break
            *lines, self._raw = (self._raw + part.decode("utf-8", "replace")).split("\n")
            for line in lines:
                self._keep(int(self._now() * 1000), line)
        if self._raw:
            self._keep(int(self._now() * 1000), self._raw)
            self._raw = ""

    def _keep(self, at: int, text: str) -> None:
        """Adds a line of the handler's, unless it has written too much already."""
        if self._logged > LOG_LIMIT:
            return
        self._logged += len(text) + 1
        self._lines.append((at, text))
        if self._logged > LOG_LIMIT:
            self._lines.append((at, f"The emulator keeps {LOG_LIMIT} bytes of an invocation's log; the rest is lost."))

    def _add(self, text: str | None) -> None:
        if text is not None:
            self._lines.append((int(self._now() * 1000), text))

    @property
    def alive(self) -> bool:
        """Whether the process is still there to be asked."""
        return not self.broken and self._process.poll() is None

    def interrupt(self) -> None:
        """Kills the process, from any thread. Whoever waits for it finds that out."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _kill(self) -> None:
        """Ends the process and its group, and notes how much memory it had."""
        if self._process.returncode is not None:
            return
        self.interrupt()
        try:
            _, status, usage = os.wait4(self._process.pid, 0)
        except ChildProcessError:  # it was waited for elsewhere
            self._process.wait()
            return
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._memory_mb = int(usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))

    def _collect_rest(self) -> None:
        """Adds what a process that is no more had still written to its log."""
        os.set_blocking(self._reply, False)
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._reply, 1 << 16):
                self._buffer += part
        for _ in self._parsed():
            pass  # an answer that came too late
        self._drain()

    def close(self) -> None:
        """Ends the process and all that it started, and removes its folder."""
        self.broken = True
        self._kill()
        self._selector.close()
        for descriptor in (self._requests, self._reply, self._output):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        shutil.rmtree(self._folder, ignore_errors=True)


def _sandbox_error(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
