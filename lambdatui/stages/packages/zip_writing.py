"""A folder's files written into a zip: deflated in threads, or taken over from the last zip of the same folder."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lambdatui.errors import BadInput
from lambdatui.stages.packages import package_files, zip_format
from lambdatui.stages.packages.archive import Archive
from lambdatui.stages.packages.deflating import Deflated, deflated
from lambdatui.stages.packages.package_cache import Kept, PackageCache
from lambdatui.stages.packages.package_files import SourceFile
from lambdatui.stages.packages.zip_format import ZipMember

_BUFFER = 1024 * 1024
_SETTLED = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip that was written: its SHA-256 as AWS gives CodeSha256, its members by name, and what was left out of it."""

    archive: Archive
    sha256: str
    members: list[ZipMember]
    ignored: list[str]


def write(folder: Path, source: str, cache: PackageCache, check: Callable[[list[SourceFile], list[str]], None]) -> Zip:
    """The zip of a folder. `source` is how messages name it; `check` gets what was found before it is read.

    Raises BadInput where something cannot be read, or the zip cannot be written.
    """
    began_ns = time.time_ns()
    with ThreadPoolExecutor(1) as pool:
        # to see that what was kept is whole takes as long as to look for the files
        opening = pool.submit(cache.open)
        files, ignored = package_files.scan(folder, source)
        check(files, ignored)
        kept = opening.result()
    path = ""
    try:
        descriptor, path = cache.create()
        archive = Archive(descriptor, 0)
        with _Target(archive, descriptor) as target:
            members = list(_written(files, source, kept, target))
            target.write(zip_format.directory(members, archive.size))
            sha256 = target.sha256()
    except OSError as error:
        _forget(path)
        raise BadInput(f"{source}: the zip cannot be written: {error.strerror}.") from None
    except BaseException:
        _forget(path)
        raise
    cache.keep(archive, sha256, path, list(zip(files, members, strict=True)), began_ns)
    return Zip(archive, sha256, members, ignored)


def _forget(path: str) -> None:
    if path and os.path.exists(path):
        os.unlink(path)


class _Target:
    """A zip that grows, and with it the archive. A thread reads, in order, what will stay as it is, for its SHA-256."""

    def __init__(self, archive: Archive, descriptor: int) -> None:
        self._archive = archive
        self._file = open(descriptor, "wb", buffering=_BUFFER, closefd=False)  # noqa: SIM115 - closed by __exit__
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self._digest = hashlib.sha256()
        self._readings: list[Future[None]] = []
        self._asked = 0

    def __enter__(self) -> _Target:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.shutdown(cancel_futures=True)
        self._file.close()

    def write(self, data: bytes) -> None:
        """Writes at the end."""
        self._file.write(data)
        self._archive.size += len(data)

    def rewrite(self, data: bytes, place: int) -> None:
        """Writes in the place of what was written since the last `settle`."""
        self._file.seek(place)
        self._file.write(data)
        self._file.seek(self._archive.size)

    def settle(self, at_once: bool = False) -> None:
        """What was written until now stays as it is."""
        if at_once or self._archive.size - self._asked >= _SETTLED:
            self._file.flush()
            start, self._asked = self._asked, self._archive.size
            self._readings.append(self._reader.submit(self._read, start, self._asked - start))

    def _read(self, start: int, count: int) -> None:
        for chunk in self._archive.chunks(start, count):
            self._digest.update(chunk)

    def sha256(self) -> str:
        """Of all that was written, as AWS gives CodeSha256."""
        self.settle(at_once=True)
        for reading in self._readings:
            reading.result()
        return base64.b64encode(self._digest.digest()).decode()


def _written(files: Sequence[SourceFile], source: str, kept: Kept | None, target: _Target) -> Iterator[ZipMember]:
    """Writes each file, and says where."""
    found = [kept.find(file) if kept is not None else None for file in files]
    fresh = deflated([file for file, member in zip(files, found, strict=True) if member is None], source)
    place, run = 0, _Run(kept, target)
    for member in found:
        if member is not None:
            run.add(member)
            taken = member._replace(offset=place)
        else:
            run.copy()
            taken = _packed(fresh, place, target)
            target.settle()
        place += taken.span
        yield taken
    run.copy()


def _packed(parts: Iterator[Deflated], place: int, target: _Target) -> ZipMember:
    """Writes the next file of `parts` at `place`."""
    part = next(parts)
    file = part.file
    size, zipped = part.size, len(part.data)
    member = ZipMember(file.name, file.executable, part.crc, size, zipped, place)
    target.write(zip_format.header(member))
    target.write(part.data)
    if part.last:
        return member
    while not part.last:
        part = next(parts)
        target.write(part.data)
        size, zipped = size + part.size, zipped + len(part.data)
    member = member._replace(crc=part.crc, size=size, zipped=zipped)
    target.rewrite(zip_format.header(member), place)
    return member


class _Run:
    """Members of the kept zip that lie side by side there, to be copied in one go, headers and all."""

    def __init__(self, kept: Kept | None, target: _Target) -> None:
        self._kept = kept
        self._target = target
        self._start = self._end = 0

    def add(self, member: ZipMember) -> None:
        if member.offset != self._end:
            self.copy()
            self._start = member.offset
        self._end = member.offset + member.span

    def copy(self) -> None:
        """Writes what was added since the last time."""
        if self._kept is not None:
            for chunk in self._kept.archive.chunks(self._start, self._end - self._start):
                self._target.write(chunk)
                self._target.settle()
        self._start = self._end
