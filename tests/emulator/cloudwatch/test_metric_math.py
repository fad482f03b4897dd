"""Metric math and search expressions in GetMetricData.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.emulator.cloudwatch.math_syntax import SyntaxMistake, parse
from tests.emulator.cloudwatch.conftest import NOW
from tests.emulator.cloudwatch.test_metric_data import ask, points, stat
from tests.emulator.expectations import refused

Compute = Callable[..., Any]


@pytest.fixture
def compute(cloudwatch: Any, put: Callable[..., None]) -> Compute:
    """Computes an expression on metrics: value lists whose last item is one minute ago, None where there is none.

    The result has None where a datapoint is missing.
    """

    def compute(expression: str, **metrics: list[float | None]) -> list[float | None]:
        for name, values in metrics.items():
            for minutes_ago, value in zip(range(len(values), 0, -1), values, strict=True):
                if value is not None:
                    put(value, minutes_ago=minutes_ago, name=name)
        queries = [stat(name, name=name) | {"ReturnData": False} for name in metrics]
        length = max((len(values) for values in metrics.values()), default=3)
        start = NOW - 60 * length
        (result,) = ask(cloudwatch, *queries, {"Id": "e", "Expression": expression}, start=start)["MetricDataResults"]
        found = points(result)
        return [found.get(60 * minutes_ago) for minutes_ago in range(length, 0, -1)]

    return compute


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2 * 2", [5, 0, 50]),  # what is missing is 0
        ("m2 - m1", [1, 0, 10]),
        ("(m1 + m2) * 2", [6, 0, 60]),
        ("-m1 + 1", [0, 1, -9]),
        ("m2 ^ 2 / 4", [1, None, 100]),
        ("2 ^ -1 * m1", [0.5, 0, 5]),
        ("m2 / m1", [2, None, 2]),  # a division by zero drops the point
        ("100 * m1 / 4", [25, 0, 250]),
        ("m1 > 5", [0, 0, 1]),
        ("m1 == 0 OR m1 == 10", [0, 1, 1]),
        ("m1 >= 1 && m2 != 2", [0, 0, 1]),
        ("SUM([m1, m2])", [3, 0, 30]),
        ("AVG([m1, m2])", [1.5, 0, 15]),
        ("MAX(METRICS())", [2, 0, 20]),
        ("MIN([m1, m2])", [1, 0, 10]),
        ('SUM(METRICS("2"))', [2, None, 20]),
        ("m1 - AVG(m1)", [pytest.approx(-8 / 3), pytest.approx(-11 / 3), pytest.approx(19 / 3)]),
        ("m1 / PERIOD(m1) * 60", [1, 0, 10]),
        ("FILL(m2, 7)", [2, 7, 20]),
        ("FILL(m2, REPEAT)", [2, 2, 20]),
        ("FILL(m2, LINEAR)", [2, 11, 20]),
        ("DIFF(m1)", [None, -1, 10]),
        ("RATE(m1) * 60", [None, -1, 10]),
        ("RUNNING_SUM(m1)", [1, 1, 11]),
        ("ABS(m1 - 5)", [4, 5, 5]),
        ("CEIL(m1 / 4)", [1, 0, 3]),
        ("FLOOR(m1 / 4)", [0, 0, 2]),
        ("IF(m1 > 5, m2, 1)", [1, 1, 20]),
        ("IF(m1, m2)", [2, None, 20]),
        ("IF(m1 == 0, m2, m1)", [1, 0, 10]),
        ("TIME_SERIES(MAX(m1))", [10, 10, 10]),
        ("FIRST(SORT(METRICS(), SUM, DESC))", [2, None, 20]),
        ("LAST(SLICE(METRICS(), 0, 1))", [1, 0, 10]),
        ("m1 / METRIC_COUNT(METRICS())", [0.5, 0, 5]),
        ("SUM(m2) / DATAPOINT_COUNT(m2) + m1 * 0", [11, 11, 11]),
    ],
)
def test_an_expression_is_computed_for_each_time(compute: Compute, expression: str, expected: Any) -> None:
    assert compute(expression, m1=[1, 0, 10], m2=[2, None, 20]) == expected


def test_the_if_function_treats_missing_values_as_awss_table_has_it(compute: Compute) -> None:
    values: dict[str, list[float | None]] = {
        "m1": [1, 1, 0, 0, None],
        "m2": [30, None, 0, 0, 30],
        "m3": [0, 0, 20, None, 20],
    }
    assert compute("IF(m1, m2, m3)", **values) == [30, 0, 20, None, None]


def test_comparisons_treat_missing_values_as_awss_table_has_it(compute: Compute) -> None:
    values: dict[str, list[float | None]] = {"m1": [30, 20, 0, 0], "m2": [20, None, 20, None]}
    assert compute("m1 < m2", **values) == [0, 0, 1, 0]


def test_expressions_use_one_another(cloudwatch: Any, put: Callable[..., None]) -> None:
    put(8.0)
    queries = [{"Id": "e2", "Expression": "e1 + 1"}, {"Id": "e1", "Expression": "m / 2"}, stat("m")]
    results = ask(cloudwatch, *queries)["MetricDataResults"]
    assert [(result["Id"], result["Label"], result["Values"]) for result in results] == [
        ("e2", "e2", [5.0]),
        ("e1", "e1", [4.0]),
        ("m", "Latency", [8.0]),
    ]


def test_an_array_gives_a_result_for_each_of_its_time_series(cloudwatch: Any, put: Callable[..., None]) -> None:
    put(1.0, f="a")
    put(2.0, f="b")
    queries = [stat("m", f="a"), stat("n", f="b"), {"Id": "e", "Expression": "METRICS() * 10", "Label": "times ten"}]
    results = ask(cloudwatch, *queries)["MetricDataResults"]
    assert [(result["Id"], result["Label"], result["Values"]) for result in results[2:]] == [
        ("e", "times ten a", [10.0]),
        ("e", "times ten b", [20.0]),
    ]


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("m +", "Error in expression 'e': Invalid syntax"),
        ("m1 m2", "Invalid syntax"),
        ("(m", "Invalid syntax"),
        ("m + ü", "Invalid syntax"),
        ("x * 2", "Unresolved id 'x'"),
        ("BAND(m)", "Function 'BAND' not found"),
        ("RATE(m, 2)", "Function 'RATE' does not take 2 arguments"),
        ("AVG(m)", "returns a scalar"),
        ("e + m", "Circular dependency"),
        ("METRICS() + METRICS()", "two arrays"),
        ("SORT(METRICS(), MEDIAN, ASC)", "Unresolved id 'MEDIAN'"),
        ("SELECT SUM(x) FROM y", "Metrics Insights"),
    ],
)
def test_a_bad_expression_is_a_validation_error_that_names_it(cloudwatch: Any, expression: str, sentence: str) -> None:
    with refused("ValidationError", 400, sentence):
        ask(cloudwatch, stat("m"), {"Id": "e", "Expression": expression})


@given(st.text("m1 +-*/^()[],<>=!&|.\"'ABSUMIF", max_size=200))
def test_whatever_the_text_it_is_an_expression_or_a_syntax_mistake(text: str) -> None:
    with suppress(SyntaxMistake):
        parse(text)


@pytest.mark.parametrize("text", ["(" * 1000 + "m" + ")" * 1000, "+".join("m" * 1000), "m" + "^2" * 900])
def test_an_expression_that_is_too_deep_is_refused(text: str) -> None:
    with pytest.raises(SyntaxMistake, match="too complex"):
        parse(text)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ('{Shop,function} MetricName="Errors"', [1, 2]),
        ('{Shop,function} MetricName="Errors" checkout api', [1]),
        ("{Shop,function} Errors worker", [2]),
        ('{Shop,function} MetricName=("Errors" OR "Latency") api', [1, 4]),
        ("{Shop,function,version} Errors", [3]),
        ("{Shop,function} NOT MetricName=Errors", [4]),
        ('{Shop,function} function="checkout-api" Errors', [1]),
        ("{Shop,function} (worker OR version) AND Errors", [2]),
        ("{Other,function} Errors", []),
    ],
)
def test_search_finds_metrics(cloudwatch: Any, put: Callable[..., None], search: str, expected: list[float]) -> None:
    put(1.0, name="Errors", function="checkout-api")
    put(2.0, name="Errors", function="checkout-worker")
    put(3.0, name="Errors", function="checkout-api", version="42")
    put(4.0, name="Latency", function="checkout-api")
    results = ask(cloudwatch, {"Id": "e", "Expression": f"SEARCH('{search}', 'Sum', 60)"})["MetricDataResults"]
    assert [value for result in results for value in result["Values"]] == expected


def test_a_bad_search_is_a_validation_error(cloudwatch: Any) -> None:
    for search in ("", "(a", "MetricName=", "{Shop} )"):
        with refused("ValidationError", 400, "Error in expression 'e': Invalid search expression"):
            ask(cloudwatch, {"Id": "e", "Expression": f"SEARCH('{search}', 'Sum', 60)"})
