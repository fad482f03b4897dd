"""Files written all or nothing: nobody reads half of one, and what was there stays until the new one is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from lambdatui.errors import BadInput


@contextmanager
def written(path: Path, *, overwrite: bool = True, private: bool = True) -> Iterator[TextIO]:
    """What is written to the file comes to `path` when the block ends; when it raises, `path` is as it was.

    The text is UTF-8, line ends are as they are written; `buffer` takes bytes. A `private` file is for the owner's eyes
    alone, another has the rights of any new file. Raises OSError, as FileExistsError where something is at `path`
    already and not to be overwritten.
    """
    descriptor, beside = tempfile.mkstemp(prefix=".lambdatui-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        if not private:
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(beside, 0o666 & ~umask)
        if overwrite:
            os.replace(beside, path)
        else:
            _put_where_nothing_is(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)


@contextmanager
def exported(path: Path, *, overwrite: bool) -> Iterator[TextIO]:
    """The same for a private file that an operator named. Raises BadInput where it cannot be written."""
    if path.is_dir():
        raise BadInput(f"{path}: this is a folder; the name of a file was expected.")
    if path.exists() and not overwrite:
        raise BadInput(f"{path}: this file is there already.")
    try:
        with written(path, overwrite=overwrite) as file:
            yield file
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}.") from None


def _put_where_nothing_is(beside: str, path: Path) -> None:
    """Raises FileExistsError where a file has come there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        # a file system without hard links
        with path.open("xb"):
            os.replace(beside, path)
