"""Which versions go: never one that is in use, never one of the newest N, never a young one where an age was given."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.versions import Version
from lambdatui.stages import retention
from lambdatui.stages.retention import Rule

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def version(number: int, age_days: float = 0, sha: str = "sha", description: str = "") -> Version:
    moment = NOW - dt.timedelta(days=age_days)
    return Version(number, description, sha, 10, moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000"), {})


def stays(versions: list[Version], rule: Rule, **uses: str) -> dict[int, str]:
    reasons = {int(name.strip("_")): words for name, words in uses.items()}
    judged = retention.judged(versions, reasons, rule, NOW)
    return {verdict.version.number: verdict.stays for verdict in judged}


def test_the_reason_that_weighs_most_is_told() -> None:
    versions = [version(number) for number in (1, 2, 3, 4, 5)]
    rule = Rule(keep=1, older_than_days=30, keep_matching=("x",), hold=frozenset({4, 5}))
    assert stays(versions, rule, _5="alias live", _2="provisioned concurrency") == {
        5: "alias live",
        4: "held by hand",
        3: "younger than 30 d",
        2: "provisioned concurrency",
        1: "younger than 30 d",
    }


def test_the_age_is_counted_to_the_moment_and_no_date_is_no_age() -> None:
    unknown = Version(7, "", "sha", 10, "", {})
    versions = [unknown, version(3, 29.9), version(2, 30), version(1, 400)]
    assert stays(versions, Rule(older_than_days=30)) == {7: "its date is unknown", 3: "younger than 30 d", 2: "", 1: ""}


def test_what_was_not_chosen_stays() -> None:
    versions = [version(number) for number in (1, 2, 3)]
    assert stays(versions, Rule(chosen=frozenset({1, 3})), _3="alias live") == {
        3: "alias live",
        2: "not chosen",
        1: "",
    }


@pytest.mark.parametrize(
    ("pattern", "description", "found"),
    [
        ("release", "The RELEASE of May", True),
        ("release *", "release 12, hot", True),
        ("release *", "pre-release 12", False),
        ("v1.*", "ship v1.4.2 today", True),
        ("v1.*", "ship rev1.4.2 today", False),
        ("v?", "v1 and done", True),
        ("v[12]", "v3", False),
        ("keep", "", False),
        ("*", "", True),
    ],
)
def test_a_pattern_is_matched_with_a_description_or_a_word_of_it(pattern: str, description: str, found: bool) -> None:
    assert retention.matches(pattern, description) is found


def test_the_newest_of_each_code_that_nothing_left_has_is_its_last_copy() -> None:
    codes = {1: "a", 2: "b", 3: "b", 4: "c", 5: "a", 6: "d"}
    versions = [version(number, sha=sha) for number, sha in codes.items()]
    judged = retention.judged(versions, {}, Rule(keep=2), NOW)
    # 5 and 6 stay, and with 5 the code of 1
    assert retention.last_copies(judged) == {3, 4}


versions_found = st.dictionaries(
    st.integers(1, 500), st.tuples(st.floats(0, 1000), st.sampled_from("abcdef")), min_size=1, max_size=80
)


@given(
    versions_found,
    st.none() | st.integers(1, 90),
    st.none() | st.integers(1, 400),
    st.sampled_from([(), ("a",), ("*b*", "c")]),
    st.data(),
)
def test_whatever_there_is_nothing_that_must_stay_goes_and_all_that_need_not_stay_does(
    found: dict[int, tuple[float, str]],
    keep: int | None,
    days: int | None,
    patterns: tuple[str, ...],
    data: st.DataObject,
) -> None:
    versions = [version(number, age, word, f"made of {word}") for number, (age, word) in found.items()]
    some = st.lists(st.sampled_from(sorted(found)), max_size=5)
    used, held = data.draw(some), frozenset(data.draw(some))
    rule = Rule(keep, days, patterns, held)
    judged = retention.judged(versions, dict.fromkeys(used, "alias"), rule, NOW)
    doomed = [entry.number for entry in retention.going(judged)]
    assert doomed == sorted(doomed)
    assert [verdict.version.number for verdict in judged] == sorted(found, reverse=True)
    newest = sorted(found, reverse=True)[: keep or 0]
    for number, (age, word) in found.items():
        # times are written down in whole seconds
        if days is not None and abs(age - days) < 0.001:
            continue
        young = days is not None and age < days
        matched = any(retention.matches(pattern, f"made of {word}") for pattern in patterns)
        must_stay = number in used or number in held or number in newest or young or matched
        assert (number not in doomed) == must_stay
    # each code that is lost is archived once, and none that is kept
    archived = retention.last_copies(judged)
    assert archived <= set(doomed)
    left = {found[number][1] for number in found if number not in doomed}
    assert sorted(found[number][1] for number in archived) == sorted({found[n][1] for n in doomed} - left)
