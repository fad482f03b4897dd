"""The prune screen: the retention is tried before it is planned, and what was archived comes back from the history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.prune import PruneScreen
from tests.emulator.clients import make_function, publish
from tests.tui.shop import home as at_home
from tests.tui.shop import shows, text_of, until


def numbers(client: Any, name: str = "checkout-api") -> list[str]:
    return [one["Version"] for one in client.list_versions_by_function(FunctionName=name)["Versions"]][1:]


def verdicts(app: LambdatuiApp) -> dict[str, tuple[bool, str]]:
    """Whether each version goes, and why, as the table has it."""
    screen = app.screen
    assert isinstance(screen, PruneScreen)
    return {f"{row.function.name}:{row.version.name}": (row.goes, row.why) for row in screen._rows if row.version}


async def opened(pilot: Any, app: LambdatuiApp) -> PruneScreen:
    await at_home(pilot)
    await pilot.press("P")
    await shows(pilot, "all 3 versions stay")
    screen = app.screen
    assert isinstance(screen, PruneScreen)
    return screen


async def test_the_retention_is_tried_key_by_key(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        assert verdicts(app)["checkout-api:1"] == (False, "alias live")
        await pilot.press("left", "left", "left")
        await until(pilot, lambda: screen.list.rule.keep == 1)
        assert verdicts(app) == {
            "checkout-api:3": (False, "among the newest 1"),
            "checkout-api:2": (True, "archived: last copy"),
            "checkout-api:1": (False, "alias live"),
        }
        await shows(pilot, "1 of 3 versions go")
        await pilot.press("down", "space")
        await until(pilot, lambda: verdicts(app)["checkout-api:2"] == (False, "held by hand"))
        await shows(pilot, "held by hand 1")
        await pilot.press("space", "p", *"new t*, x", "enter")
        await until(pilot, lambda: verdicts(app)["checkout-api:2"] == (False, "matches 'new t*'"))
        await pilot.press("p", "ctrl+u", "enter", "a", "a")
        await until(pilot, lambda: verdicts(app)["checkout-api:2"] == (True, "for good"))
        await pilot.press("o", *"6m", "enter")
        await shows(pilot, "an age such as 30d, 6w or 1y was expected, not '6m'.")
        await pilot.press("backspace", "w", "enter")
        await until(pilot, lambda: verdicts(app)["checkout-api:2"] == (False, "younger than 42 d"))
        await pilot.press("1", "2", "right")
        await until(pilot, lambda: screen.list.rule.keep == 13)
        assert screen.list.rule.keep_matching == ()


async def test_what_goes_is_planned_archived_deleted_and_brought_back(app: LambdatuiApp, shop: Any, home: Path) -> None:
    before = shop.get_function_configuration(FunctionName="checkout-api", Qualifier="2")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("1", "enter")
        await shows(pilot, "archived, then deleted")
        assert app.screen.stage.keep == 1  # type: ignore[attr-defined]
        await pilot.press(*"checkout-api", "enter")
        await shows(pilot, "✔ Done.")
        assert numbers(shop) == ["1", "3"]
        [kept] = (home / ".local" / "share" / "lambdatui" / "archive").glob("*/*/checkout-api/*/version.json")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen and "checkout-api:2" not in verdicts(app))
        # one key in the history brings it back
        await pilot.press("escape", "h")
        await shows(pilot, "bring back")
        await pilot.press("b")
        await shows(pilot, "Bring back checkout-api:2 “new tax”")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert "version 4" in text_of(app)
        await pilot.press("enter")
    after = shop.get_function_configuration(FunctionName="checkout-api", Qualifier="4")
    assert (after["CodeSha256"], after["Description"]) == (before["CodeSha256"], "new tax")
    assert kept.exists()


async def test_several_functions_are_pruned_together_and_one_that_cannot_be_read_is_told(
    app: LambdatuiApp, shop: Any, connected: Any, account_id: str
) -> None:
    for name in ("mail-sender", "checkout-worker"):
        for number in (1, 2, 3):
            publish(shop, name, f"A = {number}\n")
    async with app.run_test(size=(120, 40)) as pilot:
        await home_of(pilot)
        connected.cloud.faults.add("access-denied", operation="ListFunctionUrlConfigs", account=account_id, times=1)
        await pilot.press("space", "space", "space", "P")
        await shows(pilot, "Prune  3 functions")
        await until(pilot, lambda: "NOT READ" in text_of(app) and len(verdicts(app)) == 6)
        assert "nothing of it is deleted, for it cannot be told what uses its versions" in text_of(app)
        await pilot.press("r")
        await until(pilot, lambda: len(verdicts(app)) == 9)
        await pilot.press("1", "f")
        await until(
            pilot, lambda: app.screen.query_one("Verdicts").rows and len(app.screen.query_one("Verdicts").rows) == 5
        )  # type: ignore[attr-defined]
        await pilot.press("enter")
        await shows(pilot, "type 3 functions to confirm")
        assert isinstance(app.screen, ActScreen)
        await pilot.press(*"3 functions", "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "Nothing goes.")
    assert [numbers(shop, name) for name in ("checkout-api", "checkout-worker", "mail-sender")] == [
        ["1", "3"],
        ["3"],
        ["3"],
    ]


async def home_of(pilot: Any) -> None:
    """Waits until the list is complete, with the cursor at its top."""
    await shows(pilot, "all pages read")
    await pilot.press("home")


async def test_hostile_descriptions_are_shown_harmlessly(app: LambdatuiApp, shop: Any) -> None:
    make_function(shop, "a-trap")
    shop.publish_version(FunctionName="a-trap", Description="[bold red]x[/] \x1b]0;pwned\x07\x1b[2J")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_home(pilot, "a-trap")
        await pilot.press("P")
        await shows(pilot, "[bold red]x")
        assert "\x1b" not in text_of(app)
