"""After a run: saved ones, a comparison, an export, the failures once more."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from textual.widgets import Input

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.saved_invocations import SavedInvocations
from tests.tui.invoking import BIG, invoked, opened, over, results
from tests.tui.shop import package, shows, text_of, until

SOMETIMES = """
def handler(event, context):
    return {"order": event["order"], "third": event["order"] % 3 or event["none"]}
"""
MENDED = SOMETIMES.replace('event["none"]', "0")


async def saved(pilot: Any, count: int) -> SavedInvocations:
    await pilot.press("f6")
    screen = await until(pilot, lambda: pilot.app.screen if isinstance(pilot.app.screen, SavedInvocations) else None)
    await until(pilot, lambda: len(screen.query_one("SavedTable").rows) == count)
    return screen  # type: ignore[no-any-return]


async def test_a_saved_run_is_opened_as_it_was(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "2", "5")
        await invoked(pilot, screen)
        before = results(screen)
        await pilot.press("escape")
        screen = await opened(pilot, app)
        await saved(pilot, 1)
        assert "✖ 0 % ok" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.run is not None and screen.run.saved_from)
        await shows(pilot, "saved run of")
        await until(pilot, lambda: len(results(screen)) == 5)
        assert results(screen) == before
        assert "errors 5" in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "looking for the currency")
        await pilot.press("3")
        await shows(pilot, "It is not known what was sent")


async def test_a_run_is_compared_with_a_saved_one(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "5")
        await invoked(pilot, screen)
        screen.choices.set_values({"qualifier": "2", "runs": 5})
        await invoked(pilot, screen)
        await saved(pilot, 2)
        await pilot.press("down", "c")
        await shows(pilot, "this run")
        [line] = [line for line in text_of(app).splitlines() if "success rate" in line and "100 %" in line]
        assert "▲ −100 points" in line


async def test_a_run_is_exported(app: LambdatuiApp, tmp_path: Path) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "5")
        await invoked(pilot, screen)
        await until(pilot, lambda: screen.run is not None and screen.run.rows.saved)
        for name in ("runs.jsonl", "runs.csv", "runs.txt"):
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, AskPath))
            app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await until(pilot, lambda: app.screen is screen)
        lines = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
        assert len(lines) == 5
        with (tmp_path / "runs.csv").open(newline="") as file:
            assert [row["number"] for row in csv.DictReader(file)] == [str(one["number"]) for one in lines]
        assert "success 100 %" in (tmp_path / "runs.txt").read_text()


async def test_failures_are_sent_again_with_the_events_they_had(app: LambdatuiApp, shop: Any) -> None:
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(SOMETIMES))
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, runs="7")
        screen.payload.editor.load_text('{"order": {{ n }}}')
        await invoked(pilot, screen)
        first = screen.run
        assert first is not None
        assert sorted(first.failed) == [3, 6]
        await until(pilot, lambda: first.rows.saved)
        shop.update_function_code(FunctionName="checkout-api", ZipFile=package(MENDED))
        await pilot.press("r")
        await until(pilot, lambda: screen.run is not first and over(screen))
        found = sorted((json.loads(one.payload)["order"], one.outcome) for one in results(screen))
        assert found == [(3, "ok"), (6, "ok")]


async def test_failures_of_a_saved_run_need_what_had_been_typed(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "2", "3")
        await invoked(pilot, screen)
        await saved(pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: screen.run is not None and screen.run.saved_from)
        first = screen.run
        await pilot.press("r")
        await shows(pilot, "type it once more")
        assert screen.run is first
        screen.payload.editor.load_text('{"currency": 7}')
        await pilot.press("r")
        await until(pilot, lambda: screen.run is not first and over(screen))
        assert [one.outcome for one in results(screen)] == ["ok"] * 3
