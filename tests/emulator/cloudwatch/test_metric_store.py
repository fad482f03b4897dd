"""What the store keeps of values that come for days."""

from __future__ import annotations

import threading

import pytest

from lambdatui.emulator.cloudwatch.aggregates import Columns
from lambdatui.emulator.cloudwatch.metric_store import Metric, MetricStore

NOW = 1_800_000_000
DAY = 86_400
METRIC = Metric("Shop", "Latency", ())


def total(store: MetricStore, start: int, end: int, period: int = 300) -> float:
    _, found = store.gathered("1", "r", METRIC, start, end, period, with_values=False)
    return sum(aggregate.total for aggregate in found.values())


def test_nothing_is_lost_for_fifteen_days_and_what_is_old_is_kept_coarsely() -> None:
    store = MetricStore()
    minutes = 16 * 1440
    for minute in range(minutes):
        store.put("1", "r", "Shop", "Latency", {}, float(minute % 7), NOW + 60 * minute, "None")
    end = NOW + 60 * minutes
    kept_from = end - 14 * DAY
    expected = sum(minute % 7 for minute in range((kept_from - NOW) // 60, minutes))
    assert total(store, kept_from, end) == expected
    _, recent = store.gathered("1", "r", METRIC, end - 3 * 3600, end, 60, with_values=False)
    _, older = store.gathered("1", "r", METRIC, end - 2 * DAY, end - DAY, 60, with_values=False)
    assert (len(recent), len(older)) == (180, 288)
    _, first_day = store.gathered("1", "r", METRIC, NOW, NOW + 3600, 60, with_values=False)
    assert not first_day  # it is more than fifteen days ago


def test_percentiles_of_what_is_old_are_a_few_per_cent_off_at_most() -> None:
    store = MetricStore()
    for minute in range(1000):
        for value in range(100, 200):
            store.put("1", "r", "Shop", "Latency", {}, float(value), NOW + 60 * minute, "None")
    _, found = store.gathered("1", "r", METRIC, NOW, NOW + 300, 300, with_values=True)
    values = found[NOW].values
    assert isinstance(values, dict)
    assert sum(values.values()) == 500
    assert len(values) < 40
    assert min(values) == pytest.approx(100, rel=0.04)


def test_threads_put_at_once_and_no_value_is_lost() -> None:
    store = MetricStore()

    def put() -> None:
        for number in range(2000):
            store.put("1", "r", "Shop", "Latency", {}, 1.0, NOW + number % 120, "None")

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total(store, NOW, NOW + 300) == 8000


def test_metrics_can_share_a_past() -> None:
    past = Columns()
    past.append(NOW - 600, 10, 50.0, 1.0, 9.0, None)
    past.append(NOW - 300, 20, 60.0, 3.0, 3.0, None)
    store = MetricStore()
    store.load_history("1", "r", METRIC, "None", past)
    store.load_history("1", "r", Metric("Shop", "Latency", (("f", "a"),)), "None", past)
    store.put("1", "r", "Shop", "Latency", {}, 5.0, NOW, "None")
    assert total(store, NOW - 600, NOW + 60) == 115.0
    assert len(past) == 2
