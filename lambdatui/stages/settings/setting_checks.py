"""What AWS would refuse or regret of the settings of a function, said before anything is sent. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from lambdatui.aws import runtimes
from lambdatui.errors import BadInput
from lambdatui.stages.settings import arn_fields as arn
from lambdatui.stages.settings.environment import check_environment
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.settings.setting_table import SETTINGS

Configuration = Mapping[str, Any]

MEMORY_LIMIT, TIMEOUT_LIMIT, STORAGE_LIMIT = 10_240, 900, 10_240
"""MB, seconds and MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def check(
    settings: FunctionSettings,
    function: str,
    now: Configuration | None,
    *,
    image: bool,
    partition: str,
    region: str,
) -> None:
    """Raises BadInput for settings that a function cannot have.

    `now` is its FunctionConfiguration, None for one that is not there yet; `image` says whether its code is (to be) a
    container image.
    """
    if settings.environment is not None:
        check_environment(settings.environment)
    for field, text, kind in _references(settings):
        if why := arn.misplaced(text, kind, partition, region):
            raise BadInput(f"{field}: {why}")
    after = _after(settings, now or {"FunctionName": function})
    _check_sizes(settings, after)
    _check_vpc(settings, after)
    _check_mounts(settings, after)
    _check_logging(settings, after)
    _check_kind(settings, function, image)
    if now is None:
        _check_new(settings, function)
    else:
        _check_fixed(settings, function, now)


def runtime_warnings(settings: FunctionSettings, today: dt.date) -> tuple[str, ...]:
    """A word on a runtime that AWS no longer patches, or soon will not."""
    name = settings.runtime or ""
    if since := runtimes.deprecated(name, today):
        return (f"{name} has been retired since {since}: AWS patches it no more, and may refuse it.",)
    if on := runtimes.deprecated_soon(name, today):
        return (f"{name} will be retired on {on}: after that AWS patches it no more.",)
    return ()


def _references(settings: FunctionSettings) -> Iterator[tuple[str, str, arn.Kind]]:
    """Every ARN that was given, by its field."""
    named = (
        ("role", settings.role, arn.ROLE),
        ("dead_letter", settings.dead_letter, arn.DEAD_LETTER),
        ("kms_key", settings.kms_key, arn.KMS_KEY),
        ("durable.kms_key", settings.durable and settings.durable.kms_key, arn.KMS_KEY),
        ("code_signing", settings.code_signing, arn.CODE_SIGNING),
        ("capacity_provider.arn", settings.capacity_provider and settings.capacity_provider.arn, arn.CAPACITY_PROVIDER),
        ("custom_runtime.arn", settings.custom_runtime and settings.custom_runtime.arn, arn.CUSTOM_RUNTIME),
        (
            "runtime_management.version",
            settings.runtime_management and settings.runtime_management.version,
            arn.RUNTIME_VERSION,
        ),
        *((f"layers.{index}", layer, arn.LAYER) for index, layer in enumerate(settings.layers or [])),
        *((f"file_systems.{i}.arn", mount.arn, arn.FILE_SYSTEM) for i, mount in enumerate(settings.file_systems or [])),
    )
    for field, text, kind in named:
        if text:
            yield field, text, kind


def _after(settings: FunctionSettings, now: Configuration) -> dict[str, Any]:
    """Each setting as it will stand there, in the form of its request, by its field."""
    return {
        setting.field: setting.stands(now)
        if getattr(settings, setting.field) is None
        else setting.wanted(getattr(settings, setting.field), now)
        for setting in SETTINGS
    }


def _check_sizes(settings: FunctionSettings, after: Mapping[str, Any]) -> None:
    managed = bool(after["capacity_provider"])
    if (settings.memory or 0) > MEMORY_LIMIT and not managed:
        raise BadInput(
            f"memory: {MEMORY_LIMIT} or less was expected, not {settings.memory}, without managed instances."
        )
    if (settings.timeout or 0) > TIMEOUT_LIMIT and not managed:
        raise BadInput(
            f"timeout: {TIMEOUT_LIMIT} or less was expected, not {settings.timeout}, without managed instances."
        )
    if (settings.ephemeral_storage or 0) > STORAGE_LIMIT and not after["accelerator_memory"]["AcceleratorMemorySize"]:
        raise BadInput(
            f"ephemeral_storage: {STORAGE_LIMIT} or less was expected, not {settings.ephemeral_storage}, without an "
            "accelerator."
        )


def _check_vpc(settings: FunctionSettings, after: Mapping[str, Any]) -> None:
    subnets, groups = after["vpc"]["SubnetIds"], after["vpc"]["SecurityGroupIds"]
    if settings.vpc is not None and bool(subnets) != bool(groups):
        lacking = "security_groups" if subnets else "subnets"
        raise BadInput(f"vpc.{lacking}: subnets and security groups are needed together; `vpc: {{}}` removes both.")


def _check_mounts(settings: FunctionSettings, after: Mapping[str, Any]) -> None:
    if after["file_systems"] and not after["vpc"]["SubnetIds"]:
        if settings.file_systems:
            raise BadInput(
                "file_systems: a file system is reached through a VPC, and the function is in none: name it."
            )
        if settings.vpc is not None:
            raise BadInput(
                "vpc: the function's file system is reached through it; `file_systems: []` removes that, too."
            )


def _check_logging(settings: FunctionSettings, after: Mapping[str, Any]) -> None:
    asked = settings.logging
    if asked is None or after["logging"]["LogFormat"] == "JSON":
        return
    for name in ("application_level", "system_level"):
        if getattr(asked, name) is not None:
            raise BadInput(f"logging.{name}: levels go with `format: JSON`, and the format is Text.")


def _check_kind(settings: FunctionSettings, function: str, image: bool) -> None:
    if image:
        for field in ("runtime", "handler", "layers", "custom_runtime"):
            if getattr(settings, field):
                raise BadInput(f"{field}: {function} is a container image, which brings its own.")
    elif settings.image is not None and not settings.image.removes:
        raise BadInput(f"image: {function} is no container image, so there is nothing of one to override.")


def _check_new(settings: FunctionSettings, function: str) -> None:
    new = f"{function} does not exist yet, so it is needed"
    if settings.durable is not None and not settings.durable.removes and settings.durable.execution_timeout is None:
        raise BadInput(f"durable.execution_timeout: {new}.")
    provider = settings.capacity_provider
    if provider is not None and not provider.removes and provider.arn is None:
        raise BadInput(f"capacity_provider.arn: {new}.")


def _check_fixed(settings: FunctionSettings, function: str, now: Configuration) -> None:
    """What AWS lets be chosen for a new function only."""
    for field, member, words in (
        ("durable", "DurableConfig", "durable"),
        ("capacity_provider", "CapacityProviderConfig", "on managed instances"),
    ):
        asked, there = getattr(settings, field), bool(now.get(member))
        if asked is not None and there == asked.removes:
            raise BadInput(
                f"{field}: {function} was {'' if there else 'not '}created {words}, and AWS keeps it so; only a new "
                "function can be otherwise."
            )
    if settings.tenancy is not None and not now.get("TenancyConfig"):
        raise BadInput(
            f"tenancy: {function} was created without it, and AWS keeps it so; only a new function can have it."
        )
