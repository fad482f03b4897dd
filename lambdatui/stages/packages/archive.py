"""The bytes of a zip, on disk: held open, so that it does not matter what becomes of the file's name."""

from __future__ import annotations

import base64
import hashlib
import os
import weakref
from collections.abc import Iterator

# small enough to stay in a processor's cache between two uses
_CHUNK = 256 * 1024


class Archive:
    """The first `size` bytes of an open file, read at any place by any thread. It owns `descriptor`."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self.size = size
        self._close = weakref.finalize(self, os.close, descriptor)

    def read(self, start: int = 0, count: int | None = None) -> bytes:
        """`count` bytes from `start`, or all that follow. Raises OSError, also where the file has become shorter."""
        left = self.size - start if count is None else min(count, self.size - start)
        parts: list[bytes] = []
        while left > 0:
            part = os.pread(self._descriptor, left, start)
            if not part:
                raise OSError(0, "it has become shorter")
            parts.append(part)
            start += len(part)
            left -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def chunks(self, start: int = 0, count: int | None = None) -> Iterator[bytes]:
        """As `read`, in pieces."""
        end = self.size if count is None else min(self.size, start + count)
        for place in range(start, end, _CHUNK):
            yield self.read(place, min(_CHUNK, end - place))

    def sha256(self, count: int | None = None) -> str:
        """The SHA-256 of all bytes, or of the first `count`, as AWS gives CodeSha256: in base64."""
        digest = hashlib.sha256()
        for chunk in self.chunks(0, count):
            digest.update(chunk)
        return base64.b64encode(digest.digest()).decode()
