"""Deployment packages: the same input gives the same bytes, and what Lambda would not take is told before."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.packages import package, package_files


def fill(folder: Path, *names: str, text: str = "x") -> Path:
    """Writes files of this text into a folder, with the folders that they need."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def names(built: package.Package) -> list[str]:
    return [member.name for member in built.members]


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        package.build(path, "code")
    return str(caught.value)


FILES = ("app.py", "lib/a.py", "lib/b.py", "lib/deep/c.py", "data")


def test_order_dates_modes_and_umask_do_not_show_in_the_bytes(tmp_path: Path) -> None:
    built = []
    for number, umask in enumerate((0o022, 0o077, 0o002)):
        folder = tmp_path / f"tree{number}"
        folder.mkdir()
        files = list(FILES)
        random.Random(number).shuffle(files)
        before = os.umask(umask)
        try:
            fill(folder, *files)
        finally:
            os.umask(before)
        for path in folder.rglob("*"):
            os.utime(path, (number * 1e8, number * 1e8))
        built.append(package.build(folder))
    assert len({entry.data for entry in built}) == 1
    assert built[0].sha256 == base64.b64encode(hashlib.sha256(built[0].data).digest()).decode()
    assert names(built[0]) == ["app.py", "data", "lib/a.py", "lib/b.py", "lib/deep/c.py"]


def test_what_was_written_is_what_lambda_will_read(tmp_path: Path) -> None:
    fill(tmp_path, *FILES)
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o700)
    built = package.build(tmp_path)
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        assert archive.read("lib/deep/c.py") == b"x"
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    # Lambda runs as another user: all may read, and execute what its owner may
    assert modes["run.sh"] == 0o100755
    assert modes["app.py"] == 0o100644
    assert built.unzipped == sum(member.size for member in built.members)


def test_one_changed_byte_is_another_package(tmp_path: Path) -> None:
    fill(tmp_path, "app.py", text="A")
    before = package.build(tmp_path).sha256
    fill(tmp_path, "app.py", text="B")
    assert package.build(tmp_path).sha256 != before


def test_what_never_belongs_in_a_package_stays_out(tmp_path: Path) -> None:
    fill(tmp_path, "app.py", "__pycache__/x", "lib/__pycache__/y", "lib/a.pyc", "lib/b.py", ".git/config", ".DS_Store")
    fill(tmp_path, ".lambdaignore", text="")
    assert names(package.build(tmp_path)) == ["app.py", "lib/b.py"]


def test_lambdaignore_speaks_gitignore_s_syntax(tmp_path: Path) -> None:
    fill(tmp_path, "app.py", "tests/t.py", "lib/tests/t.py", "notes", "lib/build/x", "keep", "lib/keep")
    (tmp_path / ".lambdaignore").write_text("# comment\n/tests/\nnotes\nbuild/\nkeep\n!lib/keep\n")
    built = package.build(tmp_path)
    assert names(built) == ["app.py", "lib/keep", "lib/tests/t.py"]
    assert built.ignored == (".lambdaignore", "keep", "lib/build/", "notes", "tests/")


def test_a_lambdaignore_that_is_no_text_is_told(tmp_path: Path) -> None:
    fill(tmp_path, "app.py")
    (tmp_path / ".lambdaignore").write_bytes(b"\xff\xfe")
    assert ".lambdaignore: cannot be read" in refusal(tmp_path)


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    fill(tmp_path, "real/a.py")
    (tmp_path / "file.py").symlink_to("real/a.py")
    (tmp_path / "folder").symlink_to("real")
    assert names(package.build(tmp_path)) == ["file.py", "folder/a.py", "real/a.py"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("../outside", "the symbolic link link leaves the folder (to "),
        ("/etc/hostname", "the symbolic link link leaves the folder (to /etc/hostname)"),
        ("nowhere", "the symbolic link link leads nowhere"),
        ("link", "the symbolic link link leads nowhere, or in a circle"),
        (".", "the symbolic link link leads back to a folder it lies in"),
    ],
)
def test_a_link_that_cannot_be_packed_is_refused_unless_it_is_ignored(tmp_path: Path, target: str, words: str) -> None:
    (tmp_path / "outside").write_text("secret")
    folder = tmp_path / "code"
    folder.mkdir()
    fill(folder, "app.py")
    (folder / "link").symlink_to(target)
    assert words in refusal(folder)
    (folder / ".lambdaignore").write_text("link\n")
    assert names(package.build(folder)) == ["app.py"]


def test_a_link_deeper_down_that_leads_back_up_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "lib/deep/a.py")
    (tmp_path / "lib" / "deep" / "up").symlink_to("../..")
    assert "the symbolic link lib/deep/up leads back to a folder it lies in" in refusal(tmp_path)


def test_what_is_neither_file_nor_folder_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "app.py")
    os.mkfifo(tmp_path / "pipe")
    assert "pipe is neither a file nor a folder" in refusal(tmp_path)


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "app.py")
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert "the name caf\ufffd.py is not UTF-8" in refusal(tmp_path)


def test_an_empty_folder_and_one_that_is_ignored_whole_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "code: there is nothing in it to deploy."
    fill(tmp_path, "app.py")
    (tmp_path / ".lambdaignore").write_text("*\n")
    assert "there is nothing in it to deploy; " in refusal(tmp_path)


def test_no_such_path_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent") == "code: there is no such folder or zip file."


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "app.py")
    scan = package_files.scan

    def scan_and_change(folder: Path, source: str) -> Any:
        found = scan(folder, source)
        fill(folder, "app.py", text="longer than before")
        return found

    monkeypatch.setattr(package_files, "scan", scan_and_change)
    assert "app.py changes while it is read" in refusal(tmp_path)


def zip_of(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, "x")
    return path


def test_a_zip_is_sent_as_it_is(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "code.zip", "app.py", "lib/", "lib/a.py")
    built = package.build(path)
    assert built.data == path.read_bytes()
    assert names(built) == ["app.py", "lib/a.py"]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..\\x"])
def test_a_zip_whose_names_lead_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "a name that leads out of the package" in refusal(zip_of(tmp_path / "code.zip", "app.py", name))


def test_what_is_no_zip_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    path.write_text("PK, but not really")
    assert refusal(path) == "code: is not a zip file."
    whole = package.build(fill(tmp_path / "tree", "app.py", text=random.Random(1).randbytes(99).hex())).data
    for position in range(40, 60):
        broken = bytearray(whole)
        broken[position] ^= 0xFF
        path.write_bytes(broken)
        assert "code: the zip is damaged" in refusal(path) or "is not a zip file" in refusal(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(zip_of(tmp_path / "code.zip", "app.py").read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    (tmp_path / "code.zip").write_bytes(data)
    assert refusal(tmp_path / "code.zip") == "code: Lambda cannot unpack this zip: app.py is encrypted."


def test_a_zip_that_is_compressed_in_another_way_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("app.py", "x")
    assert "app.py is compressed by method 14. Deflate was expected" in refusal(tmp_path / "code.zip")


def test_a_zip_that_holds_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        zip_of(tmp_path / "code.zip", "app.py", "lib/a.py", "app.py")
    assert "the zip holds app.py twice" in refusal(tmp_path / "code.zip")


def test_more_than_lambda_takes_is_refused_before_it_is_zipped(tmp_path: Path) -> None:
    fill(tmp_path, "app.py")
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(package.UNZIPPED_LIMIT)
    assert "250 MB unzipped, and Lambda takes 250 MB" in refusal(tmp_path)
