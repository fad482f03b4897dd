"""The last zip of each folder, kept so that only the files that have changed since are deflated again.

One file a folder, in the cache folder, readable by its owner alone: the zip, then what is known of it and its members,
then a checksum of that. Whatever is wrong with it, it counts as not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lambdatui.errors import BadInput
from lambdatui.settings import cache_folder, private
from lambdatui.stages.packages.archive import Archive
from lambdatui.stages.packages.deflating import ENCODING
from lambdatui.stages.packages.package_files import Signature, SourceFile
from lambdatui.stages.packages.zip_format import ZipMember

LIMIT = 512 * 1024 * 1024
"""Bytes of all zips that are kept; the longest unused goes first."""

SETTLED_NS = 2_000_000_000
"""How long ago a file was changed before its signature can be trusted: a second change within the grain of the file
system's clock, up to two seconds, would leave the same one."""

_SUFFIX = ".package"
_ABANDONED = 24 * 3600
# whether its signature can be trusted, the signature, the member
_MEMBER = struct.Struct("<?QqqQQ?LQQQ")
# length of the zip, count of its members, length of their names, CRC-32 of what is known, the format
_FOOTER = struct.Struct("<QQQL8s")
_FORMAT = b"lambdat1"


@dataclass(frozen=True, slots=True)
class Kept:
    """The last zip of a folder, and its members by name. None as the signature of one means not to trust it."""

    archive: Archive
    members: dict[str, tuple[Signature | None, ZipMember]]

    def find(self, file: SourceFile) -> ZipMember | None:
        """The member that this file became, where it is the same file still."""
        signature, member = self.members.get(file.name, (None, None))
        if member is None or signature != file.signature or member.executable != file.executable:
            return None
        return member


def folder() -> Path | None:
    """Where packages are kept, made if need be; None where that cannot be."""
    try:
        return private(cache_folder() / "packages")
    except BadInput:
        return None


class PackageCache:
    """What is kept of one folder. `place` is where all packages are kept; None keeps nothing."""

    def __init__(self, place: Path | None, source: Path) -> None:
        self._place = place
        name = hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:32]
        self._path = None if place is None else place / f"{name}{_SUFFIX}"

    def open(self) -> Kept | None:
        """What was kept last, if it is whole."""
        if self._path is None:
            return None
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return _read(Archive(descriptor, os.fstat(descriptor).st_size))
        except (OSError, ValueError, struct.error):
            return None

    def create(self) -> tuple[int, str]:
        """An open file for a new zip, and its path, which is empty where it will not be kept. Raises OSError."""
        if self._place is not None:
            with contextlib.suppress(OSError):
                return tempfile.mkstemp(".tmp", dir=self._place)
        descriptor, path = tempfile.mkstemp(".zip", "lambdatui-")
        os.unlink(path)
        return descriptor, ""

    def keep(
        self, archive: Archive, sha256: str, path: str, members: Sequence[tuple[SourceFile, ZipMember]], began_ns: int
    ) -> None:
        """Keeps the zip that was written to `path`. `began_ns` is when its files began to be looked at."""
        if not path or self._path is None or self._place is None:
            return
        try:
            with open(path, "ab") as file:
                file.write(_known(members, archive.size, sha256, began_ns))
            os.replace(path, self._path)
            _make_room(self._place, self._path)
        except (OSError, struct.error):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _known(members: Sequence[tuple[SourceFile, ZipMember]], size: int, sha256: str, began_ns: int) -> bytes:
    """What is known of a zip, as it is put behind it."""
    records = []
    for file, member in members:
        now = file.signature
        settled = began_ns - max(now.modified_ns, now.changed_ns) > SETTLED_NS
        records.append(
            _MEMBER.pack(
                settled,
                now.size,
                now.modified_ns,
                now.changed_ns,
                now.inode,
                now.device,
                member.executable,
                member.crc,
                member.size,
                member.zipped,
                member.offset,
            )
        )
    names = "\0".join([ENCODING, sha256, *(member.name for _, member in members)]).encode()
    known = b"".join(records) + names
    return known + _FOOTER.pack(size, len(members), len(names), zlib.crc32(known), _FORMAT)


def _read(file: Archive) -> Kept | None:
    size, count, names_length, crc, form = _FOOTER.unpack(file.read(max(0, file.size - _FOOTER.size)))
    length = count * _MEMBER.size + names_length
    if form != _FORMAT or size + length + _FOOTER.size != file.size:
        return None
    known = file.read(size, length)
    if zlib.crc32(known) != crc:
        return None
    encoding, sha256, *names = known[count * _MEMBER.size :].decode().split("\0")
    if encoding != ENCODING or file.sha256(size) != sha256:
        return None
    members = {}
    for name, record in zip(names, _MEMBER.iter_unpack(known[: count * _MEMBER.size]), strict=True):
        settled, *signature, executable, member_crc, member_size, zipped, offset = record
        member = ZipMember(name, executable, member_crc, member_size, zipped, offset)
        members[name] = (Signature(*signature) if settled else None, member)
    return Kept(file, members)


def _make_room(place: Path, kept: Path) -> None:
    """Deletes what has been unused the longest, until the rest is small enough, and what a killed process left."""
    found = []
    for entry in os.scandir(place):
        stat = entry.stat(follow_symlinks=False)
        if entry.name.endswith(".tmp") and time.time() - stat.st_mtime > _ABANDONED:
            os.unlink(entry.path)
        elif entry.name.endswith(_SUFFIX):
            found.append((stat.st_mtime, stat.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= LIMIT:
            break
        if path != str(kept):
            os.unlink(path)
            total -= size
