"""A pipeline's file, read and checked: all that is wrong with it, each with its line, before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lambdatui import documents
from lambdatui.documents import Document, FieldPath
from lambdatui.errors import BadInput
from lambdatui.pipeline.document import Pipeline
from lambdatui.pipeline.graph import Graph


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a file, or with `warning` may be. `words` is a sentence."""

    path: FieldPath
    words: str
    warning: bool = False


@dataclass(frozen=True)
class PipelineFile:
    """A pipeline that may run. Paths in it are relative to `folder`."""

    document: Document
    text: str
    folder: Path
    pipeline: Pipeline
    graph: Graph
    warnings: tuple[str, ...] = ()
    """What is odd about it, each with FILE:LINE."""

    def place(self, stage: str, field: FieldPath = ()) -> str:
        """`FILE:LINE` of a stage by its id, or of one of its fields."""
        index = next(index for index, entry in enumerate(self.pipeline.stages) if entry.id == stage)
        return self.document.place(("stages", index, *field))


@dataclass(frozen=True)
class Examined:
    """What an examination has found. `file` is None where there is an error among the problems."""

    document: Document
    file: PipelineFile | None
    problems: Sequence[Problem]

    @property
    def told(self) -> list[tuple[str, Problem]]:
        """Each problem in one sentence with `FILE:LINE` before it, by line, errors before warnings."""
        lines = self.document.lines

        def line(problem: Problem) -> int:
            path = problem.path
            while path and path not in lines:
                path = path[:-1]
            return lines.get(path, 1)

        ordered = sorted(self.problems, key=lambda problem: (problem.warning, line(problem)))
        return [(f"{self.document.place(problem.path)}: {problem.words}", problem) for problem in ordered]


def read(path: Path | str) -> PipelineFile:
    """The pipeline in a file, YAML or JSON. Raises BadInput that names the first thing that is wrong."""
    return parse(documents.text_in(path), str(path), Path(path).resolve().parent)


def parse(text: str, source: str, folder: Path) -> PipelineFile:
    """The pipeline in a text. `source` is how messages name it. Raises BadInput."""
    found = examine(text, source, folder)
    if found.file is not None:
        return found.file
    errors = [words for words, problem in found.told if not problem.warning]
    more = f" ({len(errors) - 1} more after this.)" if len(errors) > 1 else ""
    raise BadInput(f"{errors[0]}{more}")


def examine(text: str, source: str, folder: Path, ancestors: tuple[Path, ...] = ()) -> Examined:
    """All that is wrong with a pipeline, or may be. Asks nothing of AWS.

    `ancestors` are the files of the pipelines that run this one. Raises BadInput where it is not YAML or JSON at all,
    or repeats a key.
    """
    from lambdatui.pipeline import checks

    document = documents.parse(text, source)
    pipeline, problems = checks.structure(document)
    if pipeline is None:
        return Examined(document, None, problems)
    graph, wrong = checks.graph(pipeline, document)
    problems += wrong
    problems += checks.inputs(pipeline)
    problems += checks.parameters(pipeline)
    if graph is not None:
        problems += checks.expressions_and_use(pipeline, graph)
        problems += checks.pipelines_within(pipeline, folder, ancestors)
    found = Examined(document, None, problems)
    if graph is None or any(not problem.warning for problem in problems):
        return found
    warnings = tuple(words for words, _ in found.told)
    return Examined(document, PipelineFile(document, text, folder, pipeline, graph, warnings), problems)
