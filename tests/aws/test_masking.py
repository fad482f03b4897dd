"""What is hidden before parameters reach a screen, the journal or a log."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.masking import MASK, masked


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Environment": {"Variables": {"A": "x", "B": ""}}}, {"Environment": {"Variables": {"A": MASK, "B": MASK}}}),
        ({"SecretAccessKey": "x", "MasterUserPassword": "x"}, {"SecretAccessKey": MASK, "MasterUserPassword": MASK}),
        ({"ClientToken": "x"}, {"ClientToken": MASK}),
        ({"FunctionName": "f", "Timeout": 3}, {"FunctionName": "f", "Timeout": 3}),
        ({"Layers": ["a", "b"]}, {"Layers": ["a", "b"]}),
        ({"Digest": b"12345"}, {"Digest": "<5 bytes>"}),
        ({"Deep": [{"Credentials": {"AccessKeyId": "x"}}]}, {"Deep": [{"Credentials": {"AccessKeyId": MASK}}]}),
    ],
)
def test_secrets_are_masked_and_the_rest_is_not(given: Any, expected: Any) -> None:
    assert masked(given) == expected


@pytest.mark.parametrize("name", ["ZipFile", "Payload", "Body"])
def test_a_blob_is_its_size_and_its_hash(name: str) -> None:
    assert masked({name: b"hello"}) == {name: "<5 bytes, sha256 2cf24dba5fb0>"}
    assert masked({name: "hello"}) == {name: "<5 bytes, sha256 2cf24dba5fb0>"}


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)))
def test_the_original_is_never_changed_and_the_shape_stays(value: Any) -> None:
    before = copy.deepcopy(value)
    again = masked({"Value": value, "Variables": {"A": "secret"}})
    assert value == before
    assert again["Variables"] == {"A": MASK}
    assert isinstance(again["Value"], type(value))


def test_a_policy_in_json_text_is_masked_too() -> None:
    statement = '{"Sid":"alexa","Condition":{"StringEquals":{"lambda:EventSourceToken":"t0k3n"}}}'
    assert "t0k3n" not in masked({"Statement": statement})["Statement"]
    assert '"alexa"' in masked({"Statement": statement})["Statement"]
    assert masked({"Statement": "no JSON"}) == {"Statement": "no JSON"}
