"""The environment of a function: what is shown of it, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from lambdatui.emulator.server import Emulator
from lambdatui.tui import exporting
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.choose import ChooseScreen
from lambdatui.tui.screens.export import ExportScreen
from lambdatui.tui.tabs.environment import KEPT_FOR, EnvironmentTab
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


@pytest.fixture(autouse=True)
def variables(shop: Any) -> None:
    shop.update_function_configuration(
        FunctionName="checkout-api",
        Environment={"Variables": {"API_URL": "https://pay.example", "DB_PASSWORD": "hunter-two"}},
    )


async def revealed(pilot: Any, *keys: str) -> EnvironmentTab:
    """Opens the tab and reveals: `keys` choose what."""
    tab = await open_tab(pilot, EnvironmentTab)
    await until(pilot, lambda: len(tab._table.rows) == 2)
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseScreen))
    await pilot.press(*keys, "enter")
    await shows(pilot, "https://pay.example")
    return tab


async def test_values_are_masked_and_the_size_is_told(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, EnvironmentTab)
        await shows(pilot, "of 4,096 bytes, 2 variables")
        await shows(pilot, "v reveal")
        text = text_of(app)
        assert "DB_PASSWORD" in text
        assert "hunter-two" not in text
        assert "pay.example" not in text


async def test_one_value_is_revealed_after_a_question_and_hidden_with_the_tab(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await revealed(pilot)
        assert "hunter-two" not in text_of(app)
        await pilot.press("right")
        await until(pilot, lambda: not tab.display)
        await pilot.press("left")
        await shows(pilot, "DB_PASSWORD")
        assert "pay.example" not in text_of(app)


async def test_all_values_are_hidden_after_so_many_keys(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await revealed(pilot, "down")
        assert "hunter-two" in text_of(app)
        await pilot.press(*["down", "up"] * (KEPT_FOR // 2))
        assert "hunter-two" in text_of(app)
        await pilot.press("down")
        await until(pilot, lambda: "hunter-two" not in text_of(app))


async def test_what_is_exported_has_no_value_though_it_is_shown(app: LambdatuiApp, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await revealed(pilot, "down")
        assert [one.name for one in tab.copies() if one.secret] == ["value"]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        target = tmp_path / "variables.json"
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert "DB_PASSWORD" in target.read_text()
        assert "hunter-two" not in target.read_text()
        assert "hunter-two" not in exporting.as_text(tab.exported(), ".csv")


async def test_a_refusal_to_reveal_is_told(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        tab = await open_tab(pilot, EnvironmentTab)
        await until(pilot, lambda: len(tab._table.rows) == 2)
        connected.cloud.faults.add(
            "access-denied", service="lambda", operation="GetFunctionConfiguration", account=account_id
        )
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press("enter")
        await shows(pilot, "Cannot be revealed")


async def test_no_variable_says_so(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, EnvironmentTab, "mail-sender")
        await shows(pilot, "No variable: the function sees only those that Lambda itself sets.")
