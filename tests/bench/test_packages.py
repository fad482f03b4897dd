"""How long a folder takes to be zipped, against the standard library's zipfile in the same run."""

from __future__ import annotations

import io
import statistics
import sysconfig
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.stages.packages import package, package_cache

pytestmark = pytest.mark.bench

ROUNDS = 7
FILES, BYTES = 3170, 50_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some 3,170 files of some 50 MB, as they lie in a folder of Python libraries."""
    root = Path(sysconfig.get_paths()["purelib"])
    found = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix in (".py", ".json", ".so")]
    sources = [path for path in found if 4_000 < path.stat().st_size < 1_000_000]
    total = 0
    for number in range(FILES):
        if total > BYTES:
            break
        data = sources[number * 7919 % len(sources)].read_bytes()
        target = tmp_path / "code" / f"library{number % 60}" / f"part{number % 5}" / f"file{number}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        total += len(data)
    print(f"\n{number + 1:,} files, {total / 1e6:.1f} MB", end="")
    return tmp_path / "code"


def with_zipfile(folder: Path) -> int:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return target.tell()


def seconds(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def told(what: str, ours: list[float], other: list[float], goal: str) -> None:
    pairs = [a / b for a, b in zip(ours, other, strict=True)]
    print(
        f"\n{what}: {statistics.median(ours) * 1000:.0f} ms; zipfile: {statistics.median(other) * 1000:.0f} ms; "
        f"ratio {statistics.median(pairs):.3f}, {min(pairs):.3f} to {max(pairs):.3f} (goal {goal})"
    )


def test_a_folder_is_zipped(folder: Path) -> None:
    cache = package_cache.folder()
    assert cache is not None
    # what was written this moment is not trusted to be unchanged
    time.sleep(package_cache.SETTLED_NS / 1e9 + 0.1)
    package.build(folder, cache=cache)
    by_size = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    changed = by_size[len(by_size) // 2]
    cold, again, other, sizes = [], [], [], (0, 0)
    for _ in range(ROUNDS):
        other.append(seconds(lambda: with_zipfile(folder)))
        cold.append(seconds(lambda: package.build(folder)))
        changed.write_bytes(changed.read_bytes() + b"#")
        again.append(seconds(lambda: package.build(folder, cache=cache)))
        sizes = package.build(folder).zipped, with_zipfile(folder)
    told("zipped from nothing", cold, other, "0.70")
    told("one file changed", again, other, "0.06")
    print(f"\nzipped: {sizes[0] / 1e6:.2f} MB; zipfile: {sizes[1] / 1e6:.2f} MB; ratio {sizes[0] / sizes[1]:.3f}")
