"""No line twice, and none lost, wherever it was read."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws import log_ledger
from lambdatui.aws.log_ledger import Ledger
from lambdatui.aws.logs import LogEvent
from tests.aws.log_samples import NOON, event


def live(*events: LogEvent) -> list[LogEvent]:
    """The same events as Live Tail shows them."""
    return [each._replace(id="") for each in events]


def test_an_event_is_handed_out_once_whichever_way_it_came_first() -> None:
    one, two = event("one", 1, number=1), event("two", 2, number=2)
    ledger = Ledger()
    assert ledger.new([one]) == [one]
    assert ledger.new([one, two]) == [two]
    assert ledger.new(live(one, two)) == []
    three = event("three", 3, number=3)
    assert ledger.new(live(three)) == live(three)
    assert ledger.new([two, three]) == []


def test_the_same_words_in_the_same_millisecond_are_two_lines() -> None:
    twins = [event("same", 1, number=1), event("same", 1, number=2)]
    ledger = Ledger()
    assert len(ledger.new(live(*twins))) == 2
    assert ledger.new(twins) == []
    ledger = Ledger()
    assert len(ledger.new(live(twins[0]))) == 1
    assert len(ledger.new(twins)) == 1
    assert ledger.new(live(twins[1])) == []


def test_a_session_may_show_what_the_one_before_has_shown() -> None:
    ledger = Ledger()
    one = event("one", 1)
    assert len(ledger.new(live(one))) == 1
    ledger.session_begins()
    assert ledger.new(live(one)) == []


def test_what_is_forgotten_is_not_remembered_and_tells_where_the_memory_begins() -> None:
    ledger = Ledger()
    ledger.new([event("a", 1, number=1), event("b", 2, number=2)])
    ledger.forget(NOON + 2)
    assert ledger.floor == NOON + 2
    assert ledger.new([event("b", 2, number=2)]) == []
    assert len(ledger._seen) == len(ledger._ids) == len(ledger._counts) == 1
    ledger.forget(NOON)
    assert ledger.floor == NOON + 2, "it is never lowered"


def test_the_memory_is_bounded() -> None:
    ledger = Ledger()
    most = log_ledger.MOST
    ledger.new(event("x", number, number=number) for number in range(most + 500))
    ledger.forget(0)
    assert len(ledger._seen) == most
    assert ledger.floor == NOON + 500


def test_an_event_from_the_future_does_not_hide_what_is_yet_to_come() -> None:
    ledger = Ledger()
    ledger.new([LogEvent(NOON + 7_200_000, "s", "early", NOON, "1")])
    assert ledger.newest == NOON


# few places and words, so that there are twins
_events = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.sampled_from("xy")), max_size=12)


@given(_events, st.data())
def test_what_is_listed_in_the_end_was_handed_out_exactly_once(
    places: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    events = [event(word, at, stream, number) for number, (at, stream, word) in enumerate(places)]
    ledger, out = Ledger(), []
    for _ in range(data.draw(st.integers(0, 4))):
        part = data.draw(st.lists(st.sampled_from(events), unique=True)) if events else []
        if data.draw(st.booleans()):
            ledger.session_begins()
            out += ledger.new(live(*part))
        else:
            out += ledger.new(part)
    out += ledger.new(events)
    assert Counter(e._replace(id="") for e in out) == Counter(e._replace(id="") for e in events)
