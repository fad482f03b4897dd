"""Percentiles are exact while there are few values, and within one percent of the exact ones after that."""

from __future__ import annotations

import math
import random
import statistics
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatui.stages.load.spread import Spread

TIMES = st.floats(1e-5, 1e8, allow_nan=False)
POINTS = st.sampled_from([1, 25, 50, 90, 95, 99, 99.9, 100])


def spread(values: list[float], exact: int = 10_000) -> Spread:
    found = Spread(exact=exact)
    for value in values:
        found.add(value)
    return found


def nearest_rank(values: list[float], point: float) -> float:
    return sorted(values)[max(0, math.ceil(point / 100 * len(values)) - 1)]


@given(st.lists(TIMES, min_size=1, max_size=300), POINTS)
def test_few_values_have_exact_percentiles(values: list[float], point: float) -> None:
    found = spread(values)
    assert found.is_exact
    assert found.percentile(point) == nearest_rank(values, point)
    assert (found.count, found.min, found.max) == (len(values), min(values), max(values))
    assert found.mean == pytest.approx(statistics.fmean(values))


@settings(max_examples=200)
@given(st.lists(TIMES, min_size=12, max_size=300), POINTS)
def test_many_values_have_percentiles_within_one_percent(values: list[float], point: float) -> None:
    found = spread(values, exact=10)
    assert not found.is_exact
    assert found.percentile(point) == pytest.approx(nearest_rank(values, point), rel=0.01 + 1e-9)
    assert found.percentile(100) == max(values)
    assert (found.count, found.min, found.max) == (len(values), min(values), max(values))
    assert found.mean == pytest.approx(statistics.fmean(values))


@given(st.lists(TIMES, max_size=60), st.lists(TIMES, max_size=60), st.sampled_from([10, 50, 1000]), POINTS)
def test_two_spreads_together_are_as_one_of_all(
    first: list[float], second: list[float], exact: int, point: float
) -> None:
    together, both = spread(first, exact), spread(first + second, exact)
    together.merge(spread(second, exact))
    assert (together.count, together.min, together.max) == (both.count, both.min, both.max)
    assert together.mean == pytest.approx(both.mean)
    assert together.percentile(point) == both.percentile(point)
    assert [one.count for one in together.histogram(7)] == [one.count for one in both.histogram(7)]


def test_figures_are_true_between_additions() -> None:
    found = Spread(exact=3)
    for index, value in enumerate((30.0, 10.0, 20.0, 50.0, 40.0), 1):
        found.add(value)
        assert found.count == index
        assert found.max == max((30.0, 10.0, 20.0, 50.0, 40.0)[:index])
        assert found.percentile(0) == pytest.approx(min((30.0, 10.0, 20.0, 50.0, 40.0)[:index]), rel=0.01)


@pytest.mark.parametrize("exact", [2, 100])
def test_what_is_no_number_is_left_out_and_zero_and_beyond_is_not(exact: int) -> None:
    found = spread([math.nan, math.inf, -math.inf, 0.0, 5.0, 1e300, -1.0], exact)
    assert found.count == 4
    assert (found.min, found.max) == (-1.0, 1e300)
    assert found.percentile(75) == pytest.approx(5.0, rel=0.01)
    assert sum(one.count for one in found.histogram(10)) == 4


@given(st.lists(TIMES, min_size=1, max_size=100), st.integers(1, 80), st.sampled_from([10, 1000]))
def test_a_histogram_counts_every_value_in_bars_that_follow_each_other(
    values: list[float], bins: int, exact: int
) -> None:
    bars = spread(values, exact).histogram(bins)
    assert sum(bar.count for bar in bars) == len(values)
    assert all(bar.low <= bar.high for bar in bars)
    assert all(one.high == pytest.approx(other.low) for one, other in pairwise(bars))
    assert len(bars) in (1, bins)


@given(st.lists(TIMES, min_size=1, max_size=60), st.sampled_from([10, 1000]))
def test_cells_hold_every_value_in_order(values: list[float], exact: int) -> None:
    cells = list(spread(values, exact).cells())
    assert sum(count for _, _, count in cells) == len(values)
    assert all(low <= high for low, high, _ in cells)
    assert [low for low, _, _ in cells] == sorted(low for low, _, _ in cells)
    for value in values:
        assert any(low * (1 - 1e-9) <= value <= high * (1 + 1e-9) for low, high, _ in cells)


def test_without_values_there_is_nothing_to_tell() -> None:
    empty = Spread()
    assert (empty.count, empty.percentile(50), empty.mean, empty.summary()) == (0, 0.0, 0.0, {})
    assert (empty.histogram(5), list(empty.cells())) == ([], [])


@pytest.mark.parametrize("rounds", [2, pytest.param(9, marks=pytest.mark.slow)])
def test_a_million_values_take_the_memory_of_some_thousand(rounds: int) -> None:
    chance = random.Random(1)
    values = [chance.lognormvariate(3, 1) for _ in range(100_000)]
    found = spread(values)
    tracemalloc.start()
    for _ in range(rounds):
        for value in values:
            found.add(value)
    grown, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.count == (1 + rounds) * 100_000
    assert peak < 500_000, peak
    assert grown < 100_000, grown
    assert found.percentile(99) == pytest.approx(nearest_rank(values, 99), rel=0.01)
