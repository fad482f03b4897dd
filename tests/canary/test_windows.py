"""When a canary is looked at: Kayenta's intervals."""

from __future__ import annotations

import pytest

from lambdatui.canary.windows import Look, Schedule, Window

MIN = 60.0


@pytest.mark.parametrize(
    ("lifetime", "interval", "looks"),
    [(180, 60, 3), (190, 60, 3), (60, 60, 1), (60, 0, 1), (60, 61, 1), (119, 60, 1), (1, 1, 1)],
)
def test_there_is_a_look_for_each_whole_interval(lifetime: float, interval: float, looks: int) -> None:
    schedule = Schedule(lifetime * MIN, interval * MIN)
    found = list(schedule.at(0))
    assert len(found) == schedule.looks == looks
    # an interval of none, or longer than the lifetime, is one look at the whole
    assert found[0].experiment.end == (interval if 0 < interval <= lifetime else lifetime) * MIN


def test_windows_grow_from_the_end_of_the_warm_up() -> None:
    found = list(Schedule(30 * MIN, 10 * MIN, warm_up=5 * MIN).at(1000))
    begin = 1000 + 5 * MIN
    assert found[0] == Look(1, begin + 10 * MIN, Window(begin, begin + 10 * MIN), Window(begin, begin + 10 * MIN))
    assert [look.experiment for look in found][1:] == [Window(begin, begin + 20 * MIN), Window(begin, begin + 30 * MIN)]
    assert [look.due for look in found] == [look.experiment.end for look in found]


def test_with_a_lookback_they_slide() -> None:
    found = [look.experiment for look in Schedule(30 * MIN, 10 * MIN, lookback=15 * MIN).at(0)]
    assert found == [Window(0, 10 * MIN), Window(5 * MIN, 20 * MIN), Window(15 * MIN, 30 * MIN)]


def test_the_baselines_lie_earlier_by_the_offset() -> None:
    (look,) = Schedule(10 * MIN, baseline_offset=60 * MIN).at(7200)
    assert look.control == Window(7200 - 60 * MIN, 7200 - 50 * MIN)
    assert look.due == look.experiment.end
