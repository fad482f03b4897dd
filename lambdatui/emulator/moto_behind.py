"""moto, behind the front: it answers for every AWS service that is not answered here. The only room that knows moto.

moto is imported when the first call to one of its services arrives: it takes a third of a second.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from lambdatui.emulator.accounts import access_key_of

WsgiEnviron = dict[str, Any]
# name in the config file, environment variable, default, conversion
_NOTHING_OF_THE_USERS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "ca_bundle": (None, None, None, None),
}

CallListener = Callable[[str, str, str], None]


class MotoBehind:
    """A WSGI application in which accounts are told by the front, and boto3 clients that reach it without a socket.

    `endpoint` tells where the front is reached by others: queue URLs and the like begin with it.
    """

    def __init__(self, endpoint: Callable[[], str]) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._app: Any = None
        self._session: Any = None
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._listeners: list[CallListener] = []

    def __call__(self, environ: WsgiEnviron, start_response: Any, account: str, service: str) -> Iterable[bytes]:
        """Answers a request as this account's, then tells those who listen."""
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        answer: Iterable[bytes] = self._application()(environ, start_response)
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        for listener in self._listeners:
            listener(service, account, operation)
        return answer

    @property
    def used(self) -> bool:
        """Whether anything was asked of moto yet. Before that there is nothing in it."""
        return self._app is not None

    def listen(self, listener: CallListener) -> None:
        """Has `listener(service, account, operation)` called after each call that moto answered, whoever made it.

        The operation is empty for the services whose protocol names it in another place than a header.
        """
        self._listeners.append(listener)

    def account_of(self, access_key: str) -> str | None:
        """The account in which IAM or STS gave out this access key, or None."""
        if self._app is None:  # nothing was given out yet
            return None
        from moto.iam.models import iam_backends

        for account, backends in list(iam_backends.items()):
            if any(access_key in backend.access_keys for backend in list(backends.values())):
                return str(account)
        return None

    def caller_arn(self, account: str, access_key: str) -> str:
        """Who a key stands for that IAM or STS gave out in this account."""
        from moto.sts.models import sts_backends

        return str(sts_backends[account]["aws"].get_caller_identity(access_key, "us-east-1")[1])

    def client(self, service: str, account: str, region: str) -> Any:
        """A boto3 client of a service behind, for the other services of the embedded AWS and for seeding."""
        key = (service, account, region)
        with self._lock:
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = self._new_client(service, account, region)
        return client

    def _new_client(self, service: str, account: str, region: str) -> Any:
        import botocore.session
        from botocore.config import Config

        if self._session is None:  # one for all: each would read the services' models anew
            self._session = botocore.session.Session(session_vars=_NOTHING_OF_THE_USERS)
        client = self._session.create_client(
            service,
            region_name=region,
            aws_access_key_id=access_key_of(account),
            aws_secret_access_key="unchecked",  # noqa: S106 - no signature is checked here
            endpoint_url=self._endpoint(),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )
        client.meta.events.register("before-send", lambda request, **_: self._send(request, account, service))
        return client

    def _send(self, request: Any, account: str, service: str) -> Any:
        from botocore.awsrequest import AWSResponse
        from werkzeug.test import EnvironBuilder, run_wsgi_app

        headers = [(name, v.decode() if isinstance(v, bytes) else v) for name, v in request.headers.items()]
        body = request.body
        if hasattr(body, "read"):
            body = body.read()
        url = urlsplit(request.url)
        builder = EnvironBuilder(
            path=f"{url.path}?{url.query}" if url.query else url.path,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method,
            headers=headers,
            data=body or b"",
        )
        try:
            environ = builder.get_environ()
        finally:
            builder.close()

        def answer(environ: WsgiEnviron, start_response: Any) -> Iterable[bytes]:
            return self(environ, start_response, account, service)

        chunks, status, answered = run_wsgi_app(answer, environ, buffered=True)
        return AWSResponse(request.url, int(status.split()[0]), dict(answered), _Body(b"".join(chunks)))

    def _application(self) -> Any:
        with self._lock:
            if self._app is None:
                from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

                self._app = DomainDispatcherApplication(create_backend_app)
            return self._app


class _Body:
    """What botocore reads an answer's body from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterable[bytes]:
        content, self._content = self._content, b""
        yield content

    def read(self, *_: Any, **__: Any) -> bytes:
        content, self._content = self._content, b""
        return content
