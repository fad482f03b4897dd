"""Where code comes from: a folder, a zip file, an object in S3, or a container image; and what a call says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambdatui.aws import objects
from lambdatui.aws.account import Account
from lambdatui.errors import BadInput
from lambdatui.stages import package
from lambdatui.stages.stage import World

_IMAGE = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[^\s]+[:@][^\s]+$")


@dataclass(frozen=True, slots=True)
class Code:
    """Code ready to be deployed.

    `request` are the members of AWS's FunctionCode (and of UpdateFunctionCode); `sha256` is base64 as CodeSha256, and
    empty where it cannot be known before AWS has read the code.
    """

    request: Mapping[str, Any]
    sha256: str
    label: str
    package: package.Package | None = None

    @property
    def is_image(self) -> bool:
        return "ImageUri" in self.request


def is_image_uri(source: str) -> bool:
    """Whether `source` names a container image in ECR."""
    return _IMAGE.match(source) is not None


def gather(source: str, world: World, account: Account) -> Code:
    """The code that `source` names: a path, `s3://bucket/key[?versionId=V]`, or the URI of an image in ECR.

    Raises BadInput where it cannot be used, AwsError where S3 says no.
    """
    if source.startswith("s3://"):
        return _from_s3(source, account)
    if is_image_uri(source):
        return Code({"ImageUri": source}, "", source)
    built = package.build(world.path(source), source)
    if len(built.data) > package.DIRECT_LIMIT:
        raise BadInput(
            f"{source}: {len(built.data) / 1048576:.0f} MB zipped, and Lambda takes 50 MB directly.",
            "Put the zip into S3 and deploy it from there (s3://bucket/key).",
        )
    return Code({"ZipFile": built.data}, built.sha256, str(built), built)


def _from_s3(source: str, account: Account) -> Code:
    parts = urlsplit(source)
    bucket, key = parts.netloc, parts.path.lstrip("/")
    if not bucket or not key:
        raise BadInput(f"{source}: s3://BUCKET/KEY was expected.")
    request = {"S3Bucket": bucket, "S3Key": key}
    version = parse_qs(parts.query).get("versionId", [""])[0]
    if version:
        request["S3ObjectVersion"] = version
    return Code(request, objects.sha256(account, bucket, key, version), source)


def same(code: Code, configuration: Mapping[str, Any], deployed: Mapping[str, Any]) -> bool:
    """Whether this code is what the function runs already. `deployed` is the Code of GetFunction."""
    if code.is_image:
        return bool(code.request["ImageUri"] == deployed.get("ImageUri"))
    return bool(code.sha256) and code.sha256 == configuration.get("CodeSha256")
