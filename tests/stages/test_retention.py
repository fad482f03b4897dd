"""Which versions go: never one that is in use, never one of the newest N, never a young one where an age was given."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.versions import Alias, Version
from lambdatui.stages import retention

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def version(number: int, age_days: float = 0) -> Version:
    moment = NOW - dt.timedelta(days=age_days)
    return Version(number, "", "sha", 10, moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000"), {})


def alias(name: str, main: str, **extra: float) -> Alias:
    return Alias(name, main, {key.strip("_"): share for key, share in extra.items()}, "", "r")


def test_aliased_weighted_and_provisioned_versions_are_held_with_the_reason() -> None:
    versions = [version(number) for number in (5, 4, 3, 2, 1)]
    held = retention.held(versions, [alias("live", "2", _3=0.1), alias("beta", "2")], {"1", "live"})
    assert held == {2: "alias live, beta", 3: "alias live", 1: "provisioned concurrency"}


def test_the_age_is_counted_to_the_moment() -> None:
    versions = [version(3, 29.9), version(2, 30), version(1, 400)]
    assert retention.younger(versions, 30, NOW) == {3: "younger than 30 d"}


def test_a_version_whose_date_is_unknown_stays() -> None:
    unknown = Version(7, "", "sha", 10, "", {})
    assert retention.younger([unknown], 1, NOW) == {7: "its date is unknown"}


versions_found = st.dictionaries(st.integers(1, 500), st.floats(0, 1000), min_size=1, max_size=80)


@given(versions_found, st.integers(1, 90), st.integers(1, 400), st.data())
def test_whatever_there_is_nothing_that_must_stay_goes(
    found: dict[int, float], keep: int, days: int, data: st.DataObject
) -> None:
    versions = [version(number, age) for number, age in found.items()]
    used = data.draw(st.lists(st.sampled_from(sorted(found)), max_size=5))
    aliases = [alias(f"a{index}", str(number)) for index, number in enumerate(used)]
    held = retention.held(versions, aliases)
    kept = retention.newest(versions, keep)
    young = retention.younger(versions, days, NOW)
    doomed = [entry.number for entry in retention.surplus(versions, kept, held, young)]
    assert doomed == sorted(doomed)
    assert not set(doomed) & set(used)
    newest = sorted(found, reverse=True)[:keep]
    assert not set(doomed) & set(newest)
    assert max(found) not in doomed
    # and what need not stay goes
    for number, age in found.items():
        may_go = number not in used and number not in newest and number not in young
        assert (number in doomed) == may_go
        assert (age < days - 1) <= (number in young)
