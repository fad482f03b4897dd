"""The concurrency of a function, in the account's."""

from __future__ import annotations

from typing import Any

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.tabs.concurrency import ConcurrencyTab
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


async def test_reserved_provisioned_and_what_is_left(app: LambdatuiApp, shop: Any) -> None:
    shop.put_function_concurrency(FunctionName="checkout-api", ReservedConcurrentExecutions=50)
    shop.put_provisioned_concurrency_config(
        FunctionName="checkout-api", Qualifier="live", ProvisionedConcurrentExecutions=5
    )
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, ConcurrencyTab)
        await shows(pilot, "50: never more at once")
        text = text_of(app)
        assert "950 of 1,000" in text
        assert "900 at most" in text
        assert tab._table.rows[0].requested == 5


async def test_a_reserved_0_is_explained(app: LambdatuiApp, shop: Any) -> None:
    shop.put_function_concurrency(FunctionName="checkout-api", ReservedConcurrentExecutions=0)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, ConcurrencyTab)
        await shows(pilot, "✖ 0: every call is throttled")


async def test_what_if_says_what_aws_then_answers(app: LambdatuiApp, shop: Any) -> None:
    async def ask(number: str) -> None:
        await pilot.press("w")
        await shows(pilot, "What if checkout-api reserved how many?")
        await pilot.press("backspace", *number, "enter")

    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, ConcurrencyTab)
        await until(pilot, lambda: tab.last)
        await ask("901")
        await shows(pilot, "AWS would refuse 901: 900 at most")
        await ask("900")
        await shows(pilot, "reserving 900 would leave 100 unreserved")
    shop.put_function_concurrency(FunctionName="checkout-api", ReservedConcurrentExecutions=900)
    limit = shop.get_account_settings()["AccountLimit"]
    assert limit["UnreservedConcurrentExecutions"] == 100


async def test_a_part_that_is_refused_leaves_the_others(
    app: LambdatuiApp, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", service="lambda", operation="GetAccountSettings", account=account_id)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, ConcurrencyTab)
        await shows(pilot, "it shares what is unreserved")
        text = text_of(app)
        assert "lambda:GetAccountSettings" in text or "GetAccountSettings" in text
        assert "Lambda stops the function where it calls itself" in text
