"""When each invocation of a run is begun."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdatui.stages.load.schedule import Load


def test_a_rate_is_even() -> None:
    load = Load(runs=5, rate=4)
    assert [load.due(number) for number in range(1, 6)] == [0, 0.25, 0.5, 0.75, 1.0]
    assert [load.is_over(number, 0.0) for number in (5, 6)] == [False, True]


def test_a_closed_loop_has_no_times_and_its_workers_join_evenly() -> None:
    load = Load(runs=10, at_once=4, ramp=2)
    assert load.due(7) == 0.0
    assert [load.begins(worker) for worker in range(4)] == [0, 0.5, 1.0, 1.5]


def test_a_duration_ends_a_closed_loop_by_the_clock_and_an_open_one_by_its_schedule() -> None:
    closed = Load(runs=None, duration=10)
    assert (closed.is_over(99, 9.9), closed.is_over(1, 10.0), closed.total) == (False, True, None)
    is_late = 50.0
    opened = Load(runs=None, duration=10, rate=2)
    assert (opened.is_over(20, is_late), opened.is_over(21, 0.0), opened.total) == (False, True, 20)


def test_the_rate_grows_evenly() -> None:
    load = Load(runs=1000, rate=100, ramp=4)
    assert load.due(201) == pytest.approx(4)  # half of what the full rate would have begun
    assert load.due(51) == pytest.approx(2)  # a quarter of that after half of the time
    assert load.due(301) - load.due(201) == pytest.approx(1)


@given(some.floats(0.5, 5000), some.floats(0, 60), some.floats(0.1, 120))
def test_the_total_is_what_the_schedule_begins(rate: float, ramp: float, duration: float) -> None:
    load = Load(runs=None, duration=duration, rate=rate, ramp=ramp)
    total = load.total
    assert total is not None
    begun = [number for number in range(max(1, total - 2), total + 3) if not load.is_over(number, 0.0)]
    assert abs((begun[-1] if begun else 0) - total) <= 1
    times = [load.due(number) for number in range(1, min(total, 500) + 1)]
    assert times == sorted(times)
    assert times[0] == 0.0
