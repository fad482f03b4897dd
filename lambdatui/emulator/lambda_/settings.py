"""A function's settings: what CreateFunction and UpdateFunctionConfiguration take, and how AWS shows it again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from lambdatui.emulator.lambda_ import runtimes
from lambdatui.emulator.service import ApiError
from lambdatui.emulator.wire.protocol import service_model

_MEMORY_LIMIT = 10_240
_TIMEOUT_LIMIT = 900
_STORAGE_LIMIT = 10_240
_ENVIRONMENT_LIMIT = 4096

RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""

_LOG_LEVELS = ("ApplicationLogLevel", "SystemLogLevel")


@cache
def plain_members(operation: str) -> frozenset[str]:
    """The members of an operation's input that FunctionConfiguration shows under the same name."""
    model = service_model("lambda")
    shown = model.shape_for("FunctionConfiguration").members
    return frozenset(name for name in model.operation_model(operation).input_shape.members if name in shown)


def created(function_name: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a new function: what CreateFunction was given, AWS's defaults for the rest."""
    package_type = members.get("PackageType", "Zip")
    defaults: dict[str, Any] = {
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "PackageType": package_type,
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "TracingConfig": {"Mode": "PassThrough"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"},
    }
    settings = changed(defaults, members, "CreateFunction")
    return {**settings, "Role": members["Role"]}


def changed(before: Mapping[str, Any], members: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """The settings after an operation with these members. What an empty value clears is gone."""
    settings = dict(before)
    for name in plain_members(operation) & members.keys():
        settings[name] = members[name]
    if "SnapStart" in members:
        apply_on = members["SnapStart"].get("ApplyOn", "None")
        settings["SnapStart"] = {"ApplyOn": apply_on, "OptimizationStatus": "Off"}
    if "LoggingConfig" in members:
        settings["LoggingConfig"] = _logging(before.get("LoggingConfig", {}), members["LoggingConfig"])
    if "DurableConfig" in members:
        settings["DurableConfig"] = {**(before.get("DurableConfig") or {}), **members["DurableConfig"]}
    if "ImageConfig" in members:
        settings["ImageConfigResponse"] = {"ImageConfig": members["ImageConfig"]} if members["ImageConfig"] else None
    if not settings.get("Environment", {}).get("Variables"):
        settings.pop("Environment", None)
    if not settings.get("DeadLetterConfig", {}).get("TargetArn"):
        settings.pop("DeadLetterConfig", None)
    for name in ("KMSKeyArn", "FileSystemConfigs", "Layers", "ImageConfigResponse"):
        if not settings.get(name):
            settings.pop(name, None)
    return settings


def _logging(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A switch to JSON brings both levels, INFO unless given; a switch to Text takes them away."""
    merged = {**before, **after}
    if merged.get("LogFormat") == "JSON":
        return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **merged}
    return {name: value for name, value in merged.items() if name not in _LOG_LEVELS}


def check_kept(before: Mapping[str, Any], members: Mapping[str, Any]) -> None:
    """Raises AWS's errors for an update that asks for what only a new function can have."""
    if "CapacityProviderConfig" in members and "CapacityProviderConfig" not in before:
        _refuse("CapacityProviderConfig isn't supported for Lambda Default functions.")
    if "DurableConfig" in members and "DurableConfig" not in before:
        _refuse("You cannot enable durable execution for an existing function.")


def check(members: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Raises AWS's errors for what an operation was given (`members`) and the settings that come of it."""
    runtime = members.get("Runtime")
    if runtime is not None:
        runtimes.check(runtime)
    managed = "CapacityProviderConfig" in settings  # only these may be larger and run longer
    if not managed and members.get("MemorySize", 0) > _MEMORY_LIMIT:
        _refuse(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to "
            f"{_MEMORY_LIMIT}"
        )
    if not managed and members.get("Timeout", 0) > _TIMEOUT_LIMIT:
        _refuse(
            "'Timeout' value failed to satisfy constraint: Member must have value less than or equal to "
            f"{_TIMEOUT_LIMIT}"
        )
    accelerated = "AcceleratorConfig" in settings
    if not accelerated and members.get("EphemeralStorage", {}).get("Size", 0) > _STORAGE_LIMIT:
        _refuse(
            "'EphemeralStorage.Size' value failed to satisfy constraint: Member must have value less than or equal to "
            f"{_STORAGE_LIMIT}"
        )
    if "DurableConfig" in settings and not settings["DurableConfig"].get("ExecutionTimeout"):
        _refuse("You cannot create a function with a durable configuration without an executionTimeout")
    mounts = settings.get("FileSystemConfigs") or []
    if mounts and not settings.get("VpcConfig", {}).get("SubnetIds"):
        _refuse(f"Function must be configured to execute in a VPC to reference access point {mounts[0]['Arn']}.")
    _check_environment(members.get("Environment", {}).get("Variables") or {})
    if len(members.get("Layers") or ()) > 5:
        _refuse("Cannot reference more than 5 layers.")
    snap_start = members.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions"
    if snap_start and settings.get("Runtime") not in runtimes.SNAP_START:
        _refuse(f"{settings.get('Runtime')} is not supported for SnapStart enabled functions.")
    if settings["LoggingConfig"]["LogFormat"] == "Text" and any(
        level in members.get("LoggingConfig", {}) for level in _LOG_LEVELS
    ):
        _refuse(
            'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change '
            'the LogFormat to "JSON" and try again.'
        )
    dead_letters = members.get("DeadLetterConfig", {}).get("TargetArn")
    if dead_letters and not re.match(r"arn:aws[a-zA-Z-]*:(sqs|sns):", dead_letters):
        _refuse(
            "The provided dead letter queue is not valid: it is neither an Amazon SQS queue nor an Amazon SNS topic "
            f"({dead_letters})"
        )


def _check_environment(variables: Mapping[str, str]) -> None:
    reserved = sorted(RESERVED_VARIABLES & variables.keys())
    if reserved:
        _refuse(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > _ENVIRONMENT_LIMIT:
        _refuse(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )


def config_sha256(settings: Mapping[str, Any]) -> str:
    """ConfigSha256: a hash of the settings, without what describes them only."""
    kept = {name: value for name, value in settings.items() if name != "Description"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _refuse(message: str) -> None:
    raise ApiError("InvalidParameterValueException", message)
