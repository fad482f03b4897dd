"""Zips unpacked: what is in them lands in the folder, and nowhere else."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from lambdatui.clock import Clock
from lambdatui.errors import BadInput, Cancelled
from lambdatui.stages.packages.unpacking import unpack

LINK, PROGRAM = stat.S_IFLNK | 0o777, stat.S_IFREG | 0o755
LIMIT = 1_000_000


def zip_of(folder: Path, *members: tuple[str, str, int]) -> Path:
    """A zip of names, contents and Unix modes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
    path = folder / "a.zip"
    path.write_bytes(buffer.getvalue())
    return path


def unpacked(tmp_path: Path, *members: tuple[str, str, int], limit: int = LIMIT) -> Path:
    unpack(zip_of(tmp_path, *members), "a.zip", tmp_path / "out", limit, Clock())
    return tmp_path / "out"


def test_files_folders_programs_and_links(tmp_path: Path) -> None:
    out = unpacked(
        tmp_path,
        ("bin/run", "#!/bin/sh\n", PROGRAM),
        ("lib/libx.so", "../lib/libx.so.1", LINK),
        ("lib/libx.so.1", "code", 0),
        ("empty/", "", 0),
    )
    assert (out / "bin/run").stat().st_mode & 0o111 == 0o111
    assert (out / "lib/libx.so.1").stat().st_mode & 0o111 == 0
    assert (out / "lib/libx.so").is_symlink()
    assert (out / "lib/libx.so").read_text() == "code"


@pytest.mark.parametrize(
    "members",
    [
        [("a", "/etc/passwd", LINK)],
        [("a", "../x", LINK)],
        [("d/a", "../../x", LINK)],
        # a link that another one bends, and a link made through it
        [("e", "p/..", LINK), ("p", ".", LINK), ("e/evil/l", "x", LINK)],
        [("d", ".", LINK), ("d/../../x", "evil", 0)],
        # each stays inside, and one over the other does not
        [("a/b", "x", 0), ("l", "a/..", LINK), ("m", "l/../..", LINK)],
        [("d", "sub", LINK), ("sub/e/f", "x", 0), ("g", "d/e/../../..", LINK)],
    ],
)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, members: list[tuple[str, str, int]]) -> None:
    with pytest.raises(BadInput, match="leads out of the package"):
        unpacked(tmp_path, *members)
    assert {path.name for path in tmp_path.iterdir()} <= {"a.zip", "out"}


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="leads nowhere"):
        unpacked(tmp_path, ("a", "", LINK))


@pytest.mark.parametrize(
    "members",
    [
        # a file through a link, a file beneath a file, a file twice by another spelling
        [("d", "sub", LINK), ("sub/x", "1", 0), ("d/y", "2", 0)],
        [("a", "1", 0), ("a/b", "2", 0)],
        [("a", "1", 0), ("./a", "2", 0)],
    ],
)
def test_names_that_exclude_one_another_are_told(tmp_path: Path, members: list[tuple[str, str, int]]) -> None:
    with pytest.raises(BadInput, match=r"^a\.zip: .+ cannot be unpacked: (File exists|Not a directory)\.$"):
        unpacked(tmp_path, *members)


def test_no_more_comes_out_than_the_limit(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="2 MB unzipped, and Lambda's limit is 1 MB"):
        unpacked(tmp_path, ("a", "x" * 1024 * 1024, 0), ("b", "x" * 1024 * 1024, 0), limit=1024 * 1024)
    assert not (tmp_path / "out").exists()


def test_it_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    clock = Clock()
    clock.cancel()
    with pytest.raises(Cancelled):
        unpack(zip_of(tmp_path, ("a", "x", 0)), "a.zip", tmp_path / "out", LIMIT, clock)
