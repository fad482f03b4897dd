"""The types of stages that a pipeline may have, and what each of them may be asked to do."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import get_args

from lambdatui.pipeline.document import Kind
from lambdatui.stages.stage import Stage

_PLACES: Mapping[str, tuple[str, str]] = {
    "deploy": ("lambdatui.stages.deploy", "Deploy"),
    "update_code": ("lambdatui.stages.update_code", "UpdateCode"),
    "route": ("lambdatui.stages.route", "Route"),
    "delete": ("lambdatui.stages.delete", "Delete"),
    "invoke": ("lambdatui.stages.invoke", "Invoke"),
    "canary": ("lambdatui.stages.canary", "Canary"),
    "wait": ("lambdatui.stages.wait", "Wait"),
    "approve": ("lambdatui.stages.approve", "Approve"),
    "check": ("lambdatui.stages.check", "Check"),
    "run": ("lambdatui.pipeline.run_stage", "RunPipeline"),
}

KINDS: tuple[str, ...] = get_args(Kind)
REPEATABLE = frozenset({"deploy", "update_code", "route", "delete", "canary"})
"""The types that may be tried again: what they have done already, they do not do twice."""


@cache
def model(kind: str) -> type[Stage]:
    """The model of a type's inputs."""
    module, name = _PLACES[kind]
    found: type[Stage] = getattr(importlib.import_module(module), name)
    return found
