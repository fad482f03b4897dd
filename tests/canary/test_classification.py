"""Kayenta's verdict on one metric: its own tests' cases, and each rule by a case that would be judged otherwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lambdatui.canary.canary_config import CanaryAnalysis
from lambdatui.canary.classification import Classified, classify
from tests.canary import kayenta_vectors as vectors

ONE_TO_FIVE = np.arange(1.0, 6.0)
NOTHING = np.array([])


def judged(experiment: np.ndarray, control: np.ndarray, tolerance: float = 0.1, confidence: float = 0.95,
           **analysis: Any) -> Classified:  # fmt: skip
    """The verdict with the tolerance and confidence of Kayenta's own tests."""
    found = CanaryAnalysis.model_validate(analysis)
    return classify(experiment, control, found, tolerance=tolerance, confidence=confidence)


def effect(low: float, high: float, measure: str = "meanRatio", **more: float) -> dict[str, Any]:
    return {"measure": measure, "allowedDecrease": low, "allowedIncrease": high, **more}


def critical(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"critical": True, "effectSize": {"criticalDecrease": low, "criticalIncrease": high, **more}}


@pytest.mark.parametrize(
    ("experiment", "control", "analysis", "label"),
    [
        (vectors.NEAR_10, vectors.ALSO_NEAR_10, {}, "Pass"),
        (vectors.NEAR_20, vectors.ALSO_NEAR_10, {}, "High"),
        (vectors.NEAR_10, vectors.ALSO_NEAR_20, {}, "Low"),
        (vectors.NEAR_10, vectors.ALSO_NEAR_20, {"direction": "increase"}, "Pass"),
        (vectors.NEAR_20, vectors.ALSO_NEAR_10, {"direction": "decrease"}, "Pass"),
        (vectors.NEAR_20, vectors.ALSO_NEAR_10, {"direction": "increase"}, "High"),
        (vectors.NEAR_10, vectors.ALSO_NEAR_20, {"direction": "decrease"}, "Low"),
        (vectors.MOSTLY_ZERO, vectors.MORE_ZEROS, {}, "High"),
        (vectors.MOSTLY_ZERO, vectors.MORE_ZEROS, {"effectSize": effect(1.0, 5.0)}, "Pass"),
        (vectors.TENFOLD, vectors.TENFOLD_CONTROL, {"effectSize": effect(0.8, 1.2)}, "High"),
        (vectors.NEAR_10, vectors.ALSO_NEAR_20, {"effectSize": effect(0.8, 1.2)}, "Low"),
        (vectors.values("10 12.2 10.1 12.5 23"), vectors.TENFOLD, {"effectSize": effect(0.5, 1.0)}, "Pass"),
        (vectors.CLES_LOW, vectors.CLES_LOW_CONTROL, {"effectSize": effect(0.2, 0.8, "cles")}, "Low"),
        (vectors.CLES_HIGH, vectors.CLES_HIGH_CONTROL, {"effectSize": effect(0.2, 0.8, "cles")}, "Pass"),
        (vectors.CLES_HIGH, vectors.CLES_HIGH_CONTROL, {"effectSize": effect(0.2, 0.7, "cles")}, "High"),
        (np.ones(3), np.ones(2), {"direction": "decrease"}, "Pass"),
        (ONE_TO_FIVE, ONE_TO_FIVE[::-1], {"direction": "decrease"}, "Pass"),
        (vectors.values("0 1 1 1 1"), np.ones(5), {"direction": "decrease"}, "Pass"),
        (vectors.values("1 1 1 1 10"), np.ones(5), {}, "Pass"),
        (np.full(5, 10.0), np.ones(5), {}, "High"),
        (np.full(5, 10.0), np.zeros(5), {}, "High"),
        (vectors.values("54.9 54.5 55.1 55.6 57.4"), np.zeros(5), {"effectSize": effect(0.8, 1.2)}, "High"),
        (np.zeros(5), vectors.values("54.9 54.5 55.1 55.6 57.4"), {"effectSize": effect(0.8, 1.2)}, "Low"),
        (np.zeros(5), np.zeros(5), {"effectSize": effect(0.8, 1.2)}, "Pass"),
        (NOTHING, ONE_TO_FIVE, {"direction": "decrease"}, "Nodata"),
        (NOTHING, ONE_TO_FIVE, {"direction": "decrease", "nanStrategy": "replace"}, "Pass"),
    ],
)
def test_kayentas_own_cases(experiment: np.ndarray, control: np.ndarray, analysis: Any, label: str) -> None:
    found = judged(experiment, control, **analysis)
    assert (found.label, found.critical) == (label, False), found


