"""The settings of a function that have parts: each a mapping in a file.

A part that is absent is left alone; a mapping without any part (`vpc: {}`) removes the whole.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lambdatui.stages.settings.arn_fields import (
    CAPACITY_PROVIDER,
    CUSTOM_RUNTIME,
    FILE_SYSTEM,
    KMS_KEY,
    RUNTIME_VERSION,
    arn_of,
)


class Group(BaseModel):
    """Parts that are asked for together."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @property
    def removes(self) -> bool:
        """Whether it is written without any part."""
        return not self.model_fields_set


SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-z]+$", description="such as subnet-0a1b2c3d")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-zA-Z]+$", description="such as sg-0a1b2c3d")]


class Vpc(Group):
    """AWS's VpcConfig. Subnets and security groups are needed together."""

    subnets: Annotated[list[SubnetId], Field(title="Subnets", max_length=16)] | None = None
    """The ids of the subnets, at most 16."""
    security_groups: Annotated[list[SecurityGroupId], Field(title="Security groups", max_length=5)] | None = None
    """The ids of the security groups, at most 5."""
    ipv6: Annotated[bool, Field(title="IPv6")] | None = None
    """Whether traffic may leave over IPv6, through dual-stack subnets."""


class FileSystem(Group):
    """AWS's FileSystemConfig: what is mounted, and where."""

    arn: Annotated[str, Field(title="Access point"), arn_of(FILE_SYSTEM)]
    """ARN of an access point of EFS or of S3 Files."""
    path: Annotated[str, Field(title="Path", max_length=160, pattern=r"^/mnt/[a-zA-Z0-9_.-]+$")]
    """Where it is mounted, such as /mnt/data."""
    direct_read: Annotated[Literal["AUTO", "ENABLED", "DISABLED"], Field(title="Direct reads")] | None = None
    """For S3 Files: whether the function reads straight from the bucket."""


class Image(Group):
    """AWS's ImageConfig, over the image's own ENTRYPOINT, CMD and WORKDIR. An empty part ends its override."""

    entry_point: Annotated[list[str], Field(title="Entry point", max_length=1500)] | None = None
    """The program and its first arguments."""
    command: Annotated[list[str], Field(title="Command", max_length=1500)] | None = None
    """The arguments that come after the entry point."""
    working_directory: Annotated[str, Field(title="Working directory", max_length=1000)] | None = None
    """An absolute path in the image."""


LogGroup = Annotated[str, Field(title="Log group", min_length=1, max_length=512, pattern=r"^[\.\-_/#A-Za-z0-9]+$")]


class Logging(Group):
    """AWS's LoggingConfig. Levels go with the format JSON."""

    format: Annotated[Literal["Text", "JSON"], Field(title="Log format")] | None = None
    """Text or JSON."""
    application_level: (
        Annotated[Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], Field(title="Application log level")]
        | None
    ) = None
    """The least level that the function's own lines need to be kept."""
    system_level: Annotated[Literal["DEBUG", "INFO", "WARN"], Field(title="System log level")] | None = None
    """The least level that Lambda's lines need to be kept."""
    group: LogGroup | None = None
    """The log group; /aws/lambda/NAME where there is none."""


class Durable(Group):
    """AWS's DurableConfig. Only a new function can be made durable, and it stays so."""

    execution_timeout: Annotated[int, Field(title="Execution timeout", ge=1, le=31_622_400)] | None = None
    """Seconds that a whole durable execution may take, up to 366 days."""
    retention_days: Annotated[int, Field(title="Retention", ge=1, le=90)] | None = None
    """Days for which the history of an execution is kept after its end."""
    kms_key: Annotated[str, Field(title="KMS key"), arn_of(KMS_KEY, or_empty=True)] | None = None
    """ARN of the key for the executions' payloads; empty for AWS's own."""


class CapacityProvider(Group):
    """AWS's CapacityProviderConfig: managed instances. Only a new function can be put on them, and it stays there."""

    arn: Annotated[str, Field(title="Capacity provider", max_length=140), arn_of(CAPACITY_PROVIDER)] | None = None
    """ARN of the capacity provider."""
    max_concurrency: Annotated[int, Field(title="Concurrency", ge=1, le=1600)] | None = None
    """Invocations that one execution environment takes at once."""
    memory_per_vcpu: Annotated[float, Field(title="Memory per vCPU", ge=2, le=8)] | None = None
    """GiB of memory for each vCPU, 2 to 8."""


class CustomRuntime(Group):
    """AWS's RuntimeConfig: a runtime of the customer's own."""

    arn: Annotated[str, Field(title="Runtime", max_length=2048), arn_of(CUSTOM_RUNTIME)]
    """ARN of the runtime."""
    alias: Annotated[str, Field(title="Alias", min_length=1, max_length=128)]
    """The runtime's alias, which points to one of its versions."""


class RuntimeManagement(Group):
    """What PutRuntimeManagementConfig takes: when AWS may give the function a newer version of its runtime."""

    update_on: Annotated[Literal["Auto", "FunctionUpdate", "Manual"], Field(title="Runtime updates")] | None = None
    """Auto, FunctionUpdate (with each update of the function), or Manual (one version, pinned)."""
    version: Annotated[str, Field(title="Runtime version"), arn_of(RUNTIME_VERSION)] | None = None
    """ARN of the runtime's version, for Manual."""
