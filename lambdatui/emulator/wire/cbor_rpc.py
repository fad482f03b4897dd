"""The smithy-rpc-v2-cbor protocol, which newer AWS SDKs choose for CloudWatch, read and written by botocore's codec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest
from lambdatui.emulator.wire.json_values import to_datetime, to_epoch
from lambdatui.emulator.wire.protocol import Protocol

_HEADERS = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


class CborRpc(Protocol):
    """One CBOR map each way, POSTed to `/service/NAME/operation/OPERATION`."""

    def operation(self, request: HttpRequest) -> tuple[Any, dict[str, str]] | None:
        name = request.path.rstrip("/").rpartition("/")[2]
        return (self.model.operation_model(name), {}) if name in self.model.operation_names else None

    def params(self, operation: Any, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        if not request.body or operation.input_shape is None:
            return {}
        parser = RpcV2CBORParser()
        try:
            document = parser.parse_data_item(parser.get_peekable_stream_from_bytes(request.body))
        except Exception as error:  # noqa: BLE001 - whatever the bytes make the codec raise, they are not CBOR
            raise ApiError("SerializationException", f"Could not parse request body: {error}", 400) from None
        return _with_epochs(operation.input_shape, document) if isinstance(document, dict) else {}

    def answer(self, operation: Any, result: Mapping[str, Any], request_id: str) -> HttpAnswer:
        body = bytearray()
        shape = operation.output_shape
        if shape is not None:
            RpcV2CBORSerializer()._serialize_data_item(body, _with_datetimes(shape, result), shape)
        return HttpAnswer(200, {"x-amzn-RequestId": request_id, **_HEADERS}, bytes(body))

    def error(self, error: ApiError, request_id: str) -> HttpAnswer:
        status = self.status(error)
        shape = self.error_shape(error.code)
        code = shape.name if shape is not None else error.code
        headers = {"x-amzn-RequestId": request_id, **_HEADERS, **error.headers}
        if shape is not None and "awsQueryCompatible" in self.model.metadata:
            headers["x-amzn-query-error"] = f"{shape.error_code};{'Sender' if status < 500 else 'Receiver'}"
        writer = RpcV2CBORSerializer()
        members = {"__type": code, **self.error_members(error, status)}
        body = bytearray(writer._get_initial_byte(writer.MAP_MAJOR_TYPE, len(members)))
        for name, value in members.items():
            writer._serialize_type_string(body, name, None, None)
            writer._serialize_type_string(body, str(value), None, None)
        return HttpAnswer(status, headers, bytes(body))


def _with_epochs(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {name: _with_epochs(members[name], item) for name, item in value.items() if name in members}
    if kind == "list":
        return [_with_epochs(shape.member, item) for item in value]
    if kind == "map":
        return {key: _with_epochs(shape.value, item) for key, item in value.items()}
    return to_epoch(value) if kind == "timestamp" else value


def _with_datetimes(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        kept = {name: item for name, item in value.items() if item is not None and name in members}
        return {name: _with_datetimes(members[name], item) for name, item in kept.items()}
    if kind == "list":
        return [_with_datetimes(shape.member, item) for item in value]
    if kind == "map":
        return {key: _with_datetimes(shape.value, item) for key, item in value.items()}
    return to_datetime(value) if kind == "timestamp" else value
