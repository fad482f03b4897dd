"""What may be wrong with a pipeline's document: its structure, its graph, the inputs of its stages, its expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lambdatui import documents, mistakes
from lambdatui.documents import Document, FieldPath
from lambdatui.errors import BadInput, near_match
from lambdatui.pipeline import expressions, filters, stage_types
from lambdatui.pipeline.document import GoTo, Pipeline, StageEntry
from lambdatui.pipeline.expressions import ExpressionError
from lambdatui.pipeline.graph import Graph, cycle
from lambdatui.pipeline.parameters import value_of
from lambdatui.pipeline.pipeline_file import Problem, examine

RUN_FACTS: Mapping[str, str] = {
    "id": "The run's id in the journal.",
    "started": "When it began, in seconds since the epoch.",
    "attempt": "1, and one more each time it is begun again.",
    "folder": "A folder of its own, for what its stages keep.",
    "pipeline": "The pipeline's name.",
}
"""What `run` has in expressions."""
STAGE_FACTS = ("outputs", "status", "error")
"""What each of `stages` has in expressions."""
_ROOTS = ("parameters", "stages", "run", "env")
_PLAIN_FIELDS = frozenset(StageEntry.model_fields)


def structure(document: Document) -> tuple[Pipeline | None, list[Problem]]:
    """The pipeline, or what is wrong with its structure. The inputs of stages are not looked at."""
    if not isinstance(document.value, dict):
        return None, [Problem((), "a pipeline was expected: a mapping with name and stages.")]
    try:
        return Pipeline.model_validate(document.value), []
    except ValidationError as error:
        found = [
            Problem(mistake.path, mistake.words if mistake.names_field else f"{mistake.field}: {mistake.words}")
            for mistake, _ in mistakes.each(error, Pipeline, document.value)
        ]
        # of a union every member says what is wrong with it
        first = {problem.path: problem for problem in reversed(found)}
        return None, list(reversed(first.values()))


def graph(pipeline: Pipeline, document: Document) -> tuple[Graph | None, list[Problem]]:
    """The graph, or what is wrong with it: ids that repeat, stages that are not there, a cycle."""
    problems = list(_unknown_stages(pipeline, document))
    called_by: dict[str, list[str]] = {}
    for entry in pipeline.stages:
        if isinstance(entry.on_failure, GoTo):
            called_by.setdefault(entry.on_failure.go_to, []).append(entry.id)
    if problems:
        return None, problems
    needs: dict[str, tuple[str, ...]] = {}
    above: tuple[str, ...] = ()
    for entry in pipeline.stages:
        called = entry.id in called_by
        needs[entry.id] = tuple(entry.needs) if entry.needs is not None else () if called else above
        if not called:
            above = (entry.id,)
    found = Graph(needs, {name: tuple(callers) for name, callers in called_by.items()})
    round_trip = cycle({name: found.before(name) for name in needs})
    if round_trip:
        return None, [
            Problem(("stages", _index(pipeline, round_trip[0]), "needs"), _cycle_words(pipeline, document, round_trip))
        ]
    return found, []


def _unknown_stages(pipeline: Pipeline, document: Document) -> Iterator[Problem]:
    ids = [entry.id for entry in pipeline.stages]
    for name, count in Counter(ids).items():
        if count > 1:
            places = [index for index, one in enumerate(ids) if one == name]
            first = document.lines.get(("stages", places[0], "id"), 1)
            words = f"a second stage is called '{name}', and each needs its own id; the first is on line {first}."
            yield Problem(("stages", places[1], "id"), words)
    for index, entry in enumerate(pipeline.stages):
        for number, name in enumerate(entry.needs or ()):
            if name not in ids:
                path: FieldPath = ("stages", index, "needs", number)
                yield Problem(path, f"{entry.id} needs '{name}', and there is no such stage.{near_match(name, ids)}")
        if isinstance(entry.on_failure, GoTo) and entry.on_failure.go_to not in ids:
            name = entry.on_failure.go_to
            path = ("stages", index, "on_failure", "go_to")
            yield Problem(path, f"{entry.id} goes to '{name}', and there is no such stage.{near_match(name, ids)}")


def _cycle_words(pipeline: Pipeline, document: Document, found: list[str]) -> str:
    if len(found) == 2:
        return f"{found[0]} waits for itself."
    lines = {name: document.lines.get(("stages", _index(pipeline, name), "id"), 1) for name in found}
    told = " → ".join(f"{name} (line {lines[name]})" for name in found)
    return f"a cycle: {told}. None of them could ever begin."


def _index(pipeline: Pipeline, name: str) -> int:
    return next(index for index, entry in enumerate(pipeline.stages) if entry.id == name)


def inputs(pipeline: Pipeline) -> Iterator[Problem]:
    """What is wrong with the inputs of the stages, as far as that is known before their expressions are resolved."""
    for index, entry in enumerate(pipeline.stages):
        here: FieldPath = ("stages", index)
        if entry.retries and entry.type not in stage_types.REPEATABLE:
            yield Problem(
                (*here, "retries"),
                f"{entry.id}: retries: {entry.type} may do its work twice when it is tried again; retries are for "
                f"{', '.join(sorted(stage_types.REPEATABLE))}.",
            )
        model = stage_types.model(entry.type)
        given = with_defaults(pipeline, entry)
        try:
            model.model_validate(given)
        except ValidationError as error:
            yield from _mistaken(error, model, entry, given, here)


def with_defaults(pipeline: Pipeline, entry: StageEntry) -> dict[str, Any]:
    """The inputs of a stage as its model takes them, expressions and all."""
    return {**pipeline.defaults.model_dump(exclude_none=True), **entry.inputs}


def _mistaken(
    error: ValidationError, model: type[Any], entry: StageEntry, given: Mapping[str, Any], here: FieldPath
) -> Iterator[Problem]:
    seen: set[FieldPath] = set()
    for mistake, kind in mistakes.each(error, model, given):
        value, there = _at(given, mistake.path)
        if (there and kind != "extra_forbidden" and expressions.holds(value)) or mistake.path in seen:
            # what it will be is known when it runs
            continue
        seen.add(mistake.path)
        words = mistake.words if mistake.names_field else f"{mistake.field}: {mistake.words}"
        if kind == "extra_forbidden" and len(mistake.path) == 1:
            known = [*mistakes.fields_at(model, ()), *_PLAIN_FIELDS]
            name = str(mistake.path[0])
            words = f"{entry.type} has no field '{name}'.{near_match(name, known)}"
        yield Problem((*here, *mistake.path), f"{entry.id}: {words}")


def _at(value: Any, path: FieldPath) -> tuple[Any, bool]:
    """What stands at a path, and whether anything does. What is within an expression's value is that expression."""
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return value, isinstance(value, str) and expressions.holds(value)
    return value, True


