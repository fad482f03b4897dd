"""HTTP/1.1 with connections that stay open, around a WSGI application. Loopback only."""

from __future__ import annotations

import contextlib
import io
import logging
import socket
import sys
import threading
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

LOOPBACK = "127.0.0.1"

_log = logging.getLogger(__name__)


class _Handler(WSGIRequestHandler):
    """One client connection. werkzeug's own closes it after each answer, which costs each call ten milliseconds."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self._body(environ))  # read in full, or the next request starts inside it
        # an environ cannot tell _ from -, so werkzeug leaves these out; the token of Identity Center comes in one
        environ["underscored_headers"] = {name.lower(): text for name, text in self.headers.items() if "_" in name}
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            started[:] = [(status, headers)]
            return None

        chunks = self.server.app(environ, start_response)
        try:
            self._respond(environ, started, chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def _respond(self, environ: dict[str, Any], started: list[Any], chunks: Any) -> None:
        iterator = iter(chunks)
        first = next(iterator, b"")  # an application may start its response only when its first chunk is asked for
        status, headers = started[0]
        names = {name.lower() for name, _ in headers}
        code = int(status.split()[0])
        bodiless = self.command == "HEAD" or code in (204, 304)
        chunked = "content-length" not in names and not bodiless
        self.send_response(code, status.partition(" ")[2])
        for name, value in headers:
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        if "close" in environ.get("HTTP_CONNECTION", "").lower():
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless:
            self._write(first, chunked)
            for chunk in iterator:
                self._write(chunk, chunked)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _write(self, chunk: bytes, chunked: bool) -> None:
        if not chunk:
            return
        if chunked:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        else:
            self.wfile.write(chunk)

    def _body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):
            return bytes(environ["wsgi.input"].read())
        length = environ.get("CONTENT_LENGTH", "")
        return self.rfile.read(int(length)) if length.isdigit() else b""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's signature
        """Keeps quiet: the call log has what was asked."""


class HttpServer(ThreadedWSGIServer):
    """Serves an application, a thread a connection, on a port of 127.0.0.1; port 0 takes a free one.

    Raises OSError where the port cannot be had.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, app: Any, port: int = 0) -> None:
        self._connections_lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, port))
            listener.listen(self.request_queue_size)
            super().__init__(LOOPBACK, port, app, handler=_Handler, fd=listener.fileno())
        finally:
            listener.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keeps quiet about a connection that ended; logs anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            _log.exception("a request of %s failed", client_address)

    def close(self) -> None:
        """Stops accepting, ends the open connections and frees the port."""
        self.shutdown()
        self.hang_up()
        self.server_close()

    def hang_up(self) -> None:
        """Ends the connections that are open now."""
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
