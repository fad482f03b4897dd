"""The pipelines in a folder: which files hold one, what is wrong with them, and how each ran last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lambdatui.errors import LambdatuiError

if TYPE_CHECKING:
    from lambdatui.journal import PipelineRun, PipelineRuns
    from lambdatui.pipeline.pipeline_file import Examined

MOST = 500
"""So many files are looked at."""
LARGEST = 2_000_000
"""Bytes; a larger file is no pipeline that a person wrote."""
_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that holds a pipeline, or is meant to."""

    path: Path
    name: str
    examined: Examined
    last: PipelineRun | None = None
    """Its last run, by its name."""

    @property
    def errors(self) -> int:
        return sum(not problem.warning for problem in self.examined.problems)

    @property
    def warnings(self) -> int:
        return sum(problem.warning for problem in self.examined.problems)


def found(folder: Path, runs: PipelineRuns | None) -> Iterator[Found]:
    """The pipelines of a folder, by their files' names. Raises BadInput where the folder cannot be read."""
    from lambdatui.errors import BadInput
    from lambdatui.pipeline import pipeline_file

    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())
    except OSError as error:
        raise BadInput(f"{folder}: cannot be read: {error.strerror}.") from None
    for path in files[:MOST]:
        text = _text(path)
        if not text:
            continue
        try:
            examined = pipeline_file.examine(text, str(path), folder)
        except LambdatuiError:
            # what is no YAML at all is not known to be a pipeline
            continue
        name = examined.file.pipeline.name if examined.file is not None else _name(examined)
        last = next(iter(runs.runs(name=name, limit=1)), None) if runs is not None else None
        yield Found(path, name, examined, last)


def _name(examined: Examined) -> str:
    value = examined.document.value
    name = value.get("name") if isinstance(value, dict) else None
    return str(name) if name else Path(examined.document.source).stem


def _text(path: Path) -> str:
    """A file's text; an empty one where a glance says that it is no pipeline of ours. Spinnaker's have refIds."""
    try:
        if path.stat().st_size > LARGEST:
            return ""
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    is_one = '"stages"' in text or any(line.startswith("stages:") for line in text.splitlines())
    return text if is_one and '"refId"' not in text else ""
