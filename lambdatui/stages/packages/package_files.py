"""What goes into a package: the files of a folder, without what its `.lambdaignore` (gitignore's syntax) names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pathspec

from lambdatui.errors import BadInput

IGNORE_FILE = ".lambdaignore"
# What no package wants, and what would make two builds of the same source differ.
ALWAYS_IGNORED = (".git/", "__pycache__/", "*.py[cod]", ".DS_Store", f"/{IGNORE_FILE}")


class Signature(NamedTuple):
    """What a file system says of a file, and what is another after any change of its content: ctime cannot be set."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int


class SourceFile(NamedTuple):
    """A file of the folder: its name in the package, with slashes, and where it is read."""

    name: str
    path: str
    executable: bool
    signature: Signature


def signature_of(stat: os.stat_result) -> Signature:
    """The signature in what `stat` or `fstat` gave."""
    return Signature(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)


def scan(folder: Path, source: str) -> tuple[list[SourceFile], list[str]]:
    """The files of a folder, and what was ignored, a folder for all in it; both by name.

    `source` is how messages name the folder. Raises BadInput for what a zip cannot hold.
    """
    rules = _ignore_rules(folder)
    root = os.path.realpath(folder)
    files: list[SourceFile] = []
    ignored: list[str] = []
    # folders to be looked into: where, the start of their names in the package, the real folders they lie in
    ahead: list[tuple[str, str, tuple[str, ...]]] = [(str(folder), "", (root,))]
    while ahead:
        here, prefix, above = ahead.pop()
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
            is_link = entry.is_symlink()
            if is_link:
                _check_link(Path(entry.path), name, root, source)
            if is_folder:
                real = os.path.realpath(entry.path) if is_link else os.path.join(above[-1], entry.name)
                if real in above:
                    raise BadInput(f"{source}: the symbolic link {name} leads back to a folder it lies in.")
                ahead.append((entry.path, f"{name}/", (*above, real)))
            elif entry.is_file():
                stat = entry.stat()
                files.append(SourceFile(name, entry.path, bool(stat.st_mode & 0o100), signature_of(stat)))
            else:
                raise BadInput(f"{source}: {name} is neither a file nor a folder.")
    return sorted(files), sorted(ignored)


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


def _check_link(link: Path, name: str, root: str, source: str) -> None:
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
