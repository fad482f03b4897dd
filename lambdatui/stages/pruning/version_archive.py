"""The archive of a version: its package as AWS had it, and its configuration, from which it can be published again.

An archive is a folder, on disk or in S3, with `version.json` and, unless the code is an image, `package.zip`. The
environment's values are in it, for without them nothing could be published again: on disk it is its owner's alone.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.aws import functions, packages
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, StageFailed
from lambdatui.stages.pruning import archive_places
from lambdatui.stages.pruning.archive_places import DOCUMENT, PACKAGE, ArchivePlace
from lambdatui.text import one_line

FORMAT = 1
LARGEST_DOCUMENT = 1024 * 1024
"""Bytes that a `version.json` may have: a configuration is far smaller, and nothing else is read."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A version as its archive has it."""

    place: ArchivePlace
    function: str
    version: str
    """The number that it had, or $LATEST."""
    account_id: str
    region: str
    at: str
    """When it was archived, ISO 8601."""
    sha256: str
    """CodeSha256, base64."""
    code_size: int
    """Bytes."""
    image: str
    """The image's URI with its digest; empty where there is a package."""
    configuration: Mapping[str, Any]
    """GetFunction's Configuration, in AWS's names, with the environment's values."""
    tags: Mapping[str, str]
    """The function's."""

    @property
    def description(self) -> str:
        return str(self.configuration.get("Description", ""))


def archive(account: Account, found: Function, version: str, root: str, base: Path, clock: Clock) -> Archived:
    """Archives a version below `root` and returns what is there now, read back and held to its SHA-256.

    `found` is what GetFunction has just said of the version: the link to its package holds for ten minutes. `root` is
    a folder, relative to `base`, or `s3://bucket/prefix`. Raises BadInput, StageFailed or AwsError where it cannot be
    archived whole, and leaves nothing half-written; Cancelled when the clock is cancelled.
    """
    configuration = found.configuration
    unreadable = (configuration.get("Environment") or {}).get("Error")
    if unreadable:
        raise StageFailed(
            f"its environment cannot be read: {one_line(unreadable.get('Message') or 'AWS gives no reason')}"
        )
    identity = account.identity()
    image = found.code.get("ResolvedImageUri") or found.code.get("ImageUri", "") if packages.is_image(found) else ""
    now = dt.datetime.fromtimestamp(clock.now(), dt.UTC)
    document = {
        "format": FORMAT,
        "function": found.name,
        "version": version,
        "account_id": identity.account_id,
        "region": account.region,
        "at": now.isoformat(timespec="seconds"),
        "sha256": configuration.get("CodeSha256", ""),
        "code_size": configuration.get("CodeSize", 0),
        "image": image,
        "configuration": configuration,
        "tags": found.tags,
    }
    text = json.dumps(document, indent=2, default=str).encode()
    name = f"{'latest' if version == functions.LATEST else version}-{now:%Y%m%dT%H%M%S%fZ}"
    place = archive_places.below(root, base, (identity.account_id, account.region, found.name, name))
    with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
        package = None
        if not image:
            package = Path(folder) / PACKAGE
            # held to CodeSha256 as it comes
            packages.download(account, found, package, lambda _, __: None, clock)
        place.store(account, package, str(document["sha256"]), text)
    return read(place, account)


def read(place: ArchivePlace, account: Account) -> Archived:
    """What an archive holds. Raises BadInput where it is none, AwsError."""
    try:
        document = json.loads(place.read(account, DOCUMENT, LARGEST_DOCUMENT))
        if document["format"] != FORMAT:
            raise BadInput(f"{place}: this archive was written by another lambdatui (format {document['format']}).")
        text = {name: str(document[name]) for name in ("function", "version", "account_id", "region", "at", "sha256")}
        return Archived(
            place=place,
            code_size=int(document["code_size"]),
            image=str(document["image"]),
            configuration=dict(document["configuration"]),
            tags={str(key): str(value) for key, value in document["tags"].items()},
            **text,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(f"{place}: the {DOCUMENT} there is no archive of lambdatui's.") from None
