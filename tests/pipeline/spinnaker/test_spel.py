"""SpEL as Spinnaker's pipelines use it: what is read, and what is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.pipeline.spinnaker import spel
from lambdatui.pipeline.spinnaker.spel import NotSpel, parse, template
from lambdatui.pipeline.spinnaker.spel_tree import (
    Binary,
    Call,
    Elvis,
    Helper,
    Index,
    ListOf,
    MapOf,
    Member,
    Name,
    Node,
    Projection,
    Selection,
    Ternary,
    Unary,
    Value,
)


def told(node: Node) -> str:
    """A tree in brackets, so that what binds how tightly can be seen."""
    match node:
        case Value(value):
            return repr(value)
        case Name(name=name):
            return name
        case Helper(name=name, arguments=None):
            return f"#{name}"
        case Helper(name=name, arguments=arguments):
            return f"#{name}({', '.join(map(told, arguments or ()))})"
        case Member(of=of, name=name, safe=safe):
            return f"{told(of)}{'?.' if safe else '.'}{name}"
        case Call(of=of, name=name, arguments=arguments):
            return f"{told(of)}.{name}({', '.join(map(told, arguments))})"
        case Index(of=of, key=key):
            return f"{told(of)}[{told(key)}]"
        case Selection(of=of, which=which, condition=condition):
            return f"{which} of {told(of)} where {told(condition)}"
        case Projection(of=of, what=what):
            return f"{told(what)} of each {told(of)}"
        case Unary(operator=operator, operand=operand):
            return f"({operator} {told(operand)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({told(left)} {operator} {told(right)})"
        case Ternary(condition=condition, then=then, otherwise=otherwise):
            return f"({told(condition)} ? {told(then)} : {told(otherwise)})"
        case Elvis(value=value, otherwise=otherwise):
            return f"({told(value)} ?: {told(otherwise)})"
        case ListOf(items=items):
            return f"[{', '.join(map(told, items))}]"
        case MapOf(items=pairs):
            return "{" + ", ".join(f"{key}: {told(item)}" for key, item in pairs) + "}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3 ^ 2 - 4", "((1 + (2 * (3 ^ 2))) - 4)"),
        ("a or b and not c == d", "(a || (b && ((not c) == d)))"),
        ("a lt 1 AND b GE 2", "((a < 1) && (b >= 2))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a.b ?: 'x' + 'y'", "(a.b ?: ('x' + 'y'))"),
        ("a?.b.c('x', 1)[0]", "a?.b.c('x', 1)[0]"),
        ("#stage('It''s')['context'][\"a\"\"b\"]", "#stage(\"It's\")['context']['a\"b']"),
        ("#root", "#root"),
        ("stages.?[name == 'x'].![status]", "status of each all of stages where (name == 'x')"),
        ("stages.^[a].b", "first of stages where a.b"),
        ("stages.$[a]", "last of stages where a"),
        ("{1, -2.5, 0x1F, 3L}", "[1, (- 2.5), 31, 3]"),
        ("{:}", "{}"),
        ("{a: {}, 'b c': true}", "{a: [], b c: True}"),
        ("!(NULL != false)", "(not (None != False))"),
        ("a matches '[a-z]+'", "(a matches '[a-z]+')"),
        ("7 mod 2 div 1", "((7 % 2) / 1)"),
    ],
)
def test_what_binds_how(source: str, expected: str) -> None:
    assert told(parse(source)) == expected


def test_a_text_is_taken_apart_at_its_expressions() -> None:
    parts = template("a${ b }c${ '}' }{}")
    assert [part if isinstance(part, str) else told(part.tree) for part in parts] == ["a", "b", "c", "'}'", "{}"]
    assert template("no expression, $5, {a}") == ["no expression, $5, {a}"]


@pytest.mark.parametrize(
    ("source", "at", "words"),
    [
        ("ab ${", 3, "has no end"),
        ("${a..b}", 4, "the name of a property was expected"),
        ("${a b}", 4, "the end of the expression was expected"),
        ("${'abc}", 0, "has no end"),
        ("${T(java.lang.Math).random()}", 2, "Java's classes"),
        ("${new java.io.File('x')}", 2, "Java's constructors"),
        ("${foo(1)}", 2, "begin with #"),
        ("${a ; b}", 4, "';' was not expected"),
        ("${{a + b: 1}}", 3, "a map's key"),
        ("${" + "(" * 200 + "}", 42, "nested"),
        ("${" + "!" * 200 + "a}", 42, "nested"),
        ("${" + "a?b:" * 200 + "c}", None, "nested"),
    ],
)
def test_what_is_no_expression_is_told_with_its_place(source: str, at: int | None, words: str) -> None:
    with pytest.raises(NotSpel, match=words) as caught:
        template(source)
    assert at is None or caught.value.at == at


@given(st.text(alphabet="ab1.'\"#()[]{}?:!$ \\&|=+-,T", max_size=40))
def test_any_text_is_an_expression_or_refused(source: str) -> None:
    try:
        spel.parse(source)
    except NotSpel as error:
        assert 0 <= error.at <= len(source)  # noqa: PT017 - it need not be raised
