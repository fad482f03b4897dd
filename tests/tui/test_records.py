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
    records.filter(["API", "check"])
    assert shown(records) == ["checkout-api"]
    records.filter()
    assert len(records.shown) == 3


def test_a_record_of_a_known_key_is_replaced_and_found_by_its_new_words() -> None:
    records = make("a", "b")
    assert records.put([Thing("a", 9)])
    assert not records.put([Thing("a", 9)]), "the same once more changes nothing"
    assert len(records) == 2
    assert records.get("a") == Thing("a", 9)


def test_sorting_and_filtering_work_on_what_comes_later_too() -> None:
    records = make("b")
    records.sort(lambda thing: thing.name)
    records.filter(["a"])
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
    records.filter(words.split())
    assert shown(records) == [name for name in names if all(word in name for word in words.split())]


@given(
    st.lists(st.tuples(st.text(alphabet="abc", min_size=1, max_size=2), st.integers(0, 3)), max_size=40),
    st.booleans(),
    st.integers(1, 5),
)
def test_however_it_comes_it_stands_as_if_sorted_at_once(
    pairs: list[tuple[str, int]], reverse: bool, pages: int
) -> None:
    records: Records[Thing] = Records(lambda thing: thing.name, lambda thing: thing.name)
    records.sort(lambda thing: thing.size, reverse)
    things = [Thing(*pair) for pair in pairs]
    for start in range(0, len(things), pages):
        records.put(things[start : start + pages])
    last = {thing.name: thing for thing in things}
    assert sorted(shown(records)) == sorted(last)
    sizes = [thing.size for thing in records.shown]
    assert sizes == sorted(sizes, reverse=reverse)


def test_what_holds_an_unwanted_word_is_not_shown() -> None:
    records = make("checkout-api", "checkout-worker", "mail-sender")
    records.filter(["check"], without=["API"])
    assert shown(records) == ["checkout-worker"]
    records.filter(["check"], without=["worker"])
    assert shown(records) == ["checkout-api"]
    records.filter(["e"])
    assert shown(records) == ["checkout-api", "checkout-worker", "mail-sender"]


def test_a_test_can_be_asked_again() -> None:
    records = make("a", "b")
    wanted = {"a"}
    records.filter(test=lambda thing: thing.name in wanted)
    assert shown(records) == ["a"]
    wanted = {"b"}
    records.judge_again()
    assert shown(records) == ["b"]
