"""Two runs compared in sentences."""

from __future__ import annotations

import random

import pytest

from lambdatui.aws.invocation_report import Report
from lambdatui.stages.load.comparison import Compared, compared, percent
from lambdatui.stages.load.figures import Figures
from tests.stages.load.made import invocation


def figures(count: int, shift: float = 0.0, failing: float = 0.0, seed: int = 1) -> Figures:
    chance, found = random.Random(seed), Figures()
    for number in range(count):
        bad = number < count * failing
        found.add(
            invocation(
                number=number,
                outcome="function error" if bad else "ok",
                latency=chance.gauss(50, 5) + shift,
                report=Report(duration=chance.gauss(20, 1) + shift, init=100.0 if number < 20 else None),
            )
        )
    return found


def by_name(found: list[Compared]) -> dict[str, Compared]:
    return {one.figure: one for one in found}


def test_a_difference_is_told_with_its_interval() -> None:
    found = by_name(compared(figures(600), figures(600, shift=3.0, failing=0.05, seed=2), "41", "42"))
    slower = found["latency p50"]
    assert slower.worse is True
    assert slower.words.startswith("42 is ")
    assert " ms slower at latency p50 (95 %: " in slower.words
    assert slower.difference is not None
    assert slower.difference.low < 3.0 < slower.difference.high
    rate = found["success rate"]
    assert rate.worse is True
    assert rate.words.startswith("42 succeeds 5 points less often (95 %: ")
    assert rate.words.endswith("95.0 % of 600 after 100 % of 600")
    assert rate.as_data()["difference"] == pytest.approx(-0.05)


def test_the_other_way_round_it_is_better() -> None:
    found = by_name(compared(figures(600, shift=3.0, failing=0.05), figures(600, seed=2), "41", "42"))
    assert (found["latency p50"].worse, found["success rate"].worse) == (False, False)
    assert " ms faster at latency p50 (95 %: " in found["latency p50"].words
    assert "42 succeeds 5 points more often" in found["success rate"].words


def test_where_none_is_seen_it_says_which_would_be() -> None:
    found = by_name(compared(figures(600), figures(600, seed=2), "41", "42"))
    same = found["latency p50"]
    assert same.worse is None
    assert same.words.startswith("no difference in latency p50 seen (")
    assert same.words.endswith(" % would be")
    assert "points would be" in found["success rate"].words
    # all of them the same
    assert found["init p50"].words == "no difference in init p50 seen (100 ms after 100 ms)"


def test_too_few_are_told_as_such() -> None:
    found = by_name(compared(figures(40), figures(60), "41", "42"))
    assert found["latency p95"].words == "latency p95: too few to compare (40, and 100 are needed)"
    assert found["latency p95"].difference is None
    [only] = compared(Figures(), figures(60), "41", "42")
    assert only.words == "success rate: 41 has no invocations"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "100 %"),
        (0.0, "0 %"),
        (0.5, "50.0 %"),
        (0.9999, "99.9900 %"),
        (0.99999, "99.9990 %"),
        (0.0001, "0.0100 %"),
    ],
)
def test_a_share_is_whole_only_where_it_is(share: float, words: str) -> None:
    assert percent(share) == words
