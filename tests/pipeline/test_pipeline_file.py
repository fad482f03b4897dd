"""A pipeline's file: all that is wrong with it is told at once, each with its line, and what is right is taken."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.pipeline import pipeline_file, schema, stage_types
from lambdatui.pipeline.document import Pipeline, StageEntry
from lambdatui.pipeline.parameters import value_of, values
from lambdatui.pipeline.pipeline_file import PipelineFile

SAMPLES = Path(__file__).parents[2] / "sample_configs"


def told(text: str, folder: Path = Path()) -> list[str]:
    """What is wrong with a text, or may be: `LINE: words`."""
    found = pipeline_file.examine(textwrap.dedent(text), "p.yaml", folder)
    return [words.removeprefix("p.yaml:") for words, _ in found.told]


def good(text: str, folder: Path = Path()) -> PipelineFile:
    return pipeline_file.parse(textwrap.dedent(text), "p.yaml", folder)


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ("- {id: a, type: wiat, duration: 1}", "3: stages.0.type: deploy or "),
        ("- {type: wait, duration: 1}", "3: the field 'stages.0.id' is missing."),
        ("- {id: a b, type: wait, duration: 1}", "3: stages.0.id: 'a b' will not do: Letters, digits, - and _."),
        ("- {id: a, type: wait}", "3: a: the field 'duration' is missing."),
        ("- {id: a, type: wait, duration: soon}", "3: a: duration: a length of time such as 90s"),
        (
            "- {id: a, type: wait, duratoin: 1, duration: 1}",
            "3: a: wait has no field 'duratoin'. Did you mean 'duration'?",
        ),
        ("- {id: a, type: wait, duration: 1, neds: []}", "3: a: wait has no field 'neds'. Did you mean 'needs'?"),
        ("- {id: a, type: wait, duration: 1, on_failure: hlt}", "3: stages.0.on_failure: halt or "),
        (
            "- {id: a, type: wait, duration: 1, on_failure: {go_to: 5}}",
            "3: stages.0.on_failure.go_to: text was expected",
        ),
        ("- {id: a, type: wait, duration: 1, retries: 2}", "3: a: retries: wait may do its work twice"),
        (
            "- {id: a, type: wait, duration: 1}\n- {id: a, type: wait, duration: 2}",
            "4: a second stage is called 'a', and each needs its own id; the first is on line 3.",
        ),
        (
            "- {id: deploy, type: wait, duration: 1}\n- {id: b, type: wait, duration: 2, needs: [deplyo]}",
            "4: b needs 'deplyo', and there is no such stage. Did you mean 'deploy'?",
        ),
        (
            "- {id: a, type: wait, duration: 1, on_failure: {go_to: remvoe}}\n- {id: remove, type: wait, duration: 1}",
            "3: a goes to 'remvoe', and there is no such stage. Did you mean 'remove'?",
        ),
        ("- {id: a, type: wait, duration: 1, needs: [a]}", "3: a waits for itself."),
        (
            "- {id: a, type: wait, duration: 1, needs: [b]}\n- {id: b, type: wait, duration: 1, needs: [a]}",
            "a cycle: a (line 3) → b (line 4) → a (line 3). None of them could ever begin.",
        ),
        (
            "- {id: a, type: check, conditions: [{that: \"${{ stages.a.status == 'done' }}\"}]}",
            "a stage does not know its own end.",
        ),
        (
            '- {id: a, type: wait, duration: 1}\n- {id: b, type: wait, duration: "${{ stages.a.outputs.wated }}"}',
            "stages.a.outputs.wated: a (wait) has it not: there is no output 'wated'. Did you mean 'waited'?",
        ),
        (
            "- {id: a, type: wait, duration: 1}\n"
            '- {id: b, type: wait, needs: [], duration: "${{ stages.a.outputs.waited }}"}',
            "4: b: duration: stages.a.outputs.waited: a is not among the stages that are over before b begins",
        ),
        (
            '- {id: a, type: wait, duration: "${{ parameters.x }}"}',
            "parameters.x: there is no parameter 'x'. There is none.",
        ),
        ('- {id: a, type: wait, duration: "${{ run.idd }}"}', "run.idd: there is no fact 'idd'. Did you mean 'id'?"),
        ('- {id: a, type: wait, duration: "${{ env.HOME }}"}', "env.HOME: there is no variable 'HOME'."),
        (
            '- {id: a, type: wait, duration: "${{ steps.x }}"}',
            "steps.x: there is no 'steps'; parameters, stages, run, env are known. Did you mean 'stages'?",
        ),
        (
            '- {id: a, type: wait, duration: "${{ 1 | roundd }}"}',
            "3: a: duration: ${{ 1 | roundd }}: there is no filter 'roundd'.",
        ),
        ('- {id: a, type: wait, duration: 1, when: "stages."}', "3: a: when: "),
        ("- {id: a, type: run, pipeline: nix.yaml}", "3: a: "),
    ],
)
def test_what_is_wrong_with_a_stage_is_told_with_its_line(stages: str, said: str) -> None:
    found = told("name: p\nstages:\n" + stages + "\n")
    assert len(found) == 1, found
    assert said in found[0]


def test_a_key_that_stands_twice_is_an_error_with_both_lines() -> None:
    with pytest.raises(BadInput, match=r"p.yaml:3: 'name' stands here a second time; the first is on line 1"):
        told("name: p\nstages: [{id: a, type: wait, duration: 1}]\nname: q\n")
    with pytest.raises(BadInput, match=r"p.yaml:5: 'duration' stands here a second time; the first is on line 4"):
        told("name: p\nstages:\n- id: a\n  duration: 1\n  duration: 2\n")


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = told(
        """
        name: p
        parameters:
          n: {type: number, default: many}
          odd: {}
        stages:
          - {id: a, type: wait}
          - {id: b, type: wait, duration: 1, needs: [c]}
        """
    )
    assert [line.partition(":")[0] for line in found] == ["4", "7", "8"]


def test_what_nothing_reads_is_a_warning() -> None:
    file = good("name: p\nparameters: {odd: }\nenv: [SHA]\nstages: [{id: a, type: wait, duration: 1}]\n")
    assert file.warnings == (
        "p.yaml:2: the parameter 'odd' is read by no stage.",
        "p.yaml:3: the variable 'SHA' is read by no stage.",
    )


def test_inputs_with_expressions_are_checked_as_far_as_they_are_known() -> None:
    text = """
    name: p
    parameters: {percent: {type: number}, kind: , to: }
    stages:
      - id: a
        type: route
        function: ${{ parameters.to }}
        alias: live
        strategy: {kind: weighted, stable: 1, canary: "${{ parameters.to }}", percent: "${{ parameters.percent }}"}
      - {id: b, type: route, function: f, alias: live, strategy: {kind: "${{ parameters.kind }}", to: 2}}
    """
    assert good(text)
    (found,) = told(text.replace("canary:", "canry:").replace("stable: 1, ", ""))[:1]
    assert "9: a: the field 'strategy.weighted.stable' is missing." in found or "strategy.stable" in found


def test_absent_needs_mean_the_stage_above_but_not_one_that_is_gone_to() -> None:
    file = good(
        """
        name: p
        stages:
          - {id: judge, type: wait, duration: 1, on_failure: {go_to: remove}}
          - {id: remove, type: wait, duration: 1}
          - {id: move, type: wait, duration: 1}
          - {id: side, type: wait, duration: 1, needs: []}
          - {id: end, type: wait, duration: 1, needs: move}
        """
    )
    assert dict(file.graph.needs) == {"judge": (), "remove": (), "move": ("judge",), "side": (), "end": ("move",)}
    assert file.graph.called_by == {"remove": ("judge",)}


def test_json_is_read_as_yaml_is() -> None:
    document = {"name": "p", "stages": [{"id": "a", "type": "wait", "duration": "${{ 1 + 1 }}"}]}
    assert good(json.dumps(document, indent="\t")).pipeline.stages[0].id == "a"


def test_a_pipeline_within_is_checked_too(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "name: i\nparameters: {n: }\nstages: [{id: a, type: wait, duration: '${{ parameters.n }}'}]\n"
    )
    (tmp_path / "loop.yaml").write_text("name: l\nstages: [{id: again, type: run, pipeline: loop.yaml}]\n")
    outer = "name: o\nstages: [{{id: sub, type: run, pipeline: {file}, parameters: {given}}}]\n"
    assert told(outer.format(file="inner.yaml", given="{n: 1}"), tmp_path) == []
    assert "needs the parameter 'n'" in told(outer.format(file="inner.yaml", given="{}"), tmp_path)[0]
    assert "there is no parameter 'm'" in told(outer.format(file="inner.yaml", given="{n: 1, m: 2}"), tmp_path)[0]
    assert "loop.yaml runs itself in the end." in told(outer.format(file="loop.yaml", given="{}"), tmp_path)[0]


@pytest.mark.parametrize(
    ("parameter", "typed", "value"),
    [
        ({}, "42", "42"),
        ({}, 42, "42"),
        ({"type": "number"}, "42", 42),
        ({"type": "number"}, "0.5", 0.5),
        ({"type": "boolean"}, "yes", True),
        ({"type": "boolean"}, False, False),
        ({"type": "list"}, "a, b", ["a", "b"]),
        ({"type": "list"}, '["a", 1]', ["a", 1]),
        ({"choices": ["a", "b"]}, "b", "b"),
        ({"pattern": "v[0-9]+"}, "v12", "v12"),
    ],
)
def test_a_parameter_has_its_type(parameter: dict[str, Any], typed: Any, value: Any) -> None:
    model = Pipeline.model_fields["parameters"].annotation.__args__[1]  # type: ignore[union-attr]
    found = value_of(model(**parameter), typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("parameter", "typed", "said"),
    [
        ("{type: number}", "many", "a number was expected, not 'many'."),
        ("{type: boolean}", "perhaps", "true or false was expected, not 'perhaps'."),
        ("{type: list}", '{"a": 1', None),
        ("{choices: [small, large]}", "lrge", "one of small, large was expected, not 'lrge'. Did you mean 'large'?"),
        ("{pattern: 'v[0-9]+'}", "12", "'12' does not match v[0-9]+"),
        ("{secret: true, pattern: 'v[0-9]+'}", "hunter2", "this does not match v[0-9]+"),
    ],
)
def test_a_parameter_that_will_not_do(parameter: str, typed: str, said: str | None) -> None:
    file = good(f"name: p\nparameters: {{x: {parameter}}}\nstages: [{{id: a, type: wait, duration: 1, name: x}}]\n")
    if said is None:
        assert values(file.pipeline, {"x": typed}) == {"x": [typed]}
        return
    with pytest.raises(BadInput) as caught:
        values(file.pipeline, {"x": typed})
    assert caught.value.message == f"the parameter 'x': {said}"
    assert "hunter2" not in str(caught.value)


def test_the_schema_beside_the_model_is_that_of_the_model() -> None:
    assert json.loads(schema.FILE.read_text()) == schema.schema(), (
        "a stage's inputs have changed: lambdatui check --schema > lambdatui/pipeline/schema.json"
    )


def test_the_schema_has_every_field_of_every_stage() -> None:
    definitions = schema.schema()["$defs"]
    for kind in stage_types.KINDS:
        fields = stage_types.model(kind).model_fields.keys() | StageEntry.model_fields.keys()
        assert definitions[f"stage.{kind}"]["properties"].keys() == fields, kind


@pytest.mark.parametrize("name", ["pipeline.yaml", "release.yaml"])
def test_the_samples_could_run(name: str) -> None:
    file = pipeline_file.read(SAMPLES / name)
    assert file.warnings == ()
    assert (SAMPLES / name).read_text().startswith("# yaml-language-server: $schema=")


def test_two_hundred_stages_are_examined() -> None:
    lines = ["name: long", "parameters: {n: }", "stages:"]
    for number in range(200):
        before = f"${{{{ stages.s{number - 1}.outputs.waited }}}}" if number else "${{ parameters.n }}"
        lines.append(f"  - {{id: s{number}, type: wait, duration: '{before}'}}")
    file = good("\n".join(lines))
    assert len(file.graph.upstream("s199")) == 199
