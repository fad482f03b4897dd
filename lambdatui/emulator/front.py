"""The front of the embedded AWS: one WSGI application on which every request arrives.

A request of a service that is answered here goes to that service's method; all others go to moto behind. Faults hit
both alike, and every call is written to the call log.
"""

from __future__ import annotations

import gzip
import inspect
import logging
import socket
import time
import uuid
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError

from lambdatui.emulator.accounts import DEFAULT_ACCOUNT, account_in
from lambdatui.emulator.control import Control
from lambdatui.emulator.credentials import Scope, is_loopback_host, presigned_scope_of, scope_of
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.service import ApiError, Call, Method, Service
from lambdatui.emulator.sts import StsService
from lambdatui.emulator.wire.cbor_rpc import CborRpc
from lambdatui.emulator.wire.constraints import check
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest
from lambdatui.emulator.wire.json_rpc import JsonRpc
from lambdatui.emulator.wire.protocol import Protocol, service_model
from lambdatui.emulator.wire.query import Query
from lambdatui.emulator.wire.rest_json import RestJson

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

_PROTOCOLS: Mapping[str, type[Protocol]] = {
    "rest-json": RestJson,
    "json": JsonRpc,
    "smithy-rpc-v2-cbor": CborRpc,
    "query": Query,
    "ec2": Query,
    "rest-xml": Query,
}


# the scope of a request without a signature: of no account, in no region that it says
_NOBODY = Scope("", "us-east-1", "")

_log = logging.getLogger(__name__)


class ConnectionCut(Exception):
    """The connection is to be closed with no (further) answer."""


