"""Templates make events of any type, and can neither leave their sandbox nor fill the machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.load import sandbox
from lambdatui.stages.load.sandbox import Moment
from lambdatui.stages.load.template import Template

ROW = {"name": 'O\'Neil "x" {{ n }}', "items": "3", "zip": "00123"}
VARIABLES = {"n": 7, "row": ROW, "now": Moment(1795537569.76)}


def render(source: Any) -> Any:
    return Template(source, "orders.json").render(VARIABLES)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ({"a": "{{ n }}"}, {"a": 7}),
        ({"a": "x{{ n }}"}, {"a": "x7"}),
        ({"a": "{{ n }}{{ n }}"}, {"a": "77"}),
        ({"a": "{{ n / 2 }}", "b": "{{ n > 3 }}", "c": "{{ none }}"}, {"a": 3.5, "b": True, "c": None}),
        ({"a": "{{ [1, {'b': n}] }}"}, {"a": [1, {"b": 7}]}),
        ({"a": "{{ {'b': {'c': n}} }}", "d": "{{ {'b':{'c':n}}}}"}, {"a": {"b": {"c": 7}}, "d": {"b": {"c": 7}}}),
        # a row's values are text, and what stands in them is data
        ({"a": "{{ row.name }}", "b": "{{ row.zip }}"}, {"a": ROW["name"], "b": "00123"}),
        ({"a": "{{ row.items }}", "b": "{{ row['items']|int + 1 }}"}, {"a": "3", "b": 4}),
        ({"a": "{{ row.name }}!"}, {"a": f"{ROW['name']}!"}),
        ({"order-{{ n }}": ["{{ n }}", 2.5, None, True]}, {"order-7": [7, 2.5, None, True]}),
        ({"a": "{{ now }}", "b": "{{ now.ms }}"}, {"a": "2026-11-24T16:26:09.760Z", "b": 1795537569760}),
        ({"a": "{{ now.format('%d/%b/%Y') }}"}, {"a": "24/Nov/2026"}),
        ({"a": "{{ {'x': n}|tojson }}"}, {"a": '{"x": 7}'}),
        ({"a": "{{ 'hi'|base64 }}", "b": "{{ 'hi'|md5 }}"}, {"a": "aGk=", "b": "49f68a5c8493ec2c0bf489821c21fc3b"}),
        ("[{% for i in range(3) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}]", "[1,2,3]"),
        ('{"a": {{ row.name|tojson }}}', json.dumps({"a": ROW["name"]})),
        ("{% set x = n * 2 %}{{ x }} {{ 'a' ~ n ~ [1] }} {{ true }}", "14 a7[1] true"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_a_string_that_is_one_expression_has_its_type(source: Any, value: Any) -> None:
    assert render(source) == value


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ range(10**9)|list }}", "a range has more than 100,000 numbers"),
        ("{{ range(0 - 10**30, 10**30)|list }}", "a range has more than 100,000 numbers"),
        ("{{ 'a' * 10**9 }}", "1 × 1,000,000,000 is more than an event may have"),
        ("{{ 10**9 * 'a' }}", "is more than an event may have"),
        ("{{ [1] * 10**9 }}", "is more than an event may have"),
        ("{{ 9**9999 }}", "a number has too many digits"),
        ("{{ ('a' * 1000000) * 100 }}", "is more than an event may have"),
        ("{{ ['a' * 1000000] * 9999 }}", "larger than an event may be"),
        ("{{ [range(99999)|list] * 9999 }}", "larger than an event may be"),
        ("{{ range(9999)|join('a' * 1000000) }}", "more than 8,388,608 characters"),
        ("{{ ('a' * 8000000)|replace('a', 'aaaa') }}", "may have more than 8,388,608 characters"),
        ("{% set a = 'a' * 4000000 %}{% set a = a ~ a %}{% set a = a ~ a %}{% set a = a ~ a %}", "more than 8,388,608"),
        ("{% set a = 'a' * 4000000 %}{{ a }}{{ a }}{{ a }}", "more than 8,388,608 characters"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "more than 100,000 rounds"),
        ("{% for a in range(99999) %}{{ 'a' * 1000 }}{% endfor %}", "more than 8,388,608 characters"),
        ({"a": "{{ ['a' * 8000000, 'a' * 8000000] }}"}, "larger than an event may be"),
    ],
)
def test_a_template_that_runs_away_is_stopped(source: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        render(source)


def test_a_template_has_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_SECONDS", 0.05)
    with pytest.raises(BadInput, match=r"it takes more than 0\.05 s"):
        render("{% for a in range(99999) %}{% set x = ('ab' * 4000000)|upper %}{% endfor %}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ row.__class__ }}",
        "{{ now.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(n) }}",
        "{{ '{:>999999999}'.format(n) }}",
        "{{ '%0999999999d' % n }}",
        "{{ 'a'.center(10**9) }}",
        "{{ 'a'.encode() }}",
        "{{ row.update({'a': 1}) }}",
        "{{ row.pop('name') }}",
        "{{ range.__self__ }}",
        "{{ cycler }}",
        "{{ namespace(a=1) }}",
        "{{ lipsum(n=10**6) }}",
        "{{ 'a'|attr('upper') }}",
        "{{ n|format }}",
        "{{ n|pprint }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% set a %}x{% endset %}{{ a }}",
        "{% for a in [[[1]]] recursive %}{{ loop(a) }}{% endfor %}",
        "{% filter upper %}x{% endfilter %}",
        {"a": "{{ now.__dict__ }}"},
    ],
)
def test_there_is_no_way_out_of_the_sandbox(source: Any) -> None:
    with pytest.raises(BadInput, match=r"^orders\.json:1: "):
        render(source)
    assert ROW == {"name": 'O\'Neil "x" {{ n }}', "items": "3", "zip": "00123"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{\n{{ nn }}", r"orders\.json:2: there is no 'nn' \(there is: n, row, now, range\)\. Did you mean 'n'\?"),
        (
            "{\n\n{{ row.nme }}",
            r"orders\.json:3: there is no 'nme' \(there is: name, items, zip\)\. Did you mean 'name'\?",
        ),
        ("\n{{ n", r"orders\.json:2: unexpected end of template"),
        ("\n{{ n / 0 }}", r"orders\.json:2: division by zero\."),
        ("{% include 'x' %}", r"'include' is not for events: \{\{ \}\}, if, for and set are\."),
        ("{{ n|uper }}", r"orders\.json:1: No filter named 'uper'"),
        ("{{ row() }}", r"orders\.json:1: 'dict' object is not callable"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_near_match(source: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        render(source)


def test_a_row_that_is_not_given_is_told_as_such() -> None:
    with pytest.raises(BadInput, match="'row' is used, and no rows were given"):
        Template({"a": "{{ row.id }}"}, "t").render({"n": 1})


def nested(depth: int) -> Any:
    value: Any = "{{ n }}"
    for _ in range(depth):
        value = [value]
    return value


def test_a_value_that_is_nested_deeply_is_made_or_told() -> None:
    found = render(nested(200))
    for _ in range(200):
        [found] = found
    assert found == 7
    with pytest.raises(BadInput, match=r"^orders\.json: is nested too deeply\.$"):
        render(nested(2000))
