"""The log's view: rows of any height, of which only those that are seen are drawn."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from lambdatui.aws.log_filter import LogFilter, parse
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_lines import LogLine
from lambdatui.tui import themes
from lambdatui.tui.log_rows import LogRows
from lambdatui.tui.widgets.log_view import LogView
from tests.aws.log_samples import end, line, report, start
from tests.tui.shop import text_of


def rid(number: int) -> str:
    return f"6e0c1f2a-0d5e-4b7a-9c3d-{number:012d}"


def invocation(number: int, *texts: str) -> list[LogLine]:
    """An invocation that began `number` seconds after noon."""
    at = number * 1000
    written = [line(text, at + 1 + place) for place, text in enumerate(texts)]
    return [start(rid(number), at), *written, end(rid(number), at + 90), report(rid(number), at + 90)]


class ViewApp(App[None]):
    def __init__(self, most_lines: int = 100_000) -> None:
        super().__init__()
        self.register_theme(themes.default())
        self.theme = "dark"
        self.rows = LogRows(Folding(most_lines))
        self.view = LogView(self.rows)

    def compose(self) -> ComposeResult:
        yield self.view

    def take(self, *lines: LogLine) -> None:
        self.view.grew(self.rows.take(self.rows.folding.add(lines)))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)


def screen(app: ViewApp) -> list[str]:
    """The lines of the screen below the titles, without what is at the edge."""
    return [text.rstrip("│█ ") for text in text_of(app).splitlines()[1:]]


async def filled(pilot: Pilot[None], count: int = 50) -> ViewApp:
    app = pilot.app
    assert isinstance(app, ViewApp)
    app.view.focus()
    for number in range(count):
        app.take(*invocation(number, f"order {number}", "done"))
    await pilot.pause()
    return app


async def test_the_newest_is_at_the_foot_and_the_keys_move() -> None:
    async with ViewApp().run_test(size=(100, 11)) as pilot:
        app = await filled(pilot)
        view = app.view
        assert view.follow
        assert view.entry is app.rows.shown[-1]
        assert len([text for text in screen(app) if "done" in text]) == 10
        await pilot.press("up")
        assert not view.follow
        assert view.entry is app.rows.shown[48]
        await pilot.press("home")
        assert view.entry is app.rows.shown[0]
        await pilot.press("pagedown", "pagedown")
        assert view.entry is app.rows.shown[18]
        await pilot.press("end")
        assert view.follow


async def test_an_unfolded_invocations_lines_come_into_sight() -> None:
    async with ViewApp().run_test(size=(100, 11)) as pilot:
        app = await filled(pilot)
        await pilot.press("enter")
        assert [text.split()[-1] for text in screen(app)[-2:]] == ["49", "done"]
        assert any(text.startswith("▸−") for text in screen(app))
        await pilot.press("down", "down")
        assert app.view.line is not None
        assert app.view.line.message == "done"
        assert app.view.follow, "the last row is the newest"
        await pilot.press("up", "up", "enter")
        assert len(app.rows.details(app.rows.shown[49])) == 0


async def test_what_is_read_stays_where_it_is_while_older_and_newer_lines_come() -> None:
    async with ViewApp().run_test(size=(100, 11)) as pilot:
        app = await filled(pilot)
        await pilot.press("pageup")
        before = screen(app)
        app.take(*invocation(60, "newer"))
        app.take(*invocation(-5, "older"))
        app.take(line("in between", 500, "other"))
        await pilot.pause()
        assert screen(app)[:-1] == before[:-1]
        assert screen(app)[-1].strip() == "▼ 3 new   end follows"
        assert app.view.entry is not None
        assert any(text.startswith("▸") for text in screen(app)), "the cursor is in sight"
        await pilot.press("end")
        assert "newer" in screen(app)[-1]


async def test_what_there_is_no_room_for_goes_and_the_reader_stays() -> None:
    app = ViewApp(most_lines=100)
    async with app.run_test(size=(100, 11)) as pilot:
        await filled(pilot, 30)
        assert app.rows.folding.dropped > 0
        assert app.rows.folding.lines <= 100
        await pilot.press("home")
        first = app.rows.shown[0]
        for number in range(30, 40):
            app.take(*invocation(number, "x", "y"))
        await pilot.pause()
        assert first.is_gone
        assert app.view.entry is app.rows.shown[0]
        assert len(screen(app)) == 10


async def test_wrapped_lines_take_as_many_rows_as_they_need() -> None:
    async with ViewApp().run_test(size=(60, 14)) as pilot:
        app = await filled(pilot, 1)
        app.take(line("x" * 70, 5000, "other"), line("after", 5001, "another"))
        await pilot.pause()
        assert sum("x" in text for text in screen(app)) == 1
        app.view.wrap = True
        await pilot.pause()
        assert sum(text.count("x") for text in screen(app)) == 70
        assert "after" in "\n".join(screen(app))


async def test_what_is_looked_for_is_in_sight_however_far_back_in_a_line() -> None:
    async with ViewApp().run_test(size=(80, 11)) as pilot:
        app = await filled(pilot, 2)
        app.take(*invocation(5, "before " * 30 + "needle " + "after " * 30, "last"))
        app.rows.set_filter(LogFilter(words=parse("needle")))
        app.view.redraw()
        await pilot.pause()
        [row] = [text for text in screen(app) if text]
        assert "needle" in row


async def test_an_empty_log_says_so_and_takes_every_key() -> None:
    app = ViewApp()
    app.view.empty = "Nothing was written. " * 8
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.pause()
        assert sum("written" in text for text in screen(app)) == 4, "wrapped, not cut"
        await pilot.press("up", "down", "enter", "end", "home", "pageup")
        assert app.view.entry is None


async def test_a_click_puts_the_cursor_on_a_row_and_a_second_unfolds_it() -> None:
    async with ViewApp().run_test(size=(100, 11)) as pilot:
        app = await filled(pilot)
        await pilot.click(LogView, offset=(10, 3))
        assert app.view.entry is app.rows.shown[42]
        await pilot.click(LogView, offset=(10, 3), times=2)
        assert app.rows.is_unfolded(app.rows.shown[42])
