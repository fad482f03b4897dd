"""Whether the boto3 that is installed knows the calls of a plan, said before any of them is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.errors import BadInput, near_match
from lambdatui.stages.settings.setting_table import SETTINGS
from lambdatui.stages.stage import Change


def check_known(account: Account, changes: Sequence[Change]) -> None:
    """Raises BadInput where boto3's model lacks an operation or a parameter of a change.

    An older boto3 would refuse it in the midst of the run.
    """
    for change in changes:
        model = account.client(change.service).meta.service_model
        if change.operation not in model.operation_names:
            raise BadInput(f"{change.operation}: {_version()} does not know it.", _UPDATE)
        shape = model.operation_model(change.operation).input_shape
        for path in _lacking(change.request, shape):
            field = _FIELDS.get(path.split(".")[0], path)
            raise BadInput(f"{field}: {_version()} does not know {change.operation}'s {path}.", _UPDATE)


def runtime_warning(account: Account, runtime: str | None) -> tuple[str, ...]:
    """A word on a runtime that boto3 does not know: AWS may know it all the same."""
    if runtime is None:
        return ()
    known = account.client("lambda").meta.service_model.shape_for("Runtime").enum
    if runtime in known:
        return ()
    return (f"runtime: {_version()} does not know '{runtime}'; AWS may.{near_match(runtime, known)}",)


_FIELDS = {setting.member: setting.field for setting in SETTINGS}
_UPDATE = "Update it: pip install --upgrade boto3"


def _lacking(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """The paths in a request that the model of a call has no member for."""
    if shape is None:
        return
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name not in shape.members:
                yield here
            else:
                yield from _lacking(item, shape.members[name], here)
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        for item in value:
            yield from _lacking(item, shape.member, path)


def _version() -> str:
    return f"boto3 {version('boto3')}"
