"""The json protocol, which CloudWatch and Logs speak: the operation is in X-Amz-Target, parameters in the body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.event_stream import encode
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest
from lambdatui.emulator.wire.json_values import from_json, to_json
from lambdatui.emulator.wire.protocol import Protocol, json_document


class JsonRpc(Protocol):
    """One JSON document each way, POSTed to `/`."""

    def operation(self, request: HttpRequest) -> tuple[Any, dict[str, str]] | None:
        name = request.headers.get("x-amz-target", "").rpartition(".")[2]
        return (self.model.operation_model(name), {}) if name in self.model.operation_names else None

    def params(self, operation: Any, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        parsed: dict[str, Any] = from_json(shape, json_document(request.body))
        return parsed

    def answer(self, operation: Any, result: Mapping[str, Any], request_id: str) -> HttpAnswer:
        headers = {"x-amzn-RequestId": request_id, "Content-Type": self._content_type}
        shape = operation.output_shape
        if shape is None:
            return HttpAnswer(200, headers)
        stream = next((name for name, member in shape.members.items() if member.serialization.get("eventstream")), None)
        if stream is not None:
            headers["Content-Type"] = "application/vnd.amazon.eventstream"
            rest = {name: value for name, value in result.items() if name != stream}
            initial = json.dumps(to_json(shape, rest)).encode()
            return HttpAnswer(200, headers, encode(shape.members[stream], result.get(stream) or (), initial))
        return HttpAnswer(200, headers, json.dumps(to_json(shape, result)).encode())

    def error(self, error: ApiError, request_id: str) -> HttpAnswer:
        status = self.status(error)
        headers = {"x-amzn-RequestId": request_id, "Content-Type": self._content_type, **error.headers}
        shape = self.error_shape(error.code)
        if shape is not None and "awsQueryCompatible" in self.model.metadata:
            # what clients of the Query protocol knew the error as
            fault = "Sender" if status < 500 else "Receiver"
            headers["x-amzn-query-error"] = f"{shape.error_code};{fault}"
        body = {"__type": shape.name if shape is not None else error.code, **self.error_members(error, status)}
        return HttpAnswer(status, headers, json.dumps(body).encode())

    @property
    def _content_type(self) -> str:
        return f"application/x-amz-json-{self.model.metadata.get('jsonVersion', '1.0')}"
