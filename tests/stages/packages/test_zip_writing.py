"""Zips written by several threads: the bytes are those of the standard library, whatever the size of the files."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
import zipfile
from pathlib import Path

from lambdatui.stages.packages import deflating, package, zip_format
from lambdatui.stages.packages.zip_format import ZipMember


def filled(folder: Path, count: int, seed: int = 1) -> Path:
    """A folder with `count` files of all kinds, some in folders, one that can be executed."""
    made = random.Random(seed)
    for number in range(count):
        path = folder / f"part{number % 7}" / f"grüße-{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.randbytes(made.randrange(3000)) + b"text " * made.randrange(9000))
    (folder / "empty").write_bytes(b"")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    return folder


def test_the_bytes_are_those_of_the_standard_library(tmp_path: Path) -> None:
    filled(tmp_path, 200)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(tmp_path.rglob("*"), key=lambda path: str(path.relative_to(tmp_path))):
            if path.is_file():
                info = zipfile.ZipInfo(str(path.relative_to(tmp_path)), (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = (0o100755 if os.access(path, os.X_OK) else 0o100644) << 16
                archive.writestr(info, path.read_bytes())
    assert package.build(tmp_path).data == target.getvalue()


def test_a_large_file_is_deflated_in_parts_that_make_one_member(tmp_path: Path) -> None:
    sizes = (deflating.PART - 1, deflating.PART, deflating.PART + 1, 3 * deflating.PART + 5)
    made = random.Random(2)
    words = [made.randbytes(12) for _ in range(5000)]
    for number, size in enumerate(sizes):
        (tmp_path / f"{number}.bin").write_bytes(b"".join(made.choices(words, k=size // 12 + 1))[:size])
    built = package.build(tmp_path)
    assert package.build(tmp_path).data == built.data
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        assert archive.testzip() is None
        for number, size in enumerate(sizes):
            assert archive.read(f"{number}.bin") == (tmp_path / f"{number}.bin").read_bytes()
            assert archive.getinfo(f"{number}.bin").file_size == size
            assert archive.getinfo(f"{number}.bin").compress_size == built.members[number].zipped


def test_a_large_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(40 * deflating.PART)
    tracemalloc.start()
    try:
        package.build(tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 25 * deflating.PART


def test_more_members_than_an_old_zip_can_count(tmp_path: Path) -> None:
    count, body = 70_000, b"\x03\x00"
    members, place = [], 0
    with (tmp_path / "many.zip").open("wb") as file:
        for number in range(count):
            member = ZipMember(f"f{number}", False, 0, 0, len(body), place)
            file.write(zip_format.header(member) + body)
            place += member.span
            members.append(member)
        file.write(zip_format.directory(members, place))
    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        assert len(archive.namelist()) == count
        assert archive.read("f69999") == b""
