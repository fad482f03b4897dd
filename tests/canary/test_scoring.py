"""From metrics' labels to a score: Kayenta's own tests' cases, and each rule of groups, weights and failures."""

from __future__ import annotations

import pytest

from lambdatui.canary import scoring
from lambdatui.canary.report import Label, MetricVerdict


def metric(label: Label, *groups: str, name: str = "m", critical: bool = False, muted: bool = False) -> MetricVerdict:
    return MetricVerdict(name, label, f"it is {label}.", "", groups, critical, muted)


def value(*metrics: MetricVerdict, **weights: float) -> float:
    return scoring.score(metrics, weights).value


def test_kayentas_own_cases() -> None:
    assert value(metric("Pass", "g")) == 100
    assert value(metric("High", "g")) == 0
    assert value(metric("Pass", "g"), metric("High", "g")) == 50
    assert value(metric("Pass", "g"), metric("High", "g"), metric("Low", "g")) == 33.33
    assert value(metric("Pass", "a"), metric("Pass", "a"), metric("High", "b"), a=75, b=25) == 75
    assert value(metric("Pass", "a"), metric("High", "a"), metric("High", "b"), a=50, b=50) == 25
    assert value(metric("Nodata", "g")) == 0
    assert value(metric("Pass", "g"), metric("High", "g", critical=True)) == 0
    assert value(metric("Low", "g"), metric("Pass", "g", critical=True)) == 50
    assert value(metric("Pass", "g"), metric("High", "g", muted=True)) == 100


def test_a_group_is_scored_by_what_could_be_judged() -> None:
    """Rule 12: no data that there must be is a failure, no data and a mistake are not counted."""
    found = scoring.score([metric("Pass", "g"), metric("NodataFailMetric", "g")], {})
    assert found.value == 50
    many = [metric("Pass", "g"), metric("Pass", "g"), metric("Nodata", "g"), metric("Error", "g")]
    assert scoring.score(many, {}).value == 100
    # a group of which nothing is counted enters the sum as 100
    nothing = scoring.score([metric("Pass", "a"), metric("Pass", "a"), metric("Error", "b")], {"a": 40, "b": 60})
    assert nothing.value == 100
    assert [(group.name, group.no_data) for group in nothing.groups] == [("a", False), ("b", True)]


def test_a_metric_counts_in_each_of_its_groups_and_in_none_if_it_has_none() -> None:
    assert value(metric("High", "a", "b"), metric("Pass", "a"), metric("Pass", "c")) == pytest.approx(50)
    assert value(metric("High"), metric("Pass", "a")) == 100


def test_muted_metrics_are_left_out_of_everything() -> None:
    """Rule 11: also of what is critical, of the groups, and of the share without data."""
    assert value(metric("Pass", "g"), metric("High", "g", critical=True, muted=True)) == 100
    assert value(metric("Pass", "g"), metric("Nodata", "g", muted=True), metric("Nodata", "g", muted=True)) == 100
    assert scoring.score([metric("Pass", "a"), metric("Pass", "b", muted=True)], {}).groups[0].weight == 100


def test_a_critical_failure_is_0_and_the_first_is_the_reason() -> None:
    """Rule 13: any label but Pass, also no data; a metric in no group counts here."""
    failures = [metric("Pass", "g"), metric("Low", name="first", critical=True), metric("High", "g", critical=True)]
    found = scoring.score(failures, {})
    assert found.value == 0
    assert found.words == "first, which is critical: it is Low."
    assert value(*[metric("Pass", "g")] * 9, metric("Nodata", "g", critical=True)) == 0
    assert value(*[metric("Pass", "g")] * 9, metric("Pass", "g", critical=True)) == 100


def test_half_of_the_metrics_without_data_is_0() -> None:
    """Rule 14: a metric in no group counts here, too; what must have data is no metric without."""
    assert value(metric("Pass", "g"), metric("Nodata")) == 0
    assert "1 of 2 metrics have no data" in scoring.score([metric("Pass", "g"), metric("Nodata")], {}).words
    assert value(metric("Pass", "g"), metric("Pass", "g"), metric("Nodata", "g")) == 100
    assert value(metric("Pass", "g"), metric("NodataFailMetric", "g"), metric("Pass", "g")) == 66.67
    # at an early look data may still come; that is ours, not Kayenta's
    assert scoring.score([metric("Nodata", "g")], {}, early=True).value == 100


def test_groups_without_weight_share_what_is_left_even_where_that_is_less_than_nothing() -> None:
    """Rule 15."""
    assert value(metric("Pass", "a"), metric("High", "b"), metric("Pass", "c"), a=40) == 70
    assert value(metric("Pass", "a"), metric("Pass", "b"), a=150) == 100
    assert value(metric("High", "a"), metric("Pass", "b"), a=150) == -50
    # the weight of a group that no metric is in is lost
    assert value(metric("Pass", "a"), a=70, gone=30) == 70
    assert value(metric("Pass", "a"), metric("Pass", "b"), a=70, gone=30) == 70


def test_the_score_is_rounded_half_up_to_two_decimals() -> None:
    assert value(metric("Pass", "a"), metric("High", "b"), a=33.335, b=66.665) == 33.34
    assert value(metric("Pass", "a"), metric("High", "b"), a=33.334, b=66.666) == 33.33


@pytest.mark.parametrize(
    ("score", "outcome"),
    [(100, "pass"), (75, "pass"), (74.99, "marginal"), (50.01, "marginal"), (50, "fail"), (49.99, "fail"), (0, "fail")],
)
def test_both_limits_are_inclusive_and_a_marginal_score_fails_the_pipeline(score: float, outcome: str) -> None:
    """Rule 16, and the verdict of the stage."""
    assert scoring.outcome(score, 75, 50) == outcome


def test_where_all_is_muted_there_is_no_score() -> None:
    found = scoring.score([metric("Pass", "g", muted=True)], {})
    assert (found.value, found.words) == (0, "there is no metric that counts.")


def test_the_words_name_what_is_bad_and_what_it_costs() -> None:
    metrics = [metric("High", "a", name="p95"), metric("Pass", "a"), metric("Pass", "b")]
    words = scoring.score(metrics, {"a": 60, "b": 40}).words
    assert words == "p95 it is High. So group a has 50 % of its 60 points."
    assert scoring.score([metric("Pass", "a")], {}).words == "every metric is as good as the baseline's."
