"""What is left out of a series before it is compared, and the figures of what is left."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lambdatui.canary import cleaning, effect_size, summary
from lambdatui.canary.series import Series
from tests.canary import kayenta_vectors as vectors

NAN = math.nan


def test_nan_is_left_out_or_counts_as_0() -> None:
    assert cleaning.without_nan([0, 1, NAN, 1, 0], "remove").tolist() == [0, 1, 1, 0]
    assert cleaning.without_nan([NAN, NAN], "remove").tolist() == []
    assert cleaning.without_nan([0, 1, NAN, 1], "replace").tolist() == [0, 1, 0, 1]


def test_outliers_lie_beyond_the_fences_and_beyond_the_outermost_percentiles() -> None:
    one = vectors.values("1 1 1 1 1 20 1 1 1 1 1")
    # a single value among so few is within the 99th percentile's reach only where that is interpolated up to it
    assert np.percentile(one, 99) < 20
    assert 20 not in cleaning.without_outliers(one, 3.0)
    many = np.concatenate([np.linspace(10, 20, 101), [24.9, 25.1, 500.0]])
    kept = cleaning.without_outliers(many, 1.0)
    assert 24.9 in kept
    assert 500 not in kept
    # what lies within the middle 98 % stays, however far outside the fence it is
    skewed = np.concatenate([np.full(95, 1.0), np.linspace(10, 14, 5)])
    assert cleaning.without_outliers(skewed, 3.0).tolist() == skewed[:-1].tolist()
    assert cleaning.without_outliers(-skewed, 3.0).tolist() == (-skewed[:-1]).tolist()
    assert cleaning.without_outliers(np.array([]), 3.0).size == 0


def test_the_factor_moves_the_fence() -> None:
    values = np.concatenate([np.linspace(0, 10, 200), [17.0, 22.0]])
    assert {len(cleaning.without_outliers(values, factor)) for factor in (0.9, 3.0)} == {200, 202}


def test_the_figures_are_those_of_kayentas_tests() -> None:
    found = summary.stats(vectors.values("1 1 1 10 10 10"))
    assert (found.count, found.min, found.max, found.mean) == (6, 1, 10, 5.5)
    assert found.std == pytest.approx(4.9295, abs=1e-4)
    assert summary.stats(np.array([4.0])).std == 0
    assert summary.stats(np.array([])).count == 0
    # the percentiles that fences are made of: linear interpolation
    assert np.percentile(vectors.NIST, 90) == pytest.approx(95.19568)


def test_the_ratio_of_means_is_nan_where_a_mean_is_0() -> None:
    tens, ones, nothing = np.full(5, 10.0), np.full(5, 1.0), np.zeros(5)
    assert effect_size.mean_ratio(tens, ones) == 10
    assert effect_size.mean_ratio(tens, np.full(5, 100.0)) == 0.1
    assert math.isnan(effect_size.mean_ratio(tens, nothing))
    assert math.isnan(effect_size.mean_ratio(nothing, tens))


def test_cles_is_the_share_of_pairs_in_which_the_canary_is_higher() -> None:
    assert effect_size.cles(np.arange(5.0), np.arange(5.0)) == 0.5
    assert effect_size.cles(np.arange(5.0), np.arange(5.0) + 10) == 0
    assert effect_size.cles(vectors.CLES_HIGH, vectors.CLES_HIGH_CONTROL) == pytest.approx(0.771, abs=0.001)
    assert effect_size.cles(vectors.CLES_LOW, vectors.CLES_LOW_CONTROL) == pytest.approx(0.12)
    pairs = np.subtract.outer(vectors.TIED, vectors.TIED_CONTROL)
    by_hand = ((pairs > 0).sum() + (pairs == 0).sum() / 2) / pairs.size
    assert effect_size.cles(vectors.TIED, vectors.TIED_CONTROL) == pytest.approx(by_hand)


def test_the_bins_of_both_sides_hold_every_value() -> None:
    control, experiment = np.append(np.linspace(10, 20, 99), 5000.0), np.linspace(12, 30, 50)
    found = summary.distribution(control, experiment)
    assert found is not None
    assert (sum(found.control), sum(found.experiment)) == (100, 50)
    assert len(found.control) == len(found.experiment) == len(found.edges) - 1
    assert list(found.edges) == sorted(found.edges)
    # one value far outside does not press the others together
    assert sum(1 for count in found.control if count) > 5
    assert found.edges[-1] == 5000
    single = summary.distribution(np.full(3, 7.0), np.full(2, 7.0))
    assert single is not None
    assert (sum(single.control), sum(single.experiment)) == (3, 2)
    assert summary.distribution(np.array([]), np.array([])) is None


def test_the_time_line_lays_an_earlier_baseline_under_the_canary() -> None:
    times = tuple(float(second) for second in range(60))
    canary = Series(tuple(range(60)), tuple(time + 3600 for time in times))
    found = summary.timeline(Series((5.0,) * 60, times), canary, steps=6)
    assert found is not None
    assert (found.begin, found.end) == (3600, 3659)
    assert found.control == (5.0,) * 6
    assert found.experiment[0] < found.experiment[-1]  # type: ignore[operator]
    together = summary.timeline(Series((1.0,), (3600.0,)), canary, steps=6)
    assert together is not None
    assert together.control == (1.0, None, None, None, None, None)
    rate = Series((1.0, 0.0), (0.0, 1.0), (4.0, 0.0))
    assert summary.timeline(rate, rate, steps=2).control == (25.0, None)  # type: ignore[union-attr]
    assert summary.timeline(Series((1.0,)), canary) is None