class Front:
    """The WSGI application. `cloud` has the services, the faults and the call log."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._services = {service_model(s.name).signing_name: s for s in cloud.services}
        self._unsigned = {place: s for s in cloud.services for place in s.unsigned}
        self._protocols: dict[tuple[str, str], Protocol] = {}
        self._control = Control(cloud)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = _request(environ)
        if not is_loopback_host(request.headers.get("host", "")):
            text = b"The embedded AWS answers to 127.0.0.1 and localhost only.\n"
            return _send(HttpAnswer(403, {"Content-Type": "text/plain"}, text), start_response)
        if request.path.startswith("/moto-api"):  # moto's own reset button would wipe half of the cloud only
            return _send(HttpAnswer(404), start_response)
        if request.path.startswith("/_emulator/"):
            return _send(self._control.answer(request), start_response)
        scope = scope_of(request)
        service = self._service(scope, request) if scope else self._unsigned.get((request.method, request.path))
        try:
            if service:
                return _send(self._answer(service, scope or _NOBODY, _unpacked(request)), start_response)
            return self._pass_on(environ, start_response, scope, request)
        except ConnectionCut:
            _cut(environ)
            raise ConnectionAbortedError from None

    def _service(self, scope: Scope, request: HttpRequest) -> Service | None:
        """The service that answers a request here, or None for moto's."""
        service = self._services.get(scope.service)
        if isinstance(service, StsService) and not service.answers(_operation_name(request), scope.access_key):
            return None
        return service

    def account_of(self, access_key: str) -> str:
        """The account that an access key belongs to; see `accounts`."""
        return account_in(access_key) or self._cloud.moto.account_of(access_key) or DEFAULT_ACCOUNT

    def _answer(self, service: Service, scope: Scope, request: HttpRequest) -> HttpAnswer:
        request_id = str(uuid.uuid4())
        account = self.account_of(scope.access_key)
        protocol = self._protocol(service.name, request)
        found = protocol.operation(request)
        if found is None:
            error = ApiError("UnknownOperationException", f"{request.method} {request.path} is no operation here.", 404)
            return protocol.error(error, request_id)
        operation, labels = found
        call = Call(
            account=account,
            region=scope.region,
            operation=operation.name,
            request_id=request_id,
            endpoint=f"http://{request.headers.get('host', '')}",
            access_key=scope.access_key,
            headers=request.headers,
        )
        fault = self._fault(service.name, call)
        params: dict[str, Any] | None = None
        result: Mapping[str, Any] | None = None
        refusal: ApiError | None = None
        try:
            if fault is not None:
                self._suffer(fault, service.name, call)
            params = protocol.params(operation, request, labels)
            result = self._carry_out(service, operation, call, params)
            answer = protocol.answer(operation, result, request_id)
        except ApiError as error:
            refusal = error
            answer = protocol.error(error, request_id)
        except ConnectionCut:
            self._record(service.name, call, 0)
            raise
        self._cloud.trail.note(service.name, call, operation, params, result, refusal)
        cut = fault is not None and fault.effect == "cut-after-work"
        self._record(service.name, call, 0 if cut else answer.status)
        if cut:
            raise ConnectionCut
        return answer

    def _carry_out(self, service: Service, operation: Any, call: Call, params: dict[str, Any]) -> Mapping[str, Any]:
        method = service.method(operation.name)
        if method is None:
            text = f"{service.name}:{operation.name} is not part of the embedded AWS."
            raise ApiError("NotImplementedException", text, 501)
        taken = _taken(method)
        unknown = params.keys() - taken if taken is not None else ()
        if unknown:  # a newer botocore can send what is not known here
            text = f"{service.name}:{operation.name} has no {', '.join(sorted(unknown))} in the embedded AWS."
            raise ApiError("NotImplementedException", text, 501)
        if operation.input_shape is not None:
            check(operation.input_shape, params, service.unchecked_shapes)
        try:
            return method(call, **params) or {}
        except (ApiError, ConnectionCut):
            raise
        except Exception:  # noqa: BLE001 - a client gets AWS's 500, the log the rest
            _log.exception("%s:%s failed", service.name, operation.name)
            raise ApiError("ServiceException", "An internal error occurred; the emulator's log has it.", 500) from None

    def _pass_on(
        self, environ: dict[str, Any], start_response: Any, scope: Scope | None, request: HttpRequest
    ) -> Iterable[bytes]:
        """Lets moto answer. What it may not see is a request that a fault stops."""
        environ["wsgi.input"] = BytesIO(request.body)
        scope = scope or presigned_scope_of(request)
        service = _botocore_name(scope.service) if scope else "s3"
        account = self.account_of(scope.access_key) if scope else DEFAULT_ACCOUNT
        request_id = str(uuid.uuid4())
        call = Call(
            account=account,
            region=scope.region if scope else "us-east-1",
            operation=_operation_name(request),
            request_id=request_id,
            endpoint=f"http://{request.headers.get('host', '')}",
            access_key=scope.access_key if scope else "",
        )
        fault = self._fault(service, call)
        try:
            if fault is not None:
                self._suffer(fault, service, call)
        except ApiError as error:
            answer = self._protocol(service, request).error(error, request_id)
            self._record(service, call, answer.status)
            return _send(answer, start_response)
        except ConnectionCut:
            self._record(service, call, 0)
            raise
        statuses: list[int] = []

        def note_status(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(int(status.split()[0]))
            return start_response(status, headers, *rest)

        environ["wsgi.errors"] = _LogLines()
        try:
            chunks = self._cloud.moto(environ, note_status, account, service)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("%s:%s failed behind the front", service, call.operation)
            failure = ApiError("InternalFailure", "An internal error occurred; the emulator's log has it.", 500)
            self._record(service, call, 500)
            return _send(self._protocol(service, request).error(failure, request_id), start_response)
        cut = fault is not None and fault.effect == "cut-after-work"
        self._record(service, call, 0 if cut else statuses[-1])
        if cut:
            raise ConnectionCut
        return chunks

    def _fault(self, service: str, call: Call) -> Fault | None:
        """What goes wrong with a call, if anything does."""
        if self._cloud.identity_center.has_expired(call.access_key):
            return Fault("expired-token")
        return self._cloud.faults.due(service, call.operation, call.account, call.region)

    def _suffer(self, fault: Fault, service: str, call: Call) -> None:
        """What a fault does before the work: waits, raises the error it stands for, or cuts the connection."""
        if fault.seconds:
            self._cloud.stopped.wait(fault.seconds)
        if fault.effect in ("cut-before-work", "hang"):
            raise ConnectionCut
        error = fault.error(service, call.operation, call.account, f"arn:aws:{service}:{call.region}:{call.account}:*")
        if error is not None:
            raise error

    def _record(self, service: str, call: Call, status: int) -> None:
        self._cloud.calls.add(service, call.operation, call.account, call.region, status, time.time(), call.request_id)

    def _protocol(self, service: str, request: HttpRequest) -> Protocol:
        try:
            model = service_model(service)
        except UnknownServiceError:  # a signing name that is no service's name: only its errors are made here
            model = service_model("sts")
        spoken = model.metadata.get("protocols", [model.metadata["protocol"]])
        content_type = request.headers.get("content-type", "")
        name = spoken[0]
        if len(spoken) > 1:
            if "x-amz-target" in request.headers and "json" in spoken:
                name = "json"
            elif content_type.startswith("application/x-www-form-urlencoded") and "query" in spoken:
                name = "query"
        protocol = self._protocols.get((service, name))
        if protocol is None:
            protocol = self._protocols[service, name] = _PROTOCOLS[name](model)
        return protocol


@cache
def _taken(method: Method) -> frozenset[str] | None:
    """The parameters that a method takes, or None where it takes any."""
    parameters = inspect.signature(method).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return frozenset(parameter.name for parameter in parameters)


class _LogLines(StringIO):
    """What moto writes to its error stream goes to the log, not over somebody's screen."""

    def write(self, text: str) -> int:
        if text.strip():
            _log.error("behind the front: %s", text.rstrip())
        return len(text)


def _request(environ: dict[str, Any]) -> HttpRequest:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    headers |= environ["underscored_headers"]
    path, _, _ = environ["RAW_URI"].partition("?")
    return HttpRequest(environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], headers, environ["wsgi.input"].read())


def _unpacked(request: HttpRequest) -> HttpRequest:
    """The request with its body as it was before the client compressed it, as botocore does with large metric data."""
    if request.headers.get("content-encoding") != "gzip":
        return request
    try:
        return replace(request, body=gzip.decompress(request.body))
    except (OSError, EOFError, zlib.error):  # it says what it is not; whoever reads it says so
        return request


def _operation_name(request: HttpRequest) -> str:
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    if target:
        return target
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        head, _, tail = request.body.partition(b"Action=")
        if tail and (not head or head.endswith(b"&")):
            return tail.partition(b"&")[0].decode(errors="replace")
    return request.method


def _botocore_name(signing_name: str) -> str:
    return {"monitoring": "cloudwatch", "states": "stepfunctions", "email": "ses"}.get(signing_name, signing_name)


def _send(answer: HttpAnswer, start_response: Any) -> Iterable[bytes]:
    headers = [(name, value) for name, value in answer.headers.items()]
    known = answer.status in HTTPStatus.__members__.values()
    status = f"{answer.status} {HTTPStatus(answer.status).phrase if known else 'Unknown'}"
    if isinstance(answer.body, bytes):
        headers.append(("Content-Length", str(len(answer.body))))
        start_response(status, headers)
        return [answer.body]
    start_response(status, headers)
    return answer.body


def _cut(environ: dict[str, Any]) -> None:
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # the client was quicker
            pass
