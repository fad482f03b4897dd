"""A pipeline as Spinnaker exports it, made into one of ours. Pure: a document in, a text and remarks out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui import documents
from lambdatui.documents import Document, FieldPath
from lambdatui.errors import BadInput, near_match
from lambdatui.pipeline.spinnaker import lambda_stages, other_stages, writing
from lambdatui.pipeline.spinnaker.graph_names import Known, Scope
from lambdatui.pipeline.spinnaker.reader import Reader, Remark

_LAMBDA: Mapping[str, tuple[str, Callable[[Reader], dict[str, Any]]]] = {
    "lambdaDeployment": ("deploy", lambda_stages.deploy),
    "lambdaUpdateCode": ("update_code", lambda_stages.update_code),
    "lambdaDelete": ("delete", lambda_stages.delete),
    "lambdaTrafficRouting": ("route", lambda_stages.route),
    "lambdaInvoke": ("invoke", lambda_stages.invoke),
}
_ALIASES = {
    "Aws.LambdaDeploymentStage": "lambdaDeployment",
    "Aws.LambdaUpdateCodeStage": "lambdaUpdateCode",
    "Aws.LambdaDeleteStage": "lambdaDelete",
    "Aws.LambdaTrafficRoutingStage": "lambdaTrafficRouting",
    "Aws.LambdaInvokeStage": "lambdaInvoke",
}
"""The plugin's two spellings of its stages."""
_KINDS = {**_LAMBDA, **other_stages.KINDS}
VARIABLES = "evaluateVariables"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a pipeline: our YAML, and what was carried over otherwise, or not at all."""

    name: str
    text: str
    remarks: tuple[Remark, ...]

    @property
    def lost(self) -> tuple[Remark, ...]:
        """What was not carried over: the pipeline fails there, with these words, when it gets so far."""
        return tuple(remark for remark in self.remarks if remark.lost)


def read(text: str, source: str) -> Document:
    """Spinnaker's JSON with the line of each member. Raises BadInput where it is not JSON."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"{source}:{error.lineno}: is not JSON: {error.msg}.") from None
    except RecursionError:
        raise BadInput(f"{source}: is nested too deeply.") from None
    try:
        # JSON is YAML, but for tabs between its parts; within texts JSON has none
        lines = documents.parse(text.replace("\t", " "), source).lines
    except (BadInput, RecursionError):
        lines = {}
    return Document(source, value, lines)


def imported(document: Document, profiles: Mapping[str, str] | None = None, name: str | None = None) -> Imported:
    """One pipeline of a document, which may hold several: then `name` says which.

    `profiles` are the AWS profiles of Spinnaker's accounts. Raises BadInput where this is no pipeline, or where its
    stages do not make a graph.
    """
    found, path, siblings = _chosen(document, name)
    return _Import(document, found, path, siblings, profiles or {}).whole()


def _chosen(document: Document, name: str | None) -> tuple[Mapping[str, Any], FieldPath, Sequence[Mapping[str, Any]]]:
    value = document.value
    if isinstance(value, list):
        pipelines = [(one, (index,)) for index, one in enumerate(value) if isinstance(one, dict) and "stages" in one]
        if not pipelines:
            raise BadInput(f"{document.source}: there is no pipeline in this list.")
        names = [str(one.get("name") or "") for one, _ in pipelines]
        if name is None and len(pipelines) > 1:
            raise BadInput(f"{document.source}: there are {len(pipelines)} pipelines; which? {', '.join(names)}.")
        if name is not None and name not in names:
            raise BadInput(f"{document.source}: there is no pipeline '{name}'.{near_match(name, names)}")
        one, path = pipelines[names.index(name) if name is not None else 0]
        return one, path, [other for other, _ in pipelines]
    if not isinstance(value, dict) or not isinstance(value.get("stages"), list):
        raise BadInput(f"{document.source}: is no pipeline of Spinnaker's: a member `stages` with a list was expected.")
    if name is not None and name != value.get("name"):
        raise BadInput(f"{document.source}: the pipeline is named '{value.get('name')}', not '{name}'.")
    return value, (), [value]


