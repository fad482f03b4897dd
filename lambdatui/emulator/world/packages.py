"""The deployment packages of the demo's functions: the folders beside the emulator's code, zipped."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

from lambdatui.emulator.lambda_.packages import ZipPackage

HANDLERS = Path(__file__).parent.parent / "handlers"
"""One folder a function; `checkout_api` has one for each of its versions, and 44 to be deployed."""

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@cache
def package(folder: str, release: str = "") -> ZipPackage:
    """The package of a folder of HANDLERS, the same bytes each time, with a note of the release if one is given."""
    buffer = io.BytesIO()
    root = HANDLERS / folder
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*.py")):
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), _ZIP_EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
        if release:
            archive.writestr(zipfile.ZipInfo("RELEASE.txt", _ZIP_EPOCH), f"{release}\n")
    return ZipPackage(buffer.getvalue())


def foreign_package(name: str, runtime: str, release: str = "") -> ZipPackage:
    """Stands for the package of a function that is not written in Python. It can be downloaded and not be run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        note = f"{name} is written for {runtime}. The demo has nothing but this note of it.\n{release}\n"
        archive.writestr(zipfile.ZipInfo("NOTE.txt", _ZIP_EPOCH), note)
    return ZipPackage(buffer.getvalue())
