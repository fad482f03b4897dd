"""What an execution environment runs: loads a handler and answers one event after another.

Started as `python -I -B bootstrap.py REQUESTS REPLIES`, two file descriptors. It imports nothing of this program, so
that it starts quickly and a handler finds an empty stage. A message is a header in JSON and a payload, each with its
length before it in four bytes, the two lengths first. The first request sets the environment up; the others are events.

Kinds of reply: `log` (a line for the log), `ready`, `init-error`, `chunk` (a part of a streamed answer), `result`,
`error`. Errors and log lines look as those of AWS's own runtime for Python do.
"""

from __future__ import annotations

import base64
import importlib
import json
import logging
import os
import queue
import resource
import struct
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

_NO_BREAK_SPACE = "\u00a0"  # AWS writes the indentation of a traceback with it
_RESPONSE_LIMIT = 6_291_556


class _Fault(Exception):
    """What keeps a handler from being loaded or its answer from being sent, with AWS's name of it."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class Channel:
    """The two pipes to the engine. A thread reads, so that the end of the engine ends this process at once."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = os.fdopen(requests, "rb", buffering=0)
        self._replies = replies
        os.set_inheritable(requests, False)
        os.set_inheritable(replies, False)
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Waits for the next request."""
        return self._queue.get()

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Sends a reply. Threads of a handler may log while it answers."""
        head = json.dumps(header).encode()
        message = memoryview(struct.pack("!II", len(head), len(payload)) + head + payload)
        with self._lock:
            while message:
                message = message[os.write(self._replies, message) :]

    def log(self, text: str) -> None:
        """Sends one event of the log."""
        self.send({"kind": "log", "at": int(time.time() * 1000)}, text.encode("utf-8", "replace"))

    def _read(self) -> None:
        try:
            while True:
                head_length, length = struct.unpack("!II", _exactly(self._requests, 8))
                head = json.loads(_exactly(self._requests, head_length))
                self._queue.put((head, _exactly(self._requests, length)))
        except EOFError:
            os._exit(0)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = stream.read(length - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


class _Output:
    """sys.stdout and sys.stderr of a handler: each line is an event of the log."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, channel: Channel, descriptor: int) -> None:
        self._channel = channel
        self._descriptor = descriptor
        self._rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._channel.log(line)
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Lines are sent as they are ended; `finish` sends what was not ended."""

    def finish(self) -> None:
        rest, self._rest = self._rest, ""
        if rest:
            self._channel.log(rest)

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor


class _LogHandler(logging.Handler):
    """Sends a record as one event, however many lines it has."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        self._channel.log(self.format(record).rstrip("\n"))


class _RequestFilter(logging.Filter):
    request_id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.request_id
        return True


class _JsonFormatter(logging.Formatter):
    """A record as AWS writes it where LogFormat is JSON."""

    _OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        document: dict[str, Any] = {
            "timestamp": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, value, trace = record.exc_info
            document["stackTrace"] = traceback.format_tb(trace)
            document["errorType"] = kind.__name__
            document["errorMessage"] = str(value)
            document["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        document["requestId"] = getattr(record, "aws_request_id", "")
        document.update({name: value for name, value in vars(record).items() if name not in self._OWN})
        return json.dumps(document, ensure_ascii=False, default=str)


class ClientContext:
    """What the caller sent as ClientContext: `custom`, `env` and `client`."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.custom = document.get("custom")
        self.env = document.get("env")
        self.client = types.SimpleNamespace(**document["client"]) if document.get("client") else None


class LambdaContext:
    """The context that a handler gets, https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    def __init__(self, channel: Channel, head: dict[str, Any], deadline: float) -> None:
        self._channel = channel
        self._deadline = deadline
        self.aws_request_id = head["request_id"]
        self.invoked_function_arn = head["invoked_function_arn"]
        self.tenant_id = head.get("tenant_id")
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        sent = head.get("client_context")
        self.client_context = ClientContext(json.loads(base64.b64decode(sent))) if sent else None
        self.identity = types.SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is stopped."""
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: Any) -> None:
        """Writes to the log without a line end of its own."""
        self._channel.log(str(message))


