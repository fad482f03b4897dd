"""The interval of a shift: R's and Kayenta's numbers to the last digit, scipy's test, and every pair by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm

from lambdatui.canary import brent, mann_whitney
from tests.canary import kayenta_vectors as vectors


def test_r_and_kayenta_have_the_same_interval_of_tied_values() -> None:
    found = mann_whitney.interval(vectors.TIED, vectors.TIED_CONTROL, 0.95)
    assert found.low == pytest.approx(-0.500002521696696, abs=1e-12)
    assert found.high == pytest.approx(-3.486287505871302e-5, abs=1e-12)


def test_where_nearly_all_values_are_equal_the_search_ends_where_theirs_does() -> None:
    """The ends are told from 0 by chance alone, and verdicts hang on it: 'High Metric (Large Input)'."""
    experiment, control = vectors.MOSTLY_ZERO, vectors.MORE_ZEROS
    found = mann_whitney.interval(experiment, control, 0.95)
    assert (found.low, found.high) == pytest.approx((3.521755377702165e-05, 2.02456461662334e-05), abs=1e-12)
    assert found.estimate == pytest.approx(2.6279243045155653e-05, abs=1e-12)
    begin, end = -3.124999999999986, 5.555555555555557
    quantile = 1.9599639845400536
    assert mann_whitney.statistic(experiment, control, begin) - quantile == pytest.approx(17.090968923762254)
    assert mann_whitney.statistic(experiment, control, end) + quantile == pytest.approx(-17.077759961353)


def test_an_end_that_the_quantile_does_not_reach_is_the_outermost_shift() -> None:
    found = mann_whitney.interval(vectors.values("10 20 30 40"), vectors.values("1 2 3 4"), 0.95)
    assert (found.low, found.high, found.estimate) == (6.0, 39.0, 22.5)


def test_the_confidence_is_98_percent_unless_another_is_asked_for() -> None:
    found = mann_whitney.interval(vectors.NEAR_20, vectors.NEAR_10)
    assert found.confidence == 0.98
    assert found == mann_whitney.interval(vectors.NEAR_20, vectors.NEAR_10, 0.98)
    narrower = mann_whitney.interval(vectors.NEAR_20, vectors.NEAR_10, 0.95)
    assert found.low < narrower.low < narrower.high < found.high


def test_two_values_that_are_one_once_shifted_have_no_interval() -> None:
    with pytest.raises(mann_whitney.AllTied):
        mann_whitney.interval(vectors.values("3"), vectors.values("1"))


samples = st.lists(st.integers(-40, 40), min_size=4, max_size=30).map(lambda found: np.array(found) / 4)


@given(samples, samples)
@example(np.arange(10.0), np.arange(10.0) + 5)
def test_the_statistic_is_scipys(experiment: np.ndarray, control: np.ndarray) -> None:
    assume(np.unique(np.concatenate([experiment, control])).size > 1)
    found = mann_whitney.statistic(experiment, control)
    two_sided = float(mannwhitneyu(experiment, control, method="asymptotic").pvalue)
    # scipy corrects for continuity towards a sure p of 1, Kayenta not at all where neither side is the greater
    assert 2 * norm.sf(abs(found)) == pytest.approx(two_sided, abs=1e-9) or (found == 0 and two_sided == 1)
    pairs = np.subtract.outer(experiment, control)
    greater, less = (pairs > 0).sum(), (pairs < 0).sum()
    assert np.sign(found) == np.sign(greater - less) or abs(greater - less) <= 1


@settings(max_examples=40)
@given(samples, samples, st.sampled_from([0.9, 0.95, 0.98]))
def test_a_shift_outside_the_interval_is_rejected_and_one_inside_is_not(
    experiment: np.ndarray, control: np.ndarray, confidence: float
) -> None:
    pairs = np.subtract.outer(experiment, control)
    differences = np.unique(pairs)
    assume(differences.size > 1)
    found = mann_whitney.interval(experiment, control, confidence)
    quantile = norm.isf((1 - confidence) / 2)
    # between two neighbouring differences the statistic does not change; at one of them it is neither's
    for middle in (differences[:-1] + differences[1:]) / 2:
        if min(abs(middle - found.low), abs(middle - found.high)) <= 2 * mann_whitney.PRECISION:
            continue
        is_inside = found.low < middle < found.high
        rejected = abs(mann_whitney.statistic(experiment, control, middle)) > quantile
        assert is_inside != rejected, (middle, found)


@settings(max_examples=40)
@given(samples, samples)
def test_the_estimate_is_the_median_of_all_pairwise_differences(experiment: np.ndarray, control: np.ndarray) -> None:
    pairs = np.sort(np.subtract.outer(experiment, control).ravel())
    assume(np.unique(pairs).size > 1)
    found = mann_whitney.interval(experiment, control).estimate
    # as many pairs lie above as below, but for those at it, and for what the correction takes
    above, below = (pairs > found + 2e-4).sum(), (pairs < found - 2e-4).sum()
    assert max(above, below) <= pairs.size / 2 + 1


@given(st.floats(-5, 5), st.floats(0.1, 50), st.floats(0.1, 50))
def test_brents_method_finds_where_a_function_changes_its_sign(at: float, left: float, right: float) -> None:
    for function in (lambda x: at - x, lambda x: (at - x) ** 3, lambda x: 1.0 if x < at else -1.0):
        found = brent.root(function, at - left, at + right, function(at - left), function(at + right))
        assert function(found - brent.TOLERANCE) >= 0 >= function(found + brent.TOLERANCE)
