"""The exact tests: scipy's, and every way to share out the values by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, mannwhitneyu, rankdata

from lambdatui.canary import exact_tests


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_rates_are_fishers(of: int, control_of: int, data: st.DataObject) -> None:
    events, control_events = data.draw(st.integers(0, of)), data.draw(st.integers(0, control_of))
    found = exact_tests.rates(events, of, control_events, control_of)
    table = [[events, of - events], [control_events, control_of - control_events]]
    assert found.higher == pytest.approx(fisher_exact(table, "greater").pvalue, abs=1e-12)
    assert found.lower == pytest.approx(fisher_exact(table, "less").pvalue, abs=1e-12)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=9), st.integers(1, 8))
def test_a_shift_is_judged_by_every_way_to_share_out_the_ranks(values: list[int], size: int) -> None:
    size = min(size, len(values) - 1)
    both = np.array(values, dtype=float)
    ranks = rankdata(both)
    sums = [sum(chosen) for chosen in itertools.combinations(ranks, size)]
    observed = ranks[:size].sum()
    found = exact_tests.shift(both[:size], both[size:])
    assert found.higher == pytest.approx(np.mean([value >= observed - 1e-9 for value in sums]))
    assert found.lower == pytest.approx(np.mean([value <= observed + 1e-9 for value in sums]))


def test_a_shift_without_ties_is_scipys_exact_one() -> None:
    random = np.random.default_rng(2)
    experiment, control = random.normal(0.4, 1, 45), random.normal(0, 1, 35)
    found = exact_tests.shift(experiment, control)
    assert found.higher == pytest.approx(
        mannwhitneyu(experiment, control, alternative="greater", method="exact").pvalue
    )
    # many values: the normal approximation, which comes to the same
    more, control = random.normal(0.2, 1, 90), random.normal(0, 1, 90)
    exact = mannwhitneyu(more, control, alternative="greater", method="exact").pvalue
    assert exact_tests.shift(more, control).higher == pytest.approx(exact, rel=0.02)
    alike = exact_tests.shift(np.ones(100), np.ones(100))
    assert (alike.higher, alike.lower) == (1.0, 1.0)


def test_the_tail_is_the_share_above_the_95th_percentile_of_both() -> None:
    control, experiment = np.arange(100.0), np.append(np.arange(90.0), np.full(10, 500.0))
    chances, limit, (above, control_above) = exact_tests.tail(experiment, control)
    assert (limit, above, control_above) == (99.0, 10, 0)
    assert chances == exact_tests.rates(10, 100, 0, 100)
    # where all are alike none is above
    alike, _, counted = exact_tests.tail(np.ones(30), np.ones(30))
    assert (alike.higher, counted) == (1.0, (0, 0))


def test_a_direction_is_one_tail_and_either_is_both() -> None:
    found = exact_tests.Chances(0.01, 0.995)
    assert [found.of(way) for way in ("increase", "decrease", "either")] == [0.01, 0.995, 0.02]
    assert exact_tests.Chances(0.7, 0.6).of("either") == 1.0


def test_holm_multiplies_the_smallest_most_and_keeps_their_order() -> None:
    assert exact_tests.corrected([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert exact_tests.corrected([0.5, 0.9]) == [1.0, 1.0]
    assert exact_tests.corrected([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.001, 0.2))
def test_holm_alarms_exactly_where_its_steps_do(p_values: list[float], level: float) -> None:
    """S. Holm, Scandinavian Journal of Statistics 6, 1979: the smallest first, until one is too large."""
    alarmed = set()
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] * (len(p_values) - step) > level:
            break
        alarmed.add(index)
    assert {i for i, p in enumerate(exact_tests.corrected(p_values)) if p <= level} == alarmed
