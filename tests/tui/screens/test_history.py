"""The history of all functions: what was done from here and runs elsewhere, and its undo."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from lambdatui.journal import Journal
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import World
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.screens.history import HistoryScreen
from tests.stages.acting import finished
from tests.tui.shop import home, shows, text_of, until


async def opened(pilot: Any, app: LambdatuiApp) -> HistoryScreen:
    await home(pilot)
    await pilot.press("H")
    await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
    screen = app.screen
    assert isinstance(screen, HistoryScreen)
    return screen


async def test_all_functions_are_in_it_and_u_undoes(
    app: LambdatuiApp, world: World, shop: Any, account_id: str
) -> None:
    finished(Route(function="checkout-api", alias="live", strategy=Simple(to="3")), world)
    finished(Deploy(function="checkout-worker", memory=256), world)
    async with app.run_test(size=(145, 45)) as pilot:
        screen = await opened(pilot, app)
        await shows(pilot, "2 from here in the last 90 days, of all functions")
        for words in ("Route checkout-api:live", "Update checkout-worker", "└ UpdateAlias"):
            assert words in text_of(app)
        assert f"{account_id} eu-wes" in text_of(app)
        assert [row["function"] for row in screen.exported().rows][::2] == ["checkout-worker", "checkout-api"]
        await shows(pilot, "u undo")
        await pilot.press("down", "down", "u")
        await shows(pilot, "Undo: Route checkout-api:live: all traffic to 3")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "1"
        await pilot.press("enter")
        await shows(pilot, "3 from here")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))


async def test_what_another_lambdatui_runs_is_seen(app: LambdatuiApp, journal: Journal) -> None:
    source = f"""
from pathlib import Path
from lambdatui.journal import Journal
from tests.journal.test_journal import begin
begin(Journal(Path({str(journal.path)!r})), title="Route f:live to 2 in steps")
print("begun", flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            async with app.run_test(size=(120, 40)) as pilot:
                await opened(pilot, app)
                await shows(pilot, "◌ running")
                assert "1 under way" in text_of(app)
        finally:
            child.kill()


async def test_an_empty_one_says_so(app: LambdatuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "Nothing was done from here in the last 90 days.")
