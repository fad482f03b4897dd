"""What the answer to a probe must be, judged on answers as Lambda gives them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.stages.rollout.expectations import Expect, holds, same

ORDER = {"id": 7, "total": 20.5, "lines": [{"sku": "a"}, {"sku": "b"}], "note": "two mugs", "gift": False}
GATEWAY = {"statusCode": 201, "body": json.dumps(ORDER)}


def answered(value: Any, **members: Any) -> Invocation:
    known: dict[str, Any] = {
        "number": 1, "started": 0.0, "latency": 80.0, "outcome": "ok", "status": 200, "version": "42",
        "function_error": "", "request_id": "r", "payload": json.dumps(value).encode(), "log": "",
        "report": Report(duration=12.5),
    }  # fmt: skip
    return Invocation(**known | members)


@pytest.mark.parametrize(
    "expect",
    [
        {},
        {"status": 200},
        {"equals": {**ORDER, "total": 20.50, "id": 7.0}},
        {"contains": {"id": 7, "lines": [{"sku": "b"}], "note": "mug"}},
        {"jmespath": "total > `20` && length(lines) == `2` && lines[0].sku == 'a'"},
        {"jmespath": "id"},
        {"matches": r'"total": 20\.\d'},
        {"max_duration_ms": 12.5},
    ],
)
def test_what_holds(expect: dict[str, Any]) -> None:
    assert Expect(**expect).failures(answered(ORDER)) == ()


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ({"status": 201}, "status 201 was expected, not 200."),
        ({"equals": {"id": 7}}, '{"id": 7} was expected, not {"id": 7, "total": 20.5, '),
        ({"equals": None}, "null was expected, not {"),
        ({"contains": {"lines": [{"sku": "c"}]}}, '{"lines": [{"sku": "c"}]} is not in {'),
        ({"contains": {"gift": 0}}, '{"gift": 0} is not in {'),
        ({"jmespath": "gift"}, "`gift` is not true of {"),
        ({"jmespath": "absent"}, "`absent` is not true of {"),
        ({"jmespath": "length(id) > `1`"}, "`length(id) > `1`` is not true of {"),
        ({"matches": "cups"}, "/cups/ is not found in {"),
        ({"max_duration_ms": 12}, "at most 12 ms were expected, and it took 12.5 ms."),
        ({"of": "body"}, "there is no body in {"),
    ],
)
def test_what_does_not_hold_is_one_sentence(expect: dict[str, Any], words: str) -> None:
    [failure] = Expect(**expect).failures(answered(ORDER))
    assert words in failure


def test_the_body_of_api_gateway_is_read_and_its_status_counts() -> None:
    assert Expect(of="body", status=201, contains={"id": 7}, jmespath="total").failures(answered(GATEWAY)) == ()
    assert Expect(status=200).failures(answered(GATEWAY)) == ("status 200 was expected, not 201.",)
    assert Expect(of="body_or_answer", contains={"id": 7}).failures(answered(GATEWAY)) == ()
    assert Expect(of="body_or_answer", equals=ORDER).failures(answered(ORDER)) == ()
    assert Expect(of="body", matches="^plain").failures(answered({"body": "plain words"})) == ()


def test_a_function_error_is_never_taken_whatever_its_text() -> None:
    crashed = answered(ORDER, outcome="function error", function_error="Unhandled", error="KeyError: 'currency'")
    assert Expect(equals=ORDER).failures(crashed) == ("function error: KeyError: 'currency'",)


def test_without_a_report_the_callers_wait_counts_and_every_reason_is_told() -> None:
    slow = answered("words", report=Report())
    assert Expect(max_duration_ms=79, matches="cups").failures(slow) == (
        "at most 79 ms were expected, and it took 80.0 ms.",
        '/cups/ is not found in "words".',
    )
    assert Expect(matches="wor").failures(answered("", payload=b"not json: words")) == ()


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ({"jmespath": "total >"}, "a JMESPath expression was expected, and 'total >' is none"),
        ({"matches": "("}, "a regular expression was expected, and '(' is none"),
        ({"equal": 1}, "Extra inputs"),
    ],
)
def test_what_is_no_expectation_is_told(expect: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Expect(**expect)
    assert words in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values)
def test_json_is_equal_as_its_text_is_and_holds_itself(one: Any, other: Any) -> None:
    assert same(one, other) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    assert holds(one, one)
    if same(one, other):
        assert holds(one, other)


@given(json_values)
def test_what_was_expected_survives_its_json(value: Any) -> None:
    expect = Expect(equals=value)
    assert Expect.model_validate(json.loads(json.dumps(expect.model_dump(exclude_unset=True)))) == expect
    assert expect.failures(answered(value)) == ()
