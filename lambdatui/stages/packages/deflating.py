"""Files deflated in threads: zlib lets go of Python's lock. The same files give the same bytes, in their order."""

from __future__ import annotations

import itertools
import os
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from lambdatui.errors import BadInput
from lambdatui.stages.packages.package_files import SourceFile, signature_of

PART = 2 * 1024 * 1024
"""Bytes of a file that one thread deflates at a time; a larger file's parts are deflated side by side.

Each part starts from the last 32 KB before it, as zlib itself would, so that little is lost.
"""
ENCODING = f"zlib {zlib.ZLIB_RUNTIME_VERSION} level 6 part {PART}"
"""What the bytes depend on, besides the files."""

_LEVEL = 6
_WINDOW = 32 * 1024
# beyond so many, the one thread that writes is what they wait for
_THREADS = min(8, os.cpu_count() or 1)


class Deflated(NamedTuple):
    """A part of a file, deflated. `crc` is the checksum of the file up to its end; `size` is its bytes beforehand."""

    file: SourceFile
    data: bytes
    crc: int
    size: int
    first: bool
    last: bool


class _Piece(NamedTuple):
    file: SourceFile
    start: int
    size: int


def deflated(files: Sequence[SourceFile], source: str) -> Iterator[Deflated]:
    """The parts of these files, in their order. No more is held in memory than the threads have in hand.

    `source` is how messages name the folder. Raises BadInput where a file cannot be read, or changes meanwhile.
    """
    tasks = _tasks(files)
    under_way: deque[Future[list[tuple[_Piece, bytes, bytes | int]]]] = deque()
    crc = 0
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="deflate") as pool:
        try:
            under_way += [pool.submit(_work, task, source) for task in itertools.islice(tasks, _THREADS + 2)]
            while under_way:
                done = under_way.popleft().result()
                under_way += [pool.submit(_work, task, source) for task in itertools.islice(tasks, 1)]
                for piece, data, content in done:
                    # the checksum of a file of several parts can only be had in their order
                    crc = content if isinstance(content, int) else zlib.crc32(content, crc if piece.start else 0)
                    last = piece.start + piece.size == piece.file.signature.size
                    yield Deflated(piece.file, data, crc, piece.size, piece.start == 0, last)
        finally:
            for future in under_way:
                future.cancel()


def _tasks(files: Sequence[SourceFile]) -> Iterator[list[_Piece]]:
    """What one thread does at a time: many small files, or a part of a large one."""
    batch: list[_Piece] = []
    room = PART
    for file in files:
        size = file.signature.size
        if size > PART:
            if batch:
                yield batch
                batch, room = [], PART
            for start in range(0, size, PART):
                yield [_Piece(file, start, min(PART, size - start))]
            continue
        if batch and size > room:
            yield batch
            batch, room = [], PART
        batch.append(_Piece(file, 0, size))
        room -= size
    if batch:
        yield batch


def _work(pieces: list[_Piece], source: str) -> list[tuple[_Piece, bytes, bytes | int]]:
    """Each piece deflated, with its checksum, or with its content where that is only a part of the file's."""
    found: list[tuple[_Piece, bytes, bytes | int]] = []
    for piece in pieces:
        whole = piece.size == piece.file.signature.size
        before, content = _read(piece, source)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before) if before else _packer()
        last = piece.start + piece.size == piece.file.signature.size
        data = packer.compress(content) + packer.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
        found.append((piece, data, zlib.crc32(content) if whole else content))
    return found


def _packer() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def _read(piece: _Piece, source: str) -> tuple[bytes, bytes]:
    """The 32 KB before a piece, none before the first, and its content."""
    start = max(0, piece.start - _WINDOW)
    wanted = piece.start + piece.size - start
    try:
        with open(piece.file.path, "rb", buffering=0) as file:
            same = signature_of(os.fstat(file.fileno())) == piece.file.signature
            data = _all_of(file.fileno(), wanted, start)
    except OSError as error:
        raise BadInput(f"{source}: {piece.file.name} cannot be read: {error.strerror}.") from None
    if not same or len(data) != wanted:
        raise BadInput(f"{source}: {piece.file.name} changes while it is read.", "Try again when it is written.")
    return data[: piece.start - start], data[piece.start - start :]


def _all_of(descriptor: int, count: int, start: int) -> bytes:
    data = os.pread(descriptor, count, start)
    while len(data) < count and (more := os.pread(descriptor, count - len(data), start + len(data))):
        data += more
    return data
