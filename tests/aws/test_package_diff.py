"""Two packages, file by file."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from lambdatui.aws import package_diff
from lambdatui.aws.package_diff import TEXT_LIMIT, FileChange, UnreadablePackage


def package(path: Path, files: dict[str, bytes], modes: dict[str, int] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | (modes or {}).get(name, 0o644)) << 16
            archive.writestr(info, data)
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    before = package(
        tmp_path / "before.zip",
        {
            "app.py": b"one\ntwo\nthree\n",
            "gone.py": b"x\n",
            "same.py": b"same\n",
            "run.sh": b"#!/bin/sh\n",
            "logo.png": b"\x89PNG\0a",
            "ends.txt": b"a\nb\n",
        },
    )
    after = package(
        tmp_path / "after.zip",
        {
            "app.py": b"one\n2\nthree\n",
            "../../etc/passwd": b"root\n",
            "same.py": b"same\n",
            "run.sh": b"#!/bin/sh\n",
            "logo.png": b"\x89PNG\0b",
            "ends.txt": b"a\r\nb\r\n",
        },
        {"run.sh": 0o755},
    )
    return before, after


def change_of(pair: tuple[Path, Path], name: str) -> FileChange:
    return next(change for change in package_diff.compare(*pair).changes if change.name == name)


def test_added_removed_changed_and_permissions(pair: tuple[Path, Path]) -> None:
    found = package_diff.compare(*pair)
    assert [(change.name, change.kind, change.before, change.after) for change in found.changes] == [
        ("../../etc/passwd", "added", None, 5),
        ("app.py", "changed", 14, 12),
        ("ends.txt", "changed", 4, 6),
        ("gone.py", "removed", 2, None),
        ("logo.png", "changed", 6, 6),
        ("run.sh", "mode", 10, 10),
    ]
    assert found.same == 1
    assert (found.changes[-1].mode_before, found.changes[-1].mode_after) == (0o644, 0o755)


def test_the_lines_of_a_text(pair: tuple[Path, Path]) -> None:
    assert package_diff.lines(*pair, change_of(pair, "app.py")) == ["@@ -1,3 +1,3 @@", " one", "-two", "+2", " three"]
    assert package_diff.lines(*pair, change_of(pair, "gone.py")) == ["@@ -1 +0,0 @@", "-x"]


def test_a_name_that_leads_out_is_a_name_and_nothing_is_written(pair: tuple[Path, Path], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert package_diff.lines(*pair, change_of(pair, "../../etc/passwd")) == ["@@ -0,0 +1 @@", "+root"]
    assert sorted(tmp_path.rglob("*")) == before


def test_what_has_no_lines_says_why(pair: tuple[Path, Path], tmp_path: Path) -> None:
    assert "Binary" in package_diff.lines(*pair, change_of(pair, "logo.png"))
    assert "how they end" in package_diff.lines(*pair, change_of(pair, "ends.txt"))
    large = (
        package(tmp_path / "1.zip", {"bundle.js": b"a" * (TEXT_LIMIT + 1)}),
        package(tmp_path / "2.zip", {"bundle.js": b"b" * (TEXT_LIMIT + 1)}),
    )
    assert "Too large" in package_diff.lines(*large, change_of(large, "bundle.js"))


def test_a_broken_zip_is_one_sentence(pair: tuple[Path, Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(pair[1].read_bytes()[:-30])
    with pytest.raises(UnreadablePackage, match="cannot be read"):
        package_diff.compare(pair[0], broken)
    data = bytearray(pair[1].read_bytes())
    # the content of app.py, which is compressed, no longer what its checksum says
    at = data.index(b"app.py") + len("app.py")
    data[at : at + 4] = b"\xff\xff\xff\xff"
    broken.write_bytes(data)
    with pytest.raises(UnreadablePackage):
        package_diff.lines(pair[0], broken, change_of(pair, "app.py"))