class Runtime:
    """Loads the handler once and calls it for each event."""

    def __init__(self, channel: Channel, setup: dict[str, Any]) -> None:
        self._channel = channel
        self._setup = setup
        self._json = setup["log_format"] == "JSON"
        self._filter = _RequestFilter()
        self._out = _Output(channel, 1)
        self._err = _Output(channel, 2)
        self._handler: Callable[[Any, LambdaContext], Any] | None = None

    def start(self) -> bool:
        """Loads the handler. Returns whether events can be sent."""
        sys.stdout, sys.stderr = self._out, self._err
        self._set_up_logging()
        sys.path[:0] = self._setup["path"]
        os.chdir(self._setup["root"])
        started = time.perf_counter()
        try:
            self._handler = self._load(self._setup["handler"])
        except _Fault as fault:
            error = _error(str(fault), fault.kind, fault.trace)
        except Exception:  # noqa: BLE001 - whatever a module raises is an answer
            error = self._caught("")
        else:
            self._finish()
            self._channel.send({"kind": "ready", "init": time.perf_counter() - started})
            return True
        self._log_error(error)
        self._finish()
        self._channel.send({"kind": "init-error", "error_type": error["errorType"]}, _to_json(error))
        return False

    def answer(self, head: dict[str, Any], payload: bytes) -> None:
        """Calls the handler with an event and sends what comes of it."""
        request_id = self._filter.request_id = head["request_id"]
        started = time.perf_counter()
        try:
            context = LambdaContext(self._channel, head, time.time() + head["timeout"])
            assert self._handler is not None
            returned = self._handler(json.loads(payload or b"null"), context)
            if isinstance(returned, types.GeneratorType | map | filter):
                body = self._stream(returned, bool(head.get("stream")))
            else:
                body = _marshalled(returned)
            _check_size(len(body))
        except _Fault as fault:
            error = _error(str(fault), fault.kind, fault.trace, request_id)
            if fault.kind == "Function.ResponseSizeTooLarge":  # AWS's front finds that out, and says no more
                error = {"errorMessage": str(fault), "errorType": fault.kind}
            self._fail(error, started)
        except Exception:  # noqa: BLE001 - whatever a handler raises is an answer
            self._fail(self._caught(request_id), started)
        else:
            self._finish()
            self._channel.send({"kind": "result", "seconds": time.perf_counter() - started, "memory": _memory()}, body)

    def _stream(self, parts: Any, wanted: bool) -> bytes:
        """An answer in parts, which AWS does not take from a handler in Python: joined, unless a stream is wanted."""
        joined = bytearray()
        for part in parts:
            data = part if isinstance(part, bytes) else part.encode() if isinstance(part, str) else _marshalled(part)
            if wanted:
                self._channel.send({"kind": "chunk"}, data)
            else:
                joined += data
                _check_size(len(joined))
        return b"" if wanted else _marshalled(joined.decode("utf-8", "replace"))

    def _fail(self, error: dict[str, Any], started: float) -> None:
        self._log_error(error)
        self._finish()
        seconds = time.perf_counter() - started
        reply = {"kind": "error", "seconds": seconds, "memory": _memory(), "error_type": error["errorType"]}
        self._channel.send(reply, _to_json(error))

    def _finish(self) -> None:
        self._out.finish()
        self._err.finish()

    def _load(self, handler: str) -> Callable[[Any, LambdaContext], Any]:
        try:
            module_name, function_name = handler.rsplit(".", 1)
        except ValueError as error:
            raise _Fault("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {error}") from None
        try:
            if module_name.split(".")[0] in sys.builtin_module_names:
                message = f"Cannot use built-in module {module_name} as a handler module"
                raise _Fault("Runtime.BuiltInModuleConflict", message)
            module = importlib.import_module(module_name.replace("/", "."))
        except ImportError as error:
            message = f"Unable to import module '{module_name}': {error}"
            raise _Fault("Runtime.ImportModuleError", message) from None
        except SyntaxError as error:
            trace = [f'  File "{self._shown(error.filename or "")}" Line {error.lineno}\n    {error.text}']
            message = f"Syntax error in module '{module_name}': {error}"
            raise _Fault("Runtime.UserCodeSyntaxError", message, trace) from None
        try:
            return getattr(module, function_name)  # type: ignore[no-any-return]
        except AttributeError:
            message = f"Handler '{function_name}' missing on module '{module_name}'"
            raise _Fault("Runtime.HandlerNotFound", message) from None

    def _set_up_logging(self) -> None:
        logging.Formatter.converter = time.gmtime
        handler = _LogHandler(self._channel)
        handler.addFilter(self._filter)
        if self._json:
            handler.setFormatter(_JsonFormatter())
        else:
            layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
            handler.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
        root = logging.getLogger()
        root.addHandler(handler)
        level = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(
            self._setup["log_level"], self._setup["log_level"]
        )
        if self._json and level:
            root.setLevel(level)

    def _log_error(self, error: dict[str, Any]) -> None:
        if self._json:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._channel.log(_to_json({"timestamp": moment, "level": "ERROR", **error}).decode())
            return
        lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}"]
        if "stackTrace" in error:
            lines.append("Traceback (most recent call last):")
            for element in error["stackTrace"]:
                for line in element.splitlines():
                    bare = line.lstrip(" ")
                    lines.append(_NO_BREAK_SPACE * (len(line) - len(bare)) + bare)
        self._channel.log("\n".join(lines))

    def _caught(self, request_id: str) -> dict[str, Any]:
        """The exception that is being handled, with the frames that are the function's own."""
        kind, value, trace = sys.exc_info()
        assert kind is not None
        frames = [frame for frame in traceback.extract_tb(trace) if frame.filename != __file__]
        shown = [(self._shown(frame.filename), frame.lineno or 0, frame.name, frame.line) for frame in frames]
        return _error(str(value), kind.__name__, traceback.format_list(shown), request_id)

    def _shown(self, filename: str) -> str:
        """A path as it would be on AWS: the code in /var/task, layers in /opt, Python's library in /var/lang."""
        library = (os.path.dirname(os.__file__), "/var/lang/lib/python{}.{}".format(*sys.version_info))
        for real, shown in [*self._setup["shown_paths"], library]:
            if filename.startswith(real):
                return str(shown) + filename[len(real) :]
        return filename


def _check_size(length: int) -> None:
    if length > _RESPONSE_LIMIT:
        raise _Fault(
            "Function.ResponseSizeTooLarge",
            f"Response payload size ({length} bytes) exceeded maximum allowed payload size (6291556 bytes).",
        )


def _error(message: str, kind: str, trace: list[str], request_id: str = "") -> dict[str, Any]:
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _marshalled(value: Any) -> bytes:
    try:
        return _to_json(value)
    except (TypeError, ValueError) as error:
        raise _Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def _to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _memory() -> int:
    """The most memory that this process has had, in MB."""
    try:
        # of this program alone: what getrusage tells begins with the process that it was forked from
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


def main() -> None:
    """Sets up and answers until the engine goes away."""
    channel = Channel(int(sys.argv[1]), int(sys.argv[2]))
    setup, _ = channel.receive()
    runtime = Runtime(channel, setup)
    del sys.argv[1:]
    ready = runtime.start()
    while ready:
        runtime.answer(*channel.receive())


if __name__ == "__main__":
    main()