def parameters(pipeline: Pipeline) -> Iterator[Problem]:
    """Defaults and patterns that do not fit their parameter."""
    for name, parameter in pipeline.parameters.items():
        here: FieldPath = ("parameters", name)
        try:
            if parameter.pattern is not None:
                filters.check_pattern(parameter.pattern)
        except ValueError as error:
            yield Problem((*here, "pattern"), f"{name}: pattern: {error}")
            continue
        try:
            value_of(parameter, parameter.default)
        except ValueError as error:
            yield Problem((*here, "default"), f"{name}: default: {error}")
        if parameter.secret and parameter.default is not None:
            words = f"{name}: a secret's default is no secret: it stands in the file, and so in the journal."
            yield Problem((*here, "default"), words, warning=True)


@dataclass
class _Used:
    parameters: set[str] = field(default_factory=set)
    env: set[str] = field(default_factory=set)


def expressions_of(pipeline: Pipeline, entry: StageEntry) -> Iterator[tuple[FieldPath, str]]:
    """The texts of a stage that hold expressions, each with its path in the stage."""
    yield from expressions.within(with_defaults(pipeline, entry))
    if isinstance(entry.when, str):
        yield ("when",), condition(entry.when)


def condition(when: str) -> str:
    """A `when` as an expression: one that stands without `${{ }}` is one, too."""
    return when if "${{" in when else f"${{{{ {when} }}}}"


def _expressions_checked(pipeline: Pipeline, found: Graph, used: _Used) -> Iterator[Problem]:
    for index, entry in enumerate(pipeline.stages):
        upstream = found.upstream(entry.id)
        for path, text in expressions_of(pipeline, entry):
            place: FieldPath = ("stages", index, *path)
            if path[0] in ("profile", "region") and path[0] not in entry.inputs:
                place = ("defaults", *path)
            words = f"{entry.id}: {'.'.join(str(part) for part in path)}"
            try:
                for reference in expressions.references(text):
                    wrong = _wrong(pipeline, entry, upstream, reference.names, used)
                    if wrong:
                        yield Problem(place, f"{words}: {reference}: {wrong}")
            except ExpressionError as error:
                yield Problem(place, f"{words}: {error.words}")


