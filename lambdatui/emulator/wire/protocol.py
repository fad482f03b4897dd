"""What the wire protocols of AWS have in common: a service's model, and the answer to an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest

_loader = Loader()


@cache
def service_model(name: str) -> Any:
    """botocore's model of a service, by botocore's name of it."""
    return ServiceModel(_loader.load_service_model(name, "service-2"), name)


class Protocol:
    """One way of putting a service's calls into HTTP. `model` is botocore's ServiceModel."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def operation(self, request: HttpRequest) -> tuple[Any, dict[str, str]] | None:
        """The model of the operation that is asked for and the labels in the path, or None where there is none."""
        raise NotImplementedError

    def params(self, operation: Any, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        """The operation's parameters, by AWS's member names. Raises SerializationException where it cannot be read."""
        raise NotImplementedError

    def answer(self, operation: Any, result: Mapping[str, Any], request_id: str) -> HttpAnswer:
        """The answer with an operation's result, by AWS's member names."""
        raise NotImplementedError

    def error(self, error: ApiError, request_id: str) -> HttpAnswer:
        """The answer with an error."""
        raise NotImplementedError

    def error_shape(self, code: str) -> Any | None:
        """The model's shape of an error, by its name or by the code that the Query protocol has for it."""
        for shape in self.model.error_shapes:
            if code in (shape.name, shape.error_code):
                return shape
        return None

    def status(self, error: ApiError) -> int:
        """The HTTP status of an error: its own, else the model's, else 400."""
        if error.status is not None:
            return error.status
        shape = self.error_shape(error.code)
        return int(shape.metadata.get("error", {}).get("httpStatusCode", 400)) if shape is not None else 400

    def error_members(self, error: ApiError, status: int) -> dict[str, Any]:
        """The members of an error's body, under the names that its shape has for them."""
        shape = self.error_shape(error.code)
        members = dict(shape.members) if shape is not None else {}
        body: dict[str, Any] = {"Type": "User" if status < 500 else "Service"} if "Type" in members else {}
        body["Message" if "Message" in members else "message"] = error.message
        for name, value in error.members.items():
            body[members[name].serialization.get("name", name) if name in members else name] = value
        return body


def json_document(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body; an empty body is an empty object. Raises SerializationException."""
    if not body:
        return {}
    try:
        document = json.loads(body)
    except ValueError:
        raise ApiError(
            "SerializationException", "Could not parse request body into json: it is not JSON", 400
        ) from None
    if not isinstance(document, dict):
        raise ApiError("SerializationException", "Start of list found where not expected.", 400)
    return document