@pytest.mark.parametrize(
    ("experiment", "control", "analysis", "expected"),
    [
        (vectors.TENFOLD, vectors.TENFOLD_CONTROL, critical(1.0, 1.2), ("High", True)),
        (vectors.values("2 2 2 2 3"), vectors.values("10 20.2 10.1 20.5 30"), critical(1.2, 1.0), ("Low", True)),
        (vectors.TENFOLD, vectors.TENFOLD_CONTROL, critical(1.0, 13.0, allowedIncrease=5.0), ("High", False)),
        (vectors.TENFOLD, vectors.TENFOLD_CONTROL, critical(1.0, 15.0, allowedIncrease=13.0), ("Pass", False)),
        (vectors.TENFOLD, vectors.TENFOLD_CONTROL, {"critical": True}, ("High", True)),
        (vectors.ZERO_MEAN, np.zeros(10), {**critical(0.8, 1.2), "nanStrategy": "replace"}, ("High", True)),
        (NOTHING, ONE_TO_FIVE, {"critical": True, "direction": "decrease"}, ("Nodata", True)),
    ],
)
def test_kayentas_own_cases_of_critical_metrics(
    experiment: np.ndarray, control: np.ndarray, analysis: Any, expected: Any
) -> None:
    found = judged(experiment, control, **analysis)
    assert (found.label, found.critical) == expected, found


# rule by rule


def test_without_data_on_a_side() -> None:
    """Rule 4."""
    assert judged(NOTHING, ONE_TO_FIVE).rule == "no data"
    assert judged(ONE_TO_FIVE, NOTHING).label == "Nodata"
    assert judged(NOTHING, ONE_TO_FIVE, mustHaveData=True).label == "NodataFailMetric"
    # a critical one has no data, and that is critical
    both = judged(NOTHING, ONE_TO_FIVE, mustHaveData=True, critical=True)
    assert (both.label, both.critical) == ("Nodata", True)
    replaced = judged(NOTHING, ONE_TO_FIVE, mustHaveData=True, critical=True, nanStrategy="replace")
    assert (replaced.label, replaced.critical) == ("Pass", False)
    assert "there is no data of the canary and the baseline" in judged(NOTHING, NOTHING).words


def test_values_that_are_the_same_pass_without_a_test() -> None:
    """Rule 5: whatever the order; and one value throughout, however often."""
    same = judged(ONE_TO_FIVE, ONE_TO_FIVE[::-1])
    assert (same.label, same.rule, same.ratio, same.interval) == ("Pass", "identical", 1.0, None)
    one = judged(np.ones(3), np.ones(2))
    assert (one.label, one.rule, one.ratio) == ("Pass", "one value", 1.0)


def test_a_value_against_another_is_told_by_noise_that_is_always_the_same() -> None:
    """Rule 6."""
    found = judged(np.full(5, 10.0), np.full(5, 1.0))
    assert found.interval is not None
    assert found.interval.low == pytest.approx(9, abs=0.01)
    assert found == judged(np.full(5, 10.0), np.full(5, 1.0))
    # not where a side has more than one value: 4 tied tens are not told from 1 to 5
    mixed = judged(np.full(4, 10.0), vectors.values("1 10 10 10"))
    assert mixed.label == "Pass"
    assert judged(np.full(5, -10.0), np.full(5, -1.0)).label == "Pass"  # the ratio is 10: nothing lower is meant
    assert judged(np.full(5, -10.0), np.full(5, -1.0), effectSize={"measure": "cles"}).label == "Low"


def test_too_few_to_be_ranked_is_an_error_and_not_critical() -> None:
    """Rules 7 and 10."""
    found = judged(vectors.values("3"), vectors.values("1 3")[:1], critical=True)
    assert (found.label, found.critical, found.rule) == ("Error", False, "not comparable")


def test_the_interval_must_lie_beyond_a_quarter_of_the_estimate() -> None:
    """Rule 8: with 0.25 this shift passes, with 0.10 it does not."""
    control = np.linspace(8, 12, 40)
    experiment = control + 0.84
    strict = judged(experiment, control, tolerance=0.10, confidence=0.98)
    found = classify(experiment, control, CanaryAnalysis())
    assert found.interval is not None
    assert found.band is not None
    assert found.band == pytest.approx(0.25 * found.interval.estimate)
    assert 0.10 * found.interval.estimate < found.interval.low < found.band
    assert (strict.label, found.label, found.rule) == ("High", "Pass", "interval within band")
    # the same the other way round
    assert judged(control, experiment, tolerance=0.10, confidence=0.98).label == "Low"
    assert classify(control, experiment, CanaryAnalysis()).label == "Pass"


