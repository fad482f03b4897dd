"""Two configurations of a function, field by field. Values of the environment are compared, and never told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.masking import MASK

# what is another in each version by nature, and the states, which are no configuration
_NO_SETTINGS = frozenset(
    {
        "FunctionArn",
        "FunctionName",
        "Version",
        "RevisionId",
        "MasterArn",
        "LastModified",
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
    }
)

BY_ITSELF = ("CodeSize", "ConfigSha256", "RuntimeVersionConfig", "SnapStart.OptimizationStatus", "VpcConfig.VpcId")
"""What AWS changes by itself once a change has settled: the beginnings of such fields' names."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs: its path in AWS's names, such as `VpcConfig.VpcId`; None where there is no such field."""

    name: str
    before: str | None
    after: str | None


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """The fields of two FunctionConfigurations that differ, in AWS's order, then by name within a field."""
    old, new = (dict(_flat(configuration)) for configuration in (before, after))
    return [
        FieldChange(name, _told(name, old.get(name)), _told(name, new.get(name)))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _flat(configuration: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in configuration.items():
        if name not in _NO_SETTINGS:
            yield from _parts(name, value)


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _parts(f"{name}.{key}", item)
    elif isinstance(value, list | tuple):
        # a layer's size says nothing that its ARN does not
        yield name, tuple(str(item["Arn"]) if name == "Layers" else str(item) for item in value)
    else:
        yield name, value


def _told(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name.startswith("Environment.Variables."):
        return f"{MASK} ({len(str(value).encode())} B)"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
