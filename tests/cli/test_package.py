"""`lambdatui package`: what would be sent, without AWS."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from lambdatui.stages.packages import package
from tests.cli.conftest import Run
from tests.stages.packages.test_package import fill


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = fill(tmp_path / "build", "app.py", "lib/a.py", "notes.txt", text="x" * 2000)
    (folder / "lib" / "a.py").chmod(0o755)
    (folder / ".lambdaignore").write_text("*.txt\n")
    return folder


def test_a_folder_is_told_in_figures(lambdatui: Run, code: Path) -> None:
    ended = lambdatui("package", "build")
    assert ended.status == 0
    built = package.build(code)
    told = dict(line.split(None, 1) for line in ended.out.splitlines())
    assert told == {
        "files": "2",
        "ignored": "2",
        "unzipped": "3.9 kB of 250.0 MB",
        "zipped": f"{built.zipped} B",
        "sha256": built.sha256,
    }


def test_the_list_has_every_file_and_what_was_ignored(lambdatui: Run, code: Path) -> None:
    ended = lambdatui("package", "build", "--list")
    zipped = package.build(code).members[0].zipped
    assert ended.out.splitlines() == [
        "  BYTES  ZIPPED  NAME",
        f"  2,000      {zipped}  app.py",
        f"  2,000      {zipped}  lib/a.py*",
        "ignored       –  .lambdaignore",
        "ignored       –  notes.txt",
    ]
    assert "sha256" in ended.err


def test_as_json(lambdatui: Run, code: Path) -> None:
    document = lambdatui("package", "build", "--json").document
    built = package.build(code, "build")
    assert document == {
        "source": "build",
        "files": 2,
        "unzipped": 4000,
        "zipped": built.zipped,
        "sha256": built.sha256,
    }
    listed = lambdatui("package", "build", "--list", "--json").document
    assert [member["executable"] for member in listed["members"]] == [False, True]
    assert listed["ignored"] == [".lambdaignore", "notes.txt"]


def test_the_zip_is_written_as_it_would_be_sent(lambdatui: Run, code: Path, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        ended = lambdatui("package", "build", "-o", "out.zip")
    finally:
        os.umask(before)
    assert ended.status == 0
    assert (tmp_path / "out.zip").read_bytes() == package.build(code).data
    assert (tmp_path / "out.zip").stat().st_mode & 0o777 == 0o644
    assert sorted(os.listdir(tmp_path)) == ["build", "out.zip"]
    again = lambdatui("package", "out.zip", "--json").document
    assert again["sha256"] == lambdatui("package", "build", "--json").document["sha256"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("absent",), "absent: there is no such folder or zip file."),
        (("build", "-o", "build/out.zip"), "-o: build/out.zip lies in the folder itself"),
        (("build", "-o", "build"), "-o: build is a folder"),
        (("build", "-o", "absent/out.zip"), "-o: absent/out.zip cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_is_told(lambdatui: Run, code: Path, words: tuple[str, ...], told: str) -> None:
    ended = lambdatui("package", *words)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err


def test_a_zip_slip_is_told(lambdatui: Run, code: Path) -> None:
    with zipfile.ZipFile("evil.zip", "w") as archive:
        archive.writestr("../x", "x")
    assert "a name that leads out of the package" in lambdatui("package", "evil.zip").err
