"""The settings of a function, as a file, a form and an importer name them.

What is absent is left alone; what is empty is removed. How each is told to AWS stands in `setting_table`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from lambdatui.stages.settings.arn_fields import CODE_SIGNING, DEAD_LETTER, KMS_KEY, LAYER, ROLE, arn_of
from lambdatui.stages.settings.setting_groups import (
    CapacityProvider,
    CustomRuntime,
    Durable,
    FileSystem,
    Image,
    Logging,
    RuntimeManagement,
    Vpc,
)

Architecture = Literal["x86_64", "arm64"]
LayerArn = Annotated[str, Field(max_length=2048), arn_of(LAYER)]


def _number_or_empty(value: Any) -> str:
    return "empty" if value == "" else "number"


NumberOrEmpty = Annotated[
    Annotated[int, Field(ge=0), Tag("number")] | Annotated[Literal[""], Tag("empty")], Discriminator(_number_or_empty)
]
"""A whole number, or an empty text, which removes."""


class FunctionSettings(BaseModel):
    """Every setting of CreateFunction and UpdateFunctionConfiguration, and those that have calls of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    runtime: Annotated[str, Field(title="Runtime", min_length=1)] | None = None
    """Such as python3.13; none for an image."""
    handler: Annotated[str, Field(title="Handler", max_length=128, pattern=r"^\S+$")] | None = None
    """The function in the code that is called, such as app.handler."""
    role: Annotated[str, Field(title="Role"), arn_of(ROLE)] | None = None
    """ARN of the execution role."""
    description: Annotated[str, Field(title="Description", max_length=256)] | None = None
    """What the function is for."""
    memory: Annotated[int, Field(title="Memory", ge=128, le=32768)] | None = None
    """Megabytes, 128 to 10240 (on managed instances to 32768); CPU grows with it."""
    timeout: Annotated[int, Field(title="Timeout", ge=1, le=5400)] | None = None
    """Seconds, 1 to 900 (on managed instances to 5400)."""
    ephemeral_storage: Annotated[int, Field(title="Ephemeral storage", ge=512, le=32768)] | None = None
    """Size of /tmp in megabytes, 512 to 10240 (with an accelerator to 32768)."""
    architecture: Annotated[Architecture, Field(title="Architecture")] | None = None
    """x86_64 or arm64."""
    environment: Annotated[dict[str, str] | None, Field(title="Environment", repr=False)] = None
    """Environment variables, all of them; an empty mapping removes all."""
    vpc: Annotated[Vpc, Field(title="VPC")] | None = None
    """Subnets and security groups; an empty mapping takes the function out of its VPC."""
    layers: Annotated[list[LayerArn], Field(title="Layers", max_length=5)] | None = None
    """ARNs of layer versions; an empty list removes all."""
    dead_letter: Annotated[str, Field(title="Dead letters"), arn_of(DEAD_LETTER, or_empty=True)] | None = None
    """ARN of the SQS queue or SNS topic that gets asynchronous events that failed; empty for none."""
    tracing: Annotated[Literal["Active", "PassThrough"], Field(title="Tracing")] | None = None
    """Active samples requests for X-Ray; PassThrough leaves that to the caller."""
    kms_key: Annotated[str, Field(title="KMS key"), arn_of(KMS_KEY, or_empty=True)] | None = None
    """ARN of the key for the environment, snapshots and code; empty for AWS's own."""
    file_systems: Annotated[list[FileSystem], Field(title="File systems", max_length=1)] | None = None
    """What is mounted beneath /mnt; an empty list removes it."""
    image: Annotated[Image, Field(title="Image")] | None = None
    """What overrides the image's entry point, command and working directory; an empty mapping ends that."""
    snap_start: Annotated[Literal["PublishedVersions", "None"], Field(title="SnapStart")] | None = None
    """PublishedVersions starts each version from a snapshot; None does not."""
    logging: Annotated[Logging, Field(title="Logging")] | None = None
    """Format, levels and group of the logs; an empty mapping puts back what a new function has."""
    durable: Annotated[Durable, Field(title="Durable")] | None = None
    """Durable executions: how long they may take, how long they are kept."""
    tenancy: Annotated[Literal["PER_TENANT"], Field(title="Tenancy")] | None = None
    """PER_TENANT gives each tenant environments of its own. Only a new function can have it."""
    capacity_provider: Annotated[CapacityProvider, Field(title="Capacity provider")] | None = None
    """The managed instances that the function runs on."""
    custom_runtime: Annotated[CustomRuntime, Field(title="Custom runtime")] | None = None
    """A runtime of your own, with the alias that points to its version."""
    accelerator_memory: Annotated[int, Field(title="Accelerator memory", ge=1)] | None = None
    """Gigabytes that each accelerator must have at least."""
    code_signing: Annotated[str, Field(title="Code signing"), arn_of(CODE_SIGNING, or_empty=True)] | None = None
    """ARN of a code signing configuration; empty for none."""
    tags: Annotated[dict[str, str], Field(title="Tags", max_length=50)] | None = None
    """Tags, all of them; an empty mapping removes all but AWS's own."""
    reserved_concurrency: Annotated[NumberOrEmpty, Field(title="Reserved concurrency")] | None = None
    """Executions that are kept for the function, and are its most; 0 stops it, empty reserves none."""
    runtime_management: Annotated[RuntimeManagement, Field(title="Runtime management")] | None = None
    """When AWS may update the runtime of $LATEST; an empty mapping means Auto."""
    recursion: Annotated[Literal["Terminate", "Allow"], Field(title="Recursion")] | None = None
    """Whether Lambda ends a loop in which the function calls itself."""
