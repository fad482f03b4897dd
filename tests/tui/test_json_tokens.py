"""The tokens of JSON in a line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.tui.json_tokens import tokens


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"total": 12.5e3}', [("key", '"total"'), ("number", "12.5e3")]),
        ('["a\\"b", true, null]', [("string", '"a\\"b"'), ("word", "true"), ("word", "null")]),
        ("{{ n }}", [("template", "{{ n }}")]),
        ('{"id": "o-{{ n }}"}', [("key", '"id"'), ("string", '"o-{{ n }}"'), ("template", "{{ n }}")]),
        ('{"c": "{{ choice("a", "b") }}"}', [("key", '"c"'), ("string", '"{{ choice("a", "b") }}"')]),
        ("{'total': 012}", [("wrong", "'total'"), ("wrong", "012")]),
        ('"open', [("wrong", '"'), ("wrong", "open")]),
    ],
)
def test_tokens(line: str, expected: list[tuple[str, str]]) -> None:
    found = [(kind, line[start:end]) for start, end, kind in tokens(line)]
    assert found[: len(expected)] == expected


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists))
def test_json_has_nothing_wrong_in_it(document: object) -> None:
    line = json.dumps(document)
    found = list(tokens(line))
    assert all(kind != "wrong" for _, _, kind in found) or len(line) > 4000
    # what is left between them is punctuation alone
    covered = {at for start, end, _ in found for at in range(start, end)}
    assert all(at in covered or character in " {}[],:" for at, character in enumerate(line[:4000]))
