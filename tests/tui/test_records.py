"""The list behind a table."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.tui.records import Records


@dataclass(frozen=True)
class Thing:
    name: str
    size: int = 0


def make(*names: str) -> Records[Thing]:
    records: Records[Thing] = Records(lambda thing: thing.name, lambda thing: thing.name)
    records.put(Thing(name, number) for number, name in enumerate(names))
    return records


def shown(records: Records[Thing]) -> list[str]:
    return [thing.name for thing in records.shown]


def test_every_word_must_be_there_whatever_the_case() -> None:
    records = make("checkout-api", "checkout-worker", "Orders-API")
    records.filter("API check")
    assert shown(records) == ["checkout-api"]
    records.filter("")
    assert len(records.shown) == 3


def test_a_record_of_a_known_key_is_replaced_and_found_by_its_new_words() -> None:
    records = make("a", "b")
    records.put([Thing("a", 9)])
    assert len(records) == 2
    assert records.get("a") == Thing("a", 9)


def test_sorting_and_filtering_work_on_what_comes_later_too() -> None:
    records = make("b")
    records.sort(lambda thing: thing.name)
    records.filter("a")
    records.put([Thing("za"), Thing("aa")])
    assert shown(records) == ["aa", "za"]
    records.sort(lambda thing: thing.name, reverse=True)
    assert shown(records) == ["za", "aa"]


def test_keep_only_drops_the_rest() -> None:
    records = make("a", "b", "c")
    records.keep_only({"b"})
    assert shown(records) == ["b"]


@given(st.lists(st.text(alphabet="abc-", min_size=1, max_size=6), unique=True), st.text(alphabet="abc- ", max_size=4))
def test_a_filter_shows_just_what_a_plain_search_would(names: list[str], words: str) -> None:
    records = make(*names)
    records.filter(words)
    assert shown(records) == [name for name in names if all(word in name for word in words.split())]
