"""The rest-json protocol, which Lambda speaks: the operation is in the path, parameters are everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.event_stream import encode
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest
from lambdatui.emulator.wire.json_values import from_json, scalar_from_json, to_datetime, to_json
from lambdatui.emulator.wire.protocol import Protocol, json_document


class _Route(NamedTuple):
    segments: tuple[str, ...]  # a label stands as "{Name}"
    query: tuple[tuple[str, str], ...]  # what the query string must have
    operation: str


class RestJson(Protocol):
    """Routes by method, path and, where the path leaves it open, the query string."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._routes: dict[tuple[str, int], list[_Route]] = {}
        for name in model.operation_names:
            http = model.operation_model(name).http
            path, _, query = http["requestUri"].partition("?")
            segments = tuple(path.strip("/").split("/"))
            route = _Route(segments, tuple(parse_qsl(query, keep_blank_values=True)), name)
            self._routes.setdefault((http["method"], len(segments)), []).append(route)
        for routes in self._routes.values():  # the more that is fixed, the sooner it is tried
            routes.sort(key=lambda route: (-len(route.query), sum(part.startswith("{") for part in route.segments)))

    def operation(self, request: HttpRequest) -> tuple[Any, dict[str, str]] | None:
        parts = request.path.strip("/").split("/")
        for route in self._routes.get((request.method, len(parts)), ()):
            labels = _labels(route.segments, parts)
            if labels is None:
                continue
            if route.query:
                query = request.query
                if any(value not in query.get(name, ()) for name, value in route.query):
                    continue
            return self.model.operation_model(route.operation), labels
        return None

    def params(self, operation: Any, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        query = request.query
        params: dict[str, Any] = {}
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location is None:
                continue
            wire_name = member.serialization.get("name", name)
            if location == "uri":
                params[name] = _from_text(member, labels[wire_name])
            elif location == "querystring" and wire_name in query:
                values = query[wire_name]
                is_list = member.type_name == "list"
                params[name] = (
                    [_from_text(member.member, v) for v in values] if is_list else _from_text(member, values[0])
                )
            elif location == "header" and wire_name.lower() in request.headers:
                params[name] = _from_text(member, request.headers[wire_name.lower()])
        payload = shape.serialization.get("payload")
        if payload is None:
            params.update(from_json(shape, json_document(request.body)))
        elif shape.members[payload].type_name in ("blob", "string"):
            if request.body:
                is_blob = shape.members[payload].type_name == "blob"
                params[payload] = request.body if is_blob else request.body.decode()
        elif request.body:
            params[payload] = from_json(shape.members[payload], json_document(request.body))
        return params

    def answer(self, operation: Any, result: Mapping[str, Any], request_id: str) -> HttpAnswer:
        answer = HttpAnswer(int(operation.http.get("responseCode", 200)), {"x-amzn-RequestId": request_id})
        shape = operation.output_shape
        if shape is None:
            return answer
        for name, member in shape.members.items():
            value = result.get(name)
            location = member.serialization.get("location")
            if value is None or location is None:
                continue
            if location == "statusCode":
                answer.status = int(value)
            elif location == "header":
                answer.headers[member.serialization.get("name", name)] = _to_text(member, value)
        payload = shape.serialization.get("payload")
        if payload is None:
            answer.headers["Content-Type"] = "application/json"
            answer.body = json.dumps(to_json(shape, result)).encode()
        else:
            self._put_payload(answer, shape.members[payload], result.get(payload))
        if answer.status == 204:
            answer.body = b""
        return answer

    @staticmethod
    def _put_payload(answer: HttpAnswer, member: Any, value: Any) -> None:
        if member.serialization.get("eventstream"):
            answer.headers["Content-Type"] = "application/vnd.amazon.eventstream"
            events: Iterable[Mapping[str, Any]] = value if value is not None else ()
            answer.body = encode(member, events)
        elif member.type_name in ("blob", "string"):
            answer.headers.setdefault("Content-Type", "application/json")
            answer.body = value.encode() if isinstance(value, str) else value or b""
        elif value is not None:
            answer.headers["Content-Type"] = "application/json"
            answer.body = json.dumps(to_json(member, value)).encode()

    def error(self, error: ApiError, request_id: str) -> HttpAnswer:
        status = self.status(error)
        headers = {
            "x-amzn-RequestId": request_id,
            "x-amzn-ErrorType": error.code,
            "Content-Type": "application/json",
            **error.headers,
        }
        shape = self.error_shape(error.code)
        members = shape.members if shape is not None else {}
        body = self.error_members(error, status)
        for name, member in members.items():
            if member.serialization.get("location") == "header":
                wire_name = member.serialization.get("name", name)
                if wire_name in body:
                    headers[wire_name] = str(body.pop(wire_name))
        return HttpAnswer(status, headers, json.dumps(body).encode())


def _labels(segments: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    labels = {}
    for segment, part in zip(segments, parts, strict=True):
        if segment.startswith("{"):
            if not part:
                return None
            labels[segment.strip("{}+")] = unquote(part)
        elif segment != part:
            return None
    return labels


def _from_text(shape: Any, text: str) -> Any:
    kind = shape.type_name
    if kind == "string":
        return text
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "long", "float", "double"):
        try:
            return scalar_from_json(kind, shape, float(text) if "." in text else int(text))
        except ValueError:
            pass
    return scalar_from_json(kind, shape, text)


def _to_text(shape: Any, value: Any) -> str:
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return to_datetime(value).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return str(value)
