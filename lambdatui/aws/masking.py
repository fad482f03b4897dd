"""What is hidden before a call's parameters reach a screen, the journal or the log file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

MASK = "••••••"

_SECRET_MAPS = frozenset({"Variables"})
_SECRET_WORDS = ("password", "secret", "token", "credential", "privatekey", "accesskey")
# JSON text within JSON, as AddPermission answers and GetPolicy
_DOCUMENTS = frozenset({"Statement", "Policy"})
_BLOBS = frozenset({"ZipFile", "Payload", "Body", "ClientContext"})


def masked(value: Any, name: str = "") -> Any:
    """A copy of `value` with environment values and secrets masked, and blobs replaced by their size and SHA-256.

    `name` is the parameter that holds it, in AWS's spelling.
    """
    if name in _BLOBS and isinstance(value, bytes | bytearray | str):
        data = value.encode() if isinstance(value, str) else bytes(value)
        return f"<{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:12]}>"
    if name in _DOCUMENTS and isinstance(value, str):
        try:
            return json.dumps(masked(json.loads(value)), ensure_ascii=False)
        except ValueError:
            return value
    if name in _SECRET_MAPS and isinstance(value, Mapping):
        return dict.fromkeys(value, MASK)
    if isinstance(value, Mapping):
        return {key: masked(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, name) for item in value]
    if isinstance(value, str) and any(word in name.lower() for word in _SECRET_WORDS):
        return MASK
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    return value


def holds_a_mask(value: Any) -> bool:
    """Whether a part of it was masked when it was written down."""
    if isinstance(value, Mapping):
        return any(holds_a_mask(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds_a_mask(item) for item in value)
    return isinstance(value, str) and value == MASK
