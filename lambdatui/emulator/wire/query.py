"""The query protocol: a form in, XML out. Older AWS SDKs speak it to CloudWatch. moto's codec reads and writes it.

Its errors are those of the other XML protocols too, each in its own envelope.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest
from lambdatui.emulator.wire.json_values import to_epoch
from lambdatui.emulator.wire.protocol import Protocol


class Query(Protocol):
    """The operation is the form's `Action`."""

    def operation(self, request: HttpRequest) -> tuple[Any, dict[str, str]] | None:
        name = self._form(request).get("Action", "")
        return (self.model.operation_model(name), {}) if name in self.model.operation_names else None

    def params(self, operation: Any, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        from moto.core.parse import QueryParser

        parser = QueryParser(self._moto_operation(operation.name), timestamp_parser=to_epoch)
        parsed: dict[str, Any] = parser.parse({"values": self._form(request)})
        return parsed

    def answer(self, operation: Any, result: Mapping[str, Any], request_id: str) -> HttpAnswer:
        from moto.core.serialize import QuerySerializer, SerializationContext

        serializer = QuerySerializer(self._moto_operation(operation.name), SerializationContext(request_id))
        answer = serializer.serialize(result)
        return HttpAnswer(answer["status_code"], dict(answer["headers"]), answer["body"].encode())

    def error(self, error: ApiError, request_id: str) -> HttpAnswer:
        status = self.status(error)
        shape = self.error_shape(error.code)
        code = escape(shape.error_code if shape is not None else error.code)
        message = escape(error.message)
        protocol = self.model.metadata["protocol"]
        if protocol == "ec2":
            body = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            )
        elif protocol == "rest-xml":
            body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
        else:
            fault = "Sender" if status < 500 else "Receiver"
            body = (
                f"<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        return HttpAnswer(status, {"Content-Type": "text/xml", **error.headers}, body.encode())

    @staticmethod
    def _form(request: HttpRequest) -> dict[str, str]:
        form = parse_qs(request.body.decode() or request.query_string, keep_blank_values=True)
        return {name: values[0] for name, values in form.items()}

    def _moto_operation(self, name: str) -> Any:
        from moto.core.utils import get_service_model

        return get_service_model(self.model.service_name).operation_model(name)