@pytest.mark.parametrize(("measure", "limit"), [("meanRatio", 1.0), ("cles", 0.5)])
def test_the_default_limits_are_no_effect_at_all(measure: str, limit: float) -> None:
    """Rule 9."""
    assert judged(vectors.NEAR_20, vectors.NEAR_10, effectSize={"measure": measure}).label == "High"
    assert judged(vectors.NEAR_10, vectors.NEAR_20, effectSize={"measure": measure}).label == "Low"
    # half of the values are far lower: the mean falls, though the canary is mostly the higher
    control = np.concatenate([np.full(20, 10.0), np.full(20, 11.0)]) + np.linspace(0, 0.1, 40)
    experiment = np.concatenate([np.full(4, -500.0), np.full(36, 13.0)]) + np.linspace(0, 0.1, 40)
    found = judged(experiment, control, effectSize={"measure": measure})
    assert found.effect < 1.0 if measure == "meanRatio" else found.effect > 0.5
    assert found.label == ("Pass" if measure == "meanRatio" else "High")
    assert found.rule == ("effect is allowed" if measure == "meanRatio" else "interval above band")


def test_an_effect_that_just_reaches_its_limit_counts() -> None:
    """Rules 9 and 10: at least, at most."""
    ratio = float(vectors.TENFOLD.mean() / vectors.TENFOLD_CONTROL.mean())
    at, above = ({"allowedIncrease": limit} for limit in (ratio, np.nextafter(ratio, 99)))
    assert judged(vectors.TENFOLD, vectors.TENFOLD_CONTROL, effectSize=at).label == "High"
    assert judged(vectors.TENFOLD, vectors.TENFOLD_CONTROL, effectSize=above).label == "Pass"
    low = float(vectors.TENFOLD_CONTROL.mean() / vectors.TENFOLD.mean())
    at, below = ({"allowedDecrease": limit} for limit in (low, np.nextafter(low, -1)))
    assert judged(vectors.TENFOLD_CONTROL, vectors.TENFOLD, effectSize=at).label == "Low"
    assert judged(vectors.TENFOLD_CONTROL, vectors.TENFOLD, effectSize=below).label == "Pass"
    for limit, is_critical in ((ratio, True), (np.nextafter(ratio, 99), False)):
        found = judged(vectors.TENFOLD, vectors.TENFOLD_CONTROL, critical=True, effectSize={"criticalIncrease": limit})
        assert found.critical is is_critical
    for limit, is_critical in ((low, True), (np.nextafter(low, -1), False)):
        found = judged(vectors.TENFOLD_CONTROL, vectors.TENFOLD, critical=True, effectSize={"criticalDecrease": limit})
        assert found.critical is is_critical


def test_what_is_not_critical_is_never_a_critical_failure() -> None:
    """Rule 10."""
    assert not judged(vectors.TENFOLD, vectors.TENFOLD_CONTROL, effectSize={"criticalIncrease": 1.0}).critical


def test_the_ratio_of_means_is_told_even_for_cles() -> None:
    """Rule 17."""
    found = judged(vectors.NEAR_20, vectors.NEAR_10, effectSize={"measure": "cles"})
    assert found.ratio == pytest.approx(vectors.NEAR_20.mean() / vectors.NEAR_10.mean())
    assert 0.9 < found.effect <= 1.0


def test_the_words_say_interval_band_and_effect() -> None:
    found = classify(vectors.NEAR_20, vectors.NEAR_10, CanaryAnalysis(critical=True), unit="ms")
    assert found.words == (
        "higher: the shift lies between 9.25 and 11.7 ms (98% sure), beyond the tolerance of ±2.62 ms; "
        "its mean is 2.07 times the baseline's. It is critical."
    )
    assert "which is not minded" in judged(vectors.NEAR_20, vectors.NEAR_10, direction="decrease").words
    later = judged(vectors.TENFOLD, vectors.TENFOLD_CONTROL, **critical(1.0, 13.0)).words
    assert later.endswith("It is critical from 13 on only.")


def test_a_verdict_that_hangs_on_the_last_digit_says_so() -> None:
    warnings = judged(vectors.MOSTLY_ZERO, vectors.MORE_ZEROS).warnings
    assert "this verdict is chance" in warnings[0]
    assert judged(vectors.MOSTLY_ZERO * 1e6, vectors.MORE_ZEROS + 1).warnings == ()
    no_ratio = judged(vectors.ZERO_MEAN, np.zeros(10))
    assert math.isnan(no_ratio.ratio)
    assert "cles" in no_ratio.warnings[0]
