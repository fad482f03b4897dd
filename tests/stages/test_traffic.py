"""Shares: percent as people write them, weights as AWS takes them, and the rules of weighted aliases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.versions import Version
from lambdatui.stages import traffic


def version(number: int, **members: object) -> Version:
    return Version(number, "", "sha", 10, "", members)


@given(st.integers(0, 10_000))
def test_a_percentage_comes_back_as_it_was_written(hundredths: int) -> None:
    percent = hundredths / 100
    main, extra = traffic.weights("41", "42", percent)
    shown = traffic.shares(main, extra)
    assert shown.get("42", "0 %") == f"{percent:g} %"
    assert all(0 < weight < 1 for weight in extra.values())
    assert (main, extra) == (("41", {}) if percent == 0 else ("42", {}) if percent == 100 else ("41", extra))


@given(st.floats(0, 100))
def test_weights_are_what_aws_takes_whatever_the_percentage(percent: float) -> None:
    main, extra = traffic.weights("41", "42", percent)
    assert len(extra) <= 1
    assert main not in extra
    for weight in extra.values():
        assert 0.0 <= weight <= 1.0
        # what a person reads in the console: no 0.1000000000000001
        assert len(repr(weight).replace("e-0", "").replace(".", "")) <= 8


def test_a_version_shares_nothing_with_itself() -> None:
    assert traffic.weights("41", "41", 10) == ("41", {})


def test_shares_in_words() -> None:
    assert traffic.in_words("41", {"42": 0.1}) == "90 % to 41, 10 % to 42"
    assert traffic.in_words("41", {}) == "all traffic to 41"


ROLE = {"Role": "arn:aws:iam::1:role/a"}


@pytest.mark.parametrize(
    ("first", "second", "provisioned", "words"),
    [
        (version(1, **ROLE), version(2, **ROLE), False, None),
        (version(1, **ROLE), version(2, **ROLE, DeadLetterConfig={}), False, None),
        (None, version(2, **ROLE), False, r"\$LATEST cannot share"),
        (version(1, **ROLE), version(2, **ROLE), True, "provisioned concurrency"),
        (version(1, **ROLE), version(2, Role="arn:b"), False, "versions 1 and 2 differ in their execution role"),
        (
            version(1, **ROLE),
            version(2, **ROLE, DeadLetterConfig={"TargetArn": "arn:q"}),
            False,
            r"dead-letter queue \(none and arn:q\)",
        ),
    ],
)
def test_what_aws_would_refuse_is_told_before(
    first: Version | None, second: Version | None, provisioned: bool, words: str | None
) -> None:
    why = traffic.why_not_weighted(first, second, provisioned)
    if words is None:
        assert why is None
    else:
        import re

        assert re.search(words, why or "")
