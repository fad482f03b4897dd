"""Who sends the invocations of a run: a lean sender of our own, or botocore's client in threads. For an asyncio loop.

The lean one signs by itself and keeps its connections open. It sends each invocation once: what it cannot know to have
been left unsent is told as `no answer`. The guard, the lapses and AWS's errors are those of every other call.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from lambdatui.aws.account import Account
from lambdatui.aws.clients import CONNECT_TIMEOUT, INVOKE_MARGIN
from lambdatui.aws.errors import AwsError, Invalid, Unreachable
from lambdatui.aws.http_answers import Answer, NotHttp
from lambdatui.aws.http_connection import (
    Connection,
    ConnectionCut,
    NoAnswerInTime,
    allow_open_files,
    connect,
)
from lambdatui.aws.invocations import Call, Chunk, Invocation, Turn, answered, by_botocore, unanswered
from lambdatui.aws.resolved_access import ResolvedAccess, resolve
from lambdatui.aws.signing import Prepared, Signer, query_string

_OPENED_TOGETHER = 64
_ROOT = "/2015-03-31/functions/"
_HEADERS = {
    "InvocationType": "X-Amz-Invocation-Type",
    "LogType": "X-Amz-Log-Type",
    "ClientContext": "X-Amz-Client-Context",
    "TenantId": "X-Amz-Tenant-Id",
}

Tell = Callable[[Chunk], None]


class Sender(Protocol):
    """Sends one invocation at a time or many at once, in one asyncio loop."""

    async def send(self, call: Call, payload: bytes, turn: Turn) -> Invocation:
        """Invokes once. Raises Refused by the guard. Cancelled after it was sent, it returns an Invocation without
        an answer; before, it raises CancelledError."""

    async def ready(self, count: int, most: int) -> None:
        """Opens so many connections, as far as they can be had, that the first invocations need not wait for them.

        `most` is how many may be under way at once later.
        """

    def close(self) -> None:
        """Ends the connections."""


def open_sender(account: Account, call: Call, tell: Tell | None = None) -> Sender:
    """The sender for calls such as this one. `tell` hears of streamed answers. Raises AwsError without credentials."""
    if call.invocation_type == "ResponseStream":
        return BotocoreSender(account, tell)
    access = resolve(account, call.function_timeout)
    return BotocoreSender(account) if access is None else LeanSender(account, access)


class BotocoreSender:
    """A thread for each invocation, in which botocore's client sends it."""

    def __init__(self, account: Account, tell: Tell | None = None) -> None:
        self._account = account
        self._tell = tell

    async def send(self, call: Call, payload: bytes, turn: Turn) -> Invocation:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Invocation] = loop.create_future()
        started, clock = time.time(), time.perf_counter()

        def settle(result: Invocation | None, error: BaseException | None) -> None:
            if not ended.done():
                ended.set_exception(error) if error is not None else ended.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result, raised = None, None
            try:
                result = by_botocore(self._account, call, payload, turn, self._tell)
            except BaseException as error:  # noqa: BLE001 - told to who waits, who raises it
                raised = error
            # nobody waits any more where the loop has ended
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result, raised)

        threading.Thread(target=work, name=f"invoke-{turn.number}", daemon=True).start()
        try:
            return await ended
        except asyncio.CancelledError:
            return _stopped(call, turn, started, clock)

    async def ready(self, count: int, most: int) -> None:
        """botocore opens a connection when it first needs one."""

    def close(self) -> None:
        """The client and its connections are the account's."""


class _Request(NamedTuple):
    """What all requests of a call have in common, while the same keys sign them."""

    signer: Signer
    prepared: Prepared
    start: str
    parameters: dict[str, str]


