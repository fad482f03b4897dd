"""Two versions side by side."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens import compare
from lambdatui.tui.screens.choose import ChooseScreen
from lambdatui.tui.screens.compare import CompareScreen, in_order
from lambdatui.tui.tabs.versions import VersionsTab
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


async def versions(pilot: Pilot[Any]) -> VersionsTab:
    tab = await open_tab(pilot, VersionsTab)
    await until(pilot, lambda: tab.published.versions)
    return tab


async def compared(pilot: Pilot[Any]) -> CompareScreen:
    """The comparison of versions 3 and 2, by a mark and c."""
    await versions(pilot)
    await pilot.press("space", "down", "c")
    await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
    screen = pilot.app.screen
    assert isinstance(screen, CompareScreen)
    return screen


def test_the_older_comes_first_and_latest_last() -> None:
    assert in_order("10", "9") == ("9", "10")
    assert in_order("$LATEST", "9") == ("9", "$LATEST")


async def test_settings_and_files_with_their_lines(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await compared(pilot)
        await shows(pilot, "Files: 1 changed, 0 added, 0 removed, 0 the same")
        assert screen._packages is not None
        folder = screen._packages.folder
        assert folder.stat().st_mode & 0o077 == 0
        assert [one.name for one in screen._table.rows] == ["Description", "app.py"]
        await pilot.press("end", "enter")
        await shows(pilot, '+    return {"total": 1290, "version": context.function_version}')
        assert '-    return {"total": event["currency"]}' in text_of(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not folder.exists())


async def test_without_a_mark_it_asks_which_and_latest_is_one(app: LambdatuiApp, shop: Any) -> None:
    shop.update_function_configuration(
        FunctionName="checkout-api", MemorySize=1024, Environment={"Variables": {"TOKEN": "hunter-two"}}
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await versions(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press("home", "enter")
        await shows(pilot, "The code is the same")
        text = text_of(app)
        assert "1024" in text
        assert "Environment.Variables.TOKEN" in text
        assert "hunter-two" not in text


async def test_large_packages_are_asked_for_and_can_be_stopped(
    app: LambdatuiApp, connected: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "UNASKED", 0)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await compared(pilot)
        await shows(pilot, "c downloads both packages")
        screen.action_code()
        screen.action_cancel()
        await shows(pilot, "Stopped: c downloads both packages again.")
        await pilot.press("c")
        await shows(pilot, "Files: 1 changed")


async def test_swapping_tells_it_the_other_way_round(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await compared(pilot)
        await shows(pilot, "Files: 1 changed")
        assert (screen._settings[0].before, screen._settings[0].after) == ("new tax", "tax, again")
        await pilot.press("s")
        assert (screen._settings[0].before, screen._settings[0].after) == ("tax, again", "new tax")
        await shows(pilot, "Files: 1 changed")


async def test_a_version_that_is_gone_is_told(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await versions(pilot)
        shop.delete_function(FunctionName="checkout-api", Qualifier="2")
        await pilot.press("space", "down", "c")
        await shows(pilot, "✖")


async def test_images_are_not_compared_file_by_file(app: LambdatuiApp, shop: Any, account_id: str) -> None:
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:"
    role = f"arn:aws:iam::{account_id}:role/mail-sender"
    shop.create_function(FunctionName="pictures", PackageType="Image", Code={"ImageUri": image + "a" * 64}, Role=role)
    shop.publish_version(FunctionName="pictures")
    shop.update_function_code(FunctionName="pictures", ImageUri=image + "b" * 64)
    shop.publish_version(FunctionName="pictures")
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, VersionsTab, "pictures")
        await until(pilot, lambda: len(tab.published.versions) == 2)
        await pilot.press("space", "down", "c")
        await shows(pilot, "A container image cannot be compared file by file.")
        assert "a" * 64 in text_of(app).replace("\n", "").replace(" ", "")
