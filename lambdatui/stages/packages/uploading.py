"""A package too large for a call of Lambda's, on its way through S3: where to, whether it is there already, the upload.

The object's name is the SHA-256 of its content, so that the same package is sent once. It is left there: Lambda has
its own copy, but the next function, region or retry that wants the same package finds it, and what the bucket keeps
for how long is for its owner's lifecycle rules to say.
"""

from __future__ import annotations

import base64
import re
import time
from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from lambdatui.aws import objects
from lambdatui.aws.account import Account
from lambdatui.aws.guard import because
from lambdatui.aws.multipart import Multipart, Sending, Sent, checksums, composite
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.stages.packages.package import Package
from lambdatui.stages.stage import Change, Event, Note, Progress, World, differences
from lambdatui.text import size

UploadTo = Annotated[
    str, Field(title="Upload to", pattern=r"^s3://[a-z0-9{][a-z0-9.{}_-]+(/\S*)?$", examples=["s3://my-releases"])
]
PREFIX = "lambdatui/"
"""Where in the bucket packages go, where nothing else is said."""

_ADDRESS = re.compile(r"s3://([^/]+)/?(.*)")
_RATE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UploadChange(Change):
    """The upload of a package: a call that begins it, one a part, and one that completes it."""

    package: Package | None = None
    parts: tuple[str, ...] = ()
    """The checksum of each part, as `multipart.checksums` gives them."""


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where a package is in S3."""

    bucket: str
    key: str

    @property
    def request(self) -> Mapping[str, str]:
        """The members of AWS's FunctionCode that name it."""
        return {"S3Bucket": self.bucket, "S3Key": self.key}

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A package that has to go through S3, should it have to be sent at all.

    `upload_to` is what the stage says; where it says nothing, the settings count. `{region}` and `{account}` in it
    become the region and the account's number.
    """

    package: Package
    upload_to: str | None
    world: World
    account: Account

    def place(self) -> S3Place:
        """Where it will be. Raises BadInput where no bucket is named, or in a way that cannot be understood."""
        given = self.upload_to or self.world.accounts.settings.upload_to_of(self.account.profile)
        if not given:
            raise BadInput(
                f"{self.package.source}: {size(self.package.zipped)} zipped, and Lambda takes 50 MB directly; more "
                "goes through S3.",
                "Name a bucket in the function's region: `upload_to: s3://BUCKET/PREFIX` in the file, --upload-to, or "
                "`upload_to` in the settings, for all or under a profile.",
            )
        where = given.replace("{region}", self.account.region)
        if "{account}" in where:
            where = where.replace("{account}", self.account.identity().account_id)
        match = _ADDRESS.fullmatch(where)
        if match is None or "{" in where:
            raise BadInput(
                f"upload_to: s3://BUCKET/PREFIX was expected, not '{given}'.", "{region} and {account} may stand in it."
            )
        bucket, prefix = match.groups()
        prefix = prefix.rstrip("/") + "/" if prefix else PREFIX
        return S3Place(bucket, f"{prefix}{base64.b64decode(self.package.sha256).hex()}.zip")

    def changes(self) -> list[Change]:
        """The upload, unless the package is there already. Raises BadInput where the bucket is not of use, AwsError."""
        place, package = self.place(), self.package
        self._check_region(place.bucket)
        parts = checksums(package.archive.read, package.zipped)
        # the number of the parts stands behind a checksum of checksums
        there = objects.checksum(self.account, place.bucket, place.key).partition("-")[0]
        if there in (composite(parts), package.sha256):
            return []
        return [
            UploadChange(
                "CreateMultipartUpload",
                str(place),
                differences({}, {"package": str(package), "sha256": package.sha256}),
                {
                    "Bucket": place.bucket,
                    "Key": place.key,
                    "ChecksumAlgorithm": "SHA256",
                    "ContentType": "application/zip",
                },
                service="s3",
                package=package,
                parts=tuple(parts),
            )
        ]

    def _check_region(self, bucket: str) -> None:
        where = objects.bucket_region(self.account, bucket)
        if where not in ("", self.account.region):
            raise BadInput(
                f"upload_to: the bucket {bucket} is in {where}, and Lambda takes code only from a bucket of its own "
                f"region, {self.account.region}.",
                "A name with {region} in it stands for one bucket a region.",
            )


def sent(change: UploadChange, account: Account, world: World, run: str) -> Generator[Event, None, Mapping[str, Any]]:
    """Makes the upload and returns AWS's answer to its completion; what fails or is stopped is aborted.

    Raises AwsError, Cancelled, or BadInput where the package cannot be read any more.
    """
    package = change.package
    assert package is not None
    with because(run, change.target, None, change.undo):
        begun = account.call("s3", change.operation, change.request)
    here = Multipart(change.request["Bucket"], change.request["Key"], begun["UploadId"])
    try:
        sending = Sending(account, here, package.archive.read, package.zipped, change.parts, world.clock)
        pace = _Pace()
        for word in sending.run():
            if isinstance(word, Sent):
                yield Progress("uploading", word.count, package.zipped, " B", pace.take(word.count))
            else:
                yield Note(str(word))
        with because(run, change.target, None, change.undo):
            return account.call("s3", "CompleteMultipartUpload", sending.complete)
    except GeneratorExit:
        _abort(account, here, change, run)
        raise
    except OSError as error:
        yield from _told(_abort(account, here, change, run))
        raise BadInput(f"{package.source}: the package cannot be read any more: {error.strerror or error}.") from None
    except LambdatuiError:
        yield from _told(_abort(account, here, change, run))
        raise


def _abort(account: Account, here: Multipart, change: Change, run: str) -> str:
    """Has S3 forget the parts. What went wrong with that, else an empty string."""
    try:
        with because(run, change.target):
            account.call("s3", "AbortMultipartUpload", here.parameters)
    except LambdatuiError as error:
        return f"The parts that were sent may still be in the bucket {here.bucket}, and cost: {error}"
    return ""


def _told(words: str) -> list[Event]:
    return [Note(words)] if words else []


class _Pace:
    """How fast something grows, of late."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque([(time.monotonic(), 0.0)])

    def take(self, count: float) -> float | None:
        """Units a second over the last seconds; None where it is too early to say."""
        now = time.monotonic()
        self._seen.append((now, count))
        while len(self._seen) > 2 and now - self._seen[0][0] > _RATE_SECONDS:
            self._seen.popleft()
        then, before = self._seen[0]
        grown = count - before
        return grown / (now - then) if now > then and grown > 0 else None
