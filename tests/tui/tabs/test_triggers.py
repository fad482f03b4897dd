"""What triggers a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.document import DocumentScreen
from lambdatui.tui.tabs.triggers import TriggersTab
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


def _furnish(client: Any, sqs: Any) -> None:
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.create_event_source_mapping(FunctionName="checkout-api:live", EventSourceArn=arn, BatchSize=7)
    client.create_function_url_config(
        FunctionName="checkout-api", AuthType="NONE", Cors={"AllowOrigins": ["https://shop.example"]}
    )
    client.add_permission(
        FunctionName="checkout-api",
        StatementId="everybody",
        Action="lambda:InvokeFunction",
        Principal="*",
    )
    client.put_function_event_invoke_config(FunctionName="checkout-api", MaximumRetryAttempts=1)


async def test_all_kinds_in_one_table_and_what_is_risky_in_words(
    app: LambdatuiApp, shop: Any, aws: Callable[..., Any]
) -> None:
    _furnish(shop, aws("sqs"))
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, TriggersTab)
        await until(pilot, lambda: len(tab._table.rows) == 4)
        await shows(pilot, "of up to 7")
        text = text_of(app)
        assert "SQS queue orders" in text
        assert "anyone may invoke the function (public!)" in text
        assert "retried 1×" in text
        await pilot.press("down")
        await shows(pilot, "https://shop.example")
        await pilot.press("end")
        await shows(pilot, "dropped without a word")


async def test_enter_shows_a_statement_and_p_the_whole_policy(
    app: LambdatuiApp, shop: Any, aws: Callable[..., Any]
) -> None:
    _furnish(shop, aws("sqs"))
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, TriggersTab)
        await until(pilot, lambda: len(tab._table.rows) == 4)
        # only a statement has a policy around it
        await pilot.press("p", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await shows(pilot, '"Sid": "everybody"')
        assert '"revision"' not in text_of(app)
        await pilot.press("escape", "p")
        await shows(pilot, '"revision"')


async def test_a_part_that_is_refused_leaves_the_others(
    app: LambdatuiApp, shop: Any, aws: Callable[..., Any], connected: Emulator, account_id: str
) -> None:
    _furnish(shop, aws("sqs"))
    connected.cloud.faults.add(
        "access-denied", service="lambda", operation="ListEventSourceMappings", account=account_id
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, TriggersTab)
        await shows(pilot, "not known: AWS refuses to tell")
        assert "retried 1×" in text_of(app)


async def test_no_trigger_says_what_that_means(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, TriggersTab, "mail-sender")
        await shows(pilot, "No trigger: nothing invokes it by itself")
