"""What is chosen for a run of invocations."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import OptionList

from lambdatui.tui import themes
from lambdatui.tui.widgets.invoke_choices import InvokeChoices
from tests.tui.shop import until

OFFERED = [("$LATEST", "$LATEST"), ("live 90·10 41/44", "live"), *((f"{n}", f"{n}") for n in range(44, 24, -1))]


class Choosing(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield InvokeChoices("44")


async def test_a_menu_that_is_open_when_the_aliases_come_shows_them() -> None:
    app = Choosing()
    async with app.run_test(size=(120, 30)) as pilot:
        choices = app.query_one(InvokeChoices)
        choices.field("qualifier").focus()
        await pilot.press("enter")
        menu = choices.query_one(OptionList)
        await until(pilot, lambda: menu.size.height == 1)
        choices.offer(OFFERED)
        await until(pilot, lambda: menu.virtual_size.height == len(OFFERED))
        await until(pilot, lambda: menu.size.height > 1 and menu.scroll_offset.y == 0)
        await pilot.pause()
        assert menu.scroll_offset.y == 0
        assert choices.qualifier == "44"
