"""Unpacks deployment packages, once each, below one private folder that goes away with the engine."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath


class UnpackedPackages:
    """Folders with the content of zips, by their SHA-256."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="lambdatui-emulator-")).resolve()
        self._lock = threading.Lock()
        self._folders: dict[str, Path] = {}

    @property
    def root(self) -> Path:
        """The folder below which everything is; only its owner may look into it."""
        return self._root

    def folder(self, zips: Sequence[bytes]) -> Path:
        """The folder that holds these zips, unpacked one over the other."""
        key = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in zips)).hexdigest()
        with self._lock:
            folder = self._folders.get(key)
            if folder is None:
                folder = self._root / key[:32]
                folder.mkdir()
                for data in zips:
                    unpack(data, folder)
                self._folders[key] = folder
            return folder

    def remove(self) -> None:
        """Removes everything."""
        shutil.rmtree(self._root, ignore_errors=True)


def unpack(data: bytes, folder: Path) -> None:
    """Unpacks a zip into a folder. What would land outside of it, and links, are left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            path = PurePosixPath(info.filename.replace("\\", "/"))
            mode = info.external_attr >> 16
            if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(mode):
                continue
            target = folder / path
            if info.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)
            target.chmod(0o700 if mode & 0o100 else 0o600)
