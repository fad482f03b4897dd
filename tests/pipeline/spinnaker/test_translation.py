"""SpEL told in the expressions of our pipelines: what they give is what Spinnaker would have given."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.pipeline import expressions
from lambdatui.pipeline.spinnaker import translation
from lambdatui.pipeline.spinnaker.graph_names import OUTPUTS, STATUSES, Known, Scope
from lambdatui.pipeline.spinnaker.translation import Untranslatable
from lambdatui.pipeline.status import Status

STAGES = (
    Known("deploy", "Deploy", "1", "deploy", "lambdaDeployment", {"functionName": "{}-f-${parameters.env}", "n": 3}),
    Known("ask", "Ask", "2", "approve", "manualJudgment", {}),
    Known("", "Vars", "3", "", "evaluateVariables", {}),
    Known("route", "Twice", "4", "route", "lambdaTrafficRouting", {"aliasName": "live"}),
    Known("route_2", "Twice", "5", "route", "lambdaTrafficRouting", {"aliasName": "beta"}),
)
NAMES: dict[str, Any] = {
    "parameters": {"env": "prod", "n": "7", "arn": "a-b-c", "empty": "", "json": '{"k": [1, 2]}', "x-y": "dash"},
    "run": {"id": "r1"},
    "stages": {
        "deploy": {"status": "done", "outputs": {"version": 42, "function_arn": "arn:f", "created": False}},
        "ask": {"status": "failed", "outputs": {"choice": "ship"}},
        "route": {"status": "skipped", "outputs": {"version": "41", "weights": {"42": 0.1}}},
        "route_2": {"status": "done", "outputs": {}},
    },
}


def scope(**members: Any) -> Scope:
    return Scope(application="shop", pipeline="release", stages=STAGES, **members)


def given(text: str, in_scope: Scope | None = None) -> Any:
    return expressions.resolved(translation.text(text, in_scope or scope()), NAMES)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${parameters.env}", "prod"),
        ('${parameters["x-y"]}', "dash"),
        ("${trigger.parameters.env}", "prod"),
        ("${execution.trigger['parameters']['env']}", "prod"),
        ("${execution.application}-${parameters.env}", "shop-prod"),
        ("${execution.name}", "release"),
        ("${execution.id}", "r1"),
        ('${#stage("Deploy")["context"]["functionName"]}', "shop-f-prod"),
        ("${#stage('Deploy').context.n + 1}", "31"),
        ("${#stage('Deploy').outputs.versionId}", 42),
        ("${#stageByRefId('1')['outputs']['functionARN']}", "arn:f"),
        ("${#stage('Deploy').status}", "done"),
        ("${#stage('Deploy')['status'].toString() == 'SUCCEEDED'}", True),
        ("${'TERMINAL' != #stage('Ask').status}", False),
        ("${#stageExists('Nope')}", False),
        ("${#judgment('Ask') == 'ship'}", True),
        ("${#stage('Twice').context['deployment:majorVersionDeployed']}", "41"),
        ("${#stage('Twice').context['deployment:minorVersionDeployed']}", "42"),
        ("${execution.stages.?[name == 'Deploy'][0].outputs.versionId}", 42),
        ("${execution['stages'].^[refId == '1'].context['n']}", 3),
        ("${execution.stages.?[name == 'Twice' and status.toString() == 'SKIPPED'].size()}", 1),
        ("${execution.stages.?[status == 'TERMINAL' and type == 'manualJudgment'].isEmpty()}", False),
        ("${#toInt(parameters.n) + 1}", 8),
        ("${parameters.n + 1}", "71"),
        ("${7 / 2}", 3),
        ("${#toInt(parameters.n) / 2.0}", 3.5),
        ("${2 ^ 10 % 1000}", 24),
        ("${parameters.empty ?: 'other'}", "other"),
        ("${parameters.env ?: 'other'}", "prod"),
        ("${parameters.env == 'prod' ? {1, 'b'} : null}", [1, "b"]),
        ("${parameters.env eq 'prod' && !(1 > 2) or false}", True),
        ("${parameters.arn.split('-')[1].toUpperCase()}", "B"),
        (r"${'a.b'.split('\.')[1]}", "b"),
        ("${parameters.arn.replace('-', '')}", "abc"),
        (r"${'a|b'.replaceAll('\|', '/')}", "a/b"),
        ("${parameters.arn.substring(2, 3)}", "b"),
        ("${parameters.arn.substring(2)}", "b-c"),
        ("${parameters.arn.contains('b') and parameters.arn.startsWith('a')}", True),
        ("${parameters.arn.length() + parameters.arn.indexOf('b')}", 7),
        ("${parameters.arn matches '[a-z-]+'}", True),
        ("${'PROD'.equalsIgnoreCase(parameters.env)}", True),
        ("${#readJson(parameters.json).k[1]}", 2),
        ("${#toJson({a: 1})}", '{"a": 1}'),
        ("${#fromBase64(#toBase64('ü'))}", "ü"),
        ("${#alphanumerical('a-b_1')}", "ab1"),
        ("${#toBoolean('true')}", True),
        ("${{a: 1}.get('a')}", 1),
        ("${'it''s' + ' \"}}\" '}", 'it\'s "}}" '),
        ("text with ${{ braces", None),
        ("plain {{ text }}", "plain {{ text }}"),
    ],
)
def test_it_gives_what_spinnaker_would_give(source: str, expected: Any) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="no end"):
            translation.text(source, scope())
    else:
        assert given(source) == expected


def test_variables_stand_for_what_was_evaluated() -> None:
    assert given("${v.concat('!')}", scope(variables={"v": "(parameters.env ~ '-x')"})) == "prod-x!"


def test_two_stages_of_one_name_are_a_doubt() -> None:
    here = scope()
    translation.text("${#stage('Twice').status}", here)
    assert len(here.doubts) == 1
    assert "2 stages are named 'Twice'" in here.doubts[0]


def test_what_is_read_of_the_parameters_is_told() -> None:
    here = scope()
    translation.text("${parameters.env}${parameters['new']}", here)
    assert here.asked == {"env", "new"}


@pytest.mark.parametrize(
    ("source", "at", "words"),
    [
        ("${#stage('Nope').status}", 2, "there is no stage 'Nope'"),
        ("${#stage(parameters.env).status}", 2, "written out"),
        ("${#stage('Deploy').outputs.lambdaObject}", 26, "has functionARN, functionName"),
        ("${#stage('Vars').status}", None, "was not carried over"),
        ("${trigger.user}", 9, "give it as a parameter"),
        ("a ${execution.startTime}", 13, "has no counterpart"),
        ("${unknown}", 2, "none of parameters"),
        ("${#currentUser()}", 2, "#currentUser has no counterpart"),
        ("${#stage('Deploy')}", None, "a stage is no value"),
        ("${execution.stages}", None, "a list of stages"),
        ("${parameters}", None, "no value by itself"),
        ("${execution.stages.?[startTime > 1].size()}", None, "compared by =="),
        ("${execution.stages.?[status == 'RUNNING'][0].name}", None, "while it runs"),
        ("${parameters.arn.split('[-.]')[0]}", None, "regular expression"),
        ("${parameters.arn.chars()}", None, "the method 'chars'"),
        ("${#stage('Ask').status == 'FINE'}", None, "no status of Spinnaker's"),
    ],
)
def test_what_cannot_be_said_is_told_with_its_place(source: str, at: int | None, words: str) -> None:
    with pytest.raises(Untranslatable, match=words) as caught:
        translation.text(source, scope())
    assert at is None or caught.value.at == at


def test_a_condition_needs_no_braces() -> None:
    assert translation.condition("parameters.env == 'x'", scope()) == "(parameters.env == 'x')"
    assert translation.condition("${ parameters.env }", scope()) == "parameters.env"
    with pytest.raises(Untranslatable, match="one expression"):
        translation.condition("${a} and b", scope())


def test_our_words_are_those_of_our_pipelines() -> None:
    import importlib

    assert set(STATUSES.values()) <= {str(status) for status in Status}
    models = {"deploy": "Deploy", "update_code": "UpdateCode", "route": "Route", "delete": "Delete"}
    for kind, model in models.items():
        outputs = getattr(importlib.import_module(f"lambdatui.stages.{kind}"), model).outputs
        for said in OUTPUTS[kind].values():
            assert said.removeprefix("outputs.").split(" ")[0] in outputs
