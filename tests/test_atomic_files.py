import os
import stat
from pathlib import Path

import pytest

from lambdatui import atomic_files


def half_written(path: Path) -> None:
    with atomic_files.written(path) as file:
        file.write("half")
        raise ZeroDivisionError


def outrun(path: Path) -> None:
    with atomic_files.written(path, overwrite=False) as file:
        file.write("mine")
        path.write_text("another's")


def test_what_was_there_stays_when_the_writing_ends_with_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("whole")
    with pytest.raises(ZeroDivisionError):
        half_written(path)
    assert path.read_text() == "whole"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(FileExistsError):
        outrun(path)
    assert path.read_text() == "another's"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o640)])
def test_a_private_file_is_the_owner_s_alone(tmp_path: Path, private: bool, mode: int) -> None:
    umask = os.umask(0o027)
    try:
        with atomic_files.written(tmp_path / "a", private=private) as file:
            file.buffer.write(b"x")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode
