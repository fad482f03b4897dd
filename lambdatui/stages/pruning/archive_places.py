"""Where archives are: folders on disk, and prefixes in S3."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lambdatui.aws import objects
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.errors import BadInput, StageFailed
from lambdatui.settings import data_folder

DOCUMENT, PACKAGE = "version.json", "package.zip"
"""What an archive holds; the second only where the code is no image."""

_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
# what AWS gives as a name and is made a part of a path
_PART = re.compile(r"[A-Za-z0-9_-]+")
_CHUNK = 1024 * 1024


class ArchivePlace(Protocol):
    """Where one archive is. It is told whole; `name` is the last part."""

    @property
    def name(self) -> str:
        """Such as `38-20261124T161503481920Z`."""

    def store(self, account: Account, package: Path | None, sha256: str, document: bytes) -> None:
        """Writes an archive that is not there yet: whole, or not at all. The package is read back, or S3's word on its
        SHA-256 is taken, and held to `sha256` (base64).

        Raises BadInput where the place cannot be written, StageFailed where what is there is not what was sent.
        """

    def read(self, account: Account, name: str, limit: int) -> bytes:
        """A file of it. Raises BadInput where it is not there or larger than `limit` bytes, AwsError."""

    def package(self, account: Account, target: Path, limit: int) -> None:
        """Writes a copy of the package to `target`. Raises as `read` does."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An archive on disk: a folder 0700, its files 0600."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    def store(self, account: Account, package: Path | None, sha256: str, document: bytes) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".", dir=self.path.parent) as beside:
                made = Path(beside) / "made"
                made.mkdir(mode=0o700)
                if package is not None:
                    _write(made / PACKAGE, package)
                    if _sha256(made / PACKAGE) != sha256:
                        raise StageFailed(f"what was written to {self.path} is not the package: its SHA-256 differs")
                _write(made / DOCUMENT, document)
                if json.loads((made / DOCUMENT).read_bytes()) != json.loads(document):
                    raise StageFailed(f"what was written to {self.path} is not the configuration")
                os.rename(made, self.path)
        except OSError as error:
            raise BadInput(f"{self.path}: cannot be written: {error.strerror or error}.") from None

    def read(self, account: Account, name: str, limit: int) -> bytes:
        try:
            with open(self.path / name, "rb") as file:
                found = file.read(limit + 1)
        except OSError as error:
            raise BadInput(f"{self.path / name}: cannot be read: {error.strerror or error}.") from None
        return _within(found, limit, str(self.path / name))

    def package(self, account: Account, target: Path, limit: int) -> None:
        target.write_bytes(self.read(account, PACKAGE, limit))


@dataclass(frozen=True, slots=True)
class Prefix:
    """An archive in S3: two objects under a common prefix, each with the SHA-256 that S3 keeps of it."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def name(self) -> str:
        return self.prefix.rpartition("/")[2]

    def store(self, account: Account, package: Path | None, sha256: str, document: bytes) -> None:
        if package is not None:
            with open(package, "rb") as body:
                self._put(account, PACKAGE, body, sha256)
        self._put(account, DOCUMENT, document, _base64(hashlib.sha256(document).digest()))

    def _put(self, account: Account, name: str, body: object, sha256: str) -> None:
        key = f"{self.prefix}/{name}"
        account.call(
            "s3", "PutObject", {"Bucket": self.bucket, "Key": key, "Body": body, "ChecksumAlgorithm": "SHA256"}
        )
        if objects.sha256(account, self.bucket, key) != sha256:
            raise StageFailed(f"S3 does not say that s3://{self.bucket}/{key} is what was sent: its SHA-256 differs")

    def read(self, account: Account, name: str, limit: int) -> bytes:
        key = f"{self.prefix}/{name}"
        try:
            found = objects.content(account, self.bucket, key, limit)
        except NotFound as error:
            raise BadInput(error.message) from None
        return _within(found, limit, f"s3://{self.bucket}/{key}")

    def package(self, account: Account, target: Path, limit: int) -> None:
        target.write_bytes(self.read(account, PACKAGE, limit))


def default_root() -> str:
    """The folder where archives go unless another is named."""
    return str(data_folder() / "archive")


def told(root: str) -> str:
    """A root as it is shown: what is in the operator's home begins with `~`."""
    home = str(Path.home())
    return f"~{root[len(home) :]}" if root.startswith(f"{home}/") else root


def at(address: str, base: Path) -> ArchivePlace:
    """The archive at an address: a folder, relative to `base`, or `s3://bucket/prefix`. Raises BadInput."""
    if not address.startswith("s3://"):
        return Folder((base / Path(address).expanduser()).absolute())
    match = _S3.fullmatch(address)
    if match is None:
        raise BadInput(f"{address}: s3://BUCKET/PREFIX was expected.")
    return Prefix(match[1], (match[2] or "").strip("/"))


def check(root: str, base: Path, account: Account) -> None:
    """Raises BadInput where archives cannot go below this root, as far as can be told without a change; AwsError."""
    place = at(root, base)
    if isinstance(place, Prefix):
        objects.bucket_region(account, place.bucket)
        return
    assert isinstance(place, Folder)
    there = next(one for one in (place.path, *place.path.parents) if one.exists())
    if not there.is_dir():
        raise BadInput(f"{there}: archives go to a folder, and this is none.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadInput(f"{there}: archives go there, and it cannot be written to.")


def below(root: str, base: Path, parts: Sequence[str]) -> ArchivePlace:
    """The place for an archive of its own below a root; `parts` lead to it. Raises BadInput."""
    if bad := next((part for part in parts if not _PART.fullmatch(part)), None):
        raise BadInput(f"'{bad}' cannot be a folder's name.")
    place = at(root, base)
    if isinstance(place, Folder):
        return Folder(place.path.joinpath(*parts))
    assert isinstance(place, Prefix)
    return Prefix(place.bucket, "/".join([*([place.prefix] if place.prefix else []), *parts]))


def folders(root: Path, account_id: str, region: str, function: str) -> list[Path]:
    """The archives of a function below a root on disk, the newest first."""
    if not all(_PART.fullmatch(part) for part in (account_id, region, function)):
        return []
    found = root.joinpath(account_id, region, function).glob(f"*/{DOCUMENT}")
    return sorted((one.parent for one in found), key=lambda path: path.name.rpartition("-")[2], reverse=True)


def _write(target: Path, what: Path | bytes) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        if isinstance(what, bytes):
            file.write(what)
        else:
            with open(what, "rb") as source:
                shutil.copyfileobj(source, file, _CHUNK)
        file.flush()
        # a deletion follows: what is not on the disk yet is not kept
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return _base64(hashlib.file_digest(file, "sha256").digest())


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _within(found: bytes, limit: int, name: str) -> bytes:
    if len(found) > limit:
        raise BadInput(f"{name}: it has more than {limit:,} bytes, which no archive of lambdatui's has.")
    return found
