"""What is kept of a folder's last zip: used where nothing has changed, and harmless whatever becomes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lambdatui.stages.packages import package, package_cache, zip_writing
from lambdatui.stages.packages.deflating import Deflated
from lambdatui.stages.packages.package_files import SourceFile
from tests.stages.packages.test_package import fill

NAMES = ("app.py", "data", "lib/a.py", "lib/b.py", "lib/deep/c.py")


class Reads:
    """The names of the files that were deflated since this was last asked."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def __call__(self) -> list[str]:
        names, self._names = self._names, []
        return names

    def spy(self, files: Sequence[SourceFile], source: str) -> Iterator[Deflated]:
        self._names += [file.name for file in files]
        return DEFLATED(files, source)


DEFLATED = zip_writing.deflated


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    reads = Reads()
    monkeypatch.setattr(zip_writing, "deflated", reads.spy)
    return reads


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as long unchanged, though the test has just written them."""
    monkeypatch.setattr(package_cache, "SETTLED_NS", -(10**12))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return fill(tmp_path / "code", *NAMES)


@pytest.fixture
def cache(home: Path) -> Path:
    found = package_cache.folder()
    assert found is not None
    return found


@pytest.mark.usefixtures("settled")
def test_only_what_changed_is_deflated_again_and_the_bytes_are_the_same(code: Path, cache: Path, reads: Reads) -> None:
    package.build(code, cache=cache)
    assert reads() == list(NAMES)
    assert package.build(code, cache=cache).data == package.build(code).data
    assert reads() == list(NAMES)
    fill(code, "lib/b.py", text="other")
    built = package.build(code, cache=cache)
    assert reads() == ["lib/b.py"]
    assert built.data == package.build(code).data
    assert [member.size for member in built.members] == [1, 1, 1, 5, 1]


@pytest.mark.usefixtures("settled")
def test_files_that_come_go_and_become_executable_are_seen(code: Path, cache: Path) -> None:
    package.build(code, cache=cache)
    (code / "data").unlink()
    (code / "lib" / "a.py").chmod(0o755)
    fill(code, "aaa.py", "lib/z.py", text="new")
    assert package.build(code, cache=cache).data == package.build(code).data
    (code / ".lambdaignore").write_text("lib/deep\n")
    assert package.build(code, cache=cache).data == package.build(code).data


@pytest.mark.usefixtures("settled")
def test_content_that_changed_behind_the_same_size_and_date_is_seen(code: Path, cache: Path) -> None:
    os.utime(code / "app.py", (1e9, 1e9))
    package.build(code, cache=cache)
    (code / "app.py").write_text("y")
    os.utime(code / "app.py", (1e9, 1e9))
    assert package.build(code, cache=cache).data == package.build(code).data


def test_a_file_that_was_written_a_moment_ago_is_not_trusted(code: Path, cache: Path, reads: Reads) -> None:
    package.build(code, cache=cache)
    reads()
    package.build(code, cache=cache)
    assert reads() == list(NAMES)


@pytest.mark.usefixtures("settled")
def test_a_cache_that_is_damaged_anywhere_does_no_harm(code: Path, cache: Path) -> None:
    whole = package.build(code).data
    package.build(code, cache=cache)
    [kept] = cache.iterdir()
    good = kept.read_bytes()
    damaged = [bytes([*good[:at], good[at] ^ 0x55, *good[at + 1 :]]) for at in range(0, len(good), 7)]
    damaged += [good[:at] for at in range(0, len(good), 50)] + [b"", good + b"more", good[-44:]]
    for content in damaged:
        kept.write_bytes(content)
        assert package.build(code, cache=cache).data == whole


def test_the_cache_is_the_owner_s_alone(code: Path, cache: Path) -> None:
    before = os.umask(0)
    try:
        package.build(code, cache=cache)
    finally:
        os.umask(before)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in cache.iterdir()] == [0o600]


def test_the_cache_is_bounded_and_the_longest_unused_goes_first(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        package.build(fill(tmp_path / f"code{number}", *NAMES), cache=cache)
        for path in cache.iterdir():
            os.utime(path, (path.stat().st_mtime - 100,) * 2)
    sizes = {path: path.stat() for path in cache.iterdir()}
    oldest = min(sizes, key=lambda path: sizes[path].st_mtime)
    monkeypatch.setattr(package_cache, "LIMIT", sum(stat.st_size for stat in sizes.values()))
    package.build(fill(tmp_path / "another", *NAMES), cache=cache)
    assert len(list(cache.iterdir())) == 4
    assert not oldest.exists()


def test_without_a_place_for_it_packages_are_built_all_the_same(
    code: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("LAMBDATUI_CACHE_DIR", str(home / "file" / "cache"))
    assert package_cache.folder() is None
    assert package.build(code, cache=None).data == package.build(code, cache=home / "nowhere").data


def test_a_package_outlives_the_file_it_was_kept_in(code: Path, cache: Path) -> None:
    built = package.build(code, cache=cache)
    for path in cache.iterdir():
        path.unlink()
    assert built.data == package.build(code).data
