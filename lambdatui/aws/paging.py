"""Lists of Lambda's, which come in pages with a marker, as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.aws.account import Account


def every(account: Account, operation: str, key: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All entries of a list: what stands under `key` in each page. Raises AwsError."""
    rows: list[dict[str, Any]] = []
    marker: str | None = None
    while True:
        answer = account.call("lambda", operation, {**parameters, **({"Marker": marker} if marker else {})})
        rows += answer[key]
        marker = answer.get("NextMarker")
        if not marker:
            return rows