class _Import:
    def __init__(
        self,
        document: Document,
        pipeline: Mapping[str, Any],
        path: FieldPath,
        siblings: Sequence[Mapping[str, Any]],
        profiles: Mapping[str, str],
    ) -> None:
        self._document = document
        self._pipeline = pipeline
        self._path = path
        self._remarks: list[Remark] = []
        self._stages: list[tuple[int, Mapping[str, Any]]] = []
        for index, one in enumerate(pipeline["stages"]):
            if not isinstance(one, Mapping) or not isinstance(one.get("type"), str):
                raise BadInput(f"{self._place('stages', index)}: a stage with a type was expected.")
            self._stages.append((index, one))
        application = str(pipeline.get("application") or "")
        self._scope = Scope(
            application=application,
            pipeline=str(pipeline.get("name") or "imported").replace("{}", application),
            expected_artifacts=self._dicts("expectedArtifacts"),
            profiles=profiles,
            pipelines={str(one["id"]): str(one.get("name")) for one in siblings if one.get("id")},
        )
        self._scope.stages = self._named()
        self._needs = self._edges()

    def _place(self, *path: str | int) -> str:
        whole = (*self._path, *path)
        return f"{self._document.place(whole)} {'.'.join(map(str, whole))}"

    def _dicts(self, name: str) -> list[Mapping[str, Any]]:
        value = self._pipeline.get(name)
        return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []

    # the graph

    def _named(self) -> list[Known]:
        known: list[Known] = []
        taken: set[str] = set()
        for _, one in self._stages:
            kind = _type(one)
            ours = "" if kind == VARIABLES else _KINDS[kind][0] if kind in _KINDS else "check"
            name = str(one.get("name") or one["type"])
            known.append(
                Known(
                    id="" if kind == VARIABLES else _id(name, taken),
                    name=name,
                    ref_id=str(one.get("refId") or ""),
                    kind=ours,
                    spinnaker_type=str(one["type"]),
                    inputs=one,
                )
            )
        return known

    def _edges(self) -> dict[str, list[str]]:
        """The refIds that each stage waits for. Raises BadInput where one is not there, or where they go round."""
        edges: dict[str, list[str]] = {}
        for (index, one), known in zip(self._stages, self._scope.stages, strict=True):
            if not known.ref_id or known.ref_id in edges:
                what = f"the refId '{known.ref_id}' is there twice" if known.ref_id else "it has no refId"
                raise BadInput(f"{self._place('stages', index)}: {what}; the order of the stages hangs on it.")
            edges[known.ref_id] = [str(needed) for needed in one.get("requisiteStageRefIds") or []]
        for (index, _), (_ref_id, needed) in zip(self._stages, edges.items(), strict=True):
            for one_needed in needed:
                if one_needed not in edges:
                    raise BadInput(
                        f"{self._place('stages', index, 'requisiteStageRefIds')}: there is no stage with the refId "
                        f"'{one_needed}'.{near_match(one_needed, list(edges))}"
                    )
        return edges

    def _in_order(self) -> Iterator[tuple[int, Mapping[str, Any], Known]]:
        """The stages, each after those that it needs. Raises BadInput where they go round in a circle."""
        left = dict(zip(self._needs, zip(self._stages, self._scope.stages, strict=True), strict=True))
        over: set[str] = set()
        while left:
            ready = [ref_id for ref_id in left if over.issuperset(self._needs[ref_id])]
            if not ready:
                names = ", ".join(f"'{known.name}'" for _, known in left.values())
                raise BadInput(f"{self._place('stages')}: these stages wait for each other: {names}.")
            for ref_id in ready:
                (index, one), known = left.pop(ref_id)
                over.add(ref_id)
                yield index, one, known

    def _upstream(self, ref_id: str) -> frozenset[str]:
        """The refIds of all stages that are over before one begins."""
        found: set[str] = set()
        left = list(self._needs[ref_id])
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += self._needs[one]
        return frozenset(found)

    def _our_needs(self, ref_id: str) -> list[str]:
        """Our ids of what a stage waits for; a stage that left nothing behind is replaced by what it waits for."""
        by_ref_id = {known.ref_id: known for known in self._scope.stages}
        found: list[str] = []
        for needed in self._needs[ref_id]:
            known = by_ref_id[needed]
            found += [known.id] if known.id else self._our_needs(needed)
        return list(dict.fromkeys(found))

    # the whole

    def whole(self) -> Imported:
        entries = []
        for index, one, known in self._in_order():
            reader = Reader(one, (*self._path, "stages", index), self._document, self._scope)
            self._scope.current, self._scope.before = known, self._upstream(known.ref_id)
            entry = self._entry(reader, known)
            for doubt in self._scope.doubts:
                reader.remark("", doubt)
            self._scope.doubts.clear()
            if entry:
                entries.append(writing.Entry(entry, tuple(reader.remarks), _comment(one), reader.left_over()))
            self._remarks += reader.remarks
        head = self._head()
        text = writing.text(head, entries, self._notes(), tuple(self._remarks))
        return Imported(self._scope.pipeline, text, tuple(self._remarks))

    def _entry(self, reader: Reader, known: Known) -> dict[str, Any]:
        kind = _type(reader.members)
        if kind == VARIABLES:
            other_stages.remember_variables(reader)
            return {}
        made: dict[str, Any] = {"id": known.id, "type": known.kind}
        if known.name != known.id:
            made["name"] = known.name
        made["needs"] = self._our_needs(known.ref_id)
        enabled = reader.members.get("stageEnabled")
        if isinstance(enabled, Mapping) and enabled.get("expression"):
            made["when"] = f"${{{{ {reader.condition(enabled['expression'], 'stageEnabled', 'expression')} }}}}"
        made |= _on_failure(reader.members)
        milliseconds = reader.members.get("stageTimeoutMs")
        if isinstance(milliseconds, int | float) and milliseconds > 0:
            made["stage_timeout"] = milliseconds / 1000
        if kind in _KINDS:
            made |= _KINDS[kind][1](reader)
        else:
            made |= other_stages.unknown(reader)
        if reader.members.get("restrictExecutionDuringTimeWindow"):
            reader.remark("restrictedExecutionWindow", "times of the day when it may run are not carried over.")
        if reader.members.get("sendNotifications"):
            reader.remark("notifications", "notifications are not carried over.")
        return made

    def _head(self) -> dict[str, Any]:
        head: dict[str, Any] = {"name": self._scope.pipeline}
        if self._pipeline.get("description"):
            head["description"] = str(self._pipeline["description"])
        parameters = self._parameters()
        if parameters:
            head["parameters"] = parameters
        if self._pipeline.get("limitConcurrent"):
            head["one_at_a_time"] = True
        return head

    def _parameters(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for index, one in enumerate(self._dicts("parameterConfig")):
            name = str(one.get("name") or "")
            place = self._place("parameterConfig", index)
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
                self._remarks.append(Remark(place, f"'{name}' is no name that a parameter can have here.", lost=True))
                continue
            entry: dict[str, Any] = {}
            if one.get("description") or one.get("label"):
                entry["description"] = str(one.get("description") or one.get("label"))
            options = [str(option.get("value")) for option in one.get("options") or [] if isinstance(option, Mapping)]
            default = one.get("default")
            if default not in (None, ""):
                entry["default"] = str(default)
            elif not one.get("required"):
                # Spinnaker gives an empty text where nothing is given
                entry["default"] = ""
            if one.get("hasOptions") and options:
                entry["choices"] = [*options, *([""] if entry.get("default") == "" and "" not in options else [])]
            made[name] = entry
        for name in sorted(self._scope.asked - set(made)):
            self._remarks.append(
                Remark(self._place(), f"the parameter '{name}' is read and not declared: it is added.")
            )
            made[name] = {"description": "Read by this pipeline, not declared in Spinnaker."}
        return made

    def _notes(self) -> list[str]:
        """What is said of the whole pipeline, for its head."""
        notes = []
        for index, one in enumerate(self._dicts("triggers")):
            kind = str(one.get("type") or "?")
            what = f"cron {one.get('cronExpression')}" if kind == "cron" else kind
            notes.append(f"trigger not carried over: {what} ({self._place('triggers', index)})")
        if self._dicts("notifications"):
            notes.append(f"notifications are not carried over ({self._place('notifications')})")
        if self._pipeline.get("limitConcurrent") and self._pipeline.get("keepWaitingPipelines"):
            notes.append("Spinnaker lets runs wait for each other; here a second one is refused (one_at_a_time)")
        if self._pipeline.get("disabled"):
            notes.append("it is disabled in Spinnaker")
        return notes


def _type(stage: Mapping[str, Any]) -> str:
    kind = str(stage["type"])
    return _ALIASES.get(kind, kind)


def _id(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "stage"
    plain = (f"stage_{plain}" if plain[0].isdigit() else plain)[:60]
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    taken.add(found)
    return found


def _on_failure(stage: Mapping[str, Any]) -> dict[str, Any]:
    """https://spinnaker.io/docs/guides/user/pipeline/managing-pipelines/: what a stage's failure does."""
    if _true(stage.get("continuePipeline")):
        return {"on_failure": "ignore"}
    if stage.get("failPipeline") is not None and not _true(stage["failPipeline"]):
        at_end = _true(stage.get("completeOtherBranchesThenFail"))
        return {"on_failure": "fail_at_end" if at_end else "halt_branch"}
    return {}


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _comment(stage: Mapping[str, Any]) -> str:
    return str(stage.get("comments") or "").strip()
