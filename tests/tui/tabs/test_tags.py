"""The tags of a function."""

from __future__ import annotations

from typing import Any

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.tabs.tags import Tag, TagsTab
from tests.tui.shop import shows, text_of, until
from tests.tui.tabs.opening import open_tab


async def test_sorted_and_each_can_be_copied(app: LambdatuiApp, shop: Any) -> None:
    arn = shop.get_function_configuration(FunctionName="checkout-api")["FunctionArn"]
    shop.tag_resource(Resource=arn, Tags={"alpha": "pay + ship"})
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, TagsTab)
        await until(pilot, lambda: len(tab._table.rows) == 2)
        await shows(pilot, "2 of 50 tags")
        assert "pay + ship" in text_of(app)
        assert [tag.name for tag in tab._table.rows] == ["alpha", "team"]
        assert [one.text for one in tab.copies()] == ["pay + ship", "alpha", "alpha=pay + ship"]


async def test_those_of_aws_stand_apart(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await open_tab(pilot, TagsTab)
        tab.show((Tag("team", "pay"), Tag("aws:cloudformation:stack-name", "shop")))
        await shows(pilot, "1 of 50 tags, and 1 of AWS's own")
        line = next(line for line in text_of(app).splitlines() if "aws:cloudformation" in line)
        assert line.rstrip().endswith("AWS")


async def test_none_says_what_is_missing(app: LambdatuiApp, shop: Any) -> None:
    arn = shop.get_function_configuration(FunctionName="checkout-api")["FunctionArn"]
    shop.untag_resource(Resource=arn, TagKeys=["team"])
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, TagsTab)
        await shows(pilot, "No tag: nothing says whose this function is")
