"""The aliases of a function."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.aws import trail
from lambdatui.emulator.server import Emulator
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import World
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.tabs.aliases import AliasesTab
from tests.stages.acting import finished
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


def _furnish(client: Any) -> None:
    client.update_alias(
        FunctionName="checkout-api",
        Name="live",
        Description="what customers get",
        RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}},
    )
    client.create_alias(FunctionName="checkout-api", Name="next", FunctionVersion="3")
    client.create_function_url_config(FunctionName="checkout-api", Qualifier="live", AuthType="NONE")
    client.add_permission(
        FunctionName="checkout-api",
        Qualifier="live",
        StatementId="media",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::shop-media",
        SourceAccount="999988887777",
    )
    client.put_provisioned_concurrency_config(
        FunctionName="checkout-api", Qualifier="next", ProvisionedConcurrentExecutions=5
    )


async def test_where_it_leads_and_who_may_invoke_by_it(app: LambdatuiApp, shop: Any) -> None:
    _furnish(shop)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, AliasesTab)
        await shows(pilot, "90 % → 1  10 % → 3")
        text = text_of(app)
        assert "S3 bucket shop-media of account 999988887777 may invoke :live" in text
        assert "▲ public" in text
        assert "/5 " in text
        assert "what customers get" in text


async def test_traffic_is_opened_for_the_alias_under_the_cursor(app: LambdatuiApp, shop: Any) -> None:
    _furnish(shop)
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, AliasesTab)
        await until(pilot, lambda: len(tab._table.rows) == 2)
        await pilot.press("down", "t")
        await until(pilot, lambda: isinstance(app.screen, TrafficScreen) and app.screen.routing.versions)
        screen = app.screen
        assert isinstance(screen, TrafficScreen)
        await until(pilot, lambda: screen._chosen("#alias") == "next")


async def test_a_policy_that_may_not_be_read_is_told_in_its_place(
    app: LambdatuiApp, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", service="lambda", operation="GetPolicy", account=account_id)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, AliasesTab)
        await shows(pilot, "? not permitted")
        assert "live" in text_of(app)


async def test_no_alias_says_what_callers_get(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, AliasesTab, "mail-sender")
        await shows(pilot, "No alias: callers get $LATEST")


async def test_u_goes_back_to_the_routing_before_and_o_lists_them(
    app: LambdatuiApp, world: World, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "CALL_SECONDS", 0.0)

    def served() -> str:
        return str(shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"])

    for version in ("2", "3"):
        finished(Route(function="checkout-api", alias="live", strategy=Simple(to=version)), world)
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, AliasesTab)
        await until(pilot, lambda: tab._table.rows)
        await pilot.press("u")
        await shows(pilot, "Back on checkout-api:live: all traffic to 2")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert served() == "2"
        await pilot.press("enter")
        await shows(pilot, "u way back")
        await pilot.press("o")
        await shows(pilot, "Routings of checkout-api:live")
        await until(pilot, lambda: "CloudTrail, which is" in text_of(app) or "the journal's alone" in text_of(app))
        assert "● now  all traffic to 2" in text_of(app)
        await pilot.press("end", "enter")
        await shows(pilot, "Back on checkout-api:live: all traffic to 1")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert served() == "1"
