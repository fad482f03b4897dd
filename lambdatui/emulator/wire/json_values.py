"""JSON values to and from what a shape of a service model says they are."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from botocore.utils import parse_to_aware_datetime

from lambdatui.emulator.service import ApiError

_INTEGERS = ("integer", "long", "short", "byte")
_FLOATS = ("float", "double")


def from_json(shape: Any, value: Any) -> Any:
    """A JSON value as Python has it: blobs are bytes, timestamps seconds since the epoch.

    Members that the shape does not have, and nulls, are left out. Raises SerializationException where the value is of
    another kind than the shape, as AWS does.
    """
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise _mismatch(value, "an Object")
        if shape.is_document_type:
            return value
        return _structure_from_json(shape, value)
    if kind == "string":
        if not isinstance(value, str):
            raise _mismatch(value, "a String")
        return value
    if kind == "list":
        if not isinstance(value, list):
            raise _mismatch(value, "an Array")
        return [from_json(shape.member, item) for item in value]
    if kind == "map":
        if not isinstance(value, dict):
            raise _mismatch(value, "a Map")
        return {key: from_json(shape.value, item) for key, item in value.items() if item is not None}
    return scalar_from_json(kind, shape, value)


def scalar_from_json(kind: str, shape: Any, value: Any) -> Any:
    """A number, a truth value, a blob or a timestamp; see `from_json`."""
    if kind in _INTEGERS:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise _mismatch(value, "an Integer")
        return int(value)
    if kind in _FLOATS:
        if value in ("NaN", "Infinity", "-Infinity"):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _mismatch(value, "a Double")
        return float(value)
    if kind == "boolean":
        if not isinstance(value, bool):
            raise _mismatch(value, "a Boolean")
        return value
    if kind == "blob":
        if not isinstance(value, str):
            raise _mismatch(value, "a Blob")
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            raise ApiError("SerializationException", "Could not decode a Base64-encoded value", 400) from None
    if kind == "timestamp":
        return to_epoch(value)
    return value


def to_epoch(value: Any) -> float:
    """Seconds since the epoch of a timestamp in any of AWS's formats."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return float(parse_to_aware_datetime(value).timestamp())
    except (ValueError, TypeError, OverflowError):
        raise _mismatch(value, "a Timestamp") from None


def to_datetime(value: Any) -> dt.datetime:
    """An aware datetime, UTC, of seconds since the epoch or of a datetime."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return dt.datetime.fromtimestamp(float(value), dt.UTC)


def _structure_from_json(shape: Any, value: dict[str, Any]) -> dict[str, Any]:
    parsed = {}
    for name, member in shape.members.items():
        item = value.get(member.serialization.get("name", name))
        if item is not None and "location" not in member.serialization:
            parsed[name] = from_json(member, item)
    return parsed


def _mismatch(value: Any, target: str) -> ApiError:
    if value is True or value is False:
        found = "TRUE_VALUE" if value else "FALSE_VALUE"
    elif isinstance(value, str):
        found = "STRING_VALUE"
    elif isinstance(value, int):
        found = "NUMBER_VALUE"
    elif isinstance(value, float):
        found = "DECIMAL_VALUE"
    elif value is None:
        found = "NULL_VALUE"
    else:
        opened = "list" if isinstance(value, list) else "structure or map"
        return ApiError("SerializationException", f"Start of {opened} found where not expected.", 400)
    return ApiError("SerializationException", f"{found} cannot be converted to {target}", 400)


def to_json(shape: Any, value: Any) -> Any:
    """The JSON value of a result. Members that the shape does not have, and those that are None, are left out."""
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type:
            return value
        members = shape.members
        answer = {}
        for name, item in value.items():
            member = members.get(name)
            if member is not None and item is not None and "location" not in member.serialization:
                answer[member.serialization.get("name", name)] = to_json(member, item)
        return answer
    if kind == "list":
        member = shape.member
        if member.type_name == "string":
            return list(value)
        return [to_json(member, item) for item in value]
    if kind == "map":
        return {key: to_json(shape.value, item) for key, item in value.items()}
    if kind == "blob":
        return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
    if kind == "timestamp":
        return _timestamp(shape, value)
    return value


def _timestamp(shape: Any, value: Any) -> float | str:
    style = shape.serialization.get("timestampFormat", "unixTimestamp")
    if style == "iso8601":
        return to_datetime(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return round(to_datetime(value).timestamp(), 3)
