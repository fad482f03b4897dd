"""What samples can show: a change of that size is seen in four of five simulated trials, and less is seen less."""

from __future__ import annotations

import numpy as np
import pytest

from lambdatui.canary import exact_tests, power
from lambdatui.canary.canary_config import CanaryAnalysis
from lambdatui.canary.classification import classify

LEVEL = 0.01


def seen_of_rates(calls: int, base: float, rate: float, trials: int = 400) -> float:
    random = np.random.default_rng(1)
    pairs = zip(random.binomial(calls, rate, trials), random.binomial(calls, base, trials), strict=True)
    return float(np.mean([exact_tests.rates(int(a), calls, int(b), calls).higher <= LEVEL for a, b in pairs]))


@pytest.mark.parametrize(("calls", "base"), [(150, 0.1), (400, 0.02)])
def test_a_rate_that_grows_so_much_is_seen_in_four_of_five_trials(calls: int, base: float) -> None:
    events = round(base * calls - 0.5 + base)
    found = power.of_rate(calls, events, calls, LEVEL)
    assert found.change is not None
    truth = (events + 0.5) / (calls + 1)
    rate = truth + found.change / 100
    assert seen_of_rates(calls, truth, rate) == pytest.approx(0.8, abs=0.06)
    assert seen_of_rates(calls, truth, truth + (rate - truth) / 2) < 0.5


def test_the_approximation_for_many_calls_joins_what_is_exact_for_fewer() -> None:
    exact, approximate = (power.of_rate(calls, calls // 50, calls, LEVEL).change for calls in (5000, 5001))
    assert exact == pytest.approx(approximate, rel=0.05)


def test_a_shift_so_large_is_seen_in_four_of_five_trials() -> None:
    random = np.random.default_rng(3)
    control = random.lognormal(2.4, 0.65, 200)
    found = power.of_shift(control, control, LEVEL, "ms")
    assert found.change is not None
    assert found.relative == pytest.approx(found.change / np.median(control))

    def seen(shift: float) -> float:
        trials = [(random.lognormal(2.4, 0.65, 200) + shift, random.lognormal(2.4, 0.65, 200)) for _ in range(200)]
        return float(np.mean([exact_tests.shift(*trial).higher <= LEVEL for trial in trials]))

    assert seen(found.change) == pytest.approx(0.8, abs=0.1)
    assert seen(found.change / 2) < 0.45


def test_kayentas_judge_sees_less_for_its_interval_must_leave_out_a_band() -> None:
    random = np.random.default_rng(4)
    control = random.normal(10, 1, 100)
    found, strict = power.of_interval(control, control, "ms"), power.of_shift(control, control, LEVEL, "ms")
    assert found.change is not None
    assert strict.change is not None
    assert found.change > strict.change

    def seen(shift: float) -> float:
        trials = [(random.normal(10 + shift, 1, 100), random.normal(10, 1, 100)) for _ in range(60)]
        return float(np.mean([classify(*trial, CanaryAnalysis()).label == "High" for trial in trials]))

    assert seen(found.change) == pytest.approx(0.8, abs=0.15)


def test_what_cannot_be_said_is_said() -> None:
    few = np.arange(3.0)
    assert "too few" in power.of_shift(few, few, LEVEL, "ms").words
    assert "too few" in power.of_rate(3, 0, 3, LEVEL).words
    assert power.of_rate(3, 0, 3, LEVEL).change is None
    assert "nothing would be seen" in power.of_rate(0, 0, 9, LEVEL).words
    assert "cannot be said" in power.of_shift(np.ones(99), np.ones(99), LEVEL, "MB").words
    assert power.of_rate(200, 0, 200, LEVEL).words.startswith("with 200 calls a side, a rate that grows from 0 % to ")
