"""Looking many times does not inflate false alarms: the budget by arithmetic, and the judge by simulation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lambdatui.canary import alpha_spending, exact_decision
from lambdatui.canary.canary_config import CanaryConfig
from lambdatui.canary.lambda_metrics import default_config
from lambdatui.canary.series import Pair, Series

ALPHA = 0.05
METRICS = ("errors", "duration", "duration_p95")


@settings(max_examples=30)
@given(st.floats(0.001, 0.2), st.integers(1, 60))
def test_the_looks_share_the_budget_and_spend_ever_more_of_it(alpha: float, looks: int) -> None:
    each = [alpha_spending.at_look(alpha, look, looks) for look in range(1, looks + 1)]
    assert sum(each) == pytest.approx(alpha)
    assert all(level >= 0 for level in each)
    assert each[-1] >= each[0] or looks == 1
    assert alpha_spending.spent(alpha, 0) == 0


def test_one_look_has_all_of_it_and_the_first_of_several_next_to_nothing() -> None:
    assert alpha_spending.at_look(ALPHA, 1, 1) == ALPHA
    # Lan and DeMets, after O'Brien and Fleming: 2 (1 - F(z / sqrt t))
    assert alpha_spending.at_look(ALPHA, 1, 4) == pytest.approx(2 * norm.sf(norm.isf(ALPHA / 2) / 0.5))
    assert alpha_spending.at_look(ALPHA, 1, 4) < 1e-4


def simulated(config: CanaryConfig, looks: int, each: int, seed: int, *, budgeted: bool, slower: float = 1.0) -> bool:
    """Whether a canary whose calls are like the baseline's, but for being `slower`, raised an alarm at some look."""
    random = np.random.default_rng(seed)
    count = looks * each
    sides = []
    for factor in (1.0, slower):
        errors = (random.random(count) < 0.03).astype(float)
        # to the millisecond, so that there are ties
        durations = np.ceil(factor * random.lognormal(2.4, 0.65, count))
        sides.append((errors, durations))
    for look in range(1, looks + 1):
        upto = look * each
        pairs = {}
        for name, kind, index in (("errors", "rate", 0), ("duration", "values", 1), ("duration_p95", "tail", 1)):
            of = (1.0,) * upto if kind == "rate" else None
            control, experiment = (Series(tuple(side[index][:upto]), (), of) for side in sides)
            pairs[name] = Pair(name, control, experiment, kind)  # type: ignore[arg-type]
        at = {"look": look, "looks": looks} if budgeted else {}
        found = exact_decision.decide(config, pairs, alpha=ALPHA, min_samples=10, **at)
        if any(decision.label in ("High", "Low") for decision in found):
            return True
    return False


@cache
def config(*names: str) -> CanaryConfig:
    """Every difference counts, whichever way, however small: what alarms most easily."""
    found = default_config(names or METRICS, "exact").model_dump(by_alias=True)
    for metric in found["metrics"]:
        metric["analysisConfigurations"] = {"canary": {"direction": "either", "effectSize": {"measure": "cles"}}}
    return CanaryConfig.model_validate(found)


def test_ten_looks_raise_no_more_false_alarms_than_one_may() -> None:
    trials = 50
    alarms = sum(simulated(config("duration"), 10, 45, seed, budgeted=True) for seed in range(trials))
    without = sum(simulated(config("duration"), 10, 45, seed, budgeted=False) for seed in range(trials))
    # the seeds are always the same; 6 of 50 and more have a chance of 4 % where each has one of 5 %
    assert alarms <= 5
    assert without >= 2 * alarms + 5, "who looks without the budget is alarmed far more often"


def test_a_canary_that_is_twice_as_slow_is_told_all_the_same() -> None:
    assert all(simulated(config(), 10, 50, seed, budgeted=True, slower=2.0) for seed in range(5))


@pytest.mark.slow
@pytest.mark.parametrize(("looks", "each"), [(1, 200), (6, 40), (24, 20), (60, 10)])
def test_the_rate_of_false_alarms_holds_over_many_simulated_canaries(looks: int, each: int) -> None:
    trials = 500
    alarms = sum(simulated(config(), looks, each, seed, budgeted=True) for seed in range(trials))
    # the budget, and three standard deviations of what a simulation of this size may show of it
    assert alarms / trials <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / trials) ** 0.5
