"""The embedded AWS as a running server."""

from __future__ import annotations

import threading
from types import TracebackType

from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.front import Front
from lambdatui.emulator.http_server import LOOPBACK, HttpServer


class Emulator:
    """Serves a cloud on a port of 127.0.0.1, from threads of this process; a context manager starts and stops it.

    `port` 0 takes a free one. Raises OSError on `start` where the port cannot be had.
    """

    def __init__(self, cloud: Cloud, *, port: int = 0) -> None:
        self.cloud = cloud
        self.wanted_port = port
        self._server: HttpServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is served."""
        if self._server is None:
            raise RuntimeError("the emulator is not started")
        return int(self._server.port)

    @property
    def endpoint(self) -> str:
        """What to give a client as its endpoint URL."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> Emulator:
        """Starts to serve. Raises OSError where the port cannot be had."""
        self._server = HttpServer(Front(self.cloud), self.wanted_port)
        self.cloud.endpoint = self.endpoint
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="emulator-http", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends the connections, the threads and every child process."""
        self.cloud.stopped.set()  # before the connections end, so that who waits in one wakes up
        if self._server is not None:
            self._server.close()
        if self._thread is not None:
            self._thread.join()
        self._server = self._thread = None
        self.cloud.close()

    def hang_up(self) -> None:
        """Ends the connections that are open now; whoever comes again is answered."""
        if self._server is not None:
            self._server.hang_up()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
