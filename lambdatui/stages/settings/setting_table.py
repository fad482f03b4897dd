"""How each setting of a function is told to AWS, how AWS tells it again, and how a plan tells both: one table. Pure.

A setting has one form throughout, that of the requests of CreateFunction and UpdateFunctionConfiguration: `stands`
brings a FunctionConfiguration of AWS's into it, `wanted` what was asked for, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.stages.settings.environment import environment_differences
from lambdatui.stages.settings.setting_groups import (
    CapacityProvider,
    CustomRuntime,
    Durable,
    FileSystem,
    Group,
    Image,
    Logging,
    Vpc,
)
from lambdatui.stages.stage import Difference, differences, shown

Configuration = Mapping[str, Any]
Lines = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: the field in a file, AWS's member, and the ways between them.

    `none` is the form in which there is nothing of it. `stands` takes a FunctionConfiguration, `wanted` what was asked
    for and the FunctionConfiguration, and gives the form that is to stand there; `lines` tells a form in words. Of a
    function that is not there yet, the FunctionConfiguration is its FunctionName alone.
    """

    field: str
    member: str
    none: Any
    wanted: Callable[[Any, Configuration], Any]
    stands: Callable[[Configuration], Any]
    lines: Callable[[Any], Lines]

    def differences(self, before: Any, after: Any) -> tuple[Difference, ...]:
        """The lines in which two forms differ; values of the environment are masked."""
        if self.member == "Environment":
            return environment_differences(before["Variables"], after["Variables"])
        if before == after:
            return ()
        # an order alone has no line of its own
        return differences(self.lines(before), self.lines(after)) or (
            Difference(self.field.replace("_", " "), shown(before), shown(after)),
        )


def _as_it_is(asked: Any, _: Configuration) -> Any:
    return asked


def _plain(field: str, member: str, unit: str = "", none: Any = None) -> Setting:
    """A setting that is one value, in the file as at AWS."""
    label = field.replace("_", " ")
    return Setting(
        field,
        member,
        none,
        _as_it_is,
        lambda configuration: none if configuration.get(member) is None else configuration[member],
        lambda form: {label: f"{shown(form)}{unit}" if form not in (None, "") else None},
    )


def _inside(field: str, member: str, key: str, none: Any, unit: str = "") -> Setting:
    """A setting that is one value, which AWS puts into a mapping with one key."""
    label = field.replace("_", " ")
    return Setting(
        field,
        member,
        {key: none},
        lambda asked, _: {key: asked},
        lambda configuration: {key: (configuration.get(member) or {}).get(key, none)},
        lambda form: {label: f"{shown(form[key])}{unit}" if form[key] not in (None, "") else None},
    )


def _merged(asked: Group, stands: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, Any]:
    """What stands there, with the parts in its place that were asked for. `members` are AWS's names by the field's."""
    given = {member: getattr(asked, name) for name, member in members.items() if getattr(asked, name) is not None}
    return {**stands, **given}


def _named(label: str, members: Mapping[str, str], unit: Mapping[str, str] | None = None) -> Callable[[Any], Lines]:
    """Words for a mapping of AWS's: a line for each of `members`, which are AWS's names by the words."""

    def lines(form: Mapping[str, Any]) -> Lines:
        told: Lines = {}
        for words, member in members.items():
            value = form.get(member)
            told[f"{label} {words}"] = (
                None if value in (None, "", [], False) else f"{shown(value)}{(unit or {}).get(member, '')}"
            )
        return told

    return lines


_NO_VPC = {"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": False}


def _vpc_wanted(asked: Vpc, configuration: Configuration) -> dict[str, Any]:
    if asked.removes:
        return dict(_NO_VPC)
    names = {"subnets": "SubnetIds", "security_groups": "SecurityGroupIds", "ipv6": "Ipv6AllowedForDualStack"}
    return _sorted_vpc(_merged(asked, _vpc_stands(configuration), names))


def _vpc_stands(configuration: Configuration) -> dict[str, Any]:
    there = configuration.get("VpcConfig") or {}
    return _sorted_vpc({name: there.get(name) or none for name, none in _NO_VPC.items()})


