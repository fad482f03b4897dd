"""The line of tabs: what is cut where there is little room."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from lambdatui.tui import themes
from lambdatui.tui.widgets.tab_bar import TabBar
from tests.tui.shop import text_of

TITLES = [
    "Overview",
    "Versions",
    "Aliases",
    "Triggers",
    "Environment",
    "Concurrency",
    "Layers",
    "Tags",
    "Logs",
    "Metrics",
    "History",
]


class Bar(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield TabBar(TITLES)


@pytest.mark.parametrize(
    ("width", "active", "expected"),
    [
        (160, 0, "1 Overview  2 Versions  3 Aliases"),
        (160, 0, "- History                       read 13:46:18"),
        (120, 0, "5 Env 6 Con 7 Layers 8 Tags 9 Logs 0 Metrics - History         read 13:46:18"),
        (80, 0, "1 Overview 2 Ver 3 Ali 4 Tri 5 Env 6 Con 7 Lay 8 Tag 9 Log 0 Met - His"),
        (80, 8, "9 Logs 0 Met - His     13:46:18"),
        (80, 4, "5 Environment 6 Con 7 Lay 8 Tag 9 Log 0 Met - His"),
        (40, 2, "1  2  3 Aliases  4  5  6  7  8  9  0  -"),
    ],
)
async def test_names_give_way_to_one_another(width: int, active: int, expected: str) -> None:
    app = Bar()
    async with app.run_test(size=(width, 2)) as pilot:
        bar = app.query_one(TabBar)
        bar.active, bar.word = active, "read 13:46:18"
        await pilot.pause()
        assert expected in text_of(app)
        assert "…" not in text_of(app)
