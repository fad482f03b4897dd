"""Names and values in lines."""

from __future__ import annotations

from lambdatui.tui.labelled import labelled, wrapped


def rows(value: str, width: int) -> list[str]:
    return [row.plain.rstrip() for row in wrapped(labelled([("name", value), ("none", "")], width=6), width)]


def test_what_is_long_goes_on_beneath_the_value() -> None:
    assert rows("one two three four five", 24) == ["name   one two three", "       four five"]
    assert rows("a" * 40, 27) == [f"name   {'a' * 20}", f"       {'a' * 20}"]


def test_where_there_is_no_room_the_value_takes_the_whole_line() -> None:
    assert rows("one two three four", 12) == ["name   one", "two three", "four"]
