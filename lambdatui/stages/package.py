"""Deployment packages: a folder zipped so that the same input gives the same bytes, and so the same SHA-256.

Order, dates and modes are fixed; a `.lambdaignore` in gitignore's syntax says what stays out.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pathspec

from lambdatui.errors import BadInput

IGNORE_FILE = ".lambdaignore"
# What no package wants, and what would make two builds of the same source differ.
ALWAYS_IGNORED = (".git/", "__pycache__/", "*.py[cod]", ".DS_Store", f"/{IGNORE_FILE}")

# Lambda quotas: "Deployment package (.zip file archive) size".
DIRECT_LIMIT = 50 * 1024 * 1024
UNZIPPED_LIMIT = 250 * 1024 * 1024

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package: its name with slashes, its size in bytes, whether it can be executed."""

    name: str
    size: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """A zip ready to be sent."""

    source: str
    data: bytes
    members: tuple[Member, ...]
    ignored: tuple[str, ...]
    """What the folder held and the package does not; a folder stands for all in it."""

    @property
    def sha256(self) -> str:
        """As AWS gives CodeSha256: base64 of the SHA-256 of the zip."""
        return base64.b64encode(hashlib.sha256(self.data).digest()).decode()

    @property
    def unzipped(self) -> int:
        """Bytes."""
        return sum(member.size for member in self.members)

    def __str__(self) -> str:
        files = f"{len(self.members)} file{'' if len(self.members) == 1 else 's'}"
        return f"{self.source}: {files}, {len(self.data):,} bytes zipped"


def build(path: Path, source: str = "") -> Package:
    """The package in a folder or a zip file. `source` is how messages name it. Raises BadInput."""
    source = source or str(path)
    if path.is_dir():
        package = _zipped(path, source)
    elif path.is_file():
        package = _read_zip(path, source)
    else:
        raise BadInput(f"{source}: there is no such folder or zip file.")
    if not package.members:
        left_out = f"; {len(package.ignored)} ignored" if package.ignored else ""
        raise BadInput(f"{source}: there is nothing in it to deploy{left_out}.")
    if package.unzipped > UNZIPPED_LIMIT:
        raise BadInput(
            f"{source}: {package.unzipped / 1048576:.0f} MB unzipped, and Lambda takes 250 MB.",
            "Leave files out with a .lambdaignore, or build a container image.",
        )
    return package


def _zipped(folder: Path, source: str) -> Package:
    ignored: list[str] = []
    found = sorted(_files(folder, source, ignored), key=lambda pair: pair[0])
    if sum(member.size for _, member, _ in found) > UNZIPPED_LIMIT:
        return Package(source, b"", tuple(member for _, member, _ in found), tuple(ignored))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member, file in found:
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if member.executable else 0o100644) << 16
            try:
                archive.writestr(info, file.read_bytes())
            except OSError as error:
                raise BadInput(f"{source}: {name} cannot be read: {error.strerror}.") from None
    return Package(source, target.getvalue(), tuple(member for _, member, _ in found), tuple(sorted(ignored)))


def _files(folder: Path, source: str, ignored: list[str]) -> Iterator[tuple[str, Member, Path]]:
    root = folder.resolve()
    rules = _ignore_rules(folder)

    def walk(here: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[tuple[str, Member, Path]]:
        try:
            entries = list(os.scandir(here))
        except OSError as error:
            raise BadInput(f"{source}: {prefix or '.'} cannot be read: {error.strerror}.") from None
        for entry in entries:
            name, is_folder = f"{prefix}{entry.name}", _is_folder(entry)
            if rules.match_file(f"{name}/" if is_folder else name):
                ignored.append(f"{name}/" if is_folder else name)
                continue
            _check_encoding(name, source)
            if entry.is_symlink():
                _check_link(Path(entry.path), name, root, source)
            if is_folder:
                real = Path(entry.path).resolve()
                if real in above:
                    raise BadInput(f"{source}: the symbolic link {name} leads back to a folder it lies in.")
                yield from walk(Path(entry.path), f"{name}/", (*above, real))
            elif entry.is_file():
                stat = entry.stat()
                yield name, Member(name, stat.st_size, bool(stat.st_mode & 0o100)), Path(entry.path)
            else:
                raise BadInput(f"{source}: {name} is neither a file nor a folder.")

    return walk(folder, "", (root,))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symbolic link that leads in a circle
        return False


def _check_encoding(name: str, source: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = name.encode(errors="surrogateescape").decode(errors="replace")
        raise BadInput(f"{source}: the name {shown} is not UTF-8, and a zip cannot hold it.") from None


def _check_link(link: Path, name: str, root: Path, source: str) -> None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        raise BadInput(f"{source}: the symbolic link {name} leads nowhere, or in a circle.") from None
    if not target.is_relative_to(root):
        raise BadInput(
            f"{source}: the symbolic link {name} leaves the folder (to {target}).",
            f"Copy what it points to, or leave it out with {IGNORE_FILE}.",
        )


def _ignore_rules(folder: Path) -> pathspec.GitIgnoreSpec:
    lines = list(ALWAYS_IGNORED)
    file = folder / IGNORE_FILE
    if file.is_file():
        try:
            lines += file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{file}: cannot be read: {error}.") from None
    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise BadInput(f"{file}: {error}.") from None


def _read_zip(path: Path, source: str) -> Package:
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = []
            for info in archive.infolist():
                _check_name(info.filename, source)
                if not info.is_dir():
                    members.append(Member(info.filename, info.file_size, bool((info.external_attr >> 16) & 0o100)))
            broken = archive.testzip() if sum(m.size for m in members) <= UNZIPPED_LIMIT else None
    except zipfile.BadZipFile:
        raise BadInput(f"{source}: is not a zip file.") from None
    except (zlib.error, EOFError) as error:
        raise BadInput(f"{source}: the zip is damaged: {error}.") from None
    except (RuntimeError, NotImplementedError) as error:
        raise BadInput(f"{source}: Lambda cannot unpack this zip: {error}.") from None
    except OSError as error:
        raise BadInput(f"{source}: cannot be read: {error.strerror}.") from None
    if broken:
        raise BadInput(f"{source}: the zip is damaged at {broken}.")
    return Package(source, data, tuple(members), ())


def _check_name(name: str, source: str) -> None:
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise BadInput(f"{source}: the zip holds {name!r}, a name that leads out of the package.")
