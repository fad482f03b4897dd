"""The forms of the strategies that take more than a fader: what they begin with, what a file says, what they would do.

The fields, their help and their limits stand in the strategies' models, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.content import Content

from lambdatui import documents
from lambdatui.documents import Document
from lambdatui.errors import BadInput
from lambdatui.stages.rollout.blue_green import BlueGreen
from lambdatui.stages.rollout.gradual import Gradual, length
from lambdatui.stages.strategy import Strategy
from lambdatui.text import one_line
from lambdatui.tui.form.draft import Draft
from lambdatui.tui.form.fields import FormField, fields_of
from lambdatui.tui.form.sections import Section

MODELS: Mapping[str, type[BlueGreen] | type[Gradual]] = {"blue_green": BlueGreen, "gradual": Gradual}
_SECTIONS = {
    "blue_green": Section("probes", "Probes before the switch", ("probes", "timeout", "delete_on_failure")),
    "gradual": Section("steps", "Steps and gates", ("schedule", "gates")),
}
_FIRST: Mapping[str, Mapping[str, Any]] = {
    "blue_green": {"probes": [{"payload": {}, "runs": 5}], "timeout": "60s"},
    "gradual": {
        "schedule": {"kind": "steps", "percents": [5, 25, 50, 100], "bake": "10m", "final_bake": "5m"},
        "gates": [{"kind": "metrics", "max_error_increase": 0.5}],
    },
}
_PLACED = ("to", "stable", "kind")
"""Fields that the rest of the screen answers."""


def draft(kind: str) -> Draft:
    """A form of this strategy, with what it begins with. The version is the screen's to say."""
    return Draft(MODELS[kind], {"to": "newest", **_FIRST[kind]}, also=_payloads_are_json)


def layout(kind: str) -> list[tuple[Section, list[FormField]]]:
    """The one section of this strategy's form."""
    section, known = _SECTIONS[kind], {field.name: field for field in fields_of(MODELS[kind])}
    return [(section, [known[name] for name in section.fields])]


def unfolded(kind: str, values: Mapping[str, Any]) -> Sequence[tuple[str | int, ...]]:
    """The parts of a form that are unfolded at first."""
    if kind == "gradual":
        return [("schedule",), ("gates",)]
    return [("probes",), *[("probes", index) for index in range(len(values.get("probes", ())))][:1]]


def values_in(path: Path, kind: str) -> dict[str, Any]:
    """What a file says of a strategy: one that `route --blue-green`, or `--gradual`, takes, or a whole route.

    Raises BadInput.
    """
    document = documents.read(path)
    value = document.value
    if isinstance(value, dict) and isinstance(value.get("strategy"), dict):
        # the lines of a route are those of its strategy, one level down
        lines = {place[1:]: line for place, line in document.lines.items() if place[:1] == ("strategy",)}
        document, value = Document(document.source, value["strategy"], lines), value["strategy"]
    if isinstance(value, dict) and value.get("kind", kind) != kind:
        raise BadInput(f"{path}: it is a {value['kind']} strategy, and {kind} was expected.")
    if isinstance(value, dict):
        documents.check(Document(document.source, {"to": "newest"} | value, document.lines), MODELS[kind])
        return {name: part for name, part in value.items() if name != "kind"}
    documents.check(document, MODELS[kind])
    return {}


def built(form: Draft, to: str, stable: str) -> Strategy:
    """The strategy that a form says, to these versions. Raises ValidationError."""
    values = {name: value for name, value in form.values.items() if name not in _PLACED}
    if form.model is Gradual:
        values["stable"] = stable
    return form.model.model_validate({"to": to, **values})  # type: ignore[return-value]


def preview(form: Draft, alias: str, to: str) -> Content:
    """What a form says, in one line; or what is wrong with it."""
    trouble = next(iter([*form.troubles.values(), *form.missing.values()]), "")
    if trouble:
        return Content.assemble((f" ▲ {one_line(trouble)}", "$warn"))
    strategy = form.model.model_validate({**form.values, "to": to or "newest"})
    if isinstance(strategy, BlueGreen):
        switch = f"   then ~ UpdateAlias {one_line(alias)}: all traffic to {to}"
        runs = f"{strategy.runs} invocation{'' if strategy.runs == 1 else 's'} of {to}"
        return Content.assemble((f" ▸ {runs}", "bold $busy"), f" in at most {length(strategy.timeout)}", switch)
    assert isinstance(strategy, Gradual)
    steps = strategy.schedule.steps()
    shown = [f"{step.percent:g} %{f' {length(step.bake)}' if step.bake else ''}" for step in steps]
    if len(shown) > 6:
        shown = [*shown[:3], "…", *shown[-2:]]
    total = length(sum(step.bake for step in steps)) or "no time"
    gates = ", ".join(gate.kind for gate in strategy.gates) or "no gate"
    return Content.assemble(
        (f" ~ UpdateAlias {one_line(alias)}", "bold $busy"),
        f"  {to}: {' → '.join(shown)}",
        (f"   {total} in all   gates: {gates}", "$muted"),
    )


def _payloads_are_json(strategy: Any) -> None:
    """Raises BadInput for a payload that begins like JSON and is none."""
    probes = [(f"probes.{index}", probe) for index, probe in enumerate(getattr(strategy, "probes", ()))]
    for number, gate in enumerate(getattr(strategy, "gates", ())):
        probes += [(f"gates.{number}.probes.{i}", probe) for i, probe in enumerate(getattr(gate, "probes", ()))]
    for place, probe in probes:
        for name, value in (("payload", probe.payload), ("expect.equals", probe.expect.equals)):
            if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
                raise BadInput(f"{place}.{name}: JSON was expected, and this is not whole.")
