"""Spinnaker's `kayentaCanary` as a canary stage of ours. Pure."""

from __future__ import annotations

from typing import Any

from lambdatui.pipeline.spinnaker.reader import Reader


def canary(reader: Reader) -> dict[str, Any]:
    """`kayentaCanary`."""
    return {}
