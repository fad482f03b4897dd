"""Expressions: what they give, what they read, what is wrong with them; and that none takes long or grows large."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.pipeline.expressions import ExpressionError, check, holds, parts, references, resolved, within

NAMES: dict[str, Any] = {
    "parameters": {"version": "42", "n": 3, "on": False, "many": ["a", "b"], "nothing": None},
    "stages": {"deploy": {"status": "done", "outputs": {"version": "7", "items": [1, 2], "weights": {"7": 0.1}}}},
    "run": {"id": "r1"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no expression", "no expression"),
        ("${{ parameters.version }}", "42"),
        ("${{parameters.n}}", 3),
        ("${{ parameters.n + 1 }}", 4),
        ("${{ parameters.n / 2 }}", 1.5),
        ("${{ not parameters.on }}", True),
        ("${{ parameters.nothing }}", None),
        ("${{ parameters.many }}", ["a", "b"]),
        ("v${{ parameters.version }}-${{ parameters.n }}", "v42-3"),
        ("on: ${{ parameters.on }}, ${{ parameters.nothing }}.", "on: false, ."),
        ("many: ${{ parameters.many }}", 'many: ["a", "b"]'),
        ("${{ stages.deploy.outputs.items }}", [1, 2]),
        ("${{ stages['deploy'].outputs.weights['7'] }}", 0.1),
        ("${{ parameters.other | default('none given') }}", "none given"),
        ("${{ {'a': {'b': parameters.n}} }}", {"a": {"b": 3}}),
        ("${{ '}}' }} and ${{ '${{' }}", "}} and ${{"),
        ("${{ 'it\\'s }}' }}", "it's }}"),
        ("${{ parameters.version | to_number }}", 42),
        ("${{ '1.5' | to_number }}", 1.5),
        ("${{ 'yes' | to_boolean }}", True),
        ("${{ parameters.many | to_json }}", '["a", "b"]'),
        ("${{ '{\"a\": [1]}' | from_json }}", {"a": [1]}),
        ("${{ 'a: [1]' | from_yaml }}", {"a": [1]}),
        ("${{ 'tea' | to_base64 | from_base64 }}", "tea"),
        ("${{ parameters.many | map('upper') | join('-') }}", "A-B"),
        ("${{ 'a,b'.split(',') | last }}", "b"),
        ("${{ 'v1.4.2' is matching('v[0-9.]+') }}", True),
        ("${{ 'v1.4.2-rc' is matching('v[0-9.]+') }}", False),
        ("${{ 'x' if parameters.n > 2 else 'y' }}", "x"),
        ("${{ range(4) | sum }}", 6),
        ("${{ 'arn:aws:s3:::b/key.zip' | basename }}", "key.zip"),
    ],
)
def test_what_an_expression_gives(text: str, value: Any) -> None:
    found = resolved(text, NAMES)
    assert found == value
    assert type(found) is type(value)


def test_expressions_are_resolved_wherever_they_stand() -> None:
    value = {"a": ["x", {"b": "${{ parameters.n }}"}], "c": 1}
    assert resolved(value, NAMES) == {"a": ["x", {"b": 3}], "c": 1}
    assert list(within(value)) == [(("a", 1, "b"), "${{ parameters.n }}")]
    assert (holds(value), holds({"a": ["x"]})) == (True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${{ parameters.vresion }}", "there is no 'vresion' here. Did you mean 'version'?"),
        ("${{ stages.deploy.outputs.verison }}", "Did you mean 'version'? There are: version, items, weights."),
        ("a ${{ nix.da }}", "there is no 'nix' here."),
        ("${{ parameters.n", "does not end: }} was expected."),
        ("${{ }}", "an expression was expected between"),
        ("${{ 1 + }}", "unexpected"),
        ("${{ parameters.n | uper }}", "there is no filter 'uper'. Did you mean 'upper'?"),
        ("${{ parameters.n is matchin('a') }}", "there is no test 'matchin'. Did you mean 'matching'?"),
        ("${{ parameters.version + 1 }}", "can only concatenate str"),
        ("${{ 'many' | to_number }}", "a number was expected, not 'many'."),
        ("${{ '{' | from_json }}", "JSON was expected"),
        ("${{ 'a' is matching('(') }}", "is no regular expression"),
    ],
)
def test_what_is_wrong_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        resolved(text, NAMES)
    assert said in caught.value.words
    assert "\n" not in caught.value.words


@pytest.mark.parametrize(
    "text",
    [
        "${{ range(10**9) }}",
        "${{ range(10**9) | list | length }}",
        "${{ 'a' * 10**10 }}",
        "${{ [1] * 10**10 }}",
        "${{ 10 ** (10 ** 10) }}",
        "${{ 2 ** 100000 }}",
        "${{ '%1000000000d' % 1 }}",
        "${{ '{:>1000000000}'.format(1) }}",
        "${{ 'a'.ljust(10**10) }}",
        "${{ 'a'.zfill(10**10) }}",
        "${{ ('a' | replace('a', 'b' ~ range(999) | join('x'))) | center(10**10) }}",
        "${{ range(1000) | map('string') | join('x' ~ (range(1000) | join('y'))) }}",
        "${{ (range(999) | join).replace('1', range(999) | join) }}",
        "${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' is matching('(a+)+b(?=c)') }}",
        "${{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
        "${{ " + "-" * 3000 + "1 }}",
        "${{ " + "a." * 1900 + "b }}",
        "${{ ''.__class__.__mro__ }}",
        "${{ parameters.__init__ }}",
        "${{ parameters['__class__'] }}",
        "${{ parameters.many.append('c') }}",
        "${{ parameters.update({'n': 1}) }}",
        "${{ parameters.many.__len__ }}",
        "${{ range.__globals__ }}",
        "${{ lipsum }}",
        "${{ cycler.__init__.__globals__ }}",
        "${{ self }}",
    ],
    ids=lambda text: text[4:40].strip(),
)
def test_what_would_take_long_or_lead_out_is_refused(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ExpressionError):
            resolved(text, NAMES)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert NAMES["parameters"]["many"] == ["a", "b"]


def test_a_regular_expression_takes_linear_time() -> None:
    # with a matcher that goes back, this would outlast the test's own patience by centuries
    text = "${{ '" + "a" * 3000 + "!' is matching('(a+)+') }}"
    assert resolved(text, NAMES) is False


def test_what_an_expression_reads_is_known_without_running_it() -> None:
    text = (
        "x ${{ stages['deploy'].outputs.version ~ parameters.n | default(run.id) }} ${{ stages[parameters.on].status }}"
    )
    assert [str(one) for one in references(text)] == [
        "stages.deploy.outputs.version",
        "parameters.n",
        "run.id",
        "stages",
        "parameters.on",
    ]
    assert [str(one) for one in references("${{ (stages.a.outputs | list)[0].x and range(3) }}")] == [
        "stages.a.outputs"
    ]


@given(st.text(alphabet="${}' \"\\ab.|()[]", max_size=60))
def test_any_text_is_taken_apart_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = parts(text)
    except ExpressionError:
        assert "${{" in text
        return
    assert "".join(part for part in found if isinstance(part, str)) in text or len(found) > 1
    assert holds(text) == any(not isinstance(part, str) for part in found)


@given(st.text(max_size=40))
def test_any_text_in_quotes_comes_out_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    assert resolved("${{ '" + quoted + "' }}", {}) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_value_keeps_its_type(value: Any) -> None:
    assert resolved("${{ parameters.x }}", {"parameters": {"x": value}}) == value


WORDS = ["1", "'a'", "parameters.n", "+", "*", "**", "|", "join", "list", "(", ")", "~", "[", "]"]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_no_expression_raises_anything_else(words: list[str]) -> None:
    with suppress(ExpressionError):
        resolved("${{ " + " ".join(words) + " }}", NAMES)


def test_a_long_expression_is_refused() -> None:
    with pytest.raises(ExpressionError, match="may have 4,000"):
        check("${{ " + "1 + " * 2000 + "1 }}")
