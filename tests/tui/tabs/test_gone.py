"""A function that is deleted under one's eyes: what was read stays, and each tab says what has happened."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.tabs.aliases import AliasesTab
from lambdatui.tui.tabs.concurrency import ConcurrencyTab
from lambdatui.tui.tabs.environment import EnvironmentTab
from lambdatui.tui.tabs.layers import LayersTab
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.tabs.tags import TagsTab
from lambdatui.tui.tabs.triggers import TriggersTab
from tests.tui.shop import shows
from tests.tui.tabs.opening import open_tab

KINDS = [AliasesTab, TriggersTab, EnvironmentTab, ConcurrencyTab, LayersTab, TagsTab]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_read_stays_and_the_tab_bar_says_why_there_is_no_more(
    app: LambdatuiApp, shop: Any, kind: type[FunctionTab[Any]]
) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        tab = await open_tab(pilot, kind)
        before = tab.last
        assert before is not None
        shop.delete_function(FunctionName="checkout-api")
        await pilot.press("r")
        await shows(pilot, ": Func")
        assert "ResourceNotFoundException" in str(tab.trouble)
        assert tab.last is before