def _sorted_vpc(form: Mapping[str, Any]) -> dict[str, Any]:
    # their order says nothing, and AWS keeps to none
    return {name: sorted(value) if isinstance(value, list) else value for name, value in form.items()}


def _file_system(asked: FileSystem) -> dict[str, Any]:
    form: dict[str, Any] = {"Arn": asked.arn, "LocalMountPath": asked.path}
    if asked.direct_read is not None:
        form["S3FilesConfig"] = {"DirectS3Read": asked.direct_read}
    return form


def _file_systems_wanted(asked: list[FileSystem], configuration: Configuration) -> list[dict[str, Any]]:
    there = {form["Arn"]: form.get("S3FilesConfig") for form in configuration.get("FileSystemConfigs") or []}
    wanted = [_file_system(entry) for entry in asked]
    for form in wanted:
        if "S3FilesConfig" not in form and there.get(form["Arn"]):
            form["S3FilesConfig"] = there[form["Arn"]]
    return wanted


def _file_system_lines(form: list[dict[str, Any]]) -> Lines:
    lines: Lines = {}
    for entry in form:
        lines[f"file system {entry['LocalMountPath']}"] = entry["Arn"]
        if reads := (entry.get("S3FilesConfig") or {}).get("DirectS3Read"):
            lines[f"file system {entry['LocalMountPath']} direct reads"] = reads
    return lines


_IMAGE = {"entry_point": "EntryPoint", "command": "Command", "working_directory": "WorkingDirectory"}


def _image_wanted(asked: Image, configuration: Configuration) -> dict[str, Any]:
    form = {} if asked.removes else _merged(asked, _image_stands(configuration), _IMAGE)
    return {name: value for name, value in form.items() if value}


def _image_stands(configuration: Configuration) -> dict[str, Any]:
    there = (configuration.get("ImageConfigResponse") or {}).get("ImageConfig") or {}
    return {name: value for name, value in there.items() if value}


_LOGGING = {
    "format": "LogFormat",
    "application_level": "ApplicationLogLevel",
    "system_level": "SystemLogLevel",
    "group": "LogGroup",
}


def _logging_wanted(asked: Logging, configuration: Configuration) -> dict[str, Any]:
    if asked.removes:
        return _logging_stands({"FunctionName": configuration["FunctionName"]})
    form = _merged(asked, _logging_stands(configuration), _LOGGING)
    if form["LogFormat"] == "JSON":
        # AWS's own choice where none is made
        return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **form}
    given = {_LOGGING[name] for name in asked.model_fields_set}
    return {name: value for name, value in form.items() if not name.endswith("Level") or name in given}


def _logging_stands(configuration: Configuration) -> dict[str, Any]:
    default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{configuration.get('FunctionName', '')}"}
    return {**default, **(configuration.get("LoggingConfig") or {})}


_DURABLE = {"execution_timeout": "ExecutionTimeout", "retention_days": "RetentionPeriodInDays", "kms_key": "KMSKeyArn"}
_PROVIDER = {
    "arn": "CapacityProviderArn",
    "max_concurrency": "PerExecutionEnvironmentMaxConcurrency",
    "memory_per_vcpu": "ExecutionEnvironmentMemoryGiBPerVCpu",
}
_INSTANCES = "LambdaManagedInstancesCapacityProviderConfig"


def _durable_wanted(asked: Durable, configuration: Configuration) -> dict[str, Any]:
    form = {} if asked.removes else _merged(asked, configuration.get("DurableConfig") or {}, _DURABLE)
    return {name: value for name, value in form.items() if value or name in (configuration.get("DurableConfig") or {})}


def _provider_wanted(asked: CapacityProvider, configuration: Configuration) -> dict[str, Any]:
    if asked.removes:
        return {}
    there = (configuration.get("CapacityProviderConfig") or {}).get(_INSTANCES, {})
    return {_INSTANCES: _merged(asked, there, _PROVIDER)}


def _custom_runtime_wanted(asked: CustomRuntime, _: Configuration) -> dict[str, Any]:
    return {"RuntimeArn": asked.arn, "RuntimeAlias": asked.alias}


