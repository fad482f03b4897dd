"""Amazon's event stream: binary messages in one HTTP answer, for InvokeWithResponseStream and StartLiveTail.

Layout, https://smithy.io/2.0/aws/amazon-eventstream.html: total length, length of the headers, CRC of these two, the
headers, the payload, CRC of it all; lengths and CRCs are 32 bits, big-endian.
"""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Iterable, Iterator, Mapping
from struct import pack
from typing import Any

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.json_values import to_json

_STRING = 7  # the type of a header's value


def encode(shape: Any, events: Iterable[Mapping[str, Any]], initial: bytes | None = None) -> Iterator[bytes]:
    """The messages of one-member mappings, the member's name being the event's type, each as it comes.

    `shape` is the event stream's union. `initial`, if any, is the payload of the initial-response message with which
    a stream of the JSON protocol begins. An ApiError while the events are read ends the stream as an exception message.
    """
    if initial is not None:
        yield _message({":message-type": "event", ":event-type": "initial-response"}, initial, "application/json")
    try:
        for event in events:
            ((name, value),) = event.items()
            yield _event(name, shape.members[name], value)
    except ApiError as error:
        headers = {":message-type": "exception", ":exception-type": error.code}
        yield _message(headers, json.dumps({"message": error.message}).encode(), "application/json")


def _event(name: str, shape: Any, value: Mapping[str, Any]) -> bytes:
    headers = {":message-type": "event", ":event-type": name}
    for member_name, member in shape.members.items():
        if member.serialization.get("eventpayload"):
            payload = value.get(member_name, b"")
            if member.type_name == "blob":
                return _message(headers, payload, "application/octet-stream")
            return _message(headers, str(payload).encode(), "text/plain")
    return _message(headers, json.dumps(to_json(shape, value)).encode(), "application/json")


def _message(headers: Mapping[str, str], payload: bytes, content_type: str) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in {**headers, ":content-type": content_type}.items())
    prelude = pack("!II", len(encoded) + len(payload) + 16, len(encoded))
    message = prelude + pack("!I", crc32(prelude)) + encoded + payload
    return message + pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    return pack("!B", len(name_bytes)) + name_bytes + pack("!BH", _STRING, len(value_bytes)) + value_bytes