def _wrong(pipeline: Pipeline, entry: StageEntry, upstream: frozenset[str], names: tuple[str, ...], used: _Used) -> str:
    """What is wrong with a reference; empty where nothing is."""
    root, rest = names[0], names[1:]
    match root:
        case "parameters":
            used.parameters |= {rest[0]} if rest else set(pipeline.parameters)
            return _unknown("parameter", rest, pipeline.parameters)
        case "env":
            used.env |= {rest[0]} if rest else set(pipeline.env)
            wrong = _unknown("variable", rest, pipeline.env)
            return f"{wrong} Only those that stand in `env` are seen." if wrong else ""
        case "run":
            return _unknown("fact", rest, RUN_FACTS)
        case "stages":
            return _wrong_stage(pipeline, entry, upstream, rest)
        case _:
            return f"there is no '{root}'; {', '.join(_ROOTS)} are known.{near_match(root, _ROOTS)}"


def _wrong_stage(pipeline: Pipeline, entry: StageEntry, upstream: frozenset[str], rest: tuple[str, ...]) -> str:
    ids = [one.id for one in pipeline.stages]
    wrong = _unknown("stage", rest, ids)
    if wrong or not rest:
        return wrong
    if rest[0] not in upstream:
        if rest[0] == entry.id:
            return "a stage does not know its own end."
        return f"{rest[0]} is not among the stages that are over before {entry.id} begins; name it in `needs`."
    wrong = _unknown("fact", rest[1:], STAGE_FACTS)
    if wrong or len(rest) < 3 or rest[1] != "outputs":
        return wrong
    model = stage_types.model(pipeline.stage(rest[0]).type)
    wrong = _unknown("output", rest[2:], model.outputs)
    return f"{rest[0]} ({model.kind}) has it not: {wrong}" if wrong else ""


def _unknown(what: str, names: tuple[str, ...], known: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    if not names or names[0] in known:
        return ""
    listed = f" There are: {', '.join(known)}." if 0 < len(known) <= 12 else "" if known else " There is none."
    return f"there is no {what} '{names[0]}'.{near_match(names[0], known) or listed}"


def expressions_and_use(pipeline: Pipeline, found: Graph) -> Iterator[Problem]:
    """Expressions that are none, or read what is not there or not known yet; parameters that nothing reads."""
    used = _Used()
    wrong = list(_expressions_checked(pipeline, found, used))
    yield from wrong
    if wrong:
        # what a broken expression would have read is not known
        return
    for name in pipeline.parameters:
        if name not in used.parameters:
            yield Problem(("parameters", name), f"the parameter '{name}' is read by no stage.", warning=True)
    for number, name in enumerate(pipeline.env):
        if name not in used.env:
            yield Problem(("env", number), f"the variable '{name}' is read by no stage.", warning=True)


def pipelines_within(pipeline: Pipeline, folder: Path, ancestors: tuple[Path, ...]) -> Iterator[Problem]:
    """What is wrong with the pipelines that this one runs, as far as their files are named plainly."""
    for index, entry in enumerate(pipeline.stages):
        name = entry.inputs.get("pipeline")
        if entry.type != "run" or not isinstance(name, str) or expressions.holds(name):
            continue
        path: FieldPath = ("stages", index, "pipeline")
        file = (folder / Path(name).expanduser()).resolve()
        if file in ancestors:
            yield Problem(path, f"{entry.id}: {name} runs itself in the end.")
            continue
        try:
            text = documents.text_in(file)
            inner = examine(text, name, file.parent, (*ancestors, file))
        except BadInput as error:
            yield Problem(path, f"{entry.id}: {error}")
            continue
        if inner.file is None:
            yield Problem(path, f"{entry.id}: {inner.told[0][0]}")
            continue
        given = entry.inputs.get("parameters")
        if isinstance(given, Mapping):
            known = inner.file.pipeline.parameters
            for parameter in given:
                wrong = _unknown("parameter", (str(parameter),), known)
                if wrong:
                    yield Problem(("stages", index, "parameters", parameter), f"{entry.id}: {name}: {wrong}")
            for parameter, one in known.items():
                if one.must_be_given and parameter not in given:
                    yield Problem((*path[:-1], "parameters"), f"{entry.id}: {name} needs the parameter '{parameter}'.")
        elif any(one.must_be_given for one in inner.file.pipeline.parameters.values()):
            yield Problem(path, f"{entry.id}: {name} has parameters that must be given.")
