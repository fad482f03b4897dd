"""The fader."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input, Select

from lambdatui.aws.scope import Scope
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.conftest import Calls
from tests.tui.shop import home, shows, text_of, until


async def opened(pilot: Any, app: LambdatuiApp) -> TrafficScreen:
    await home(pilot)
    await pilot.press("t")
    screen = app.screen
    assert isinstance(screen, TrafficScreen)
    await until(pilot, lambda: screen.routing.versions)
    return screen


async def test_ten_percent_by_typing(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        assert "This is how it is now: all traffic to 1" in text_of(app)
        assert screen._chosen("#canary") == "3", "the newest is what one wants to try"
        await pilot.press("1", "0")
        await shows(pilot, "1: 100 % → 90 %   3: 0 % → 10 %     undo: all traffic back to 1")
        await pilot.press("enter")
        await shows(pilot, "do it")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "This is how it is now: 90 % to 1, 10 % to 3")
        alias = shop.get_alias(FunctionName="checkout-api", Name="live")
        assert alias["FunctionVersion"] == "1"
        assert alias["RoutingConfig"]["AdditionalVersionWeights"] == {"3": 0.1}


async def test_all_traffic_clears_the_weights(app: LambdatuiApp, shop: Any) -> None:
    shop.update_alias(FunctionName="checkout-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}})
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        assert screen.query_one(WeightSlider).percent == 10
        await pilot.press("end", "enter")
        await shows(pilot, "do it")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        alias = shop.get_alias(FunctionName="checkout-api", Name="live")
        assert alias["FunctionVersion"] == "3"
        assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")


async def test_a_new_alias(app: LambdatuiApp, shop: Any, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("a")
        await until(pilot, lambda: screen.query_one("#new-alias", Input).has_focus)
        await pilot.press(*"12", "enter")
        await shows(pilot, "not a number")
        await pilot.press("backspace", "backspace", *"beta", "enter")
        await shows(pilot, "CreateAlias  checkout-api:beta")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert shop.get_alias(FunctionName="checkout-api", Name="beta")["FunctionVersion"] == "3"


async def test_what_aws_would_refuse_is_told_before_anything_is_sent(
    app: LambdatuiApp, shop: Any, account_id: str, calls: Calls
) -> None:
    shop.update_function_configuration(FunctionName="checkout-api", Role=f"arn:aws:iam::{account_id}:role/other")
    shop.publish_version(FunctionName="checkout-api", Description="another role")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        calls.forget()
        await pilot.press("5")
        await shows(pilot, "versions 1 and 4 differ in their execution role")
        await pilot.press("enter")
        await shows(pilot, "Nothing was done.")
        assert calls.changes() == []


async def test_swap_and_choose(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#canary", Select).value = "2"
        await pilot.press("2", "0")
        await pilot.press("w")
        await shows(pilot, "canary  1")
        assert screen.query_one(WeightSlider).percent == 80
        await shows(pilot, "2: 0 % → 20 %")


async def test_a_function_without_versions_says_what_to_do(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot, "mail-sender")
        await pilot.press("t")
        await shows(pilot, "Nothing is published yet")


async def test_a_function_that_is_gone_says_so(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot, "mail-sender")
        shop.delete_function(FunctionName="mail-sender")
        await pilot.press("t")
        await shows(pilot, "Function not found")
        await pilot.press("escape")
        await shows(pilot, "functions")


async def test_the_scope_is_the_rows_and_not_the_default(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        assert screen.scope == Scope("", "eu-west-1")
