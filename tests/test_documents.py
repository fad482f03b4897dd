"""A mistake in a file meets one sentence: file, line, field, what was expected, the near match."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambdatui import documents
from lambdatui.errors import BadInput
from lambdatui.stages.delete import Delete
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route


def mistake(text: str, model: type = Deploy) -> str:
    with pytest.raises(BadInput) as caught:
        documents.check(documents.parse(text, "f.yaml"), model)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("function: a\nfunction: b\n", "f.yaml:2: 'function' stands here a second time; the first is on line 1."),
        ("function: a\nenvironment:\n  A: x\n  A: y\n", "f.yaml:4: 'A' stands here a second time; the first is on"),
        ("function: a\n\tmemory: 1\n", "f.yaml:2: a tab stands where YAML wants spaces."),
        ("function: a\nmemry: 256\n", "f.yaml:2: there is no field 'memry'. Did you mean 'memory'?"),
        ("memory: 256\n", "f.yaml:1: the field 'function' is missing."),
        ("function: a\nmemory: lots\n", "f.yaml:2: memory: a whole number was expected, not 'lots'."),
        ("function: a\nmemory: 64\n", "f.yaml:2: memory: 128 or more was expected, not 64."),
        ("function: a\ntimeout: 3.5\n", "f.yaml:2: timeout: a whole number was expected, not 3.5."),
        ("function: a\npublish: maybe\n", "f.yaml:2: publish: true or false was expected, not 'maybe'."),
        ("function: a\nlayers: x\n", "f.yaml:2: layers: a list was expected, not 'x'."),
        ("function: a\ntags: [a]\n", "f.yaml:2: tags: a mapping was expected."),
        ("function: a\narchitecture: arm\n", "x86_64 or arm64 was expected, not 'arm'. Did you mean 'arm64'?"),
        (
            "function: a b\n",
            "f.yaml:1: function: 'a b' will not do: Name or ARN of the function: letters, digits, - and _.",
        ),
        ("function: 2024-01-01\n", "f.yaml:1: function: text was expected, not 2024-01-01; put it in quotes."),
        ("function: 12\n", "f.yaml:1: function: text was expected, not 12; put it in quotes."),
        ("function:\n", "f.yaml:1: function: text was expected, not nothing."),
        ("function: a\naliases:\n  - live\n  - '7'\n", "f.yaml:4: aliases.1: an alias cannot be a number: AWS would"),
        ("function: a\nmemory: 1\ntimeout: 0\n", "not 1. (1 more after this.)"),
        ("", "f.yaml:1: a mapping of fields was expected, not nothing."),
        ("- a\n", "f.yaml:1: a mapping of fields was expected, not a list."),
        ("a: [b\n", "f.yaml:2: did not find expected ',' or ']'."),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: expected a single document in the stream but found another document."),
        ("a: !!python/object/apply:os.system [x]\n", "f.yaml:1: could not determine a constructor for the tag"),
        ("a: 2026-02-30\n", "f.yaml: a value in it is not what it looks like: day is out of range for month."),
        ("a: \x00\n", "f.yaml: not YAML: unacceptable character #x0000"),
    ],
)
def test_the_sentence_names_place_field_and_what_was_expected(text: str, sentence: str) -> None:
    assert sentence in mistake(text)


@pytest.mark.parametrize(
    ("strategy", "sentence"),
    [
        ("{kind: weighted, stable: 1, canary: 2}", "f.yaml:3: the field 'strategy.percent' is missing."),
        (
            "\n  kind: weighted\n  stable: 1\n  canary: 2\n  percent: 101",
            "f.yaml:7: strategy.percent: 100 or less was expected, not 101.",
        ),
        (
            "{kind: wighted}",
            "or blue_green or gradual was expected, not 'wighted'. Did you mean 'weighted'?",
        ),
        ("{to: newest}", "f.yaml:3: the field 'strategy.kind' is missing."),
        ("{kind: simple, to: nwest}", "f.yaml:3: strategy.to: 'nwest' names no version: newest, previous,"),
        ("{kind: simple, to: 1, knd: x}", "there is no field 'strategy.knd'. Did you mean 'kind'?"),
    ],
)
def test_the_path_of_a_field_in_a_union_is_the_one_in_the_file(strategy: str, sentence: str) -> None:
    assert sentence in mistake(f"function: a\nalias: live\nstrategy: {strategy}\n", Route)


def test_a_mistake_of_the_whole_names_no_field() -> None:
    assert mistake("function: a\n", Delete) == (
        "f.yaml:1: exactly one of versions, keep (or older_than_days) and whole_function was expected."
    )


@pytest.mark.parametrize("value", ["hunter2", "true", "31337", "{a: b}"])
def test_an_environment_value_is_never_repeated(value: str) -> None:
    sentence = mistake(f"function: a\nenvironment:\n  TOKEN: {value}\n  OTHER: [hunter2]\n")
    assert "environment." in sentence
    assert "hunter2" not in sentence
    assert "31337" not in sentence
    assert "true" not in sentence


def test_anchors_that_hold_one_another_do_not_grow_without_end() -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(6)
    )
    assert len(documents.parse(bomb, "f.yaml").lines) < 1000
    assert "function" in mistake("function: &f [*f]\n")


def test_a_place_is_the_nearest_that_stands_in_the_file() -> None:
    document = documents.parse("stages:\n  - kind: route\n    alias: live\n", "p.yaml")
    assert document.place(("stages", 0, "alias")) == "p.yaml:3"
    assert document.place(("stages", 0, "strategy", "to")) == "p.yaml:2"
    assert document.place(("nothing",)) == "p.yaml:1"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    cases = {"absent.yaml": "no such file", ".": "is a folder", "latin.yaml": "is not UTF-8 text (byte 3)"}
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    for name, words in cases.items():
        with pytest.raises(BadInput, match=words.replace("(", r"\(").replace(")", r"\)")):
            documents.read(tmp_path / name)
