"""The settings of a function that stands at AWS, as a deploy file says them: `setting_table` read backwards. Pure.

Deployed again, they change nothing. What is not there is said as empty, so that it is removed where it is by then; what
AWS lets only a new function have, or has only for images, is left out where it is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.stages.settings.setting_table import SETTINGS

Configuration = Mapping[str, Any]

# for a function whose code is an image, and for one whose code is not
_NOT_OF_IMAGES = frozenset({"runtime", "handler", "layers", "custom_runtime", "snap_start"})
_OF_IMAGES = frozenset({"image"})


def values_of(configuration: Configuration) -> dict[str, Any]:
    """Every setting in a FunctionConfiguration, by its field, in the order of the table.

    The environment is among them with its values; `environment` is missing where AWS could not decrypt it.
    """
    image = configuration.get("PackageType") == "Image"
    left_out = _NOT_OF_IMAGES if image else _OF_IMAGES
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.field in left_out:
            continue
        value = _IN_A_FILE.get(setting.field, _as_it_is)(setting.stands(configuration), configuration)
        if value is not None:
            found[setting.field] = value
    found["architecture"] = (configuration.get("Architectures") or ["x86_64"])[0]
    if (configuration.get("Environment") or {}).get("Error"):
        del found["environment"]
    return found


def _as_it_is(form: Any, _: Configuration) -> Any:
    return form


def _under(key: str) -> Callable[[Any, Configuration], Any]:
    return lambda form, _: form[key]


def _named(members: Mapping[str, str], form: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parts that are there, by their fields; None where there is none. `members` are AWS's names by the field's."""
    return {name: form[member] for name, member in members.items() if form.get(member) is not None} or None


def _vpc(form: Mapping[str, Any], _: Configuration) -> dict[str, Any]:
    if not form["SubnetIds"] and not form["SecurityGroupIds"]:
        return {}
    return {
        "subnets": form["SubnetIds"],
        "security_groups": form["SecurityGroupIds"],
        "ipv6": form["Ipv6AllowedForDualStack"],
    }


def _file_systems(form: list[Mapping[str, Any]], _: Configuration) -> list[dict[str, Any]]:
    found = []
    for mount in form:
        entry = {"arn": mount["Arn"], "path": mount["LocalMountPath"]}
        if reads := (mount.get("S3FilesConfig") or {}).get("DirectS3Read"):
            entry["direct_read"] = reads
        found.append(entry)
    return found


def _image(form: Mapping[str, Any], _: Configuration) -> dict[str, Any]:
    if not form:
        return {}
    # an empty part ends an override that came later
    return {
        "entry_point": form.get("EntryPoint", []),
        "command": form.get("Command", []),
        "working_directory": form.get("WorkingDirectory", ""),
    }


def _logging(form: Mapping[str, Any], configuration: Configuration) -> dict[str, Any]:
    if form == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{configuration['FunctionName']}"}:
        return {}
    found = {"format": form["LogFormat"]}
    if form["LogFormat"] == "JSON":
        levels = {"application_level": "ApplicationLogLevel", "system_level": "SystemLogLevel"}
        found |= {name: form[member] for name, member in levels.items() if form.get(member)}
    return found | {"group": form["LogGroup"]}


def _durable(form: Mapping[str, Any], _: Configuration) -> dict[str, Any] | None:
    members = {
        "execution_timeout": "ExecutionTimeout", "retention_days": "RetentionPeriodInDays", "kms_key": "KMSKeyArn",
    }  # fmt: skip
    return _named(members, form)


def _capacity_provider(form: Mapping[str, Any], _: Configuration) -> dict[str, Any] | None:
    members = {
        "arn": "CapacityProviderArn",
        "max_concurrency": "PerExecutionEnvironmentMaxConcurrency",
        "memory_per_vcpu": "ExecutionEnvironmentMemoryGiBPerVCpu",
    }
    return _named(members, form.get("LambdaManagedInstancesCapacityProviderConfig") or {})


def _custom_runtime(form: Mapping[str, Any], _: Configuration) -> dict[str, Any] | None:
    return _named({"arn": "RuntimeArn", "alias": "RuntimeAlias"}, form)


_IN_A_FILE: Mapping[str, Callable[[Any, Configuration], Any]] = {
    "ephemeral_storage": _under("Size"),
    "environment": _under("Variables"),
    "vpc": _vpc,
    "dead_letter": _under("TargetArn"),
    "tracing": _under("Mode"),
    "file_systems": _file_systems,
    "image": _image,
    "snap_start": _under("ApplyOn"),
    "logging": _logging,
    "durable": _durable,
    "tenancy": _under("TenantIsolationMode"),
    "capacity_provider": _capacity_provider,
    "custom_runtime": _custom_runtime,
    "accelerator_memory": _under("AcceleratorMemorySize"),
}
