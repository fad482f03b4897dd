"""How datapoints become an alarm's state.

The tables are those of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import pytest

from lambdatui.emulator.cloudwatch.alarm_verdict import Condition, Datapoint, verdict

NAMES = {"OK": "OK", "ALARM": "ALARM", "INSUFFICIENT": "INSUFFICIENT_DATA"}


def datapoints(picture: str) -> list[Datapoint | None]:
    values = {"0": 0.0, "X": 9.0}
    return [
        Datapoint(60 * index, values[sign], 1.0) if sign in values else None
        for index, sign in enumerate(picture.split())
    ]


def state(picture: str, treatment: str, needed: int, current: str = "kept") -> str:
    condition = Condition("GreaterThanThreshold", 5.0, 3, needed, treatment)
    return verdict(condition, datapoints(picture), current).state


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", "OK", "OK", "OK", "OK"),
        ("0 - - - -", "OK", "OK", "OK", "OK"),
        ("- - - - -", "INSUFFICIENT_DATA", "kept", "ALARM", "OK"),
        ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("- - X - -", "ALARM", "kept", "ALARM", "OK"),
        ("- - - - X", "INSUFFICIENT_DATA", "kept", "ALARM", "OK"),
    ],
)
def test_three_out_of_three(picture: str, missing: str, ignore: str, breaching: str, not_breaching: str) -> None:
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    assert [state(picture, treatment, 3) for treatment in treatments] == [missing, ignore, breaching, not_breaching]


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0 - X - -", "OK", "OK", "ALARM", "OK"),
        ("- - - - 0", "OK", "OK", "ALARM", "OK"),
        ("- - - X -", "ALARM", "kept", "ALARM", "OK"),
    ],
)
def test_two_out_of_three(picture: str, missing: str, ignore: str, breaching: str, not_breaching: str) -> None:
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    assert [state(picture, treatment, 2) for treatment in treatments] == [missing, ignore, breaching, not_breaching]


@pytest.mark.parametrize(
    ("comparison", "value", "is_alarm"),
    [
        ("GreaterThanThreshold", 5.0, False),
        ("GreaterThanOrEqualToThreshold", 5.0, True),
        ("LessThanThreshold", 5.0, False),
        ("LessThanOrEqualToThreshold", 5.0, True),
        ("LessThanThreshold", 4.9, True),
        ("GreaterThanThreshold", 5.1, True),
    ],
)
def test_a_value_on_the_threshold_breaches_where_the_comparison_says_so(
    comparison: str, value: float, is_alarm: bool
) -> None:
    condition = Condition(comparison, 5.0, 1, None, "missing")
    assert (verdict(condition, [None, None, Datapoint(0, value, 1)], "OK").state == "ALARM") is is_alarm


@pytest.mark.parametrize(
    ("condition", "picture", "sentence"),
    [
        (
            Condition("GreaterThanThreshold", 5.0, 1, None, "missing"),
            "- - X",
            "Threshold Crossed: 1 datapoint [9.0 (01/01/70 00:02:00)] was greater than the threshold (5.0).",
        ),
        (
            Condition("GreaterThanOrEqualToThreshold", 5.0, 3, 2, "missing"),
            "0 0 X 0 X",
            "Threshold Crossed: 2 out of the last 3 datapoints [9.0 (01/01/70 00:04:00), 9.0 (01/01/70 00:02:00)] were "
            "greater than or equal to the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        (
            Condition("GreaterThanThreshold", 5.0, 3, 3, "missing"),
            "- - X 0 X",
            "Threshold Crossed: 1 out of the last 3 datapoints [0.0 (01/01/70 00:03:00)] was not greater than the "
            "threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).",
        ),
        (
            Condition("LessThanThreshold", 5.0, 2, None, "breaching"),
            "- - - -",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as "
            "[Breaching].",
        ),
        (
            Condition("GreaterThanThreshold", 5.0, 2, None, "notBreaching"),
            "- - - X",
            "Threshold Crossed: 1 datapoint was received for 2 periods and 1 missing datapoint was treated as "
            "[NonBreaching].",
        ),
        (
            Condition("GreaterThanThreshold", 5.0, 1, None, "missing"),
            "- - -",
            "Insufficient Data: 1 datapoint was unknown.",
        ),
    ],
)
def test_the_reason_is_awss_sentence(condition: Condition, picture: str, sentence: str) -> None:
    assert verdict(condition, datapoints(picture), "OK").reason == sentence
