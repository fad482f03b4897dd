"""Which runtimes AWS takes for new functions, and which it no longer does.

The page "Lambda runtimes" of the developer guide, read on 2026-11-24. A runtime that this botocore's model names and
that is not blocked here is taken, so that a newer botocore brings newer runtimes.
"""

from __future__ import annotations

from functools import cache

from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.protocol import service_model

BLOCKED = frozenset(
    [
        "nodejs",
        "nodejs4.3",
        "nodejs4.3-edge",
        "nodejs6.10",
        "nodejs8.10",
        "nodejs10.x",
        "nodejs12.x",
        "nodejs14.x",
        "nodejs16.x",
        "python2.7",
        "python3.6",
        "python3.7",
        "python3.8",
        "java8",
        "dotnetcore1.0",
        "dotnetcore2.0",
        "dotnetcore2.1",
        "dotnetcore3.1",
        "dotnet6",
        "go1.x",
        "ruby2.5",
        "ruby2.7",
        "provided",
    ]
)
SNAP_START = ("java11", "java17", "java21", "java25", "python3.12", "python3.13", "python3.14", "dotnet8", "dotnet10")


@cache
def known() -> tuple[str, ...]:
    """Every runtime that the model names, the blocked ones too."""
    return tuple(service_model("lambda").shape_for("Runtime").enum)


def check(runtime: str) -> None:
    """Raises InvalidParameterValueException for a runtime that AWS does not take for creating or updating."""
    if runtime not in known():
        taken = ", ".join(name for name in known() if name not in BLOCKED)
        raise ApiError(
            "InvalidParameterValueException",
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{taken}] "
            "or be a valid ARN",
        )
    if runtime in BLOCKED:
        raise ApiError(
            "InvalidParameterValueException",
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions.",
        )


def is_python(runtime: str | None) -> bool:
    """Whether functions of this runtime can be run here."""
    return runtime is not None and runtime.startswith("python")
