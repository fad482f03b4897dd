"""Fields that take an ARN: what kind of thing it must name, said in one sentence where it names another.

Whether the partition and the region are those of the function is known only where it is deployed: `misplaced` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import AfterValidator

from lambdatui.aws import arns


@dataclass(frozen=True, slots=True)
class Kind:
    """What an ARN must name.

    `resource` is a pattern for all that comes after the account; `example` shows one; with `regional` it must be of
    the function's own region.
    """

    words: str
    services: tuple[str, ...]
    resource: str
    example: str
    regional: bool = True


ROLE = Kind("a role", ("iam",), r"role/.+", "arn:aws:iam::123456789012:role/service", regional=False)
LAYER = Kind(
    "a layer's version",
    ("lambda",),
    r"(layer:[a-zA-Z0-9_-]+:\d+|awslayer:[a-zA-Z0-9_-]+)",
    "arn:aws:lambda:eu-west-1:123456789012:layer:NAME:3",
)
DEAD_LETTER = Kind(
    "an SQS queue or an SNS topic", ("sqs", "sns"), r"[^:/]+", "arn:aws:sqs:eu-west-1:123456789012:failed"
)
KMS_KEY = Kind("a KMS key", ("kms",), r"(key|alias)/.+", "arn:aws:kms:eu-west-1:123456789012:key/…")
FILE_SYSTEM = Kind(
    "an access point of EFS or of S3 Files",
    ("elasticfilesystem", "s3files"),
    r"(access-point/fsap-[0-9a-f]{17}|file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40})",
    "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-…",
)
CODE_SIGNING = Kind(
    "a code signing configuration",
    ("lambda",),
    r"code-signing-config:csc-[a-z0-9]{17}",
    "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-…",
)
CAPACITY_PROVIDER = Kind(
    "a capacity provider",
    ("lambda",),
    r"capacity-provider:[a-zA-Z0-9_-]+",
    "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:NAME",
)
CUSTOM_RUNTIME = Kind("a runtime", ("lambda",), r"runtime/.+", "arn:aws:lambda:eu-west-1:123456789012:runtime/NAME")
RUNTIME_VERSION = Kind("a runtime's version", ("lambda",), r"runtime[:/].+", "arn:aws:lambda:eu-west-1::runtime:…")


def arn_of(kind: Kind, *, or_empty: bool = False) -> AfterValidator:
    """Refuses what is no ARN of this kind. With `or_empty` an empty text, which removes, passes."""

    def check(text: str) -> str:
        if or_empty and not text:
            return text
        if why := unsuitable(text, kind):
            raise ValueError(why)
        return text

    return AfterValidator(check)


def unsuitable(text: str, kind: Kind) -> str:
    """What is wrong with an ARN that must name this kind of thing; empty where nothing is."""
    arn = arns.parse(text)
    if arn is None or not arn.partition.startswith("aws"):
        return f"the ARN of {kind.words} was expected, such as {kind.example}, not '{text}'."
    if arn.service not in kind.services:
        return f"the ARN of {kind.words} was expected, and '{text}' is one of {arn.service}."
    if not re.fullmatch(kind.resource, arn.resource):
        return f"the ARN of {kind.words} was expected, such as {kind.example}, not '{text}'."
    return ""


def misplaced(text: str, kind: Kind, partition: str, region: str) -> str:
    """Why a function in this partition and region cannot have what the ARN names; empty where it can."""
    arn = arns.parse(text)
    if arn is None:
        return ""
    if arn.partition != partition:
        return f"it is in the partition {arn.partition}, and {region} is in {partition}."
    if kind.regional and arn.region and arn.region != region:
        return f"it is in {arn.region}, and the function in {region}: AWS wants both in one region."
    return ""
