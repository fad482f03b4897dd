"""A zip unpacked into a folder, whatever its maker meant by the names in it."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from pathlib import Path

from lambdatui.clock import Clock
from lambdatui.errors import BadInput
from lambdatui.stages.packages import zip_reading

_CHUNK = 1024 * 1024
_LONGEST_LINK = 4096


def unpack(archive: Path, source: str, folder: Path, limit: int, clock: Clock) -> int:
    """Unpacks a zip into a folder that is not there yet, and returns how many files there are.

    At most `limit` bytes come out of it. Nothing lands outside the folder: names that lead out are refused, and so are
    symbolic links that do. `source` is how messages name it. Raises BadInput where it cannot be unpacked, Cancelled;
    what was unpacked by then is left to the caller.
    """
    _, members = zip_reading.read(archive, source, limit)
    if (count := sum(info.file_size for info in members)) > limit:
        raise BadInput(f"{source}: {count / 1048576:.0f} MB unzipped, and Lambda's limit is {limit / 1048576:.0f} MB.")
    folder.mkdir()
    links: list[tuple[str, str]] = []
    name = ""
    try:
        with zipfile.ZipFile(archive) as opened:
            for info in members:
                clock.check()
                name = info.filename
                if stat.S_ISLNK(info.external_attr >> 16):
                    links.append((name, _target(opened, info, source)))
                else:
                    _write(opened, info, folder / name)
        # after all files, so that none is written through one
        for name, target in links:
            _check_inside(folder / name, folder, name, source, parent=True)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target, folder / name)
    except OSError as error:
        raise BadInput(f"{source}: {name} cannot be unpacked: {error.strerror or error}.") from None
    # only now: what a link leads over may have come after it
    for name, _ in links:
        _check_inside(folder / name, folder, name, source)
    return len(members)


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # zipfile ends a member at the size that its directory says
    with opened.open(info) as data, path.open("xb") as file:
        shutil.copyfileobj(data, file, _CHUNK)
    if (info.external_attr >> 16) & 0o100:
        path.chmod(path.stat().st_mode | 0o111)


def _target(opened: zipfile.ZipFile, info: zipfile.ZipInfo, source: str) -> str:
    """Where a symbolic link leads, as the zip has it."""
    target = opened.read(info).decode(errors="replace") if info.file_size <= _LONGEST_LINK else ""
    if not target or "\0" in target:
        raise BadInput(f"{source}: the zip holds {info.filename!r}, a symbolic link that leads nowhere.")
    return target


def _check_inside(path: Path, folder: Path, name: str, source: str, *, parent: bool = False) -> None:
    """Raises BadInput where a link, or the folder that it is in, is another than it looks and not in the package."""
    try:
        inside = (path.parent if parent else path).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        inside = False
    if not inside:
        raise BadInput(f"{source}: the zip holds {name!r}, a symbolic link that leads out of the package.")