class LeanSender:
    """Our own signature, over connections that stay open."""

    def __init__(self, account: Account, access: ResolvedAccess) -> None:
        self._account = account
        self._access = access
        self._idle: list[Connection] = []
        self._connections: set[Connection] = set()
        self._requests: dict[Call, _Request] = {}
        self._renewing = asyncio.Lock()
        self._other: BotocoreSender | None = None

    async def send(self, call: Call, payload: bytes, turn: Turn) -> Invocation:
        started, clock = time.time(), time.perf_counter()
        sent = False
        try:
            with self._account.calling("Invoke"):
                if self._access.is_stale or self._access.session is not self._account.session:
                    await self._renewed(call)
                if self._other is not None:
                    return await self._other.send(call, payload, turn)
                request = self._request(call)
                self._account.check("Invoke", request.parameters)
                connection = await self._connection()
                # opening it is not the function's time
                started, clock = time.time(), time.perf_counter()
                turn, sent = turn.sent(clock), True
                answer = await self._asked(connection, request, payload, call.function_timeout + INVOKE_MARGIN)
                latency = (time.perf_counter() - clock) * 1000
                if answer.status >= 300:
                    raise _client_error(answer)
        except AwsError as error:
            return unanswered(call, turn, started, (time.perf_counter() - clock) * 1000, error)
        except asyncio.CancelledError:
            if not sent:
                raise
            return _stopped(call, turn, started, clock)
        header = answer.headers.get
        return answered(
            call,
            turn,
            started,
            latency,
            status=answer.status,
            version=header("x-amz-executed-version", ""),
            function_error=header("x-amz-function-error", ""),
            request_id=header("x-amzn-requestid", ""),
            payload=answer.body,
            log_result=header("x-amz-log-result", ""),
        )

    async def ready(self, count: int, most: int) -> None:
        allow_open_files(most)
        while (missing := min(count - len(self._idle), _OPENED_TOGETHER)) > 0:
            opened = await asyncio.gather(*(self._opened() for _ in range(missing)), return_exceptions=True)
            self._idle += [connection for connection in opened if isinstance(connection, Connection)]
            if any(isinstance(connection, BaseException) for connection in opened):
                # what cannot be reached is told when it is first needed
                return

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._idle.clear()

    async def _asked(self, connection: Connection, request: _Request, payload: bytes, seconds: float) -> Answer:
        from botocore import exceptions

        signed = request.prepared.sign(payload, time.time())
        lines = "".join([f"{name}: {value}\r\n" for name, value in signed.items()])
        head = f"{request.start}{lines}Content-Length: {len(payload)}\r\n\r\n".encode("ascii")
        try:
            answer = await connection.ask(head + payload, seconds)
        except ConnectionCut:
            self._connections.discard(connection)
            raise exceptions.ConnectionClosedError(endpoint_url=self._access.base) from None
        except NotHttp:
            self._connections.discard(connection)
            raise exceptions.ConnectionClosedError(endpoint_url=self._access.base) from None
        except NoAnswerInTime:
            self._connections.discard(connection)
            raise exceptions.ReadTimeoutError(endpoint_url=self._access.base, error="nothing came") from None
        if answer.keep:
            self._idle.append(connection)
        else:
            self._connections.discard(connection)
        return answer

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.ready():
                return connection
            connection.close()
            self._connections.discard(connection)
        return await self._opened()

    async def _opened(self) -> Connection:
        from botocore import exceptions

        access = self._access
        url = access.base
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await connect(access.hostname, access.port, access.trust)
        except ssl.SSLError as error:
            raise exceptions.SSLError(endpoint_url=url, error=error) from None
        except TimeoutError as error:
            raise exceptions.ConnectTimeoutError(endpoint_url=url, error=error) from None
        except OSError as error:
            raise exceptions.EndpointConnectionError(endpoint_url=url, error=error) from None
        self._connections.add(connection)
        return connection

    async def _renewed(self, call: Call) -> None:
        """Credentials that expire are renewed, and after a login everything is asked anew; others wait no longer."""
        async with self._renewing:
            account = self._account
            if self._access.session is account.session:
                await asyncio.to_thread(self._access.renew)
                return
            access = await asyncio.to_thread(resolve, account, call.function_timeout)
            if access is None:
                self._other = BotocoreSender(account)
                return
            if access.base != self._access.base:
                self.close()
            self._access = access

    def _request(self, call: Call) -> _Request:
        known, signer = self._requests.get(call), self._access.signer
        if known is None or known.signer is not signer:
            known = self._requests[call] = request_of(self._access, call)
        return known


def request_of(access: ResolvedAccess, call: Call) -> _Request:
    """A call as it goes over the wire, but for what the payload and the time bring. Raises Invalid."""
    parameters = call.parameters
    headers = {header: parameters[name] for name, header in _HEADERS.items() if name in parameters}
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise Invalid("Invoke: only printable ASCII characters go into a header.", operation="Invoke", code="Header")
    root = access.path[: access.path.index(_ROOT)]
    path = f"{root}{_ROOT}{quote(call.function, safe='-._~')}/invocations"
    query = {"Qualifier": call.qualifier} if call.qualifier else {}
    signed = {name.lower(): value for name, value in headers.items()}
    prepared = access.signer.prepared("POST", access.host, path, query, signed)
    target = f"{path}?{query_string(query)}" if query else path
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"POST {target} HTTP/1.1\r\nHost: {access.host}\r\nUser-Agent: lambdatui\r\n{lines}"
    return _Request(access.signer, prepared, start, parameters)


@functools.cache
def _model() -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model("lambda")


def _client_error(answer: Answer) -> Exception:
    """What botocore's client raises for an answer that says no: its own parser reads it."""
    from botocore.awsrequest import HeadersDict
    from botocore.exceptions import ClientError
    from botocore.parsers import create_parser

    model = _model()
    operation = model.operation_model("Invoke")
    parser = create_parser("rest-json")
    response = {
        "headers": HeadersDict(answer.headers),
        "status_code": answer.status,
        "body": answer.body,
        "context": {"operation_name": "Invoke"},
    }
    parsed = parser.parse(response, operation.output_shape)
    shape = model.shape_for_error_code(parsed.get("Error", {}).get("Code"))
    if shape is not None:
        parsed.update(parser.parse(response, shape))
    error: Exception = ClientError(parsed, "Invoke")
    return error


def _stopped(call: Call, turn: Turn, started: float, clock: float) -> Invocation:
    error = Unreachable(
        f"{call.operation}: stopped before the answer came; Lambda may have run it.",
        operation=call.operation,
        code="Stopped",
    )
    return unanswered(call, turn, started, (time.perf_counter() - clock) * 1000, error)