_vpc_lines = _named(
    "vpc", {"subnets": "SubnetIds", "security groups": "SecurityGroupIds", "IPv6": "Ipv6AllowedForDualStack"}
)
_logging_lines = _named(
    "logging",
    {"format": "LogFormat", "application level": "ApplicationLogLevel", "system level": "SystemLogLevel",
     "group": "LogGroup"},
)  # fmt: skip
_provider_lines = _named(
    "capacity provider",
    {"ARN": "CapacityProviderArn", "concurrency": "PerExecutionEnvironmentMaxConcurrency",
     "memory per vCPU": "ExecutionEnvironmentMemoryGiBPerVCpu"},
    {"ExecutionEnvironmentMemoryGiBPerVCpu": " GiB"},
)  # fmt: skip

SETTINGS: tuple[Setting, ...] = (
    _plain("runtime", "Runtime"),
    _plain("handler", "Handler"),
    _plain("role", "Role"),
    _plain("description", "Description", none=""),
    _plain("memory", "MemorySize", " MB"),
    _plain("timeout", "Timeout", " s"),
    _inside("ephemeral_storage", "EphemeralStorage", "Size", 512, " MB"),
    Setting(
        "environment",
        "Environment",
        {"Variables": {}},
        lambda asked, _: {"Variables": dict(asked)},
        lambda configuration: {"Variables": dict((configuration.get("Environment") or {}).get("Variables") or {})},
        lambda form: {},
    ),
    Setting(
        "vpc",
        "VpcConfig",
        _NO_VPC,
        _vpc_wanted,
        _vpc_stands,
        _vpc_lines,
    ),
    Setting(
        "layers",
        "Layers",
        [],
        _as_it_is,
        lambda configuration: [layer["Arn"] for layer in configuration.get("Layers") or []],
        lambda form: {f"layer {arn.rsplit(':', 1)[0]}": f"version {arn.rsplit(':', 1)[1]}" for arn in form},
    ),
    _inside("dead_letter", "DeadLetterConfig", "TargetArn", ""),
    _inside("tracing", "TracingConfig", "Mode", "PassThrough"),
    _plain("kms_key", "KMSKeyArn", none=""),
    Setting(
        "file_systems",
        "FileSystemConfigs",
        [],
        _file_systems_wanted,
        lambda configuration: list(configuration.get("FileSystemConfigs") or []),
        _file_system_lines,
    ),
    Setting(
        "image",
        "ImageConfig",
        {},
        _image_wanted,
        _image_stands,
        _named("image", {"entry point": "EntryPoint", "command": "Command", "working directory": "WorkingDirectory"}),
    ),
    _inside("snap_start", "SnapStart", "ApplyOn", "None"),
    Setting("logging", "LoggingConfig", None, _logging_wanted, _logging_stands, _logging_lines),
    Setting(
        "durable",
        "DurableConfig",
        {},
        _durable_wanted,
        lambda configuration: dict(configuration.get("DurableConfig") or {}),
        _named(
            "durable",
            {"execution timeout": "ExecutionTimeout", "retention": "RetentionPeriodInDays", "KMS key": "KMSKeyArn"},
            {"ExecutionTimeout": " s", "RetentionPeriodInDays": " days"},
        ),
    ),
    _inside("tenancy", "TenancyConfig", "TenantIsolationMode", None),
    Setting(
        "capacity_provider",
        "CapacityProviderConfig",
        {},
        _provider_wanted,
        lambda configuration: dict(configuration.get("CapacityProviderConfig") or {}),
        lambda form: _provider_lines(form.get(_INSTANCES, {})),
    ),
    Setting(
        "custom_runtime",
        "RuntimeConfig",
        {},
        _custom_runtime_wanted,
        lambda configuration: dict(configuration.get("RuntimeConfig") or {}),
        _named("custom runtime", {"ARN": "RuntimeArn", "alias": "RuntimeAlias"}),
    ),
    _inside("accelerator_memory", "AcceleratorConfig", "AcceleratorMemorySize", None, " GB"),
)
"""Every setting that CreateFunction takes, and UpdateFunctionConfiguration but for the tenancy."""
