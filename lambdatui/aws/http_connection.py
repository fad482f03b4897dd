"""One connection to a server, on which requests are asked one after the other. For an asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import select
import socket
import ssl

from lambdatui.aws.http_answers import Answer, AnswerReader, NotHttp

IDLE_SECONDS = 60
"""How long a connection may have been idle to be used again."""
_OTHER_FILES = 256
# A function may take 15 minutes, and what lies between forgets a silent connection sooner.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 30), ("TCP_KEEPALIVE", 60))


class ConnectionCut(Exception):
    """The connection ended before the answer was whole."""


class NoAnswerInTime(Exception):
    """Nothing came for as long as was to be waited."""


class Connection(asyncio.Protocol):
    """Made by `connect`."""

    def __init__(self) -> None:
        self._reader = AnswerReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._open = False
        self._last = 0.0

    def ready(self) -> bool:
        """Whether it can be used (again): the server has not closed it, as far as can be seen."""
        if not self._open or self._transport is None or self._transport.is_closing() or self._waiting is not None:
            return False
        idle = self._loop.time() - self._last
        if idle < 1:
            return True
        # what the server has sent since, its goodbye above all, is not yet heard of
        return idle < IDLE_SECONDS and not _readable(self._transport)

    async def ask(self, request: bytes, seconds: float) -> Answer:
        """Sends a request and returns the answer. Raises ConnectionCut, NoAnswerInTime or NotHttp: it may have arrived.

        `seconds` is how long the server may be silent.
        """
        assert self._transport is not None
        waiting: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting = waiting
        self._transport.write(request)
        self._last = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._silent, seconds)
        try:
            return await waiting
        finally:
            self._timer.cancel()
            self._waiting = None
            if not waiting.done() or waiting.cancelled() or waiting.exception() is not None:
                self.close()

    def close(self) -> None:
        """Ends it at once, whatever is under way."""
        self._open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._open, self._last = transport, True, self._loop.time()

    def data_received(self, data: bytes) -> None:
        self._last = self._loop.time()
        if self._waiting is None or self._waiting.done():
            self.close()
            return
        try:
            answer = self._reader.feed(data)
        except NotHttp as error:
            self._fail(error)
            return
        if answer is not None:
            self._answered(answer)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._open = False
        answer = self._reader.end() if exc is None else None
        if answer is not None and self._waiting is not None and not self._waiting.done():
            self._answered(answer)
        else:
            self._fail(ConnectionCut(str(exc) if exc else ""))

    def _answered(self, answer: Answer) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)
        if not answer.keep:
            self.close()

    def _silent(self, seconds: float) -> None:
        left = self._last + seconds - self._loop.time()
        if left > 0.001:
            self._timer = self._loop.call_later(left, self._silent, seconds)
        else:
            self._fail(NoAnswerInTime())

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


async def connect(host: str, port: int, trust: ssl.SSLContext | None) -> Connection:
    """A new connection. `trust` is None for plain HTTP. Raises OSError (ssl.SSLError among them)."""
    loop = asyncio.get_running_loop()
    transport, connection = await loop.create_connection(
        Connection, host, port, ssl=trust, server_hostname=host if trust else None
    )
    wire = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE:
            if hasattr(socket, name):
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connection


def allow_open_files(connections: int) -> None:
    """Raises this process's limit of open files, as far as it may, so that so many connections find room.

    The limit that a shell gives is 1,024 on most Linux, and 256 on macOS.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    # macOS refuses more than its kernel allows, whatever it says
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _readable(transport: asyncio.Transport) -> bool:
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
