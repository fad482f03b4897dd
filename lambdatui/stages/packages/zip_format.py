"""The zip format as far as a package needs it: a header before each member, the directory, and its end.

Written here, because the standard library's writer deflates by itself, in one thread: what was deflated elsewhere can
be put into it by its private parts alone. The bytes are those that it would write. After APPNOTE.TXT 6.3.10, sections
4.3.7 and 4.3.12 to 4.3.16.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

_VERSION = 20  # 2.0: deflate
_ZIP64_VERSION = 45
_DEFLATED = 8
_UTF8 = 0x800
# 1980-01-01 00:00:00, the oldest date of a zip: two builds must not differ in it
_TIME, _DATE = 0, 1 << 5 | 1
_UNIX = 3
# Lambda runs as another user: all may read, and execute what its owner may
_PLAIN, _EXECUTABLE = 0o100644 << 16, 0o100755 << 16

_LOCAL = struct.Struct("<4s2B4HL2L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")
_ZIP64_LOCATOR = struct.Struct("<4sLQL")
_MOST_MEMBERS = 0xFFFF


class ZipMember(NamedTuple):
    """A deflated member. `size` and `zipped` are bytes; `offset` is where its header stands."""

    name: str
    executable: bool
    crc: int
    size: int
    zipped: int
    offset: int

    @property
    def span(self) -> int:
        """Bytes of its header and its content together."""
        return _LOCAL.size + len(self.name.encode()) + self.zipped


def _encoded(name: str) -> tuple[bytes, int]:
    return (name.encode(), 0) if name.isascii() else (name.encode(), _UTF8)


def header(member: ZipMember) -> bytes:
    """What stands before a member's content."""
    name, flags = _encoded(member.name)
    fixed = _LOCAL.pack(
        b"PK\3\4", _VERSION, 0, flags, _DEFLATED, _TIME, _DATE, member.crc, member.zipped, member.size, len(name), 0
    )
    return fixed + name


def directory(members: Sequence[ZipMember], offset: int) -> bytes:
    """What stands after the last member, at `offset`: the directory and its end."""
    parts = []
    for member in members:
        name, flags = _encoded(member.name)
        fixed = _CENTRAL.pack(
            b"PK\1\2",
            _VERSION,
            _UNIX,
            _VERSION,
            0,
            flags,
            _DEFLATED,
            _TIME,
            _DATE,
            member.crc,
            member.zipped,
            member.size,
            len(name),
            0,
            0,
            0,
            0,
            _EXECUTABLE if member.executable else _PLAIN,
            member.offset,
        )
        parts.append(fixed + name)
    entries = b"".join(parts)
    return entries + _end(len(members), len(entries), offset)


def _end(count: int, length: int, offset: int) -> bytes:
    if count <= _MOST_MEMBERS:
        return _END.pack(b"PK\5\6", 0, 0, count, count, length, offset, 0)
    zip64 = _ZIP64_END.pack(
        b"PK\6\6", _ZIP64_END.size - 12, _ZIP64_VERSION, _ZIP64_VERSION, 0, 0, count, count, length, offset
    )
    locator = _ZIP64_LOCATOR.pack(b"PK\6\7", 0, offset + length, 1)
    return zip64 + locator + _END.pack(b"PK\5\6", 0, 0, _MOST_MEMBERS, _MOST_MEMBERS, length, offset, 0)
