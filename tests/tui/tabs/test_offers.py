"""What every tab offers to copy and to export."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.tui import exporting
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.offers import OffersRows, copies_at, rows_at
from lambdatui.tui.screens.function import TABS, FunctionView
from tests.tui.shop import home, until

WITH_ROWS = ["versions", "aliases", "triggers", "environment", "concurrency", "layers", "tags"]


@pytest.fixture(autouse=True)
def furnished(shop: Any) -> None:
    shop.update_function_configuration(
        FunctionName="checkout-api", Environment={"Variables": {"DB_PASSWORD": "hunter-two"}}
    )
    shop.publish_version(FunctionName="checkout-api")
    shop.add_permission(
        FunctionName="checkout-api",
        StatementId="media",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::shop-media",
    )


async def test_every_tab_has_something_to_copy_and_no_tab_gives_a_value_away(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionView))
        view = app.screen
        assert isinstance(view, FunctionView)
        for index, name in enumerate(TABS):
            if name not in ("overview", *WITH_ROWS):
                continue
            await view.action_open_tab(index)
            await until(pilot, lambda: view.tab.last)
            source = copies_at(view)
            assert source is not None, name
            # a function without a layer has none to copy
            found = [] if name == "layers" else list(view.tab.copies())
            assert found or name == "layers", name
            rows = rows_at(view)
            assert isinstance(rows, OffersRows) == (name in WITH_ROWS), name
            texts = [one.text for one in found]
            if isinstance(rows, OffersRows):
                texts += [exporting.as_text(rows.exported(), suffix) for suffix in exporting.FORMATS]
                assert "checkout-api" in rows.exported().what
            assert "hunter-two" not in "".join(texts), name
