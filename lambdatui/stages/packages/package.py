"""Deployment packages: a folder zipped so that the same input gives the same bytes, and so the same SHA-256.

Order, dates and modes are fixed; a `.lambdaignore` in gitignore's syntax says what stays out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lambdatui.errors import BadInput
from lambdatui.stages.packages import zip_reading, zip_writing
from lambdatui.stages.packages.archive import Archive
from lambdatui.stages.packages.package_cache import PackageCache
from lambdatui.stages.packages.package_files import IGNORE_FILE, SourceFile
from lambdatui.text import size

# Lambda quotas: "Deployment package (.zip file archive) size".
DIRECT_LIMIT = 50 * 1024 * 1024
UNZIPPED_LIMIT = 250 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package: its name with slashes, its bytes unzipped and zipped, whether it can be executed."""

    name: str
    size: int
    zipped: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """A zip ready to be sent. `sha256` is base64, as AWS gives CodeSha256."""

    source: str
    archive: Archive
    sha256: str
    members: tuple[Member, ...]
    ignored: tuple[str, ...]
    """What the folder held and the package does not; a folder stands for all in it."""

    @property
    def data(self) -> bytes:
        """The zip."""
        return self.archive.read()

    @property
    def zipped(self) -> int:
        """Bytes of the zip."""
        return self.archive.size

    @property
    def unzipped(self) -> int:
        """Bytes of its files."""
        return sum(member.size for member in self.members)

    def __str__(self) -> str:
        files = f"{len(self.members)} file{'' if len(self.members) == 1 else 's'}"
        return f"{self.source}: {files}, {size(self.zipped)} zipped"


def build(path: Path, source: str = "", cache: Path | None = None) -> Package:
    """The package in a folder or a zip file. `source` is how messages name it.

    With `cache`, the folder of `package_cache.folder()`, what has not changed since a folder was last zipped is taken
    over. Raises BadInput.
    """
    source = source or str(path)
    if path.is_dir():
        return _of_folder(path, source, cache)
    if path.is_file():
        return _of_zip(path, source)
    raise BadInput(f"{source}: there is no such folder or zip file.")


def _of_folder(folder: Path, source: str, cache: Path | None) -> Package:
    def check(files: list[SourceFile], ignored: list[str]) -> None:
        _check(source, [file.signature.size for file in files], len(ignored))

    made = zip_writing.write(folder, source, PackageCache(cache, folder), check)
    members = tuple(Member(one.name, one.size, one.zipped, one.executable) for one in made.members)
    return Package(source, made.archive, made.sha256, members, tuple(made.ignored))


def _of_zip(path: Path, source: str) -> Package:
    archive, found = zip_reading.read(path, source, UNZIPPED_LIMIT)
    _check(source, [info.file_size for info in found])
    members = tuple(
        Member(info.filename, info.file_size, info.compress_size, bool((info.external_attr >> 16) & 0o100))
        for info in found
    )
    return Package(source, archive, archive.sha256(), members, ())


def _check(source: str, sizes: list[int], ignored: int = 0) -> None:
    """Refuses what Lambda would not take. `sizes` are bytes, unzipped."""
    if not sizes:
        left_out = f"; {ignored} ignored" if ignored else ""
        raise BadInput(f"{source}: there is nothing in it to deploy{left_out}.")
    if sum(sizes) > UNZIPPED_LIMIT:
        raise BadInput(
            f"{source}: {sum(sizes) / 1048576:.0f} MB unzipped, and Lambda takes 250 MB.",
            f"Leave files out with a {IGNORE_FILE}, or build a container image.",
        )
