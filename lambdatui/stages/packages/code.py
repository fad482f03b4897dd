"""Where code comes from: a folder, a zip file, an object in S3, or a container image; and what a call says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambdatui.aws import objects
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput
from lambdatui.stages.packages import handler_file, package, package_cache, uploading
from lambdatui.stages.stage import Change, World

# what is meant for an image and is none that Lambda takes: no tag, another registry
_ALMOST_IMAGE = re.compile(r"^([\w-]+\.)+(com|cn|aws|io)(\.cn)?/|^docker://")
_IMAGE = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[^\s]+[:@][^\s]+$")


@dataclass(frozen=True, slots=True)
class Code:
    """Code ready to be deployed.

    `named` are the members of AWS's FunctionCode (and of UpdateFunctionCode) that are known by now; `sha256` is base64
    as CodeSha256, and empty where it cannot be known before AWS has read the code.
    """

    named: Mapping[str, Any]
    sha256: str
    label: str
    package: package.Package | None = None
    upload: uploading.Upload | None = None
    """How it gets to S3, where it is too large for a call of Lambda's."""

    @property
    def is_image(self) -> bool:
        return "ImageUri" in self.named

    @property
    def request(self) -> Mapping[str, Any]:
        """The members of FunctionCode in a call. Raises BadInput where the package needs a bucket, and none is set."""
        return self.named if self.upload is None else self.upload.place().request

    def upload_changes(self) -> list[Change]:
        """What must be done before a call can name this code. To be asked once it is known that it will be sent.

        Raises BadInput or AwsError where the bucket is not of use.
        """
        return [] if self.upload is None else self.upload.changes()


def is_image_uri(source: str) -> bool:
    """Whether `source` names a container image in ECR."""
    return _IMAGE.match(source) is not None


def gather(source: str, world: World, account: Account, upload_to: str | None = None) -> Code:
    """The code that `source` names: a path, `s3://bucket/key[?versionId=V]`, or the URI of an image in ECR.

    `upload_to` is where in S3 a large package goes, `s3://bucket/prefix`; without it, what the settings say counts.
    Raises BadInput where it cannot be used, AwsError where S3 says no.
    """
    if source.startswith("s3://"):
        return _from_s3(source, account)
    if is_image_uri(source):
        return Code({"ImageUri": source}, "", source)
    if _ALMOST_IMAGE.match(source) and not world.path(source).exists():
        raise BadInput(
            f"{source}: the URI of an image in ECR was expected, with its tag or digest, such as "
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.",
            "Lambda takes images from ECR only.",
        )
    built = package.build(world.path(source), source, package_cache.folder())
    if built.zipped > package.DIRECT_LIMIT:
        upload = uploading.Upload(built, upload_to, world, account)
        return Code({}, built.sha256, f"{built}, through S3", built, upload)
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


def check_handler(
    code: Code,
    now: Function | None,
    runtime: str | None = None,
    handler: str | None = None,
    layers: list[str] | None = None,
) -> None:
    """Refuses a package that lacks its handler's file. What is not given is as the function has it.

    Raises BadInput.
    """
    if code.package is None:
        return
    current = {} if now is None else now.configuration
    handler_file.check(
        code.package,
        runtime or current.get("Runtime", ""),
        handler or current.get("Handler", ""),
        current if layers is None else {},
        layers or [],
    )


def same(code: Code, configuration: Mapping[str, Any], deployed: Mapping[str, Any]) -> bool:
    """Whether this code is what the function runs already. `deployed` is the Code of GetFunction."""
    if code.is_image:
        return bool(code.request["ImageUri"] == deployed.get("ImageUri"))
    return bool(code.sha256) and code.sha256 == configuration.get("CodeSha256")
