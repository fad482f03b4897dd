"""Differences of two samples: intervals that hold the truth as often as they say."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatui.canary.difference import Sample, enough, needed, of_percentiles, of_shares, wilson


def sample(values: list[float]) -> Sample:
    return Sample((value, value, 1) for value in sorted(values))


# R. G. Newcombe, Interval estimation for the difference between independent proportions, Table II, method 10
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.1926, 0.0381),
        ((0, 10), (0, 20), -0.2775, 0.1611),
        ((10, 10), (0, 10), -1.0, -0.6075),
    ],
)
def test_the_interval_of_shares_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = of_shares(first, second)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))
    assert found.estimate == pytest.approx(second[0] / second[1] - first[0] / first[1])
    turned = of_shares(second, first)
    assert turned is not None
    assert (turned.low, turned.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    # E. B. Wilson 1927; the figures of Newcombe 1998 (Two-sided confidence intervals for the single proportion)
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert wilson(0, 20) == (0.0, pytest.approx(0.1611, abs=1e-4))
    assert wilson(29, 29) == (pytest.approx(0.8830, abs=1e-4), 1.0)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_the_interval_of_shares_holds_its_estimate(a: int, m: int, b: int, n: int) -> None:
    found = of_shares((min(a, m), m), (min(b, n), n))
    assert found is not None
    assert -1 - 1e-9 <= found.low <= found.estimate + 1e-9
    assert found.estimate - 1e-9 <= found.high <= 1 + 1e-9
    assert found.visible >= 0


def test_without_invocations_there_is_no_difference_to_tell() -> None:
    assert of_shares((0, 0), (1, 2)) is None
    assert of_percentiles(sample([1.0]), sample([2.0] * 100), 50) is None


@pytest.mark.parametrize(("point", "count"), [(50, 10), (95, 100), (99, 500), (5, 100)])
def test_a_percentile_is_compared_where_there_are_enough_values(point: float, count: int) -> None:
    assert needed(point) == count
    assert enough(sample([1.0] * count), sample([2.0] * count), point)
    assert not enough(sample([1.0] * (count - 1)), sample([2.0] * count), point)


def test_the_interval_of_a_percentile_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(3)
    held = seen = 0
    for trial in range(200):
        first = [chance.lognormvariate(3, 0.5) for _ in range(150)]
        second = [chance.lognormvariate(3, 0.5) + 5 for _ in range(150)]
        found = of_percentiles(sample(first), sample(second), 50, seed=trial)
        assert found is not None
        held += found.low <= 5 <= found.high
        seen += found.seen
    # of 200 at 95 %, 190 are to be expected; 178 would be a chance of one in a thousand
    assert 178 <= held <= 200
    assert seen > 150


def test_the_same_seed_gives_the_same_interval_and_equal_samples_no_difference() -> None:
    chance = random.Random(5)
    values = [chance.lognormvariate(3, 0.5) for _ in range(500)]
    one, other = (of_percentiles(sample(values), sample(values), 95, seed=7) for _ in range(2))
    assert one == other
    assert one is not None
    assert not one.seen
    assert one.estimate == 0
    same = of_percentiles(sample([5.0] * 50), sample([5.0] * 50), 50)
    assert same is not None
    assert (same.low, same.high, same.visible, same.seen) == (0, 0, 0, False)


@settings(max_examples=40)
@given(st.lists(st.floats(0.1, 1e4), min_size=20, max_size=80), st.floats(0, 1e3))
def test_a_shift_of_all_values_is_the_difference(values: list[float], shift: float) -> None:
    found = of_percentiles(sample(values), sample([value + shift for value in values]), 50)
    assert found is not None
    assert found.estimate == pytest.approx(shift, abs=1e-6)
    assert found.low - 1e-6 <= shift <= found.high + 1e-6


def test_cells_are_as_good_as_the_values_in_them() -> None:
    chance = random.Random(5)
    values = sorted(chance.uniform(10, 20) for _ in range(5000))
    cells = Sample((10 + i, 11 + i, sum(10 + i <= value < 11 + i for value in values)) for i in range(10))
    fine = of_percentiles(sample(values), sample([value + 1 for value in values]), 50)
    coarse = of_percentiles(cells, Sample((low + 1, high + 1, count) for low, high, count in cells.cells), 50)
    assert fine is not None
    assert coarse is not None
    assert coarse.low == pytest.approx(fine.low, abs=0.1)
    assert coarse.high == pytest.approx(fine.high, abs=0.1)


def test_numpy_comes_only_with_the_first_comparison() -> None:
    code = "import sys, lambdatui.canary.difference, lambdatui.stages.load.comparison; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
