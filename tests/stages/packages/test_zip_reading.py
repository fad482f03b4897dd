"""Zips that somebody else made: taken, or refused in one sentence, whatever is wrong with their bytes."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdatui.aws import package_diff
from lambdatui.aws.package_diff import UnreadablePackage
from lambdatui.errors import BadInput
from lambdatui.stages.packages import zip_reading

LIMIT = 1_000_000


def whole() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("app.py", "ä/b.py", "c"):
            archive.writestr(name, f"{name * 40}\n")
    return buffer.getvalue()


WHOLE = whole()
PLACES = st.integers(0, len(WHOLE) - 1)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(PLACES, st.sampled_from([0, 0xFF]) | st.integers(0, 255), max_size=4),
    length=st.just(len(WHOLE)) | PLACES,
)
def test_a_damaged_zip_is_one_sentence(tmp_path: Path, changes: dict[int, int], length: int) -> None:
    data = bytearray(WHOLE)
    for place, value in changes.items():
        data[place] = value
    path = tmp_path / "a.zip"
    path.write_bytes(data[:length])
    told = ""
    try:
        zip_reading.read(path, "a.zip", LIMIT)
    except BadInput as error:
        told = error.message
    assert told == "" or told.startswith("a.zip: ")
    with contextlib.suppress(UnreadablePackage):
        package_diff.compare(path, path)


@pytest.mark.parametrize("wrong", [b"\xff\xff", b"\0\0"])
def test_names_that_are_none(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(WHOLE.replace("ä".encode(), wrong))
    with pytest.raises(BadInput, match="the zip holds"):
        zip_reading.read(path, "a.zip", LIMIT)
