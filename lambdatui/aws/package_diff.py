"""Two deployment packages, file by file. Nothing is unpacked to disk, whatever the names in a package say. Pure."""

from __future__ import annotations

import difflib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lambdatui.errors import LambdatuiError

Kind = Literal["added", "removed", "changed", "mode"]

TEXT_LIMIT = 1_000_000
"""Bytes of a file, beyond which its lines are not compared: it was generated, and difflib would take minutes."""

LINES_LIMIT = 20_000
"""Lines of a file, beyond which they are not compared."""


class UnreadablePackage(LambdatuiError):
    """A package that is no zip file, or a broken one."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is another in the second package. `name` is as the package has it: it may hold anything.

    `before` and `after` are bytes, unpacked; None where there is no such file. `mode` is a change of permissions alone.
    """

    name: str
    kind: Kind
    before: int | None
    after: int | None
    mode_before: int
    mode_after: int


@dataclass(frozen=True, slots=True)
class PackageDiff:
    """The files that differ, by name, and how many are the same in both."""

    changes: tuple[FileChange, ...]
    same: int


def compare(before: Path, after: Path, check: Callable[[], None] = lambda: None) -> PackageDiff:
    """Compares two zip files by their directories: names, sizes and CRC-32, as zip files keep them.

    `check` is called now and then and may raise to stop. Raises UnreadablePackage.
    """
    first, second = _files(before), _files(after)
    changes, same = [], 0
    for number, name in enumerate(sorted(first.keys() | second.keys())):
        if number % 1000 == 0:
            check()
        old, new = first.get(name), second.get(name)
        kind = _kind(old, new)
        if kind is None:
            same += 1
        else:
            changes.append(
                FileChange(
                    name,
                    kind,
                    old.file_size if old else None,
                    new.file_size if new else None,
                    _mode(old),
                    _mode(new),
                )
            )
    return PackageDiff(tuple(changes), same)


def lines(before: Path, after: Path, change: FileChange) -> list[str] | str:
    """A unified diff of one file, in lines; or a sentence where there are no lines to compare.

    Raises UnreadablePackage.
    """
    texts = []
    for path, count in ((before, change.before), (after, change.after)):
        if count is None:
            texts.append("")
            continue
        if count > TEXT_LIMIT:
            return f"Too large to be compared line by line: {count:,} bytes."
        data = _content(path, change.name)
        if b"\0" in data[:8192]:
            return "Binary: its bytes differ, and there are no lines to show."
        try:
            texts.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            return "Binary, or not in UTF-8: there are no lines to show."
    old, new = (text.splitlines() for text in texts)
    if max(len(old), len(new)) > LINES_LIMIT:
        return f"Too long to be compared line by line: {max(len(old), len(new)):,} lines."
    found = list(difflib.unified_diff(old, new, lineterm="", n=3))[2:]
    if not found:
        return "The lines are the same: what differs is how they end." if texts[0] != texts[1] else "Nothing differs."
    return found


def _kind(old: zipfile.ZipInfo | None, new: zipfile.ZipInfo | None) -> Kind | None:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    if (old.file_size, old.CRC) != (new.file_size, new.CRC):
        return "changed"
    return "mode" if _mode(old) != _mode(new) else None


def _mode(info: zipfile.ZipInfo | None) -> int:
    """Unix permissions; 0 where the zip says none."""
    return (info.external_attr >> 16) & 0o7777 if info is not None else 0


def _files(path: Path) -> dict[str, zipfile.ZipInfo]:
    with _opened(path) as archive:
        return {info.filename: info for info in archive.infolist() if not info.is_dir()}


def _content(path: Path, name: str) -> bytes:
    with _opened(path) as archive, archive.open(name) as file:
        # the size in the directory may be a lie
        return file.read(TEXT_LIMIT + 1)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        LookupError,
        UnicodeDecodeError,
    ) as error:
        # RuntimeError is what an encrypted member brings, IndexError one without a name
        raise UnreadablePackage(f"A package cannot be read: {error}") from None
