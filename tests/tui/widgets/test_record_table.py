"""The table that draws only what is visible."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from lambdatui.tui import themes
from lambdatui.tui.widgets.record_table import GAP, Column, RecordTable, layout


@dataclass(frozen=True)
class Thing:
    key: int
    name: str
    state: str = "ok"


def columns() -> list[Column[Thing]]:
    return [
        Column("name", "NAME", lambda thing: thing.name, 10, grow=1),
        Column("key", "KEY", lambda thing: str(thing.key), 6, priority=2, align="right"),
        Column("state", "STATE", lambda thing: (thing.state, "bad"), 8, priority=1),
    ]


class TableApp(App[None]):
    """A table alone, with what it says."""

    def __init__(self, count: int, follow: bool = False) -> None:
        super().__init__()
        self.things = [Thing(number, f"thing-{number}") for number in range(count)]
        self.follow_rows = follow
        self.opened: list[Thing] = []
        self.highlighted: list[Thing] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield RecordTable(columns(), lambda thing: thing.key, follow=self.follow_rows)

    def on_mount(self) -> None:
        self.table.focus()
        self.table.show(self.things)

    @property
    def table(self) -> RecordTable[Thing]:
        return self.query_one(RecordTable)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.opened.append(event.record)

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        self.highlighted.append(event.record)

    def lines(self) -> list[str]:
        region = self.table.size.region
        return [strip.text for strip in self.table.render_lines(region)]


async def test_draws_the_rows_that_fit_and_no_other() -> None:
    app = TableApp(10_000)
    drawn: list[int] = []
    async with app.run_test(size=(60, 20)) as pilot:
        table = app.table
        table.columns[0] = replace(table.columns[0], cell=lambda thing: (drawn.append(thing.key), thing.name)[1])
        table._placed_width = -1
        table.redraw()
        await pilot.pause()
        assert 0 < len(set(drawn)) <= 20
        assert "thing-0" in app.lines()[1]


async def test_keys_move_the_cursor_and_scroll() -> None:
    app = TableApp(100)
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("down", "down")
        assert app.table.record == app.things[2]
        await pilot.press("end")
        assert app.table.record == app.things[99]
        assert "thing-99" in app.lines()[10]
        await pilot.press("pageup")
        assert app.table.record == app.things[90]
        await pilot.press("home", "up")
        assert app.table.record == app.things[0]


async def test_the_cursor_stays_on_its_record_when_the_rows_change() -> None:
    app = TableApp(50)
    async with app.run_test(size=(60, 11)) as pilot:
        for _ in range(5):
            await pilot.press("down")
        height = app.table.cursor - app.table.top
        new = [Thing(1000 + number, "new") for number in range(7)]
        app.table.show([*new, *app.things])
        assert app.table.record == app.things[5]
        assert app.table.cursor - app.table.top == height, "it must not jump on the screen"


async def test_until_it_is_moved_the_cursor_stays_at_the_top() -> None:
    app = TableApp(50)
    async with app.run_test(size=(60, 11)) as pilot:
        new = [Thing(1000 + number, "new") for number in range(7)]
        app.table.show([*new, *app.things])
        assert app.table.record == new[0]
        await pilot.pause()
        assert app.highlighted[-1] == new[0]


async def test_a_record_that_is_gone_leaves_the_cursor_in_its_place() -> None:
    app = TableApp(50)
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("down", "down")
        app.table.show([thing for thing in app.things if thing.key != 2])
        assert app.table.cursor == 2
        app.table.show([])
        assert app.table.record is None
        assert app.table.cursor == 0


async def test_enter_opens_the_record() -> None:
    app = TableApp(5)
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.opened == [app.things[1]]


async def test_a_click_selects_and_a_second_one_opens() -> None:
    app = TableApp(20)
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.click(RecordTable, offset=(5, 4))
        assert app.table.record == app.things[3]
        assert app.opened == []
        await pilot.click(RecordTable, offset=(5, 4), times=2)
        await pilot.pause()
        assert app.opened == [app.things[3]]


async def test_following_ends_when_one_moves_up_and_resumes_at_the_end() -> None:
    app = TableApp(30, follow=True)
    async with app.run_test(size=(60, 11)) as pilot:
        table = app.table
        assert table.cursor == 29
        await pilot.press("up")
        app.things.append(Thing(30, "thing-30"))
        table.show(app.things)
        assert table.record == app.things[28]
        await pilot.press("end")
        app.things.append(Thing(31, "thing-31"))
        table.show(app.things)
        assert table.record == app.things[31]


async def test_a_changed_record_is_drawn_anew() -> None:
    app = TableApp(5)
    async with app.run_test(size=(60, 11)) as pilot:
        assert "thing-1" in app.lines()[2]
        app.things[1] = replace(app.things[1], name="renamed")
        app.table.show(app.things)
        await pilot.pause()
        assert "renamed" in app.lines()[2]


async def test_wide_characters_keep_the_columns_aligned() -> None:
    app = TableApp(1)
    async with app.run_test(size=(60, 5)) as pilot:
        app.table.show([Thing(0, "日本語の関数名がとても長い場合でも幅は守られる"), Thing(1, "plain")])
        await pilot.pause()
        strips = app.table.render_lines(app.table.size.region)
        assert {strip.cell_length for strip in strips} == {60}


@given(st.integers(min_value=5, max_value=300))
def test_layout_never_exceeds_the_width_unless_only_the_first_column_is_left(width: int) -> None:
    placed = layout(columns(), width)
    used = sum(cells for _, cells in placed) + GAP * (len(placed) - 1)
    assert used <= max(width, columns()[0].width)
    assert placed[0][0].key == "name"


@pytest.mark.parametrize(("width", "kept"), [(40, ["name", "key", "state"]), (22, ["name", "state"]), (11, ["name"])])
def test_the_highest_priority_number_is_hidden_first(width: int, kept: list[str]) -> None:
    assert [column.key for column, _ in layout(columns(), width)] == kept


async def test_what_is_muted_has_the_colour_that_the_theme_gives_it() -> None:
    app = TableApp(3)
    async with app.run_test(size=(60, 12)):
        table = app.query_one(RecordTable)
        for part in ("header", "muted", "empty"):
            style = table.get_component_rich_style(f"record-table--{part}", partial=True)
            assert style.color is not None
            assert style.color.get_truecolor().hex == themes.default().variables["muted"]
