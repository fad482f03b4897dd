"""The list of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.widgets.filter_input import FilterInput
from tests.tui.shop import home, shows, text_of, until


async def test_lists_every_function_with_its_state_and_aliases(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await shows(pilot, "live 1")
        await shows(pilot, "● Active")
        shown = text_of(app)
        assert "3 functions" in shown
        assert "▲ runtime retired" in shown
        # markup in a description is text
        await home(pilot, "checkout-worker")
        await shows(pilot, "[bold red]ships[/] the goods")


async def test_names_who_would_act(app: LambdatuiApp, account_id: str) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        first = text_of(app).splitlines()[0]
        assert account_id in first
        assert "eu-west-1" in first
        assert "READ-WRITE" in first
        assert "DEMO" not in first


async def test_the_filter_works_as_one_types_and_escape_clears_it(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"check ap")
        assert "1 of 3 functions" in text_of(app)
        assert "checkout-worker" not in text_of(app)
        await pilot.press("enter")
        assert app.screen.focused is app.screen.table  # type: ignore[attr-defined]
        assert app.screen.query_one(FilterInput).value == "check ap"
        await pilot.press("slash", "escape")
        assert "checkout-worker" in text_of(app)


async def test_a_filter_that_nothing_passes_says_so(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"zzz")
        assert "No function matches the filter" in text_of(app)


async def test_pages_are_shown_as_they_arrive(connected: Emulator, aws: Callable[..., Any], account_id: str) -> None:
    """Page two hangs: page one is on the screen and can be used meanwhile."""
    client = aws("lambda")
    for number in range(60):
        client.create_function(
            FunctionName=f"fn-{number:03}",
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{account_id}:role/x",
            Code={"ZipFile": _package()},
        )
    fault = Fault("hang", "lambda", "ListFunctions", account_id, after=1, times=1, seconds=5)
    connected.cloud.faults.add(fault)
    app = LambdatuiApp(Settings())
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "fn-010")
        assert "50 functions · reading" in text_of(app)
        await pilot.press("slash", *"fn-01", "enter")
        assert "10 of 50" in text_of(app)


def _package() -> bytes:
    from tests.tui.shop import GOOD, package

    return package(GOOD)


async def test_a_region_that_fails_is_told_and_the_rest_is_there(
    shop: Any, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add(
        Fault("access-denied", operation="ListFunctions", region="us-east-1", account=account_id)
    )
    app = LambdatuiApp(Settings(regions=("eu-west-1", "us-east-1")))
    async with app.run_test(size=(140, 30), notifications=True) as pilot:
        await shows(pilot, "partial, 1 of 2 regions failed")
        await shows(pilot, "not authorized")
        assert "checkout-api" in text_of(app)


async def test_no_endpoint_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    app = LambdatuiApp(Settings(endpoint_url="http://127.0.0.1:9"))
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "✖ GetCallerIdentity: Unable to locate credentials.")


async def test_an_unknown_profile_is_one_sentence() -> None:
    app = LambdatuiApp(Settings(profile="nosuch"))
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "nosuch")
        assert "could not be found" in text_of(app)


async def test_profiles_and_regions_stand_side_by_side(
    home: Any, shop: Any, connected: Emulator, aws: Callable[..., Any], account_id: str
) -> None:
    other = aws("lambda", region="us-east-1")
    other.create_function(
        FunctionName="far-away",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{account_id}:role/x",
        Code={"ZipFile": _package()},
    )
    (home / "aws-credentials").write_text(
        f"[shop]\naws_access_key_id = {__import__('os').environ['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = x\n"
    )
    settings = Settings(profiles={"shop": Profile(regions=("eu-west-1", "us-east-1"), protected=True)})
    app = LambdatuiApp(settings)
    async with app.run_test(size=(160, 30)) as pilot:
        await shows(pilot, "4 functions · all pages read")
        assert "1 profile · 2 regions" in text_of(app)
        screen = app.screen
        assert isinstance(screen, FunctionsScreen)
        record = next(record for record in screen.table.rows if record.name == "far-away")
        screen.table.go_to(record.key)
        await until(pilot, lambda: "us-east-1" in text_of(app).splitlines()[0])
        assert "READ-ONLY" in text_of(app).splitlines()[0]


async def test_refresh_drops_what_is_gone(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home_and_delete(pilot, shop)
        await pilot.press("r")
        await shows(pilot, "2 functions · all pages read")
        assert "mail-sender" not in text_of(app)


async def home_and_delete(pilot: Any, shop: Any) -> None:
    await home(pilot, "checkout-worker")
    shop.delete_function(FunctionName="mail-sender")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (40, 10)])
async def test_fits_every_terminal_and_survives_resizing(app: LambdatuiApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await home(pilot)
        lines = text_of(app).splitlines()
        assert "checkout-api" in lines[3]
        assert "help" in lines[-1]
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "help" in text_of(app).splitlines()[-1]


async def test_sorting_goes_through_the_columns(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        names = lambda: [record.name for record in app.screen.table.rows]  # type: ignore[attr-defined]  # noqa: E731
        assert names() == ["checkout-api", "checkout-worker", "mail-sender"]
        await pilot.press("S")
        assert names() == ["mail-sender", "checkout-worker", "checkout-api"]
        await pilot.press("s", "s")
        assert "RUNTIME ▲" in text_of(app)
        assert names() == ["checkout-worker", "mail-sender", "checkout-api"]


async def test_a_function_is_deleted_only_after_its_name_was_typed(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot, "mail-sender")
        await pilot.press("x")
        await shows(pilot, "Delete the function mail-sender")
        await pilot.press("enter")
        assert "that was not it" in text_of(app)
        await pilot.press(*"mail-sender", "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "2 functions · all pages read")
