"""Areas in block characters."""

from __future__ import annotations

from lambdatui.tui.areas import Cell, areas


def drawn(series: list[list[float | None]], top: float, width: int, rows: int) -> list[str]:
    return ["".join(cell.character for cell in row) for row in areas(series, top, width, rows)]


def test_a_step_is_an_eighth_of_a_cell() -> None:
    assert drawn([[1, 8, 9, 16]], 16, 4, 2) == ["  ▁█", "▁███"]


def test_nothing_happened_is_a_line_and_nothing_known_is_blank() -> None:
    assert drawn([[0, None, 0.001]], 10, 3, 2) == ["   ", "▁ ▁"]


def test_of_several_values_in_a_cell_the_highest_is_drawn() -> None:
    assert drawn([[1, 8, 1, 1, 1, None, None, None]], 8, 4, 1) == ["█▁▁ "]


def test_a_value_may_have_several_cells() -> None:
    assert drawn([[8, 4]], 8, 6, 1) == ["███▄▄▄"]


def test_values_above_the_edge_end_there() -> None:
    assert drawn([[50]], 10, 1, 2) == ["█", "█"]


def test_the_lower_one_stands_in_front_of_the_higher_whichever_it_is() -> None:
    upper, lower = areas([[12, 24], [24, 12]], 24, 2, 3)[1:]
    assert upper == [Cell("▄", 0, 1), Cell("▄", 1, 0)]
    assert lower == [Cell("█", 0, None), Cell("█", 1, None)]


def test_where_two_end_in_one_cell_the_higher_is_drawn() -> None:
    assert areas([[2], [5]], 8, 1, 1) == [[Cell("▅", 1, None)]]


def test_of_two_of_one_height_the_first_is_drawn() -> None:
    assert areas([[4], [4]], 8, 1, 1) == [[Cell("▄", 0, None)]]
    assert areas([[8], [8]], 8, 1, 1) == [[Cell("█", 0, None)]]
