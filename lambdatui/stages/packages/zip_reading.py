"""A zip that somebody else made, looked at before it is sent: what Lambda could not unpack is told here."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from lambdatui.errors import BadInput
from lambdatui.stages.packages.archive import Archive

_ENCRYPTED = 0x1
_STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read(path: Path, source: str, limit: int) -> tuple[Archive, list[zipfile.ZipInfo]]:
    """A zip file and its members, without folders; their checksums hold, unless they are more than `limit` bytes.

    `source` is how messages name it. Raises BadInput.
    """
    try:
        archive = Archive(os.open(path, os.O_RDONLY | os.O_CLOEXEC), path.stat().st_size)
        with path.open("rb") as file, zipfile.ZipFile(file) as found:
            _check(found.infolist(), source)
            members = [info for info in found.infolist() if not info.is_dir()]
            broken = found.testzip() if sum(info.file_size for info in members) <= limit else None
    except zipfile.BadZipFile:
        raise BadInput(f"{source}: is not a zip file.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{source}: the zip holds a name that is not the UTF-8 that it says it is.") from None
    except (zlib.error, EOFError) as error:
        raise BadInput(f"{source}: the zip is damaged: {error}.") from None
    except (RuntimeError, NotImplementedError) as error:
        raise BadInput(f"{source}: Lambda cannot unpack this zip: {error}.") from None
    except OSError as error:
        raise BadInput(f"{source}: cannot be read: {error.strerror}.") from None
    if broken:
        raise BadInput(f"{source}: the zip is damaged at {broken}.")
    return archive, members


def _check(members: Sequence[zipfile.ZipInfo], source: str) -> None:
    seen: set[str] = set()
    for info in members:
        # the name as the zip has it: zipfile cuts it at a zero byte
        name = info.orig_filename
        if not info.filename:
            raise BadInput(f"{source}: the zip holds a file without a name.")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name or "\0" in name:
            raise BadInput(f"{source}: the zip holds {name!r}, a name that leads out of the package.")
        if name in seen:
            raise BadInput(f"{source}: the zip holds {name} twice.", "Which one Lambda would take is not known.")
        seen.add(name)
        if info.flag_bits & _ENCRYPTED:
            raise BadInput(f"{source}: Lambda cannot unpack this zip: {name} is encrypted.")
        if info.compress_type not in _STORED_OR_DEFLATED:
            raise BadInput(
                f"{source}: Lambda cannot unpack this zip: {name} is compressed by method {info.compress_type}.",
                "Deflate was expected, or no compression.",
            )
